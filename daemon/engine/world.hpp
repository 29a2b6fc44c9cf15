// What the parts of the engine share: the store, the clock, the channels. Belongs to the engine's thread; readers hold `mutex` shared.
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "channel/connector.hpp"
#include "engine/belief.hpp"
#include "engine/clock_apart.hpp"
#include "engine/config.hpp"
#include "store/database.hpp"

#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <vector>

namespace tally::engine {

/// A channel that is configured: its rules and its connector.
struct Channel {
  ChannelNo no;
  ChannelConfig config;
  std::shared_ptr<channel::Connector> connector;
  channel::Capabilities facts;  ///< connector->capabilities()
  std::vector<LocationNo> locations;
  std::vector<LocationNo> counted;  ///< those of all that some channel counts
  LocationNo own_shelf;             ///< the one this channel counts itself; 0: none
  bool counts_free = false;         ///< so it does as LocationConfig says
  Duration knows_after{0};
  std::vector<LocationNo> pools;  ///< those of its locations that its platform holds: read, never written, never promised by us
  std::map<ChannelNo, std::vector<LocationNo>> neighbours;  ///< what the other channels sell from
  bool released = false;
  std::string paused;
  std::string paused_for;  ///< the fault's name while it is paused

  bool closed = false;  ///< by ChannelConfig::close_after: what it sells from has nothing for it
  ClockApart clock;     ///< its platform's

  bool may_write() const { return released && config.policy != Policy::observe && paused.empty(); }
  bool may_retire() const { return config.policy == Policy::full && facts.actions.contains("retire_listing"); }
  /// Within it a moment of the platform's, brought to our clock, cannot be told from one of ours.
  Duration margin() const { return facts.clock_resolution * 2 + clock.doubt; }
  ReserveAt reserve() const;
  /// Whether what it shows is ours to say: false where all it sells is counted or held by itself.
  bool has_our_stock() const;
  /// Whether what lies there is counted or held by this channel itself.
  bool is_own(LocationNo location) const;
};

/// Whether it is closed is remembered over a restart.
void keep_closed(store::Session& session, ChannelNo channel, bool closed, Time now);
bool kept_closed(store::Session& session, ChannelNo channel);

/// The rows of the locations that the channel sells from, in order of priority.
void find_locations(store::Session& session, const Config& config, Channel& channel);
/// Tells each channel what the others sell from.
void introduce(const std::vector<std::shared_ptr<Channel>>& channels);

struct World {
  store::Database& store;
  const Clock& clock;
  Log log;
  Config config;
  std::vector<std::shared_ptr<Channel>> channels;  ///< where we sell
  std::vector<std::shared_ptr<Channel>> trackers;  ///< which tell where parcels are: no listing, order or number is theirs
  std::shared_mutex mutex;

  Channel* find(ChannelNo no) const;
  Channel* find(const std::string& name) const;
  /// The same, of trackers too.
  Channel* find_any(ChannelNo no) const;
  Channel* find_any(const std::string& name) const;
  std::string name_of(ChannelNo no) const;  ///< of any
};

/// Told of each own-effect step of an offer as it is imported, so that looks in the air can collect it.
using StepSeen = std::function<void(ChannelNo, VariantNo, const OwnStep&)>;

}  // namespace tally::engine
