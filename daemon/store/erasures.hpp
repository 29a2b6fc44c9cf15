// Erasing a buyer, and the list of who was erased: a file beside the store (PATH.erasures.jsonl), a line each, so that a store that is
// restored from a backup forgets them again when it is opened.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct Erasure {
  Time at;
  std::string key;                ///< the id of the buyer's key; empty: their orders were erased before, only raw documents are dropped
  std::string buyer;              ///< keyed hash of the e-mail address or telephone number by which they were named; or empty
  std::vector<std::int64_t> raw;  ///< numbers of raw documents that name them
};

struct Erased {
  std::size_t orders = 0;     ///< that have lost their buyer
  std::size_t documents = 0;  ///< raw ones that were dropped
  std::size_t waiting = 0;  ///< raw ones that name the buyer too and are not read yet, or parked: they stay until they are read or dropped
};

std::filesystem::path erasures_beside(const std::filesystem::path& store);

/// Writes the line, to the disk, then erases. The key itself goes with the commit. Errors: io.
Result<Erased> erase(Session& session, const Erasure& erasure);

/// Raw documents that are on the list and still there: they were not read yet when whom they name was erased, or parked. In a write,
/// because a last line that was cut off is taken out. Errors: io, invalid (a line is not understood).
Result<std::vector<std::int64_t>> listed_raw(Session& session);

/// Everything on the list, once more; nothing where there is no list. A last line that was cut off is taken out of it. Errors: io, invalid
/// (a line is not understood).
Result<void> erase_again(Session& session);

/// Numbers of raw documents behind `after` in which one of these texts stands as a value, of the next `limit`. `after` becomes the last
/// that was looked at, or 0 when there are no more.
std::vector<std::int64_t> raw_naming(Session& session, const std::vector<std::string>& texts, std::int64_t& after, std::size_t limit);

}  // namespace tally::store
