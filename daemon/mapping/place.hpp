// Looking up resolved paths in a tree.
#pragma once

#include "mapping/program.hpp"

#include <optional>
#include <vector>

namespace tally::mapping {

/// The things that a path may begin at: the document's own, then the entry of each loop around. None is null.
using Frames = std::vector<const Json*>;

/// Where a reading keeps the parts of an amount or a measure until the whole document was walked (together.hpp). No remote id can be called
/// so.
inline constexpr std::string_view read_amount = "@=amount", read_currency = "@=currency", read_value = "@=value", read_unit = "@=unit";

/// null, "", [], {} and an amount without a number are no values.
bool has_value(const Json* json);

/// The value, a list where the path is one (its empty entries left out); nothing if there is none.
std::optional<Json> value_at(const Path& path, const Frames& frames);

/// All that the steps lead to, values or not.
std::vector<const Json*> places_at(const Json& from, const Steps& steps);

/// Whether the product or variant that a hole belongs to is one that the channel has confirmed.
bool is_known(const Holder& holder, const Frames& frames);

}  // namespace tally::mapping
