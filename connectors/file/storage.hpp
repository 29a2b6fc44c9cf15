// Whole files, read and replaced. Errors are `io` (what the file system said) and `not_found`.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace tally::file {

/// At most `most` bytes; more is `invalid`.
Result<std::string> read_whole(const std::filesystem::path& path, std::uintmax_t most);

/// Writes a temporary file beside it, flushes it to the disk and renames it over `path`: a reader sees the old bytes or the new ones, never
/// a part.
Result<void> replace_whole(const std::filesystem::path& path, std::string_view bytes);

/// Appends one piece and flushes it to the disk.
Result<void> append(const std::filesystem::path& path, std::string_view bytes);

/// Makes the folder itself, not those above it: a share that is not mounted must not be taken for an empty one.
Result<void> make_folder(const std::filesystem::path& folder);

}  // namespace tally::file
