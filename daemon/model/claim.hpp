// What an order should have done to the stock: a target, a pure function of its present state. The ledger appends the difference to what it
// did.
#pragma once

#include "model/order.hpp"

#include <map>
#include <utility>

namespace tally {

/// What a line stands for, frozen when it was resolved: one component, or those of the bundle as it was then.
struct ResolvedLine {
  std::string line;  ///< OrderLine::id
  VariantNo sold;    ///< what the offer is of: the bundle itself; 0 while unresolved
  struct Part {
    VariantNo variant;
    Quantity each = 1;  ///< units of the variant in one unit of the line
    LocationNo location;
  };
  std::vector<Part> parts;  ///< empty: not resolved, claims nothing
  VariantNo by_hand = {};   ///< what a person says that it moves: then `parts` are of this, and `sold` is of the offer all the same, or 0

  bool known() const { return sold.value != 0 || by_hand.value != 0; }
  VariantNo moves() const { return by_hand.value != 0 ? by_hand : sold; }
};

struct Effect {
  Quantity on_hand = 0;
  Quantity reserved = 0;
  bool operator==(const Effect&) const = default;
};

/// By (variant, location).
using Claim = std::map<std::pair<VariantNo, LocationNo>, Effect>;

enum class ReserveAt { placed, paid };

/// The table of daemon/engine/README.md §8.1. `expired`: the reservation of a pending order ran out. Quantities <= 0 claim nothing (the
/// order is held).
Claim claim_of(const Order& order, const std::vector<ResolvedLine>& resolved, ReserveAt reserve, bool expired);

/// Open units of a line: ordered − cancelled − shipped, never below 0.
struct LineCount {
  Quantity ordered = 0, cancelled = 0, shipped = 0, returned = 0;
  Quantity open() const { return ordered - cancelled - shipped > 0 ? ordered - cancelled - shipped : 0; }
};
LineCount count_of(const Order& order, const OrderLine& line);

/// Units that left (below 0) or came back, at the moment that the parcel or the refund names; without one where none is named.
struct GoodsMoved {
  std::optional<Time> at;
  Quantity units = 0;
  bool operator==(const GoodsMoved&) const = default;
};
/// Each parcel and each return by itself: for every (variant, location) they come to the `on_hand` of the claim.
using Moves = std::map<Claim::key_type, std::vector<GoodsMoved>>;
Moves moves_of(const Order& order, const std::vector<ResolvedLine>& resolved);

}  // namespace tally
