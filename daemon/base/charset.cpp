#include "base/charset.hpp"

#include "base/csv.hpp"

#include <array>

namespace tally {
namespace {

constexpr std::string_view utf16_marks[] = {"\xff\xfe", "\xfe\xff"};

/// What 0x80 to 0x9f are in Windows' Latin-1; 0: nothing.
constexpr std::array<char16_t, 32> windows{0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                           0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                           0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

Result<std::string> from_latin1(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const unsigned c = byte >= 0x80 && byte < 0xa0 ? windows[byte - 0x80u] : byte;
    if (byte >= 0x80 && c == 0) return error(Fault::invalid, "no Latin-1 at byte " + std::to_string(i), {}, "save the file as UTF-8");
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xc0u | c >> 6);
      out += static_cast<char>(0x80u | (c & 0x3fu));
    } else {
      out += static_cast<char>(0xe0u | c >> 12);
      out += static_cast<char>(0x80u | (c >> 6 & 0x3fu));
      out += static_cast<char>(0x80u | (c & 0x3fu));
    }
  }
  return out;
}

/// True where nearly all that is beyond ASCII reads as common Chinese.
bool is_clearly_gb18030(std::string_view bytes) {
  std::size_t all = 0, in_plane = 0, common = 0;
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u; };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned lead = at(i), second = at(i + 1);
    if (lead < 0x80) continue;
    ++all;
    if (second >= '0' && second <= '9') {  // four bytes: what GBK has no place for
      const bool whole = at(i + 2) >= 0x81 && at(i + 3) >= '0' && at(i + 3) <= '9';
      in_plane += whole;
      common += whole;
      i += whole ? 3 : 1;
      continue;
    }
    ++i;
    if (lead < 0xa1 || second < 0xa1) continue;
    ++in_plane;
    common += lead <= 0xa3 || (lead >= 0xb0 && lead <= 0xd7);  // signs, and the 3,755 characters that are most used
  }
  return all > 0 && in_plane * 10 >= all * 9 && common * 2 > all;
}

}  // namespace

std::optional<Charset> charset_named(std::string_view name) {
  if (name == "utf8") return Charset::utf8;
  if (name == "gb18030") return Charset::gb18030;
  if (name == "latin1") return Charset::latin1;
  return {};
}

std::optional<Charset> charset_of(std::string_view bytes) {
  if (csv::is_utf8(bytes) || bytes.starts_with(utf16_marks[0]) || bytes.starts_with(utf16_marks[1])) return Charset::utf8;
  if (is_clearly_gb18030(bytes)) return Charset::gb18030;
  return {};
}

Result<std::string> utf8_of(std::string_view bytes, Charset charset) {
  if (charset == Charset::gb18030) return csv::from_gb18030(bytes);
  if (charset == Charset::latin1) return from_latin1(bytes);
  const bool utf16 = bytes.starts_with(utf16_marks[0]) || bytes.starts_with(utf16_marks[1]);
  if (!utf16 && !csv::is_utf8(bytes)) return error(Fault::invalid, "the text is not UTF-8", {}, "save the file as UTF-8");
  return csv::to_utf8(bytes);
}

}  // namespace tally
