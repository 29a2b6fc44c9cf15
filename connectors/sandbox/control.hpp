// The control interface: one port over all platforms, for drivers, tests and curious people. Never misbehaves.
#pragma once

#include "connectors/sandbox/platform.hpp"

namespace tally::sandbox {

/// Answers GET /platforms and everything below /platforms/NAME (README.md). Thread-safe as the platforms are.
Answer control(const std::vector<std::unique_ptr<Platform>>& platforms, const Request& request);

}  // namespace tally::sandbox
