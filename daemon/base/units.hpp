// Numbers of units as people write them into files.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace tally {

/// Digits alone, with a minus where it is below zero. Nothing else, although a number might be meant: `1.000` is a thousand to one reader
/// and one to another, and `1e3` is what a spreadsheet left of something else. Errors: invalid.
Result<std::int64_t> whole_units(std::string_view text);

}  // namespace tally
