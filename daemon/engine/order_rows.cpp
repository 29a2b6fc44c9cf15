#include "engine/order_rows.hpp"

#include "engine/nonsense.hpp"
#include "model/tree.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

std::int64_t number(const Json& row, std::size_t at) {
  const auto value = row.as_array().at(at).integer();
  ensure(value.has_value(), "a stored row holds whole numbers");
  return *value;
}

Order as_stored(const Json& tree) {
  auto order = order_from_json(tree);
  ensure(order.has_value(), "a stored order is an order");
  return std::move(*order);
}

void shorten_holds(Json& tree) {
  Json* holds = tree.find("holds");
  if (!holds || !holds->is_array()) return;
  Doubts reasons;
  for (const auto& hold : holds->as_array()) reasons.push_back(hold.scalar_text());
  shorten(reasons);
  *holds = Json::array();
  for (auto& reason : reasons) holds->push_back(std::move(reason));
}

/// Takes off its lists what is more than can be read at once; each part of that by itself, in its order.
std::vector<Json> cut_long_lists(Json& tree) {
  std::vector<Json> parts;
  for (auto& [name, list] : tree.as_object()) {
    if (!list.is_array() || list.as_array().size() <= tree::most_entries) continue;
    auto& entries = list.as_array();
    for (std::size_t from = tree::most_entries; from < entries.size(); from += tree::most_entries) {
      Json part = Json::array();
      for (std::size_t i = from; i < std::min(from + tree::most_entries, entries.size()); ++i) part.push_back(std::move(entries[i]));
      parts.push_back(Json::object({{name, std::move(part)}}));
    }
    entries.resize(tree::most_entries);
  }
  return parts;
}

template <class List>
void append(List& list, List&& more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Order order_from(const Json& document) {
  Json tree = document;
  tree.erase("doubts");
  shorten_holds(tree);
  const auto parts = cut_long_lists(tree);
  Order order = as_stored(tree);
  for (const auto& part : parts) {
    Order more = as_stored(part);
    append(order.lines, std::move(more.lines));
    append(order.fees, std::move(more.fees));
    append(order.shipments, std::move(more.shipments));
    append(order.refunds, std::move(more.refunds));
    append(order.after_sales, std::move(more.after_sales));
  }
  return order;
}

Json to_json(const Claim& claim) {
  Json rows = Json::array();
  for (const auto& [key, effect] : claim) rows.push_back(Json::Array{key.first.value, key.second.value, effect.on_hand, effect.reserved});
  return rows;
}

Claim claim_from(const Json& rows) {
  Claim claim;
  for (const auto& row : rows.as_array()) claim[{VariantNo(number(row, 0)), LocationNo(number(row, 1))}] = {number(row, 2), number(row, 3)};
  return claim;
}

Json to_json(const Units& units) {
  Json rows = Json::array();
  for (const auto& [variant, count] : units) rows.push_back(Json::Array{variant.value, count});
  return rows;
}

Units units_from(const Json& rows) {
  Units units;
  for (const auto& row : rows.as_array()) units[VariantNo(number(row, 0))] = number(row, 1);
  return units;
}

Json to_json(const std::vector<ResolvedLine>& lines) {
  Json rows = Json::array();
  for (const auto& line : lines) {
    Json parts = Json::array();
    for (const auto& part : line.parts) parts.push_back(Json::Array{part.variant.value, part.each, part.location.value});
    rows.push_back(Json::object({{"line", line.line}, {"sold", line.sold.value}, {"parts", std::move(parts)}}));
    if (line.by_hand.value != 0) rows.as_array().back().set("by_hand", line.by_hand.value);
  }
  return rows;
}

std::vector<ResolvedLine> resolved_from(const Json& rows) {
  std::vector<ResolvedLine> lines;
  for (const auto& row : rows.as_array()) {
    ResolvedLine line;
    line.line = row.text_or("line");
    line.sold = VariantNo(row.integer_or("sold"));
    line.by_hand = VariantNo(row.integer_or("by_hand"));
    for (const auto& part : row.find("parts")->as_array())
      line.parts.push_back({VariantNo(number(part, 0)), number(part, 1), LocationNo(number(part, 2))});
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tally::engine
