// How low or how high a price may be.
#pragma once

#include "base/decimal.hpp"

#include <optional>
#include <string>

namespace tally {

/// The cost of what is sold times a number, or an amount in the price's own currency.
struct PriceLimit {
  Decimal number;
  bool of_cost = false;

  /// Nothing: there is no limit, because the cost is not known.
  std::optional<Decimal> of(const std::optional<Money>& cost) const {
    if (!of_cost) return number;
    return cost ? std::optional<Decimal>(cost->major() * number) : std::nullopt;
  }
  std::string text() const { return of_cost ? "cost times " + number.text() : number.text(); }
  bool operator==(const PriceLimit&) const = default;
};

}  // namespace tally
