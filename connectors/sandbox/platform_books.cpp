// What a driver asks that plays an order book written by others: orders as they were taken, and goods that come back.
#include "connectors/sandbox/platform.hpp"

#include <algorithm>

namespace tally::sandbox {

namespace {

const Json::Array& lines_in(const Json& wish) {
  static const Json::Array none;
  const Json* lines = wish.find("lines");
  return lines && lines->is_array() ? lines->as_array() : none;
}

}  // namespace

Result<Wanted> Platform::priced_line(const Json& line) {
  const std::string sku = line.text_or("sku");
  const Offer* offer = shop_.offer_of(sku);
  if (!offer) return error(Fault::not_found, "nothing is listed under the SKU '" + sku + "'", options_.name);
  const auto price = price_of(line.text_or("price"), shop_.currency());
  if (!price || *price < 0) return error(Fault::invalid, "'" + line.text_or("price") + "' is no price", options_.name);
  return Wanted{offer->id, line.integer_or("quantity", 0), *price};
}

Result<Json> Platform::sell(const Json& wish) {
  std::lock_guard lock(mutex_);
  std::vector<Wanted> basket;
  std::map<std::int64_t, Units> taken;
  Json left_out = Json::array();
  std::int64_t position = 0;
  for (const Json& line : lines_in(wish)) {
    auto want = priced_line(line);
    if (!want) return want.error();
    const Offer& offer = *shop_.offer(want->offer);
    const bool endless = !nature_.rules.blocks_sales || !offer.counted;
    const Units there = !shop_.buyable(offer) ? 0 : endless ? want->quantity : shop_.free_units(offer) - taken[offer.id];
    const Units units = std::clamp<Units>(there, 0, want->quantity);
    if (units < want->quantity) left_out.push_back(Json::object({{"line", position}, {"quantity", want->quantity - units}}));
    ++position;
    if (units == 0) continue;
    taken[offer.id] += units;
    want->quantity = units;
    basket.push_back(*want);
  }
  if (position == 0) return error(Fault::invalid, "an order has lines", options_.name);
  if (basket.empty()) return Json::object({{"order", Json()}, {"left_out", std::move(left_out)}});
  const auto placed = shop_.place(basket, OrderState::paid);
  if (!placed) return placed.error();
  Order& order = **placed;
  if (const Json* buyer = wish.find("buyer")) order.buyer = *buyer;
  if (const auto sent = shop_.send(order, {0, "SF", "T" + std::to_string(order.id), {}, {}}); !sent) return sent.error();
  dialect_->order_changed(order, OrderEvent::placed);
  dialect_->order_changed(order, OrderEvent::shipped);
  return Json::object({{"order", order_json(order)}, {"left_out", std::move(left_out)}});
}

/// The order that `wish` names; one of long ago where it names none.
Result<Order*> Platform::sale_to_undo(const Json& wish) {
  const std::string name = wish.text_or("order");
  if (!name.empty()) {
    for (auto& [id, order] : shop_.orders()) {
      if (dialect_->order_name(order) == name) return &order;
    }
    return error(Fault::not_found, "there is no order " + name, options_.name);
  }
  std::vector<Wanted> basket;
  for (const Json& line : lines_in(wish)) {
    const auto want = priced_line(line);
    if (!want) return want.error();
    basket.push_back(*want);
  }
  auto old = shop_.remember(basket, from_ms(wish.integer_or("sold_at_ms", 0)));
  if (!old) return old;
  if (const Json* buyer = wish.find("buyer")) (*old)->buyer = *buyer;
  if (!nature_.listens) (*old)->document.set("receipt", "R-before-" + std::to_string((*old)->id));
  return old;
}

Result<Json> Platform::take_back(const Json& wish) {
  std::lock_guard lock(mutex_);
  auto found = sale_to_undo(wish);
  if (!found) return found.error();
  Order& order = **found;
  std::vector<RefundedLine> lines;
  if (!wish.text_or("order").empty()) {
    for (const Json& part : lines_in(wish)) {
      const std::int64_t at = part.integer_or("line", -1), units = part.integer_or("quantity", 0);
      if (at < 0 || at >= static_cast<std::int64_t>(order.lines.size()))
        return error(Fault::invalid, "the order has no line " + std::to_string(at), options_.name, "lines are counted from 0");
      const Line& line = order.lines[static_cast<std::size_t>(at)];
      lines.push_back({line.id, units, units * line.unit_price});
    }
  }
  const auto refunded = shop_.refund(order, std::move(lines), wish.text_or("reason", "returned"), wish.bool_or("restock", false));
  if (!refunded) return refunded.error();
  dialect_->order_changed(order, OrderEvent::refunded);
  return order_json(order);
}

}  // namespace tally::sandbox
