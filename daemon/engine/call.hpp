// One blocking exchange with a platform. A lane decides it, a thread (or the simulation) performs it, the lane takes the outcome.
#pragma once

#include "channel/connector.hpp"
#include "store/inbox.hpp"
#include "store/marks.hpp"

#include <optional>
#include <vector>

namespace tally::engine {

struct Call {
  enum class Kind {
    push,
    read_orders,
    fetch_orders,
    compare_orders,
    read_again,
    look,
    sweep,
    find,
    subscribe,
    follow_parcel,
    look_at_parcel
  };
  Kind kind = Kind::push;
  std::uint64_t lane = 0;  ///< who made it: a lane that a reload took away hears of it no more
  std::uint64_t no = 0;
  ChannelNo channel;
  channel::Want want;                    ///< of the readings
  std::vector<channel::Change> changes;  ///< of a push; of subscribe one, without intent
  std::vector<store::Intent> intents;    ///< of a push: one a change
  std::vector<store::Mark> marks;        ///< of a push: what it answers; of looks and finds the things concerned
  std::vector<VariantNo> variants;       ///< of a look
  std::vector<store::Poke> pokes;        ///< of fetch_orders and of a look at listings: what it answers
  std::int64_t parcel = 0;               ///< of follow_parcel (one change, without intent) and look_at_parcel: its row
  Time left_at;
  bool urgent = false;  ///< took the seat that is kept for decreases
};

struct Outcome {
  std::vector<Result<channel::Applied>> applied;
  std::optional<Result<channel::Page>> page;
};

/// Blocks for one exchange. Any thread.
Outcome perform(const Call& call, channel::Connector& connector);

std::string_view name_of(Call::Kind kind);

}  // namespace tally::engine
