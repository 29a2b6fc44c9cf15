#include "engine/core.hpp"

#include "engine/intake.hpp"
#include "engine/number.hpp"
#include "engine/orders.hpp"
#include "engine/parcels.hpp"
#include "engine/stock.hpp"
#include "engine/timer.hpp"
#include "store/buyers.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/moments.hpp"
#include "store/offers.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::clock_slack;
using store::Session;

constexpr std::size_t rows_a_turn = 64;
constexpr std::size_t calls_a_turn = 16;
constexpr std::size_t buyers_a_tidying = 1000;
constexpr Duration between_tidyings{3600000};
constexpr Duration intents_kept{std::chrono::hours(90 * 24)};
constexpr std::size_t intents_kept_of_each = 20;  ///< whoever asks for the last ones of a thing asks for fewer
constexpr std::size_t intents_a_turn = 200;
constexpr Duration clock_kept_within{100};

/// A channel that was never seen before is compared with the whole catalogue.
void mark_everything(Session& session, const Channel& channel, Time now) {
  for (ProductNo after;;) {
    const auto rows = store::products_after(session, after, 500);
    for (const auto& row : rows) mark_aspect(session, channel.no, "content", row.no.value, {"new channel", true, 0}, now);
    if (rows.empty()) return;
    after = rows.back().no;
  }
}

/// A channel that was taken out for a while heard of no change meanwhile: texts and prices are held against what was last sent, numbers
/// against what is believed to stand there.
void mark_differences(Session& session, const Channel& channel, Time now) {
  constexpr std::size_t page = 500;
  for (ProductNo after;;) {
    const auto rows = store::products_after(session, after, page);
    for (const auto& row : rows) {
      mark_aspect(session, channel.no, "content", row.no.value, {"the channel is back", false, 0}, now);
    }
    if (rows.size() < page) break;
    after = rows.back().no;
  }
  for (VariantNo after;;) {
    const auto offers = store::offers_after(session, channel.no, after, page);
    for (const auto& offer : offers) {
      mark_aspect(session, channel.no, "price", offer.variant.value, {"the channel is back", false, 0}, now);
      if (stock_direction(session, channel, offer) != Direction::none)
        mark_aspect(session, channel.no, "stock", offer.variant.value, {"the channel is back", false, 0}, now);
    }
    if (offers.size() < page) return;
    after = offers.back().variant;
  }
}

/// Remembers which known channels are not configured now, over a restart too; one that is again is compared.
void welcome_back(Session& session, const std::vector<std::shared_ptr<Channel>>& channels, Time now) {
  for (const auto& row : store::all_channels(session)) {
    const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& channel) { return channel->no == row.no; });
    const auto out = store::get_cursor(session, row.no, "taken out");
    const bool was_out = out && out->value == "yes", is_out = found == channels.end();
    if (is_out != was_out) store::set_cursor(session, row.no, "taken out", is_out ? "yes" : "no", now);
    for (const char* kind : {"raises", "closed"}) {
      if (is_out && !was_out) store::clear_problem(session, row.no, kind, row.name);
    }
    if (was_out && !is_out) mark_differences(session, **found, now);
  }
}

/// The next calls of a lane, as many as a turn allows. Returns when it has something to do again; `never`: when a call came back.
template <typename AnyLane>
Result<Time> dispatch_steps(AnyLane& lane, const std::function<void(Call)>& dispatch) {
  for (std::size_t calls = 0; calls < calls_a_turn; ++calls) {
    auto step = lane.step();
    if (!step) return step.error();
    if (!step->call) return step->idle_until;
    dispatch(std::move(*step->call));
  }
  return never;
}

}  // namespace

Core::Core(store::Database& store, const Clock& clock, Log log, Config config, std::uint64_t seed)
    : world_{store, clock, std::move(log), std::move(config), {}, {}, {}}, seed_(seed) {}

/// Of one that was set while the daemon was down: where the machine was started since, only that it went back can be known.
Result<Duration> Core::clock_set_by(Duration ahead) {
  if (ahead_) return ahead - *ahead_;
  std::optional<Time> last;
  std::optional<store::MachineClock> kept;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    last = store::last_journaled(session);
    kept = store::kept_machine_clock(session);
    return {};
  });
  if (!read) return read.error();
  start_ = world_.clock.start();
  if (kept && !start_.empty() && kept->start == start_) {
    kept_ahead_ = kept->ahead;
    return ahead - kept->ahead;
  }
  return last ? std::min(Duration(0), world_.clock.now() - *last) : Duration(0);
}

