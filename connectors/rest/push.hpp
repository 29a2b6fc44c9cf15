// Writes: batches of prices and quantities, step by step work on everything else, subscriptions.
#pragma once

#include "connectors/rest/reads.hpp"

#include <span>

namespace tally::rest {

/// What a write works with.
struct Tools {
  Wire& wire;
  Obtain& obtain;
  Reads& reads;
  const mapping::Mapping& mapping;
};

using Results = std::vector<Result<channel::Applied>>;

/// set_price, set_stock: changes that agree on everything outside their entries travel together, up to the step's `max`. One result each,
/// in order.
Results push_batches(const Tools& tools, const Operation& operation, std::span<const channel::Change> changes);

/// One change through all steps of its operation, from where its ticket says.
Result<channel::Applied> push_steps(const Tools& tools, const Operation& operation, const channel::Change& change);

/// Finds, makes and revives the platform's subscriptions to our door.
Result<channel::Applied> push_subscription(const Tools& tools);

/// From now on the platform tells of this parcel through our door; asked for twice, it is fine.
Result<channel::Applied> follow_parcel(const Tools& tools, const channel::Change& change);
/// Where the wanted parcels are now, one request each.
Result<channel::Page> read_parcels(const Tools& tools, const channel::Want& want);

/// The error of an entry inside an answer that is fine as a whole.
Error entry_error(const Wire& wire, const Json& entry, const std::string& why, const std::string& operation);
/// Puts `value` into `body` at a pointer, making the objects on the way.
void put_at(Json& body, std::string_view pointer, Json value);

}  // namespace tally::rest
