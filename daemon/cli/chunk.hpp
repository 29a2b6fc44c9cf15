// A catalogue in portions that the daemon takes one by one.
#pragma once

#include "base/json.hpp"

#include <cstddef>
#include <vector>

namespace tally::cli {

inline constexpr std::size_t products_a_chunk = 200;
inline constexpr std::size_t bytes_a_chunk = 4 * 1024 * 1024;  ///< a chunk ends before it grows beyond this; the daemon takes 16 MiB

inline constexpr std::size_t changes_a_chunk = 1000;

/// {products, stock, close} as engine::Admin::import takes them. Products with a bundle come last, behind their components. Stock travels
/// with its product, or in the last chunk when the file has no such product. `close` is true in the last one; there is always one.
std::vector<Json> chunks_of(const Json::Array& products, const Json::Array& stock);
/// {changes, close}, in the order of the file.
std::vector<Json> chunks_of_changes(const Json::Array& changes);
/// Makes them a dry run, in which nothing of one chunk is there for the next: each says which SKUs of the others its bundles may name.
void rehearse(std::vector<Json>& chunks);

}  // namespace tally::cli
