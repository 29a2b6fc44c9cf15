// Which location ships what: by the priority in which the channel names them, the whole order from one place first.
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"

#include <vector>

namespace tally::engine {

/// Gives each part that has no location yet one of the channel's: the first that has the whole of them; else, line by line, the first that
/// has the line; else, part by part, the first that has the part; else the first of all, which owes it.
void route_parts(store::Session& session, const Channel& channel, const Order& order, std::vector<ResolvedLine>& lines);

}  // namespace tally::engine
