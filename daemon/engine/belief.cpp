#include "engine/belief.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

/// Steps of which it is not known whether the number already includes them.
void as_unsure(Belief& belief, Quantity taken, Quantity given) {
  belief.low -= taken;
  belief.high -= given;
}

Time plus(Time time, Duration duration) {
  return time == never ? never : time + duration;
}

}  // namespace

void own_step(Belief& belief, const OwnStep& step, Duration margin) {
  const bool after = step.from > plus(belief.anchor_to, margin);
  const bool before = step.to < belief.anchor_from - margin;
  if (before && !step.unsure) {  // the look saw it, or the write covered it
    // A look that showed what was believed without these units: as many were taken by something that nobody has read.
    if (step.taken < 0 && belief.verified_at >= belief.anchor_from) belief.suspect = true;
    return;
  }
  if (after && !step.unsure) {
    belief.low -= step.taken;
    belief.high -= step.taken;
    return;
  }
  as_unsure(belief, std::max<Quantity>(step.taken, 0), std::min<Quantity>(step.taken, 0));
}

void confirmed_change(Belief& belief, Quantity delta) {
  belief.low += delta;
  belief.high += delta;
}

void confirmed_absolute(Belief& belief, Quantity number, Time sent, Time now, const Collected& meanwhile) {
  belief.low = belief.high = number;
  as_unsure(belief, meanwhile.taken, meanwhile.given);
  belief.anchor_from = sent;
  belief.anchor_to = now;
  belief.suspect = false;
}

void unknown_absolute(Belief& belief, Quantity number, Time sent, Duration settle, const Collected& meanwhile) {
  belief.low = std::min(belief.low, number - meanwhile.taken);
  belief.high = std::max(belief.high, number - meanwhile.given);
  belief.anchor_to = std::max(belief.anchor_to, sent + settle);
  belief.owed_look_at = std::min(belief.owed_look_at, sent + settle);
}

void unknown_change(Belief& belief, Quantity delta, Time sent, Duration deadline, Duration settle) {
  change_may_land(belief, delta);
  belief.anchor_to = std::max(belief.anchor_to, sent + deadline);
  belief.owed_look_at = std::min(belief.owed_look_at, sent + settle);
}

void change_may_land(Belief& belief, Quantity delta) {
  belief.low += std::min<Quantity>(delta, 0);
  belief.high += std::max<Quantity>(delta, 0);
}

void number_may_land(Belief& belief, Quantity number, Time until) {
  belief.low = std::min(belief.low, number);
  belief.high = std::max(belief.high, number);
  belief.anchor_to = std::max(belief.anchor_to, until);
}

void conflicted(Belief& belief, Time now) {
  belief.owed_look_at = std::min(belief.owed_look_at, now);
}

bool looked(Belief& belief, Quantity number, Time started, Time now, Time last_write, Duration read_after_write,
            const Collected& meanwhile) {
  if (last_write >= started - read_after_write) {
    belief.owed_look_at = std::min(belief.owed_look_at, now + read_after_write);
    return false;
  }
  const bool inside = number >= belief.low && number <= belief.high;
  if (!inside) belief.suspect = true;  // and stays so until orders were read: a second look that repeats the first explains nothing
  if (inside) belief.verified_at = started;
  belief.low = belief.high = number;
  as_unsure(belief, meanwhile.taken, meanwhile.given);
  belief.anchor_from = started - read_after_write;  // it may show what was before a sale just now, as it may before a write
  belief.anchor_to = now;
  if (belief.owed_look_at <= started) belief.owed_look_at = never;
  return true;
}

Direction direction(const Belief& belief, Quantity number) {
  if (belief.exact() && belief.low == number) return Direction::none;
  const bool none_left = number <= 0 && belief.high >= 0;  // fewer than none are for sale nowhere: orders that are unsure, counted twice
  return number <= belief.low || none_left ? Direction::down : Direction::up;
}

}  // namespace tally::engine
