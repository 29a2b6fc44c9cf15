// The daemon's state as tables.
#pragma once

#include "cli/console.hpp"

#include <string>

namespace tally::cli {

/// Channels, then what a person should look at, then one line that says whether all is well.
std::string status_text(const Console& console, const Json& status);

std::string channels_text(const Console& console, const Json::Array& channels);

/// "0 differences, oldest unverified 41 s ago"
std::string convergence_text(const Json& status);

/// The list under `key`, or none.
const Json::Array& items_in(const Json& object, std::string_view key);

/// "41 s", "3 min", "2 h", "5 days"
std::string ago_text(std::int64_t ms);

}  // namespace tally::cli
