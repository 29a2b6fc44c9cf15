// What a platform does to its own stock number because of its own orders (daemon/engine/README.md, own effects).
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"

#include <map>
#include <vector>

namespace tally::engine {

/// Units by the variant that was sold (a bundle counts as itself).
using Units = std::map<VariantNo, Quantity>;

struct OwnEffects {
  Units taken;                                       ///< what the platform has taken from its number for this order, by now
  std::vector<std::pair<VariantNo, OwnStep>> steps;  ///< how it came there since the last document
  Units add_back;  ///< units that we claim and its number does not reflect (negative: the other way round)
};

/// What followed from the last document that was applied.
struct TakenBefore {
  Units units;
  Time changed_at;
  bool sure = true;   ///< taken_is_sure() of that document
  bool open = false;  ///< by that document it had not ended
};

/// False where it depends on a state of which nobody knows whether the platform takes something in it.
bool taken_is_sure(const channel::Capabilities& facts, const Order& order);

/// `order` as the platform says it is, `wished` with what the merchant did on top (order_facts.hpp): the platform's number follows the
/// first, our claim the second. `before`: nothing when this is the first document.
OwnEffects own_effects(const channel::Capabilities& facts, const Order& order, const Order& wished,
                       const std::vector<ResolvedLine>& resolved, const Claim& claim, const TakenBefore* before, Time now);

}  // namespace tally::engine
