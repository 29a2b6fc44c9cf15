// What is to be done at a moment, not because something happened: reservations that run out, quotas, buffers that follow sales,
// whether what was unusual still is.
// Each is a row of `due`, so that it outlives a restart, and is done by the row, not by the clock: a clock that jumps does it early or
// late, never twice.
#pragma once

#include "engine/world.hpp"

#include <optional>

namespace tally::engine {

/// Does what is due, at most 100 things in one transaction. Answers when the next is due; nothing where nothing is. Errors: io, gone.
Result<std::optional<Time>> do_due(World& world);

/// After the rules were replaced: what they want done at a moment.
void plan_due(store::Session& session, const std::vector<std::shared_ptr<Channel>>& channels, Time now);

}  // namespace tally::engine
