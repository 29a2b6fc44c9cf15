#include "model/claim.hpp"

#include <algorithm>

namespace tally {
namespace {

/// Above this a quantity is a mistake, not an order: it claims nothing, and complete() says so.
constexpr Quantity most_units = 1'000'000'000;

bool sensible(Quantity units) {
  return units > 0 && units <= most_units;
}

/// The platform says that everything has left, with or without naming parcels.
bool all_left(const Order& order) {
  return order.state == OrderState::shipped || order.state == OrderState::completed || order.fulfilment == FulfilmentState::done;
}

Quantity units_of(const std::vector<LineRef>& refs, const std::string& line, bool restocked_only) {
  Quantity sum = 0;
  for (const LineRef& ref : refs) {
    if (ref.line == line && sensible(ref.quantity) && (ref.restocked || !restocked_only)) sum = std::min(sum + ref.quantity, most_units);
  }
  return sum;
}

/// Units of which it is known that they had left: the buyer sent them back, whether the platform says so or whoever unpacked them.
Quantity sent_back_of(const Order& order, const OrderLine& line) {
  Quantity units = settled_units(order, line.id, AfterSaleKind::return_);
  for (const Refund& refund : order.refunds) {
    if (refund.had_left) units = std::min(units + units_of(refund.lines, line.id, true), most_units);
  }
  return units;
}

/// Units whose money went back or that were taken out of the order, and that may never have left.
Quantity taken_back(const Order& order, const OrderLine& line) {
  Quantity units = std::max(line.refunded.value_or(0), line.restocked.value_or(0));
  units = std::max(units, settled_units(order, line.id, AfterSaleKind::cancel));
  Quantity refunded = 0;
  for (const Refund& refund : order.refunds) refunded = std::min(refunded + units_of(refund.lines, line.id, false), most_units);
  return std::max<Quantity>(std::max(units, refunded) - sent_back_of(order, line), 0);
}

/// A platform that says that the order is on its way, or over, and names parcels of some of its units only, has sent the others too: nobody
/// waits for them any more, and what is neither reserved nor gone is sold again.
Quantity shipped_of(const Order& order, const OrderLine& line) {
  if (order.shipments.empty()) return all_left(order) ? line.quantity : 0;
  Quantity shipped = 0;
  for (const Shipment& shipment : order.shipments) {
    const Quantity open = std::max<Quantity>(line.quantity - shipped, 0);
    shipped += shipment.lines.empty() ? open : units_of(shipment.lines, line.id, false);
  }
  if (all_left(order)) shipped = std::max(shipped, line.quantity - taken_back(order, line));
  return std::min(shipped, most_units);
}

/// No goods leave before they are bought: a platform that dates a parcel so keeps days, or has a clock that is wrong.
std::optional<Time> left_at(const Order& order, const Shipment& shipment) {
  if (!shipment.at || !order.placed_at) return shipment.at;
  return std::max(*shipment.at, *order.placed_at);
}

/// Of what refunds put back, the first units are those that never left, as far as count_of() has some.
std::vector<GoodsMoved> moves_of_line(const Order& order, const OrderLine& line) {
  std::vector<GoodsMoved> moves;
  const LineCount count = count_of(order, line);
  Quantity unsent = count.shipped, unreturned = count.returned;
  Quantity freed = -count.returned;
  for (const Refund& refund : order.refunds) freed += units_of(refund.lines, line.id, true);
  for (const Shipment& shipment : order.shipments) {
    const Quantity open = std::max<Quantity>(line.quantity - (count.shipped - unsent), 0);
    const Quantity units = std::min(shipment.lines.empty() ? open : units_of(shipment.lines, line.id, false), unsent);
    if (units > 0) moves.push_back({left_at(order, shipment), -units});
    unsent -= units;
  }
  if (unsent > 0) moves.push_back({std::nullopt, -unsent});
  for (const Refund& refund : order.refunds) {
    const Quantity back = units_of(refund.lines, line.id, true), only_freed = std::clamp<Quantity>(freed, 0, back);
    const Quantity units = std::min(back - only_freed, unreturned);
    if (units > 0) moves.push_back({refund.at, units});
    freed -= only_freed;
    unreturned -= units;
  }
  if (unreturned > 0) moves.push_back({std::nullopt, unreturned});
  return moves;
}

bool reserves(const Order& order, ReserveAt reserve, bool expired) {
  switch (order.state) {
    case OrderState::pending:
      return reserve == ReserveAt::placed && !expired;
    case OrderState::paid:
    case OrderState::held:
    case OrderState::released:
    case OrderState::part_shipped:
      return true;
    case OrderState::refunded:  // what has not left by now will not leave; what has left stays out, for money moves no stock
    case OrderState::shipped:
    case OrderState::completed:
    case OrderState::cancelled:
      return false;
  }
  return false;
}

}  // namespace

LineCount count_of(const Order& order, const OrderLine& line) {
  LineCount count;
  Quantity back = 0;
  for (const Refund& refund : order.refunds) back = std::min(back + units_of(refund.lines, line.id, true), most_units);
  if (line.quantity == 0) {  // goods that came back on a paper of their own: a till's return names no sale
    count.returned = back;
    return count;
  }
  if (!sensible(line.quantity)) return count;
  count.ordered = line.quantity;
  count.shipped = shipped_of(order, line);
  // A unit that never left cannot come back to the shelf: platforms call it restocked when such a unit is refunded, and it only frees the
  // reservation.
  const Quantity never_left = std::max<Quantity>(count.ordered - count.shipped, 0);
  back = std::max(back, std::clamp<Quantity>(line.restocked.value_or(0), 0, most_units));
  const Quantity sent_back = std::min({sent_back_of(order, line), back, count.shipped});
  const Quantity other = std::max(back - sent_back, line.refunded.value_or(0) - sent_back);
  count.cancelled = order.state == OrderState::cancelled ? never_left : std::clamp<Quantity>(other, 0, never_left);
  count.returned = std::min(back - std::min(back - sent_back, never_left), count.shipped);
  return count;
}

Claim claim_of(const Order& order, const std::vector<ResolvedLine>& resolved, ReserveAt reserve, bool expired) {
  Claim claim;
  for (const OrderLine& line : order.lines) {
    const auto found = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedLine& each) { return each.line == line.id; });
    if (found == resolved.end()) continue;
    const LineCount count = count_of(order, line);
    const Effect effect{.on_hand = count.returned - count.shipped, .reserved = reserves(order, reserve, expired) ? count.open() : 0};
    if (effect == Effect{}) continue;
    for (const ResolvedLine::Part& part : found->parts) {
      if (!sensible(part.each)) continue;
      Effect& sum = claim[{part.variant, part.location}];
      sum.on_hand += effect.on_hand * part.each;
      sum.reserved += effect.reserved * part.each;
    }
  }
  std::erase_if(claim, [](const auto& entry) { return entry.second == Effect{}; });
  return claim;
}

Moves moves_of(const Order& order, const std::vector<ResolvedLine>& resolved) {
  Moves moves;
  for (const OrderLine& line : order.lines) {
    const auto found = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedLine& each) { return each.line == line.id; });
    if (found == resolved.end()) continue;
    const auto of_line = moves_of_line(order, line);
    for (const ResolvedLine::Part& part : found->parts) {
      if (!sensible(part.each)) continue;
      for (const auto& moved : of_line) moves[{part.variant, part.location}].push_back({moved.at, moved.units * part.each});
    }
  }
  return moves;
}

}  // namespace tally
