// `tallyd run --demo --replay FILE`: a shop's order book over the four pretend platforms, as fast as the daemon keeps up; at the end a
// verdict.
#pragma once

#include "cli/cli.hpp"

#include <functional>

namespace tally::demo {

/// The exit code: 0 when nothing was lost, repeated or left different and the goods are all accounted for. `options.replay` is set.
Result<int> replay(const cli::DemoOptions& options, const std::function<bool()>& stop_requested);

}  // namespace tally::demo
