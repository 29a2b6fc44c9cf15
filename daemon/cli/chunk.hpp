// A catalogue in portions that the daemon takes one by one.
#pragma once

#include "base/json.hpp"

#include <cstddef>
#include <vector>

namespace tally::cli {

inline constexpr std::size_t products_a_chunk = 200;
inline constexpr std::size_t bytes_a_chunk = 4 * 1024 * 1024;  ///< a chunk ends before it grows beyond this; the daemon takes 16 MiB

/// {products, stock, close} as engine::Admin::import takes them. Stock travels with its product, or in the last chunk when the file has no
/// such product. `close` is true in the last one; there is always one.
std::vector<Json> chunks_of(const Json::Array& products, const Json::Array& stock);

}  // namespace tally::cli
