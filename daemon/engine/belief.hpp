// What a platform's stock number can be, unread sales aside: an interval, moved by what we send, look at and import.
// The table is README.md §Belief. Pure; every push decision rests on it.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

namespace tally::engine {

struct Belief {
  Quantity low = 0, high = 0;
  Time anchor_from = long_ago, anchor_to = long_ago;  ///< when a look or an absolute write last fixed it
  bool suspect = false;  ///< a look does not fit what was imported: an order is unread, or someone changed it by hand
  Time owed_look_at = never;
  Time verified_at = long_ago;

  bool exact() const { return low == high; }
};

/// `taken` units left the platform's number (negative: came back) at some moment of [from, to] by the platform's clock.
struct OwnStep {
  Quantity taken = 0;
  Time from, to;
  bool unsure = false;  ///< it is not known whether the platform did this at all
};

/// What happened to the offer while a write or a look was in the air.
struct Collected {
  Quantity taken = 0;  ///< sum of positive steps
  Quantity given = 0;  ///< sum of negative steps
};

/// `margin`: how far the platform's clock and ours may be apart.
void own_step(Belief& belief, const OwnStep& step, Duration margin);

void confirmed_change(Belief& belief, Quantity delta);
void confirmed_absolute(Belief& belief, Quantity number, Time sent, Time now, const Collected& meanwhile);

/// Sent, and no answer by `sent` + `deadline`. A number that lands before `sent` + `settle` undoes what was sold before it: until then no
/// own step is sure.
void unknown_absolute(Belief& belief, Quantity number, Time sent, Duration settle, const Collected& meanwhile);
void unknown_change(Belief& belief, Quantity delta, Time sent, Duration deadline, Duration settle);

/// A write of which a look does not tell whether it had landed by then; a number may until `until`.
void change_may_land(Belief& belief, Quantity delta);
void number_may_land(Belief& belief, Quantity number, Time until);

/// The platform refused because the number was not as believed.
void conflicted(Belief& belief, Time now);

/// A look that began at `started` showed `number`, at most `read_after_write` old. `last_write`:
/// when the last write was answered, or left while it is not.
/// False: void, because the look may not show that write; look again.
bool looked(Belief& belief, Quantity number, Time started, Time now, Time last_write, Duration read_after_write,
            const Collected& meanwhile);

enum class Direction { none, down, up };
/// Down is at or below everything that the platform can show, and none where it may show some; up may raise.
Direction direction(const Belief& belief, Quantity number);

}  // namespace tally::engine
