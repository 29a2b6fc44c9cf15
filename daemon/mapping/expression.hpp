// Expressions: paths, literals, ??, + - * /, comparisons, and or not. Exact decimals; only ever written, never read.
#pragma once

#include "base/complaint.hpp"
#include "mapping/place.hpp"
#include "mapping/program.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace tally::mapping {

/// What a name in an expression means: a path, or a literal for `channel.x`; nothing after a complaint.
using ResolveName = std::function<std::optional<Expression>(std::string_view name)>;

/// Complains of what is malformed and of kinds that do not go together.
std::optional<Expression> parse_expression(std::string_view text, const ResolveName& resolve, const Place& place, Complaints& complaints);

/// A part without a value makes it valueless.
std::optional<Json> evaluate(const Expression& expression, const Frames& frames);

/// As a condition: no value is false, and so is `false`; 0 is a value.
bool holds(const Expression& condition, const Frames& frames);

}  // namespace tally::mapping