/// Moves all that is remembered in the machine's time.
Result<void> Core::clock_was_set(Duration by, Duration ahead) {
  const Time now = world_.clock.now();
  auto moved = world_.store.write([&](Session& session) -> Result<void> {
    store::move_moments(session, by, now);
    if (!ahead_ && !kept_ahead_) store::forget_anchors(session, std::nullopt, now);  // it may have been set by more than that
    for (const auto& row : store::all_channels(session)) {                           // those too that are taken out for a while
      const auto* channel = world_.find(row.no);
      ClockApart clock = channel ? channel->clock : kept_clock(session, row.no);
      clock.moved(by);
      keep_clock(session, row.no, clock, now);
    }
    store::keep_machine_clock(session, {start_, ahead}, now);
    store::journal(session, {0, now, "clock.set", "machine", ChannelNo(), "", Json::object({{"by_ms", by.count()}}).dump()});
    return {};
  });
  if (!moved) return moved;
  kept_ahead_ = ahead;
  for (const auto& channel : world_.channels) channel->clock.moved(by);
  for (auto& [no, lane] : lanes_) lane->clock_was_set(by);
  for (auto& [no, lane] : parcel_lanes_) lane->clock_was_set(by);
  world_.log.warning("the machine's clock was set", {{"by", std::to_string(by.count()) + " ms"}});
  return {};
}

Result<void> Core::follow_the_clock() {
  const Duration before = world_.clock.since_start();
  const Time now = world_.clock.now();
  const Duration ahead = now - long_ago - before;
  if (world_.clock.since_start() - before > clock_slack) return {};  // stopped between the two: the next turn tells
  const auto by = clock_set_by(ahead);
  if (!by) return by.error();
  if (*by > clock_slack || *by < -clock_slack) {
    if (auto moved = clock_was_set(*by, ahead); !moved) return moved;
  } else if (!kept_ahead_ || std::chrono::abs(ahead - *kept_ahead_) > clock_kept_within) {
    auto kept = world_.store.write([&](Session& session) -> Result<void> {
      store::keep_machine_clock(session, {start_, ahead}, now);
      return {};
    });
    if (!kept) return kept;
    kept_ahead_ = ahead;
  }
  ahead_ = ahead;
  return {};
}

Result<void> Core::set_channels(Config config, std::vector<ChannelSetup> setups) {
  if (auto followed = follow_the_clock(); !followed) return followed;
  std::vector<std::shared_ptr<Channel>> channels, trackers;
  bool new_tracker = false;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    channels.clear();
    trackers.clear();
    new_rules_.clear();
    for (auto& setup : setups) {
      auto channel = std::make_shared<Channel>();
      channel->config = setup.config;
      channel->connector = setup.connector;
      channel->facts = setup.connector->capabilities();
      const auto known = store::all_channels(session);
      const bool is_new = std::none_of(known.begin(), known.end(), [&](const auto& row) { return row.name == setup.config.name; });
      const auto row = store::open_channel(session, setup.config.name);
      channel->no = row.no;
      channel->released = row.released;
      channel->clock = kept_clock(session, row.no);
      channel->closed = kept_closed(session, row.no);
      if (row.account.empty() || !store::has_history(session, row.no)) store::set_account(session, row.no, setup.account);
      if (channel->facts.tracks_parcels) {
        store::clear_problem(session, row.no, "tracker", setup.config.name);
        new_tracker = new_tracker || is_new;
        trackers.push_back(std::move(channel));
        continue;
      }
      find_locations(session, config, *channel);
      store::set_paused(session, row.no, "");  // a start or a reload is a new try
      for (const char* kind : {"channel", "webhooks"}) store::clear_problem(session, row.no, kind, setup.config.name);
      if (!lanes_.contains(row.no)) store::clear_problem(session, row.no, "raises", setup.config.name);  // counted from now on
      if (is_new) mark_everything(session, *channel, world_.clock.now());
      new_rules_.follow(session, *channel, setup.rules, is_new, world_.clock.now());
      channels.push_back(std::move(channel));
    }
    introduce(channels);
    welcome_back(session, channels, world_.clock.now());
    plan_due(session, channels, world_.clock.now());
    return {};
  });
  if (!written) return written;
  std::map<ChannelNo, std::unique_ptr<Lane>> lanes;
  for (const auto& channel : channels) {
    if (lanes_.contains(channel->no)) continue;
    const std::uint64_t seed = seed_ ^ static_cast<std::uint64_t>(channel->no.value) * 0x9e3779b97f4a7c15ULL;
    auto lane = std::make_unique<Lane>(world_, channel, ++lanes_made_, seed);
    if (auto recovered = lane->recover(); !recovered) return recovered;  // nothing was replaced yet
    lanes[channel->no] = std::move(lane);
  }
  {
    const std::unique_lock guard(world_.mutex);
    world_.config = std::move(config);
    world_.channels = channels;
    world_.trackers = trackers;
  }
  give_lanes(trackers);
  for (const auto& channel : channels) {
    const auto found = lanes_.find(channel->no);
    if (found == lanes_.end()) continue;
    found->second->replace(channel);
    lanes[channel->no] = std::move(found->second);
  }
  lanes_ = std::move(lanes);
  if (auto shared = share_out_parcels(world_, new_tracker); !shared) return shared;
  return resolve_all_waiting(world_, step_seen());
}

