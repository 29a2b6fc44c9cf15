#include "engine/world.hpp"

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

Channel* World::find(ChannelNo no) const {
  for (const auto& channel : channels) {
    if (channel->no == no) return channel.get();
  }
  return nullptr;
}

Channel* World::find(const std::string& name) const {
  for (const auto& channel : channels) {
    if (channel->config.name == name) return channel.get();
  }
  return nullptr;
}

std::string World::name_of(ChannelNo no) const {
  const auto* channel = find(no);
  return channel ? channel->config.name : std::string();
}

}  // namespace tally::engine
