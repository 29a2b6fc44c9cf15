// The stock ledger: append-only movements, and the cached sums that they must always equal.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "model/claim.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct Movement {
  VariantNo variant;
  LocationNo location;
  std::string kind;  ///< order, cover, receipt, adjust, count, transfer
  Effect effect;
  std::string cause;  ///< "order:12:3", "count:7" …; unique with variant and location
  Time effective_at;
  std::string note;
};

struct StockRow {
  VariantNo variant;
  LocationNo location;
  Effect sum;
  Time counted_at = long_ago;  ///< of the newest count; long_ago: never counted
  std::string counted_cause;
};

/// Writes the movement and adds it to the cached sums. False if that cause had been written before: nothing was done.
bool append(Session& session, const Movement& movement, Time now);
std::optional<StockRow> stock_at(Session& session, VariantNo variant, LocationNo location);
std::vector<StockRow> stock_of(Session& session, VariantNo variant);
void set_counted(Session& session, VariantNo variant, LocationNo location, Time as_of, const std::string& cause);
/// Sum of what took effect at or before `as_of`.
Quantity on_hand_as_of(Session& session, VariantNo variant, LocationNo location, Time as_of);

struct MovementRow {
  Movement movement;
  std::int64_t sequence = 0;
  Time at;
};
/// The newest `limit`, newest first.
std::vector<MovementRow> movements_of(Session& session, VariantNo variant, std::size_t limit);

/// Differences between the cached sums and the movements, in words; empty when the ledger is whole (invariant S1).
std::vector<std::string> check_sums(Session& session);

}  // namespace tally::store
