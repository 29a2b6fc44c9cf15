// What would be sent to a channel, line by line, each bound to what it was made from.
#pragma once

#include "engine/world.hpp"
#include "store/marks.hpp"

namespace tally::engine {

struct PlanLine {
  store::Mark mark;
  Json item;  ///< as Admin::plan gives it; `state` says what it was made from: what is shown and believed there, what is to be shown, the
              ///< rules
  std::string key() const;  ///< which change of which thing on the channel it is
};
std::string plan_key(const Json& item);

struct PlanTotals {
  std::int64_t creates = 0, updates = 0, retires = 0, prices = 0, stocks = 0, to_zero = 0;
  Decimal largest;  ///< change of a price, as a fraction
};

struct ChannelPlan {
  std::vector<PlanLine> lines;
  std::vector<Json> left_alone;  ///< what a person discarded and is still the same: not to be done, and not hidden
  PlanTotals totals;
};
ChannelPlan plan_of(store::Session& session, const Channel& channel);

}  // namespace tally::engine
