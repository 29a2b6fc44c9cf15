// A file of movements of one kind: sku,quantity[,location][,reason], or for counts sku,counted[,counted_at][,location][,reason].
#pragma once

#include "base/charset.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace tally::cli {

/// The rows as the daemon takes them, each with its line. Values are passed on as they stand: the daemon judges each, and refuses one that
/// has more cells or fewer than the header, which says so under `unreadable` and nothing else.
/// `charset`: what the file is written in; nothing: what it shows itself.
/// Errors: invalid (no such file, an encoding that nobody knows, not CSV, a column that is missing or unknown, no rows).
Result<Json::Array> movements_in(const std::filesystem::path& file, bool counts, std::optional<Charset> charset);

}  // namespace tally::cli
