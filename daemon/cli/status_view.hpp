// The daemon's state as tables.
#pragma once

#include "cli/console.hpp"

#include <set>
#include <string>
#include <vector>

namespace tally::cli {

/// Channels, then what a person should look at, then one line that says whether all is well.
std::string status_text(const Console& console, const Json& status);

std::string channels_text(const Console& console, const Json::Array& channels);

/// A line for each channel whose platform could tell us of orders: whether its webhooks work; nothing of those that a person enters.
std::string webhooks_text(const Json::Array& channels);
/// "orders come by its list alone, every 5 min: …"; `orders_every_s` in `said`.
std::string list_alone(const Json& said);

/// How far the channels are from what they should show. What waits counts only where the policy writes.
struct Convergence {
  std::int64_t offers = 0, differences = 0, not_listed = 0, in_doubt = 0, pending = 0, waiting = 0, held = 0, parked = 0, unread = 0;
  std::int64_t never_looked = 0, for_release = 0, left_alone = 0;
  std::int64_t observed = 0;    ///< differences on channels that only observe: nobody waits for them to end
  bool observed_about = false;  ///< their number is a rough one
  std::int64_t oldest_s = -1;   ///< -1: nothing was looked at yet
  std::vector<std::string> paused;

  /// Whether nothing differs, waits, is held, parked or unlisted, on channels that are all worked on.
  bool settled() const;
  /// And nothing differs where we only observe, and every offer was looked at.
  bool in_sync() const { return settled() && observed == 0 && never_looked == 0; }
  /// "0 differences among 1,880 offers; 11 not listed yet, 2 parked, oldest unverified 41 s"
  std::string text() const;
};
/// Of these channels; of all when none is named.
Convergence convergence_of(const Json& status, const std::set<std::string>& channels = {});

/// Of a record of an oversell: the order, or the movement where it was no order's; the order before it; how late the order was known.
std::string taken_by(const Json& oversell);
std::string taken_before_by(const Json& oversell);
std::string known_after(const Json& oversell);

/// The list under `key`, or none.
const Json::Array& items_in(const Json& object, std::string_view key);

/// "41 s", "3 min", "2 h", "5 days"
std::string ago_text(std::int64_t ms);

}  // namespace tally::cli
