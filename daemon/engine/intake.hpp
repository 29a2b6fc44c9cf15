// Reads the inbox: each row is parsed by its channel's connector and applied in one transaction with the channel's position.
// A row that cannot be read is parked with its reason and never in the way.
#pragma once

#include "engine/orders.hpp"
#include "engine/world.hpp"

namespace tally::engine {

struct IntakeResult {
  std::size_t rows = 0;  ///< how many were passed
  bool more = false;
};

/// At most `limit` rows of one channel. Engine's thread. Errors: io, gone.
Result<IntakeResult> take_in(World& world, const Channel& channel, std::size_t limit, const StepSeen& step_seen);

/// By which a document is known again: of one that lacks something it is another than of the same bytes when that was given.
std::string hash_of(const channel::Document& document);

/// The state in which a document shows an order that is here in another one; empty: the same, it says none, there is no such order, or what
/// we have of it came after `shows`, which is as late as the document may be. `event`: the document, read by itself. Repeatable.
std::string told_otherwise(store::Session& session, const Channel& channel, const channel::Document& document, const channel::Event& event,
                           Time shows);

/// Puts a row aside with its reason, masked, and tells what can be done about it.
void park_row(store::Session& session, const World& world, const Channel& channel, std::int64_t row, const std::string& said);

/// A parked row once more, as if it had come now: nothing is applied twice, because what an order moves is a target and a count is a cause.
/// Returns why it stays parked; empty when it was applied. Engine's thread. Errors: io, gone, locked.
Result<std::string> take_parked(World& world, const Channel& channel, std::int64_t row, const std::string& author,
                                const StepSeen& step_seen);

/// An order with a word that no table knew is read once more, from the document that is kept, else from its channel: the table may know it
/// by now. Errors: those of the store.
Result<void> read_order_again(World& world, const Channel& channel, OrderNo order, const StepSeen& step_seen);

}  // namespace tally::engine
