#include "engine/world.hpp"

#include "store/catalogue.hpp"
#include "store/inbox.hpp"

#include <algorithm>

namespace tally::engine {
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

void keep_closed(store::Session& session, ChannelNo channel, bool closed, Time now) {
  store::set_cursor(session, channel, "closed", closed ? "yes" : "no", now);
}

bool kept_closed(store::Session& session, ChannelNo channel) {
  const auto closed = store::get_cursor(session, channel, "closed");
  return closed && closed->value == "yes";
}

void introduce(const std::vector<std::shared_ptr<Channel>>& channels) {
  for (const auto& channel : channels) {
    for (const auto& other : channels) {
      if (other->no != channel->no) channel->neighbours[other->no] = other->locations;
    }
  }
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
