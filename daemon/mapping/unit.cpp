#include "mapping/syntax.hpp"

#include <array>

namespace tally::mapping {
namespace {

struct Unit {
  std::string_view name;
  Decimal factor;
  bool length;
};

/// Exact by definition (international yard and pound, 1959).
const std::array<Unit, 9> units{{{"g", Decimal(1), false},
                                 {"kg", Decimal(1000), false},
                                 {"lb", Decimal::of(45'359'237, 5), false},
                                 {"lbs", Decimal::of(45'359'237, 5), false},
                                 {"oz", Decimal::of(28'349'523'125, 9), false},
                                 {"mm", Decimal(1), true},
                                 {"cm", Decimal(10), true},
                                 {"m", Decimal(1000), true},
                                 {"in", Decimal::of(254, 1), true}}};

const Unit* find(std::string_view name) {
  for (const Unit& each : units) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace

std::optional<Decimal> factor_of_unit(std::string_view unit) {
  const Unit* found = find(unit);
  return found == nullptr ? std::nullopt : std::optional(found->factor);
}

bool is_length(std::string_view unit) {
  const Unit* found = find(unit);
  return found != nullptr && found->length;
}

std::string_view our_unit(std::string_view unit) {
  return unit == "lbs" ? "lb" : unit;
}

}  // namespace tally::mapping
