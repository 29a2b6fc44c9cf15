#include "connectors/sandbox/exchange.hpp"

#include "base/crypto.hpp"

#include <charconv>

namespace tally::sandbox {
namespace {

std::string first_of(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

std::string decoded(std::string_view text, bool plus_is_space) {
  auto plain = crypto::url_decode(text, plus_is_space);
  return plain ? *plain : std::string(text);
}

}  // namespace

std::string Request::query_value(std::string_view name) const {
  return first_of(query, name);
}
std::string Request::header(std::string_view name) const {
  return first_of(headers, name);
}

std::vector<std::string> Request::parts() const {
  std::vector<std::string> found;
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    if (!part.empty()) found.push_back(decoded(part, false));
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  }
  return found;
}

Answer Answer::json(const Json& document, int status) {
  return Answer{.status = status, .body = document.dump()};
}

Pairs parse_query(std::string_view text) {
  Pairs found;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    found.emplace_back(decoded(pair.substr(0, equals), true),
                       equals == std::string_view::npos ? std::string{} : decoded(pair.substr(equals + 1), true));
  }
  return found;
}

std::int64_t number_or(std::string_view text, std::int64_t otherwise) {
  std::int64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  return wrong == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

}  // namespace tally::sandbox
