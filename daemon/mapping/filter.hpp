// Filters, applied and undone. A filter works on each entry of a list, but for `join` and those that speak of having no value at all.
#pragma once

#include "mapping/program.hpp"

#include <optional>
#include <string>

namespace tally::mapping {

/// A value on its way out. `problem`: why there is none although there was one (a table without a spelling, a required value).
struct Spelt {
  std::optional<Json> value;
  std::string problem;
};
/// `currency` is what plain numbers are in, for `minor` and `decimal`.
Spelt apply(const Filters& filters, std::optional<Json> value, const Currency& currency);

/// A value on its way in: `value`, or none (`value` empty, the document says that there is none), or not understood.
struct Understood {
  enum class Is { value, none, unclear } is = Is::none;
  Json value;           ///< in the tree's form, but for an amount: that is its number in major units
  std::string problem;  ///< of `unclear`; empty: it says nothing, and nobody need know
  static Understood of(Json value) { return {Is::value, std::move(value), {}}; }
  static Understood none() { return {}; }
  static Understood unclear(std::string problem) { return {Is::unclear, {}, std::move(problem)}; }
};
/// `hole` names the tables beside; `currency` is what amounts of the document are in.
Understood undo(const Hole& hole, const Json& shown, const Currency& currency);

/// Cannot be undone: the value is taken as it stands if it spells the same again.
bool is_lossy(const Filters& filters);

/// Whether what we would say is what is there: numbers by value, times by instant, lists in any order where the model has none.
bool same(const Hole& hole, const Json& ours, const Json& theirs);

/// The same scalar, whether written as text or as a number.
bool same_scalar(const Json& a, const Json& b);

}  // namespace tally::mapping
