// A plan that was shown to a person, kept, and is applied later: each line as long as it is still what it was.
#pragma once

#include "engine/world.hpp"

#include <set>

namespace tally::engine {

inline constexpr Duration plan_lasts{24LL * 3600000};
inline constexpr std::size_t most_lines_applied = 100'000;

struct AppliedPlan {
  std::int64_t applied = 0;
  Json moved = Json::array();    ///< {channel, action, thing, sku, why}
  Json held = Json::array();     ///< digests of what is not in the plan and waited on channels that observed
  std::set<ChannelNo> released;  ///< channels that observed and do no more
};

/// Marks the lines that are still what they were so that nothing holds them, and drops the others. A channel that observed is released by
/// it; whatever else waits there is held for a person. Errors: invalid (no plan), rejected (of another store, too old, of a channel whose
/// file says observe): then nothing is applied.
Result<AppliedPlan> apply_saved_plan(store::Session& session, const World& world, const Json& plan, const std::string& author, Time now);

}  // namespace tally::engine
