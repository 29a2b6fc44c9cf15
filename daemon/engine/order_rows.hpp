// How what follows from an order stands in its row (store/orders.hpp): its claim, what its platform has taken, what its lines sell.
#pragma once

#include "base/json.hpp"
#include "engine/own_effects.hpp"
#include "model/claim.hpp"
#include "model/order.hpp"

#include <vector>

namespace tally::engine {

/// [[variant, location, on hand, reserved]]
Json to_json(const Claim& claim);
Claim claim_from(const Json& rows);

/// [[variant, units]]
Json to_json(const Units& units);
Units units_from(const Json& rows);

/// [{line, sold, parts: [[variant, each, location]], by_hand, where a person said it}]
Json to_json(const std::vector<ResolvedLine>& lines);
std::vector<ResolvedLine> resolved_from(const Json& rows);

/// The platform's own document. Older versions wrote lists that are longer than what is taken in today: they are read whole, but for the
/// reasons to hold it, which are shortened (nonsense.hpp).
Order order_from(const Json& document);

}  // namespace tally::engine
