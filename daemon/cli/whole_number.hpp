// Options that take a whole number.
#pragma once

#include <CLI/App.hpp>

#include <cstdint>
#include <limits>

namespace tally::cli {

/// Refuses, in words, whatever is no whole number from `least` to `most`. CLI11's own check takes "-1" for an unsigned number that is very
/// large.
CLI::Validator whole_number(std::int64_t least, std::int64_t most = std::numeric_limits<std::int64_t>::max());

}  // namespace tally::cli
