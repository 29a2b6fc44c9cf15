// What decides the next step for one tracker of parcels: which parcel is to be followed, or asked for, now. Engine's thread only.
#pragma once

#include "base/rng.hpp"
#include "engine/call.hpp"
#include "engine/parcels.hpp"
#include "engine/world.hpp"

#include <map>
#include <optional>

namespace tally::engine {

/// Keeps nothing that must survive a restart: when a number may be asked for next is written before it is asked for.
class ParcelLane {
 public:
  /// `number` is no other lane's.
  ParcelLane(World& world, std::shared_ptr<Channel> tracker, std::uint64_t number, std::uint64_t seed);

  struct Step {
    std::optional<Call> call;  ///< to be performed, and handed to finish()
    Time idle_until = never;   ///< when there is no call
  };
  Result<Step> step();
  Result<void> finish(const Call& call, Outcome outcome);
  void replace(std::shared_ptr<Channel> tracker);
  /// By so much; what the store keeps was moved already.
  void clock_was_set(Duration by);
  std::uint64_t number() const { return number_; }

 private:
  Result<std::optional<store::ParcelRow>> due() const;
  Result<std::optional<Call>> call_for(std::int64_t parcel);
  /// No budget has room for the step before, or it is to be asked again then; nothing: it may go.
  std::optional<Time> closed_until(ParcelStep step) const;
  void followed(store::Session& session, store::ParcelRow& row);
  void looked(store::Session& session, store::ParcelRow& row, const channel::Page& page);
  void not_asked(store::ParcelRow& row);
  void failed(store::Session& session, store::ParcelRow& row, const Error& error, bool asked);
  bool is_out_of_order(const Error& error) const;
  void tell_trouble(store::Session& session, const Error& error, const std::string& todo);
  void works(store::Session& session);
  void rest(Duration pause) { sleep_until_ = std::max(sleep_until_, world_.clock.now() + pause); }

  World& world_;
  std::shared_ptr<Channel> tracker_;
  std::uint64_t number_;
  Rng rng_;
  std::uint64_t next_call_ = 1, stirred_ = 0;
  bool awake_ = true;
  std::size_t out_ = 0;
  std::map<std::int64_t, Time> asked_before_;  ///< by the parcels whose looks are out
  unsigned failures_ = 0;
  Time failing_since_ = long_ago;  ///< where the last call was in vain
  bool trouble_told_ = false;      ///< its trouble stands among the problems, or nobody knows
  Time sleep_until_ = long_ago, idle_until_ = long_ago;
};

}  // namespace tally::engine
