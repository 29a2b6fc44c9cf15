// How far a channel is from what it should show, in numbers. Counted in indexes and among the marks, never by a walk through the offers.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>

namespace tally::store {

class Session;

struct Standing {
  std::int64_t offers = 0;
  std::int64_t listings = 0;  ///< that are bound

  /// What was seen there and is not what we put there: numbers and prices that a look showed otherwise, listings that a complete reading
  /// did not show, listings that the platform says do not exist.
  std::int64_t differences = 0;
  std::int64_t not_listed = 0;    ///< products that are to be listed and are not, whatever keeps them but a person's word
  std::int64_t in_doubt = 0;      ///< of those: sent, and nobody knows whether the listing was made
  std::int64_t never_looked = 0;  ///< offers that no look has confirmed yet

  // Marks; each is counted once.
  std::int64_t pending = 0;     ///< to be sent, now or later
  std::int64_t waiting = 0;     ///< of an import that is not closed
  std::int64_t held = 0;        ///< by the guard, for a person
  std::int64_t parked = 0;      ///< refused, until something about them changes
  std::int64_t left_alone = 0;  ///< discarded by a person, until something about them changes

  std::int64_t unread_rows = 0;
  std::int64_t parked_rows = 0;  ///< documents that could not be read
  std::optional<Time> oldest_verified;
};
Standing standing_of(Session& session, ChannelNo channel);

/// Tells this store from every other; a copy of it has the same.
std::string store_name(Session& session);

}  // namespace tally::store
