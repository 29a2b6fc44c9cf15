// The query part of an address: NAME=VALUE&…, percent-encoded, each name at most once and only those that are known.
#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tally::server {

using Parameters = std::map<std::string, std::string, std::less<>>;

/// `invalid` for a name that is not in `known`, one that comes twice, or broken percent-encoding.
Result<Parameters> parse_query(std::string_view query, const std::vector<std::string_view>& known);

/// The whole number in `text`, between `least` and `most`; `otherwise` when there is none.
Result<std::int64_t> number_in(const Parameters& parameters, std::string_view name, std::int64_t otherwise, std::int64_t least,
                               std::int64_t most);

std::string text_in(const Parameters& parameters, std::string_view name);

}  // namespace tally::server
