#include "settings/reading.hpp"

#include <algorithm>
#include <charconv>

namespace tally::settings {
namespace {

constexpr std::size_t longest_name = 40;
constexpr std::size_t longest_url = 2000;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_letter_or_digit(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

/// shop.example.com, 192.168.1.20:8080, [fd12::1]:443; other scripts' letters are left to who looks the name up.
bool is_host_and_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    const bool plain = end != std::string_view::npos && end > 2 &&
                       text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    return plain && (end + 1 == text.size() || (text[end + 1] == ':' && is_port(text.substr(end + 2))));
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  return !host.empty() && host.front() != '.' && host.front() != '-' && std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
  });
}

}  // namespace

void Reading::finish(yaml::Reader& reader, Sections& sections, const std::string& section) {
  reader.finish();
  sections[section].insert(reader.asked().begin(), reader.asked().end());
}

const yaml::Node* node_at(const yaml::Node& root, std::string_view path) {
  const yaml::Node* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::string_view step = path.substr(0, path.find('/'));
    std::size_t index = 0;
    if (node->is_list()) {
      const auto [end, problem] = std::from_chars(step.data(), step.data() + step.size(), index);
      node = problem == std::errc() && index < node->items.size() ? &node->items[index] : nullptr;
    } else {
      node = node->find(step);
    }
    path.remove_prefix(std::min(path.size(), step.size() + 1));
  }
  return node;
}

std::string shown(const std::string& text) {
  constexpr std::size_t most = 60;
  return text.size() > most ? "a long text" : "'" + text + "'";
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_secret_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
}

std::optional<std::string> file_name_in(const yaml::Node& node, std::string_view key, Reading& reading) {
  if (node.is_scalar() && is_plain_name(node.scalar)) return node.scalar;
  const std::string shown = node.is_scalar() && node.scalar.size() <= longest_name ? ", but is '" + node.scalar + "'" : "";
  reading.complain(node.place, "'" + std::string(key) + "' must be a name" + shown,
                   "use lower-case letters, digits and '-', at most 40; a folder's path is not meant");
  return std::nullopt;
}

std::optional<std::string> url_in(yaml::Reader& reader, std::string_view key) {
  auto url = reader.text(key);
  if (!url) return std::nullopt;
  const std::string name = "'" + std::string(key) + "'";
  const auto refuse = [&](std::string what, std::string hint = "write it as https://shop.example.com") {
    reader.complain(key, name + std::move(what), std::move(hint));
    return std::nullopt;
  };
  const std::string_view text = *url;
  // Before anything is repeated in a message: a password may stand in it, also where the scheme was forgotten.
  if (text.find('@') != std::string_view::npos)
    return refuse(" has a user or a password in it",
                  "take it out: put the password into secrets/NAME and write only NAME under 'secrets:'");
  if (text.find_first_of("?#") != std::string_view::npos)
    return refuse(" must end with its path, without '?' or '#'", "keys of the shop belong under 'secrets:'");
  if (text.size() > longest_url) return refuse(" is longer than " + std::to_string(longest_url) + " bytes");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return refuse(" must be a whole address, but is " + shown(*url));
  const std::string scheme(text.substr(0, scheme_end));
  if (scheme != "https" && scheme != "http") {
    const std::string meant = did_you_mean(scheme, {"https", "http"});
    return refuse(" must begin with https:// or http://, but begins with " + shown(scheme + "://"),
                  meant.empty() ? "write https://…" : meant);
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  if (!is_host_and_port(rest.substr(0, rest.find('/')))) return refuse(" has no host that can be called, but is " + shown(*url));
  while (url->back() == '/') url->pop_back();
  return url;
}

std::optional<Decimal> percent_in(yaml::Reader& reader, std::string_view key, std::int64_t least, std::int64_t most,
                                  const std::string& meaning) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  const auto number = text->ends_with('%') ? Decimal::parse(text->substr(0, text->size() - 1)) : error(Fault::invalid, "no % sign");
  if (number && *number >= Decimal(least) && *number <= Decimal(most)) return *number * Decimal::of(1, 2);
  reader.complain(
      key,
      "'" + std::string(key) + "' must be from " + std::to_string(least) + "% to " + std::to_string(most) + "%, but is " + shown(*text),
      number ? meaning : "write it with its % sign, as 4%");
  return std::nullopt;
}

std::optional<Duration> duration_in(yaml::Reader& reader, std::string_view key, Duration least, Duration most) {
  const auto given = reader.duration(key);
  if (!given || (*given >= least && *given <= most)) return given;
  reader.complain(key, "'" + std::string(key) + "' must be from " + format_duration(least) + " to " + format_duration(most) + ", but is " +
                           format_duration(*given));
  return std::nullopt;
}

std::vector<std::string> countries_in(yaml::Reader& reader, std::string_view key) {
  const auto is_code = [](const std::string& text) {
    return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  };
  auto countries = reader.texts(key);
  for (const std::string& text : countries) {
    if (!is_code(text))
      reader.complain(key, "'" + std::string(key) + "' has two capitals for each country, and " + shown(text) + " is none",
                      "write it as [DE, AT], \"NO\" in quotes");
  }
  return countries;
}

std::optional<std::string> currency_in(yaml::Reader& reader, std::string_view key) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  if (Currency::parse(*text)) return text;
  reader.complain(key, shown(*text) + " is no currency", "write its ISO 4217 code in capitals, such as EUR");
  return std::nullopt;
}

}  // namespace tally::settings
