// How one cell of a product file is understood. All of it pure; an Error's `what` says the reason alone, the caller adds column and line.
#pragma once

#include "base/result.hpp"
#include "model/product.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::catalogue {

std::string_view trimmed(std::string_view text);
std::string lower(std::string_view text);                ///< ASCII only
bool same_word(std::string_view a, std::string_view b);  ///< without regard to ASCII case

/// The first control character in it, as "U+000A".
std::optional<std::string> control_in(std::string_view text);
/// Takes control characters out of a text and makes a line break or a tab a blank, or leaves both (`lines`). True where it changed.
bool without_controls(std::string& text, bool lines = false);

/// The parts of a list, trimmed, empty ones left out, each once. A separator behind a backslash belongs to the part.
std::vector<std::string> split(std::string_view text, char separator);
/// "A > B > C, D": category paths, separated by `separator`.
std::vector<Category> categories_of(std::string_view text, char separator);

/// How an amount was understood otherwise than it stands.
struct Understood {
  bool rounded = false;  ///< the currency has fewer digits than the cell
  bool comma = false;    ///< the cell has a decimal comma or thousands signs
};

/// An amount above zero; nothing if blank. `12,50`, `1.234,50` and `1,234.50` can be read one way only and are; `1,234` can be read two
/// ways and is refused, as are currency signs and exponents. `how` is only ever set, never reset.
Result<std::optional<Money>> price_of(std::string_view text, const Currency& currency, Understood& how);
/// A whole number of units, without separators; nothing if blank, never 0 for blank.
Result<std::optional<Quantity>> count_of(std::string_view text);
/// The same, and not below zero: what can lie on a shelf.
Result<std::optional<Quantity>> stock_of(std::string_view text);
/// "6.90123E+12": what a spreadsheet leaves of a long number. Its last digits are lost.
bool is_shortened(std::string_view text);
/// As it stands; `invalid` when a spreadsheet has shortened it.
Result<std::string> barcode_of(std::string_view text);
/// "0.77 lb", or a bare number in `unit`; nothing if blank or zero (a weight of 0 says that nobody weighed it).
Result<std::optional<Measure>> measure_of(std::string_view text, std::string_view unit);
/// The model's spelling of a unit (lbs → lb), empty if it is none of ours.
std::string unit_of(std::string_view text);

}  // namespace tally::catalogue
