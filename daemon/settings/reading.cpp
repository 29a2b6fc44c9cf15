#include "settings/reading.hpp"

#include <algorithm>

namespace tally::settings {
namespace {

constexpr std::size_t longest_name = 40;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_letter_or_digit(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

}  // namespace

void Reading::finish(yaml::Reader& reader, Sections& sections, const std::string& section) {
  reader.finish();
  sections[section].insert(reader.asked().begin(), reader.asked().end());
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_secret_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
}

std::optional<std::string> url_in(yaml::Reader& reader, std::string_view key) {
  auto url = reader.text(key);
  if (!url) return std::nullopt;
  const auto scheme_end = url->find("://");
  if (scheme_end == std::string::npos || scheme_end == 0 || scheme_end + 3 >= url->size()) {
    reader.complain(key, "'" + std::string(key) + "' must be a whole address, but is '" + *url + "'",
                    "write it as https://shop.example.com");
    return std::nullopt;
  }
  const std::string_view host = std::string_view(*url).substr(scheme_end + 3, url->find('/', scheme_end + 3) - (scheme_end + 3));
  if (host.find('@') != std::string_view::npos) {
    reader.complain(key, "'" + std::string(key) + "' has a user or a password in it", "take it out and name it under 'secrets:'");
    return std::nullopt;
  }
  while (url->back() == '/') url->pop_back();
  return url;
}

std::optional<Decimal> percent_in(yaml::Reader& reader, std::string_view key, std::int64_t least, std::int64_t most) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  const auto number = text->ends_with('%') ? Decimal::parse(text->substr(0, text->size() - 1)) : error(Fault::invalid, "no % sign");
  if (number && *number >= Decimal(least) && *number <= Decimal(most)) return *number * Decimal::of(1, 2);
  reader.complain(
      key,
      "'" + std::string(key) + "' must be from " + std::to_string(least) + "% to " + std::to_string(most) + "%, but is '" + *text + "'",
      "write it with its % sign, as 4%");
  return std::nullopt;
}

std::optional<std::string> currency_in(yaml::Reader& reader, std::string_view key) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  if (Currency::parse(*text)) return text;
  reader.complain(key, "'" + *text + "' is no currency", "write its ISO 4217 code in capitals, such as EUR");
  return std::nullopt;
}

}  // namespace tally::settings
