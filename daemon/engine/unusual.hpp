// Much more than usual: a channel that tells of more than three times as many new orders, cancelled ones, or orders that left, as on the
// days before. Somebody who got into the account, an app that runs wild, a feed that repeats itself, a bot that buys everything or a
// mapping that reads a state wrongly looks like this, and moves stock. So does a sale: nothing is held for it.
#pragma once

#include "engine/world.hpp"
#include "store/orders.hpp"

#include <optional>

namespace tally::engine {

/// What was told in the last 24 hours, counted in whole hours with the present one, and on a day of those before.
struct Told {
  std::int64_t today = 0;
  std::int64_t before = 0;  ///< on all of `days` together
  std::int64_t days = 0;    ///< that the channel was watched before today, at most 14

  /// More than three times the average day, which counts as 5 where it is less; nothing is unusual before there were 7 days.
  bool is_unusual() const;
};

/// A document told of an order that we had in `state_before`. Counts it if it now is cancelled or has left, and not because a person
/// here said so; a problem, where that is unusual. In the transaction that changes the order.
void note_told(store::Session& session, const Channel& channel, const store::OrderRow& order, const std::string& state_before, Time now);

/// A document made the order take goods that before it took none. Counts it in the hour in which it was placed; a problem, where that is
/// unusual. In the transaction that changes the order.
void note_taken(store::Session& session, const Channel& channel, std::optional<Time> placed_at, Time now);

/// An hour later: whether it still is. `kind`: as in told_hours.hpp. Clears the problem, or comes back in an hour.
void tend_unusual(store::Session& session, const World& world, const std::string& kind, ChannelNo channel, Time now);
/// The kind that a row of `due` is for; empty: it is for something else.
std::string told_kind_of(const std::string& due);

/// Channels that come are watched from now on: what was told before nobody counted.
void begin_to_watch(store::Session& session, const std::vector<std::shared_ptr<Channel>>& channels, Time now);

Told told_of(store::Session& session, ChannelNo channel, const std::string& kind, Time now);

}  // namespace tally::engine
