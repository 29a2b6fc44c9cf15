#include "engine/clock_apart.hpp"

#include "store/inbox.hpp"

#include <algorithm>

namespace tally::engine {

void ClockApart::moved(Duration by) {
  ahead -= by;
  doubt = ahead == Duration(0) ? Duration(0) : std::max(doubt, Duration(1000));
  if (changed_at != long_ago) changed_at += by;
}

bool ClockApart::told(Time there, Time left, Time now, Duration resolution) {
  const Duration second = std::max(resolution, Duration(1000));  // `Date` tells no less
  const Duration least = there - second - now, most = there + second - left;
  const bool as_declared = least <= resolution && -resolution <= most, known = ahead != Duration(0) || doubt != Duration(0);
  const bool fits = known ? least <= ahead + doubt && ahead - doubt <= most : as_declared;
  const bool again = now - changed_at < one_clock;
  if (fits) {
    if (known && !again) *this = between(std::max(ahead - doubt, least), std::min(ahead + doubt, most), changed_at);
    return false;
  }
  if (again)
    *this = between(std::min(ahead - doubt, least), std::max(ahead + doubt, most), now);
  else
    *this = as_declared ? ClockApart{Duration(0), Duration(0), now} : between(least, most, now);
  return true;
}

ClockApart ClockApart::between(Duration least, Duration most, Time changed_at) {
  return {(least + most) / 2, (most - least) / 2, changed_at};
}

void keep_clock(store::Session& session, ChannelNo channel, const ClockApart& clock, Time now) {
  store::set_cursor(session, channel, "clock ahead", std::to_string(clock.ahead.count()), now);
  store::set_cursor(session, channel, "clock doubt", std::to_string(clock.doubt.count()), now);
}

ClockApart kept_clock(store::Session& session, ChannelNo channel) {
  const auto ahead = store::get_cursor(session, channel, "clock ahead"), doubt = store::get_cursor(session, channel, "clock doubt");
  return ahead && doubt ? ClockApart{Duration(std::stoll(ahead->value)), Duration(std::stoll(doubt->value))} : ClockApart{};
}

}  // namespace tally::engine
