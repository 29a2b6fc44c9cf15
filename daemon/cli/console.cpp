#include "cli/console.hpp"

#include "cli/exit_code.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace tally::cli {
namespace {

/// Takes the first code point off `text`; U+FFFD for a byte that is no UTF-8.
utf8proc_int32_t take(std::string_view& text, std::size_t& bytes) {
  utf8proc_int32_t point = 0;
  const auto length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &point);
  bytes = length > 0 ? static_cast<std::size_t>(length) : 1;
  text.remove_prefix(bytes);
  return length > 0 ? point : 0xFFFD;
}

/// Calls `each(bytes, width)` for every character that a person sees as one.
template <class Each>
void for_each_grapheme(std::string_view text, Each each) {
  utf8proc_int32_t state = 0, before = -1;
  std::size_t bytes = 0, width = 0;
  while (!text.empty()) {
    std::size_t taken = 0;
    const utf8proc_int32_t point = take(text, taken);
    if (before >= 0 && utf8proc_grapheme_break_stateful(before, point, &state)) {
      each(bytes, width);
      bytes = width = 0;
    }
    bytes += taken;
    width = std::max(width, static_cast<std::size_t>(std::max(0, utf8proc_charwidth(point))));
    before = point;
  }
  if (bytes > 0) each(bytes, width);
}

bool moves_text(utf8proc_int32_t point) {
  const bool control = utf8proc_category(point) == UTF8PROC_CATEGORY_CC;
  const bool turns_direction = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return control || turns_direction;
}

}  // namespace

Console Console::of_process() {
  Console console{.out = std::cout, .err = std::cerr};
  const char* no_colour = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  const bool dumb = kind != nullptr && std::string_view(kind) == "dumb";
  console.terminal = isatty(STDOUT_FILENO) == 1;
  console.colours = console.terminal && !dumb && (no_colour == nullptr || *no_colour == '\0');
  console.live = isatty(STDERR_FILENO) == 1 && !dumb;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) console.width = std::max<std::size_t>(40, size.ws_col);
  return console;
}

std::string painted(const Console& console, std::string_view text, Colour colour) {
  if (!console.colours || colour == Colour::none) return std::string(text);
  const char* code = "";
  switch (colour) {
    case Colour::red:
      code = "31";
      break;
    case Colour::green:
      code = "32";
      break;
    case Colour::yellow:
      code = "33";
      break;
    case Colour::dim:
      code = "2";
      break;
    case Colour::bold:
      code = "1";
      break;
    case Colour::none:
      break;
  }
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

std::size_t width_of(std::string_view text) {
  std::size_t total = 0;
  for_each_grapheme(text, [&](std::size_t, std::size_t width) { total += width; });
  return total;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t kept = 0, used = 0;
  bool full = false;
  for_each_grapheme(text, [&](std::size_t bytes, std::size_t width) {
    full = full || used + width > columns - 1;
    if (full) return;
    kept += bytes;
    used += width;
  });
  return std::string(text.substr(0, kept)) + "…";
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t bytes = 0;
    const std::string_view whole = text;
    const utf8proc_int32_t point = take(text, bytes);
    if (point == 0xFFFD || moves_text(point)) {
      result += point == '\n' || point == '\t' ? " " : "�";
    } else {
      result += whole.substr(0, bytes);
    }
  }
  return result;
}

std::string printable_lines(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result += printable(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
  return grouped(number) + " " + std::string(number == 1 ? one : many);
}

std::string shown(const Json* value) {
  if (value == nullptr || value->is_null()) return "-";
  if (const Json* amount = value->find("amount")) return printable(amount->scalar_text() + " " + value->text_or("currency"));
  if (value->is_object() || value->is_array()) return printable(value->dump());
  return printable(value->scalar_text());
}

int fail(Console& console, const Error& error, bool json, std::optional<int> wished) {
  const int code = wished.value_or(exit_for(error));
  if (json) {
    const Json details =
        Json::object({{"fault", name_of(error.fault)}, {"what", error.what}, {"where", error.where}, {"todo", error.todo}});
    console.out << Json::object({{"error", details}, {"exit", code}}).dump() << "\n";
  } else {
    console.err << "tallyd: " << painted(console, printable(error.text()), Colour::none) << "\n";
  }
  return code;
}

}  // namespace tally::cli
