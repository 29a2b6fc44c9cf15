// The hourly comparison: the orders that the channel's own list says were placed in an hour, against those that we have of that hour.
// What no webhook and no order list brought is found here, fetched by its id, and told.
#pragma once

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::engine {

/// How many orders, and what they come to in each currency.
struct Placed {
  std::int64_t count = 0;
  std::map<std::string, Decimal> totals;

  void add(const std::optional<Money>& total);
  std::string text() const;  ///< "3 orders (59.70 EUR)"
};

/// An order of that hour as one side has it.
struct PlacedThere {
  std::optional<Money> total;
  bool over = false;       ///< cancelled or refunded: that the other side lists it no more is no difference
  std::string state = {};  ///< of theirs: in which we should have it and do not (`told_otherwise`, intake.hpp); empty: none
};
using PlacedOrders = std::map<std::string, PlacedThere>;  ///< by the platform's id

struct HourDifference {
  Placed theirs, ours;
  std::vector<std::string> missing;  ///< they have it, we do not
  std::vector<std::string> surplus;  ///< we have it, they do not
  std::vector<std::string> unequal;  ///< the totals are not the same
  std::vector<std::string> changed;  ///< the states are not
  std::int64_t unreadable = 0;       ///< documents of theirs that could not be read

  bool none() const { return missing.empty() && surplus.empty() && unequal.empty() && changed.empty() && unreadable == 0; }
  /// "the channel lists 3 orders (59.70 EUR), here are 2 orders (39.80 EUR); missing here: 1003; in another state there: 1002"
  std::string text() const;
};
HourDifference difference_of(const PlacedOrders& theirs, const PlacedOrders& ours, std::int64_t unreadable);

/// One hour whose pages are coming in. What is not kept over a restart is read again.
struct HourOfOrders {
  Time begin;
  std::string cursor;
  PlacedOrders theirs;
  std::int64_t unreadable = 0;

  Time end() const;
  /// An order's tree, as its list shows it. One that was not placed in this hour, or does not say when, is not counted. `state`: as
  /// PlacedThere's.
  void take(const Json& tree, const std::string& state = {});
  void add(const HourOfOrders& page);
};

/// The beginning of the newest hour that is over and no younger than `age`.
Time newest_closed_hour(Time now, Duration age);

}  // namespace tally::engine
