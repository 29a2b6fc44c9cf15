#include "server/query.hpp"

#include "base/complaint.hpp"
#include "base/crypto.hpp"

#include <algorithm>
#include <charconv>

namespace tally::server {
namespace {

Error unknown_name(const std::string& name, const std::vector<std::string_view>& known) {
  const std::vector<std::string> names(known.begin(), known.end());
  return error(Fault::invalid, "'" + name + "' is no parameter of this address", {}, did_you_mean(name, names));
}

}  // namespace

Result<Parameters> parse_query(std::string_view query, const std::vector<std::string_view>& known) {
  Parameters result;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t sign = std::min(part.find('='), part.size());
    const auto name = crypto::url_decode(part.substr(0, sign), true);
    if (!name) return name.error();
    const auto value = crypto::url_decode(part.substr(std::min(sign + 1, part.size())), true);
    if (!value) return value.error();
    if (std::find(known.begin(), known.end(), *name) == known.end()) return unknown_name(*name, known);
    if (!result.emplace(*name, *value).second) return error(Fault::invalid, "'" + *name + "' is given twice");
  }
  return result;
}

Result<std::int64_t> number_in(const Parameters& parameters, std::string_view name, std::int64_t otherwise, std::int64_t least,
                               std::int64_t most) {
  const auto at = parameters.find(name);
  if (at == parameters.end() || at->second.empty()) return otherwise;
  const std::string& text = at->second;
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return error(Fault::invalid,
                 "'" + std::string(name) + "' must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::string text_in(const Parameters& parameters, std::string_view name) {
  const auto at = parameters.find(name);
  return at == parameters.end() ? std::string() : at->second;
}

}  // namespace tally::server
