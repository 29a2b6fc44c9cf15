// What a channel told of its orders, counted by the hour: for what is told much more often than usual.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <string>

namespace tally::store {

class Session;

/// One more order, in the hour that began at `hour`. `kind`: cancelled, shipped, taken.
void count_told(Session& session, ChannelNo channel, const std::string& kind, Time hour);
/// Orders of the hours that began in [from, until).
std::int64_t told_between(Session& session, ChannelNo channel, const std::string& kind, Time from, Time until);
void forget_told_before(Session& session, ChannelNo channel, const std::string& kind, Time hour);

}  // namespace tally::store
