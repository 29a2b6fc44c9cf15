// How far a platform's clock is from ours. Values; no threads.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "store/database.hpp"

namespace tally::engine {

/// How far a platform's clock is ahead of ours, as far as its answers tell. No more than its declared resolution allows: nothing.
struct ClockApart {
  Duration ahead{0};
  Duration doubt{0};
  Time changed_at = long_ago;  ///< when an answer last did not fit

  /// Ours was set.
  void moved(Duration by);
  /// An answer was given at `there` by its clock, between `left` and `now` by ours. True where this cannot be what was known. A platform
  /// whose answers come from machines with different clocks is as far ahead as any of them.
  bool told(Time there, Time left, Time now, Duration resolution);
  Time ours(Time there) const { return there - ahead; }
  Time theirs(Time here) const { return here + ahead; }

 private:
  static constexpr Duration one_clock{600000};  ///< of two that differ within this time, neither is taken for the platform's
  static ClockApart between(Duration least, Duration most, Time changed_at);
};

/// How far apart the clocks are is remembered over a restart.
void keep_clock(store::Session& session, ChannelNo channel, const ClockApart& clock, Time now);
ClockApart kept_clock(store::Session& session, ChannelNo channel);

}  // namespace tally::engine
