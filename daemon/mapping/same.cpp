// Comparing in the channel's spelling.
#include "mapping/filter.hpp"

namespace tally::mapping {
namespace {

bool spells_number(const Hole& hole) {
  for (const Filter& filter : hole.filters) {
    if (filter.kind == Filter::Kind::table || filter.kind == Filter::Kind::join) return false;
  }
  switch (hole.path.kind) {
    case Kind::integer:
    case Kind::decimal:
    case Kind::money:
    case Kind::measure:
      return true;
    default:
      return false;
  }
}

bool same_entry(const Hole& hole, const Json& ours, const Json& theirs) {
  if (ours.is_null() || theirs.is_null()) return ours.is_null() && theirs.is_null();
  if (spells_number(hole)) {
    const auto a = ours.decimal(), b = theirs.decimal();
    if (a && b) return *a == *b;
  }
  if (hole.path.kind == Kind::time && ours.is_string() && theirs.is_string()) {
    const Understood a = undo(hole, ours, {}), b = undo(hole, theirs, {});
    if (a.is == Understood::Is::value && b.is == Understood::Is::value) return a.value == b.value;
  }
  if (ours.is_array() || ours.is_object() || theirs.is_array() || theirs.is_object()) return ours == theirs;
  return ours.scalar_text() == theirs.scalar_text() && ours.is_bool() == theirs.is_bool();
}

bool same_in_any_order(const Hole& hole, const Json::Array& ours, const Json::Array& theirs) {
  std::vector<bool> used(theirs.size());
  for (const Json& one : ours) {
    std::size_t i = 0;
    while (i < theirs.size() && (used[i] || !same_entry(hole, one, theirs[i]))) ++i;
    if (i == theirs.size()) return false;
    used[i] = true;
  }
  return true;
}

}  // namespace

bool same_scalar(const Json& a, const Json& b) {
  if (a == b) return true;
  if (a.is_null() || b.is_null() || a.is_array() || b.is_array() || a.is_object() || b.is_object() || a.is_bool() != b.is_bool())
    return false;
  if (a.is_number() || b.is_number()) {
    const auto x = a.decimal(), y = b.decimal();
    if (x && y) return *x == *y;
  }
  return a.scalar_text() == b.scalar_text();
}

bool same(const Hole& hole, const Json& ours, const Json& theirs) {
  if (!ours.is_array() || !theirs.is_array()) return same_entry(hole, ours, theirs);
  const Json::Array &a = ours.as_array(), &b = theirs.as_array();
  if (a.size() != b.size()) return false;
  if (!hole.path.ordered) return same_in_any_order(hole, a, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same_entry(hole, a[i], b[i])) return false;
  }
  return true;
}

}  // namespace tally::mapping