void Core::give_lanes(const std::vector<std::shared_ptr<Channel>>& trackers) {
  std::map<ChannelNo, std::unique_ptr<ParcelLane>> lanes;
  for (const auto& tracker : trackers) {
    auto& lane = lanes[tracker->no];
    if (const auto found = parcel_lanes_.find(tracker->no); found != parcel_lanes_.end()) {
      lane = std::move(found->second);
      lane->replace(tracker);
    } else {
      lane = std::make_unique<ParcelLane>(world_, tracker, ++lanes_made_, seed_ ^ static_cast<std::uint64_t>(tracker->no.value));
    }
  }
  parcel_lanes_ = std::move(lanes);
}

Lane* Core::lane(ChannelNo channel) {
  const auto found = lanes_.find(channel);
  return found == lanes_.end() ? nullptr : found->second.get();
}

StepSeen Core::step_seen() {
  return [this](ChannelNo channel, VariantNo variant, const OwnStep& step) {
    if (auto* its = lane(channel)) its->own_step(variant, step);
  };
}

Result<void> Core::tidy() {
  const Time now = world_.clock.now();
  if (now - tidied_ < between_tidyings && now >= tidied_) return intents_to_forget_ ? forget_intents() : Result<void>();
  tidied_ = now;
  intents_to_forget_ = true;
  return world_.store.write([&](Session& session) -> Result<void> {
    for (const auto row : store::expire_raw(session, now - world_.config.privacy.keep_raw))
      store::journal(session, {0, now, "inbox.expired", "privacy", ChannelNo(), std::to_string(row), "{}"});
    const auto buyers = store::expire_buyers(session, now - world_.config.privacy.keep_buyers, buyers_a_tidying);
    if (buyers > 0)
      store::journal(session, {0, now, "buyers.expired", "privacy", ChannelNo(), "",
                               Json::object({{"buyers", static_cast<std::int64_t>(buyers)}}).dump()});
    keys_looked_at_ = store::forget_unused_keys(session, keys_looked_at_, buyers_a_tidying);
    return {};
  });
}

Result<void> Core::forget_intents() {
  const Time now = world_.clock.now();
  bool more = false;
  auto done = world_.store.write([&](Session& session) -> Result<void> {
    more = store::forget_intents(session, now - intents_kept, intents_kept_of_each, intents_a_turn, now);
    return {};
  });
  intents_to_forget_ = more;
  return done;
}

Result<void> Core::take_in_all() {
  std::vector<std::shared_ptr<Channel>> all = world_.channels;
  all.insert(all.end(), world_.trackers.begin(), world_.trackers.end());
  for (const auto& channel : all) {
    const auto stirred = world_.store.stirred(channel->no);
    const auto taken = taken_in_.find(channel->no);
    if (taken != taken_in_.end() && taken->second == stirred) continue;  // no row was stored since
    for (bool more = true; more;) {
      auto result = take_in(world_, *channel, rows_a_turn, step_seen());
      if (!result) return result.error();
      more = result->more;
    }
    taken_in_[channel->no] = stirred;
  }
  return {};
}

Result<Time> Core::turn(const std::function<void(Call)>& dispatch) {
  if (auto followed = follow_the_clock(); !followed) return followed.error();
  const auto due = do_due(world_);
  if (!due) return due.error();
  if (auto done = take_in_all(); !done) return done.error();
  if (auto done = tidy(); !done) return done.error();
  const auto compared = new_rules_.compare_some(world_);
  if (!compared) return compared.error();
  Time next = world_.clock.now() + (*compared ? Duration(0) : Duration(60000));
  if (*due) next = std::min(next, **due);
  for (auto& [no, lane] : lanes_) {
    const auto idle_until = dispatch_steps(*lane, dispatch);
    if (!idle_until) return idle_until;
    next = std::min(next, *idle_until);
  }
  for (auto& [no, lane] : parcel_lanes_) {
    const auto idle_until = dispatch_steps(*lane, dispatch);
    if (!idle_until) return idle_until;
    next = std::min(next, *idle_until);
  }
  return next;
}

Result<void> Core::finish(const Call& call, Outcome outcome) {
  const auto followed = follow_the_clock();  // what is written now is not moved by the next turn
  Result<void> done;
  // A reload took the lane away while the call was out: its intents are unknown to whoever comes after it.
  if (const auto tracker = parcel_lanes_.find(call.channel); tracker != parcel_lanes_.end()) {
    if (tracker->second->number() == call.lane) done = tracker->second->finish(call, std::move(outcome));
  } else if (auto* its = lane(call.channel); its && its->number() == call.lane) {
    done = its->finish(call, std::move(outcome));
  }
  return done ? followed : done;
}

}  // namespace tally::engine
