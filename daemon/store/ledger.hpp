// The stock ledger: append-only movements, and the cached sums that they must always equal.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "model/claim.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct Movement {
  VariantNo variant;
  LocationNo location;
  std::string kind;  ///< order, cover, receipt, adjust, count, transfer, reverse
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
/// What movements of causes that begin with this one and a ':' changed on hand, by the moment in which it took effect; without those that
/// come to nothing.
std::map<Time, Quantity> on_hand_by_moment(Session& session, VariantNo variant, LocationNo location, const std::string& cause);

/// Sum of what took effect at or before `as_of`.
Quantity on_hand_as_of(Session& session, VariantNo variant, LocationNo location, Time as_of);

/// The same of what was reserved.
Quantity reserved_as_of(Session& session, VariantNo variant, LocationNo location, Time as_of);

struct MovementRow {
  Movement movement;
  std::int64_t sequence = 0;
  Time at;
};
/// The newest `limit`, newest first.
std::vector<MovementRow> movements_of(Session& session, VariantNo variant, std::size_t limit);

/// Whether anything but an order ever moved it, wherever: a count, a receipt, an adjustment, a transfer.
bool was_supplied(Session& session, VariantNo variant);

/// Of this cause, and of those that begin with it and a ':' (the lines of a file); in the order of variants and sequences, at most `limit`.
std::vector<MovementRow> movements_by_cause(Session& session, const std::string& cause, std::size_t limit);
/// The count that holds at a location when the one of `but` does not: the newest other one that was not reversed.
std::optional<Movement> count_before(Session& session, VariantNo variant, LocationNo location, const std::string& but);

/// Goods on their way between two locations.
struct Transfer {
  std::int64_t no = 0;
  VariantNo variant;
  LocationNo from, to;
  Quantity units = 0;
  std::optional<Quantity> arrived;  ///< nothing: under way
  Time sent_at, arrived_at = long_ago;
};
std::int64_t add_transfer(Session& session, const Transfer& transfer);
void set_arrived(Session& session, std::int64_t no, Quantity arrived, Time at);
std::optional<Transfer> get_transfer(Session& session, std::int64_t no);
/// Those under way, the oldest first.
std::vector<Transfer> transfers_under_way(Session& session, std::size_t limit);

/// Differences between the cached sums and the movements, in words; empty when the ledger is whole (invariant S1).
std::vector<std::string> check_sums(Session& session);

}  // namespace tally::store
