// What the store remembers in the machine's own time, for when that clock is set.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>

namespace tally::store {

class Session;

/// By less than this the machine's clock corrects itself: nothing is moved, and what was later may have an earlier moment.
inline constexpr Duration clock_slack{1000};

/// Moves by `by` whatever says when something is to be done, or is compared with when something else was: beliefs, owed looks, marks,
/// pokes, unanswered writes, listings, reservations that end, parcels, the guard's hour. Nothing that has happened lies after `now`: goods
/// moved, things counted, order lists read to. Not moved: what people read (journal, problems) and what has a day of its own (quotas,
/// pins).
void move_moments(Session& session, Duration by, Time now);

/// When what is believed was seen is not known: until then. Of one channel, or of all.
void forget_anchors(Session& session, std::optional<ChannelNo> channel, Time until);

/// How far the machine's wall time was ahead of its steady clock, and which of the machine's starts that one counted from.
struct MachineClock {
  std::string start;
  Duration ahead{0};
};
std::optional<MachineClock> kept_machine_clock(Session& session);
void keep_machine_clock(Session& session, const MachineClock& clock, Time now);

/// When the journal was last written to, by the clock as it went then.
std::optional<Time> last_journaled(Session& session);

}  // namespace tally::store
