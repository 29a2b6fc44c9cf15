// The engine without threads: intake and lanes, turned by whoever owns it (the daemon's engine thread, or the simulation).
#pragma once

#include "engine/lane.hpp"
#include "engine/new_rules.hpp"
#include "engine/parcel_lane.hpp"
#include "engine/world.hpp"

#include <functional>
#include <map>
#include <memory>

namespace tally::engine {

/// A channel as main sets it up.
struct ChannelSetup {
  ChannelConfig config;
  std::shared_ptr<channel::Connector> connector;
  std::string account = {};  ///< on its platform, in words: the store keeps that of the first history; empty: nobody says
  std::string rules = {};    ///< a digest of all that says what is to stand there (new_rules.hpp); empty: nobody says
};

class Core {
 public:
  Core(store::Database& store, const Clock& clock, Log log, Config config, std::uint64_t seed);

  /// Replaces the channels: new ones begin in `observe` with a mark on every product, known ones keep their state, missing ones stop.
  /// Those that track parcels stand apart, as World::trackers.
  /// Also replaces the rules. Errors: io, gone.
  Result<void> set_channels(Config config, std::vector<ChannelSetup> channels);

  /// Where the machine's clock was set, what is remembered in its time is moved by as much. Everything here does so by itself; before
  /// anything else that writes a moment it is to be called, or that moment is moved too. Errors: io, gone (the store).
  Result<void> follow_the_clock();
  /// Does what is due and asks each lane for its next steps; `dispatch` gets each call that is to leave now.
  /// Returns when to turn again at the latest.
  /// Errors: io, gone (the store).
  Result<Time> turn(const std::function<void(Call)>& dispatch);
  /// A call came back.
  Result<void> finish(const Call& call, Outcome outcome);

  World& world() { return world_; }
  const World& world() const { return world_; }
  Lane* lane(ChannelNo channel);
  StepSeen step_seen();
  const NewRules& new_rules() const { return new_rules_; }

 private:
  Result<Duration> clock_set_by(Duration ahead);
  Result<void> clock_was_set(Duration by, Duration ahead);
  Result<void> tidy();  ///< once an hour: what every reader has passed and is old enough
  Result<void> forget_intents();
  Result<void> take_in_all();
  void give_lanes(const std::vector<std::shared_ptr<Channel>>& trackers);

  World world_;
  std::optional<Duration> ahead_;       ///< of the machine's wall time over its steady clock
  std::optional<Duration> kept_ahead_;  ///< the same as the store has it, counted from the machine's start `start_`
  std::string start_;
  Time tidied_ = long_ago;
  bool intents_to_forget_ = false;
  std::string keys_looked_at_;  ///< the last buyer's key of which it was asked whether an order still has it
  std::uint64_t seed_, lanes_made_ = 0;
  std::map<ChannelNo, std::unique_ptr<Lane>> lanes_;
  std::map<ChannelNo, std::unique_ptr<ParcelLane>> parcel_lanes_;
  NewRules new_rules_;
  std::map<ChannelNo, std::uint64_t> taken_in_;  ///< the store's count of the channel when its inbox was read to the end
};

}  // namespace tally::engine
