#include "engine/order_lines.hpp"

#include "engine/orders.hpp"
#include "engine/tree.hpp"
#include "store/catalogue.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {

using store::Session;

std::vector<ResolvedLine::Part> parts_of(Session& session, VariantNo variant) {
  std::vector<ResolvedLine::Part> parts;
  for (const auto& part : store::components_of(session, variant)) parts.push_back({part.variant, part.quantity, LocationNo()});
  if (parts.empty()) parts.push_back({variant, 1, LocationNo()});
  return parts;
}

namespace {

Json line_tree(const OrderLine& line) {
  Json tree = Json::object({{"sku", line.sku.text}, {"listing", Json::object({{"@id", line.offer.listing_id}})}});
  if (!line.offer.id.empty()) tree.set("@id", line.offer.id);
  return tree;
}

ResolvedLine resolve(Session& session, const Channel& channel, const OrderLine& line) {
  ResolvedLine resolved;
  resolved.line = line.id;
  const auto variant = variant_of(session, channel, line_tree(line));
  if (!variant) return resolved;
  resolved.sold = variant->no;
  resolved.parts = parts_of(session, variant->no);
  return resolved;
}

/// Whether a line under its old id sells what it sold. One that names no SKU any more, and no offer that is known (its product was deleted
/// there), says nothing else.
bool sells_the_same(Session& session, const Channel& channel, const OrderLine& was, const OrderLine& is) {
  if (is.sku.empty()) return is.offer.id.empty() || is.offer.id == was.offer.id || !variant_of(session, channel, line_tree(is));
  return normal_sku(was.sku.text).text == normal_sku(is.sku.text).text && was.offer.id == is.offer.id;
}

/// The same goods, wherever they come from.
bool comes_to(const ResolvedLine& was, const ResolvedLine& now) {
  if (!was.known() || was.by_hand.value != 0 || was.sold != now.sold) return false;
  return std::ranges::equal(was.parts, now.parts, [](const auto& a, const auto& b) { return a.variant == b.variant && a.each == b.each; });
}

}  // namespace

std::vector<ResolvedLine> resolved_before(Session& session, const Channel& channel, const store::OrderRow& row, const Order& order) {
  auto resolved = resolved_from(row.resolved);
  if (resolved.empty()) return resolved;
  const Order before = platform_order(row);
  std::erase_if(resolved, [&](const ResolvedLine& line) {
    const auto in = [&](const Order& each) { return std::ranges::find(each.lines, line.line, &OrderLine::id); };
    const auto was = in(before), is = in(order);
    if (was == before.lines.end() || is == order.lines.end()) return true;
    return !sells_the_same(session, channel, *was, *is);
  });
  return resolved;
}

std::vector<ResolvedLine> resolve_lines(Session& session, const Channel& channel, const Order& order, const std::vector<ResolvedLine>& kept,
                                        const std::vector<ResolvedLine>& before) {
  std::vector<ResolvedLine> lines;
  for (const auto& line : order.lines) {
    const auto known = std::ranges::find_if(kept, [&](const ResolvedLine& r) { return r.line == line.id && r.known(); });
    lines.push_back(known != kept.end() ? *known : resolve(session, channel, line));
    const auto was = std::ranges::find(before, line.id, &ResolvedLine::line);
    if (known == kept.end() && was != before.end() && comes_to(*was, lines.back())) lines.back() = *was;
  }
  return lines;
}

std::vector<std::string> unresolved_skus(const Order& order, const std::vector<ResolvedLine>& lines) {
  std::vector<std::string> skus;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].known()) skus.push_back(normal_sku(order.lines[i].sku.text).text);
  }
  return skus;
}

std::vector<std::string> crossed_goods(Session& session, const Order& order, const std::vector<ResolvedLine>& lines) {
  std::vector<std::string> doubts;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const auto& line = order.lines[i];
    if (lines[i].sold.value == 0 || lines[i].by_hand.value != 0 || line.sku.empty() || line.offer.id.empty()) continue;
    const auto sold = store::get_variant(session, lines[i].sold);
    const Sku said = normal_sku(line.sku.text);
    if (!sold || normal_sku(sold->sku).text == said.text || !store::find_variant(session, said)) continue;
    const auto product = store::get_product(session, sold->product);
    if (!product || normal_sku(product->product.code).text != said.text)
      doubts.push_back("line " + line.id + " says " + line.sku.text + ", and the offer that it names is of " + sold->sku +
                       ": that is what it moves");
  }
  return doubts;
}

Order under_own_skus(Session& session, Order order, const std::vector<ResolvedLine>& lines) {
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const auto variant = lines[i].known() ? store::get_variant(session, lines[i].moves()) : std::nullopt;
    if (variant) order.lines[i].sku = Sku(variant->sku);
  }
  return order;
}

}  // namespace tally::engine
