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

/// `order` as the platform says it is, `wished` with what the merchant did on top (order_facts.hpp): the platform's number follows the
/// first, our claim the second. `before`: `taken` of the last document that was applied; nothing when this is the first.
OwnEffects own_effects(const channel::Capabilities& facts, const Order& order, const Order& wished,
                       const std::vector<ResolvedLine>& resolved, const Claim& claim, const Units* before, Time before_changed_at,
                       Time now);

}  // namespace tally::engine
