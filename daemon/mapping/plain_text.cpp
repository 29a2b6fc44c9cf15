#include "mapping/plain_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tally::mapping {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
  } else if (code < 0x10000) {
    out +=
        {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | (code >> 18)), static_cast<char>(0x80 | ((code >> 12) & 0x3F)),
            static_cast<char>(0x80 | ((code >> 6) & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
  }
}

/// The character that `&name;` stands for, 0 if none that we know.
unsigned entity(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 6> named{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}}};
  for (const auto& [known, code] : named) {
    if (known == name) return code;
  }
  if (name.size() < 2 || name[0] != '#') return 0;
  const bool hex = lower(name[1]) == 'x';
  const std::string_view digits = name.substr(hex ? 2 : 1);
  unsigned code = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  const bool valid =
      fault == std::errc() && end == digits.data() + digits.size() && code > 0 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
  return valid ? code : 0;
}

bool ends_line(std::string_view tag) {
  constexpr std::array<std::string_view, 16> blocks{"br",  "br/", "/p",  "/div", "/li", "/tr", "/h1",    "/h2",
                                                    "/h3", "/h4", "/h5", "/h6",  "/ul", "/ol", "/table", "hr"};
  std::string name;
  for (const char c : tag) {
    if (c == ' ' || c == '\t' || c == '\n') break;
    name += lower(c);
  }
  return std::find(blocks.begin(), blocks.end(), name) != blocks.end();
}

bool begins_tag(std::string_view html, std::size_t at) {
  if (at + 1 >= html.size()) return false;
  const char next = lower(html[at + 1]);
  return (next >= 'a' && next <= 'z') || next == '/' || next == '!';
}

}  // namespace

std::string first_characters(std::string_view utf8, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if ((static_cast<unsigned char>(utf8[i]) & 0xC0) != 0x80 && count++ == most) return std::string(utf8.substr(0, i));
  }
  return std::string(utf8);
}

std::string plain_text(std::string_view html) {
  std::string out;
  for (std::size_t i = 0; i < html.size();) {
    if (html[i] == '<' && begins_tag(html, i)) {
      const bool comment = html.substr(i, 4) == "<!--";
      const std::size_t end = html.find(comment ? std::string_view("-->") : std::string_view(">"), i);
      if (end == std::string_view::npos) break;  // an unfinished tag is no text
      if (!comment && ends_line(html.substr(i + 1, end - i - 1))) out += '\n';
      i = end + (comment ? 3 : 1);
    } else if (html[i] == '&') {
      const std::size_t end = html.find(';', i);
      const unsigned code = end == std::string_view::npos || end - i > 10 ? 0 : entity(html.substr(i + 1, end - i - 1));
      if (code == 0) {
        out += html[i++];
      } else {
        append_utf8(out, code);
        i = end + 1;
      }
    } else {
      out += html[i++];
    }
  }
  const auto first = out.find_first_not_of(" \t\r\n");
  return first == std::string::npos ? std::string() : out.substr(first, out.find_last_not_of(" \t\r\n") - first + 1);
}

std::string upper_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace tally::mapping
