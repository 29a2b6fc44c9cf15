#include "engine/world.hpp"

#include "store/catalogue.hpp"
#include "store/inbox.hpp"

#include <algorithm>

namespace tally::engine {

std::string_view name_of(Policy policy) {
  switch (policy) {
    case Policy::observe:
      return "observe";
    case Policy::create_only:
      return "create_only";
    case Policy::no_retire:
      return "no_retire";
    case Policy::full:
      return "full";
  }
  return "observe";
}

ReserveAt Channel::reserve() const {
  if (config.reserve) return *config.reserve;
  return facts.takes == channel::Takes::placed ? ReserveAt::placed : ReserveAt::paid;
}

bool Channel::is_own(LocationNo location) const {
  return location == own_shelf || std::find(pools.begin(), pools.end(), location) != pools.end();
}

bool Channel::has_our_stock() const {
  return std::any_of(locations.begin(), locations.end(), [this](LocationNo location) { return !is_own(location); });
}

void find_locations(store::Session& session, const Config& config, Channel& channel) {
  const auto held_elsewhere = [&](const std::string& name) {
    const auto found = std::find_if(config.locations.begin(), config.locations.end(), [&](const auto& each) { return each.name == name; });
    return found != config.locations.end() && !found->held_by.empty() && found->held_by != channel.config.name;
  };
  for (const auto& location : config.locations) {
    const LocationNo no = store::open_location(session, location.name);
    if (!location.counted_by.empty()) channel.counted.push_back(no);
    if (location.held_by == channel.config.name) channel.pools.push_back(no);
    if (location.counted_by != channel.config.name) continue;
    channel.own_shelf = no;
    channel.counts_free = location.counts_free;
    channel.knows_after = location.knows_after;
  }
  auto names = channel.config.locations;
  if (names.empty()) {
    for (const auto& location : config.locations) names.push_back(location.name);
  }
  for (const auto& name : names) {
    if (!held_elsewhere(name)) channel.locations.push_back(store::open_location(session, name));
  }
  ensure(!channel.locations.empty(), "there is at least one location");
}

void introduce(const std::vector<std::shared_ptr<Channel>>& channels) {
  for (const auto& channel : channels) {
    for (const auto& other : channels) {
      if (other->no != channel->no) channel->neighbours[other->no] = other->locations;
    }
  }
}

namespace {

using Channels = std::vector<std::shared_ptr<Channel>>;

Channel* find_in(const Channels& channels, ChannelNo no) {
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& channel) { return channel->no == no; });
  return found == channels.end() ? nullptr : found->get();
}

Channel* find_in(const Channels& channels, const std::string& name) {
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& channel) { return channel->config.name == name; });
  return found == channels.end() ? nullptr : found->get();
}

}  // namespace

void ClockApart::moved(Duration by) {
  ahead -= by;
  doubt = ahead == Duration(0) ? Duration(0) : std::max(doubt, Duration(1000));
  if (changed_at != long_ago) changed_at += by;
}

bool ClockApart::told(Time there, Time left, Time now, Duration resolution) {
  const Duration second = std::max(resolution, Duration(1000));  // `Date` tells no less
  const Duration least = there - second - now, most = there + second - left;
  const bool as_declared = least <= resolution && -resolution <= most, known = ahead != Duration(0) || doubt != Duration(0);
  const bool fits = known ? least <= ahead + doubt && ahead - doubt <= most : as_declared;
  const bool again = now - changed_at < one_clock;
  if (fits) {
    if (known && !again) *this = between(std::max(ahead - doubt, least), std::min(ahead + doubt, most), changed_at);
    return false;
  }
  if (again)
    *this = between(std::min(ahead - doubt, least), std::max(ahead + doubt, most), now);
  else
    *this = as_declared ? ClockApart{Duration(0), Duration(0), now} : between(least, most, now);
  return true;
}

ClockApart ClockApart::between(Duration least, Duration most, Time changed_at) {
  return {(least + most) / 2, (most - least) / 2, changed_at};
}

void keep_clock(store::Session& session, ChannelNo channel, const ClockApart& clock, Time now) {
  store::set_cursor(session, channel, "clock ahead", std::to_string(clock.ahead.count()), now);
  store::set_cursor(session, channel, "clock doubt", std::to_string(clock.doubt.count()), now);
}

ClockApart kept_clock(store::Session& session, ChannelNo channel) {
  const auto ahead = store::get_cursor(session, channel, "clock ahead"), doubt = store::get_cursor(session, channel, "clock doubt");
  return ahead && doubt ? ClockApart{Duration(std::stoll(ahead->value)), Duration(std::stoll(doubt->value))} : ClockApart{};
}

Channel* World::find(ChannelNo no) const {
  return find_in(channels, no);
}

Channel* World::find(const std::string& name) const {
  return find_in(channels, name);
}

Channel* World::find_any(ChannelNo no) const {
  auto* seller = find_in(channels, no);
  return seller ? seller : find_in(trackers, no);
}

Channel* World::find_any(const std::string& name) const {
  auto* seller = find_in(channels, name);
  return seller ? seller : find_in(trackers, name);
}

std::string World::name_of(ChannelNo no) const {
  const auto* channel = find_any(no);
  return channel ? channel->config.name : std::string();
}

}  // namespace tally::engine
