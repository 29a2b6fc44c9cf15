// Writing JSON.
#include "base/json.hpp"

#include <algorithm>

namespace tally {
namespace {

/// Bytes of the UTF-8 character that begins at `at`; 0 when none does (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) { return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U; };
  const auto follows = [&](std::size_t offset) { return (byte(offset) & 0xC0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool possible = first == 0xE0 ? second >= 0xA0 : first == 0xED ? second <= 0x9F : true;
    return possible && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool possible = first == 0xF0 ? second >= 0x90 : first == 0xF4 ? second <= 0x8F : true;
    return possible && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// What is no UTF-8 (a platform's answer that was cut, say) becomes U+FFFD, so that what we write can always be read.
void write_text(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_at(text, at);
    if (length != 1) {
      out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
      at += std::max<std::size_t>(length, 1);
      continue;
    }
    const char c = text[at++];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          out += c;
        } else {
          out += "\\u00";
          out += hex[static_cast<unsigned char>(c) >> 4];
          out += hex[c & 0xf];
        }
    }
  }
  out += '"';
}

struct Writer {
  bool sorted = false;
  bool indented = false;
  std::string out = {};

  void write(const Json& value, std::size_t depth) {
    if (value.is_object()) return write_object(value.as_object(), depth);
    if (value.is_array()) return write_array(value.as_array(), depth);
    if (value.is_string()) return write_text(out, value.as_string());
    out += value.is_null() ? "null" : value.scalar_text();
  }

 private:
  void new_line(std::size_t depth) {
    if (!indented) return;
    out += '\n';
    out.append(depth * 2, ' ');
  }

  void write_array(const Json::Array& items, std::size_t depth) {
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += ',';
      new_line(depth + 1);
      write(items[i], depth + 1);
    }
    if (!items.empty()) new_line(depth);
    out += ']';
  }

  void write_object(const Json::Object& object, std::size_t depth) {
    std::vector<const Json::Member*> members;
    members.reserve(object.size());
    for (const Json::Member& member : object) members.push_back(&member);
    if (sorted) std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ',';
      new_line(depth + 1);
      write_text(out, members[i]->first);
      out += indented ? ": " : ":";
      write(members[i]->second, depth + 1);
    }
    if (!members.empty()) new_line(depth);
    out += '}';
  }
};

std::string written(const Json& value, Writer writer) {
  writer.write(value, 0);
  return std::move(writer.out);
}

}  // namespace

std::string Json::dump() const {
  return written(*this, Writer{});
}
std::string Json::dump_sorted() const {
  return written(*this, Writer{.sorted = true});
}
std::string Json::pretty() const {
  return written(*this, Writer{.indented = true});
}

}  // namespace tally
