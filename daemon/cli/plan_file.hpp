// A plan in a file: a first line that says what it is, and a line a change, all JSON. Whoever deletes a line does not want that change.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <filesystem>

namespace tally::cli {

/// Writes what the daemon answered as its plan; whole or not at all. Errors: io.
Result<void> save_plan(const std::filesystem::path& file, const Json& plan);

/// The file as engine::Admin::apply_plan takes it. Errors: io, invalid (with the line).
Result<Json> read_plan(const std::filesystem::path& file);

}  // namespace tally::cli
