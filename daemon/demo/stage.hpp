// The folder that a demonstration works in: the catalogue, the daemon's configuration, what the sandbox is told.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace tally::demo {

/// What is sold, and what lay there at the beginning: the driver's own record, which the daemon is judged by.
struct Assortment {
  Json products = Json::array();               ///< trees, as for `tallyd import`
  std::map<std::string, std::int64_t> supply;  ///< by SKU; bundles have none of their own
  std::map<std::string, std::int64_t> shelf;   ///< the part of it that lies on the till's own shelf
  std::map<std::string, std::map<std::string, std::int64_t>> bundles;
};

/// A product of one variant, as `tallyd import` takes it. `price` in minor units.
Json simple_product(const std::string& sku, const std::string& title, std::int64_t price, const std::string& currency);

/// 36 products with six variants each, six simple ones, three bundles; one SKU lies on the till's shelf alone.
Assortment assortment(std::uint64_t seed);

/// On what terms the four platforms and the daemon deal with each other.
struct Terms {
  std::string currency = "CNY";
  bool wide = false;  ///< limits far beyond the real platforms', for months that pass in minutes
};

/// {"seed", "platforms": [shop, mini, market, till]}
Json sandbox_config(const std::filesystem::path& folder, std::uint64_t seed, const Terms& terms);

/// Writes tallyd.yaml, channels.d and secrets. `sandbox`: the description that the sandbox printed.
Result<void> write_configuration(const std::filesystem::path& folder, const Json& sandbox, int hook_port, const Terms& terms);

/// A port of 127.0.0.1 that was free a moment ago.
Result<int> free_port();

}  // namespace tally::demo
