// The terminal, or whatever stands in its place: where to write, how wide, whether colours and moving lines are welcome.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace tally::cli {

enum class Colour { none, red, green, yellow, dim, bold };

struct Console {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;  ///< `out` is one: long cells are cut there, and nowhere else
  bool colours = false;   ///< `out` is a terminal and NO_COLOR is not set
  bool live = false;      ///< `err` is a terminal: progress is drawn on it
  std::size_t width = 100;
  Duration pause{250};  ///< between two looks at the daemon while waiting

  /// Of this process.
  static Console of_process();
};

std::string painted(const Console& console, std::string_view text, Colour colour);

/// Columns that the text takes on a terminal: 2 for a Chinese character, 0 for a combining one.
std::size_t width_of(std::string_view text);
/// At most so many columns, with "…" where something was cut.
std::string cut(std::string_view text, std::size_t columns);
/// Without control characters: what a platform wrote into a title must not move the cursor.
std::string printable(std::string_view text);
/// The same of several lines, each with its end.
std::string printable_lines(std::string_view text);
/// 1,891
std::string grouped(std::int64_t number);
/// "1 variant", "1,891 variants"
std::string counted(std::int64_t number, std::string_view one, std::string_view many);
/// A value as a person reads it: "12.50 EUR" for {amount, currency}; "-" for none.
std::string shown(const Json* value);

/// "tallyd: …" to `err` (or {"error": …} to `out` with `json`); answers with the exit code for it, or with `code`.
int fail(Console& console, const Error& error, bool json, std::optional<int> code = std::nullopt);

}  // namespace tally::cli
