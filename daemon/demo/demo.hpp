// `tallyd run --demo`: the pretend platforms and the daemon in processes of their own, a catalogue, and shoppers; at the end a verdict.
#pragma once

#include "cli/cli.hpp"

#include <functional>

namespace tally::demo {

/// Returns the exit code: 0 when the verdict is good (or, without `orders`, when it was stopped).
int run_demo(const cli::DemoOptions& options, const std::function<bool()>& stop_requested);

}  // namespace tally::demo
