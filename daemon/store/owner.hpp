// Whose a SQLite file is: a store of tallyd's has a mark in its header.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>

namespace tally::store {

/// `PRAGMA application_id` of a store: "tlyd".
inline constexpr std::int64_t application_id = 0x746c7964;

/// Whether the file is a store of ours, or empty, so that one may be made in it. A store from before there was a mark is known by its
/// tables. Nothing is written. Errors: invalid (another program's), io.
Result<void> check_owner(const std::filesystem::path& file);

/// The same, and sets the mark. Before anything else is done to the file.
Result<void> take_ownership(const std::filesystem::path& file);

}  // namespace tally::store
