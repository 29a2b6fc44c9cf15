// Which location ships what: by the first routing rule that the order meets, else by the priority in which the channel names them; the
// whole order from one place first.
#pragma once

#include "engine/config.hpp"
#include "engine/world.hpp"
#include "model/order.hpp"

#include <vector>

namespace tally::engine {

/// Gives each part that has no location yet one of the channel's: the first that has the whole of them; else, line by line, the first that
/// has the line; else, part by part, the first that has the part; else the first of all, which owes it. A rule puts its locations before
/// the channel's others, which follow as the channel names them: what is offered is what all of them have. Answers the rule that some part
/// now got its location by, or null. A part that has one keeps it, whatever the rules say now.
const RoutingRule* route_parts(store::Session& session, const Config& config, const Channel& channel, const Order& order,
                               std::vector<ResolvedLine>& lines);

}  // namespace tally::engine
