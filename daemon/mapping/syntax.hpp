// The text of scalars: holes, the dollar sign, and the filters behind a bar.
#pragma once

#include "base/complaint.hpp"
#include "mapping/program.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::mapping {

/// A part of a scalar: plain text, or what stands between `${` and `}`.
struct Part {
  bool hole = false;
  std::string text;
};

/// "a${b}$$" is text "a", hole "b", text "$". Complains of a hole that is not closed or is empty.
std::vector<Part> split_scalar(std::string_view scalar, const Place& place, Complaints& complaints);
bool has_hole(const std::vector<Part>& parts);

/// "a ?? b | decimal 2 | blank ''": the expression, and the text of each filter.
struct HoleText {
  std::string expression;
  std::vector<std::string> filters;
};
HoleText split_hole(std::string_view hole);

/// What filters are compiled against.
struct FilterScope {
  std::function<std::shared_ptr<const Table>(const std::string& name)> table;  ///< null: no tables here
  std::function<std::optional<Json>(const std::string& name)> setting;         ///< of the channel; null: none here
};

/// One filter, "decimal 3". Complains of an unknown name (with the nearest), of missing, wrong and superfluous arguments.
std::optional<Filter> parse_filter(std::string_view text, const FilterScope& scope, const Place& place, Complaints& complaints);

/// All filters of one hole; nothing if one of them was wrong.
std::optional<Filters> parse_filters(const std::vector<std::string>& texts, const FilterScope& scope, const Place& place,
                                     Complaints& complaints);

std::string_view name_of(Filter::Kind kind);
std::string trimmed(std::string_view text);

/// The factor from a unit to the base unit of what it measures (gram, millimetre); nothing for an unknown unit. `lbs` is `lb`.
std::optional<Decimal> factor_of_unit(std::string_view unit);
bool is_length(std::string_view unit);
std::string_view our_unit(std::string_view unit);

}  // namespace tally::mapping
