// What the hourly comparison of orders needs: ours by the hour in which they were placed, and the hours that differ.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct PlacedOrder {
  std::string id;
  std::string state;
  Json total;  ///< {amount, currency}, or null
};
/// Those placed in [from, until), by their ids, behind the id `after`.
std::vector<PlacedOrder> orders_placed(Session& session, ChannelNo channel, Time from, Time until, const std::string& after,
                                       std::size_t limit);

struct DifferingHour {
  ChannelNo channel;
  Time hour;  ///< when it began
  std::int64_t tries = 0;
  Time next_at;
};
void put_differing_hour(Session& session, const DifferingHour& hour);
void remove_differing_hour(Session& session, ChannelNo channel, Time hour);
std::optional<DifferingHour> find_differing_hour(Session& session, ChannelNo channel, Time hour);
/// The one that is to be read again first.
std::optional<DifferingHour> next_differing_hour(Session& session, ChannelNo channel);
std::int64_t count_differing_hours(Session& session, ChannelNo channel);

}  // namespace tally::store
