#include "engine/lane.hpp"

#include "engine/retry_policy.hpp"
#include "engine/stock.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/moments.hpp"

#include <algorithm>
#include <mutex>

namespace tally::engine {
namespace {

constexpr Duration store_pause{1000};
constexpr Duration raise_patience{60000};  ///< a raise that waited longer goes right behind its look, before the orders that came meanwhile
constexpr std::size_t most_recent = 1024;  ///< steps kept before the old ones are forgotten

}  // namespace

Lane::Lane(World& world, std::shared_ptr<Channel> channel, std::uint64_t number, std::uint64_t seed)
    : world_(world), channel_(std::move(channel)), number_(number), rng_(seed), born_(world.clock.now()) {}

Result<void> Lane::recover() {
  unread_since_ = world_.clock.now();
  return world_.store.write([&](store::Session& session) -> Result<void> {
    if (const auto read = store::get_cursor(session, channel_->no, "orders")) unread_since_ = read->at;
    for (const auto& intent : store::open_intents(session, channel_->no))
      outcome_unknown(session, intent, "the daemon stopped before the answer");
    return {};
  });
}

/// Results that came while the store could not commit: nobody knows any more what became of those writes.
Result<void> Lane::settle_lost() {
  auto settled = world_.store.write([&](store::Session& session) -> Result<void> {
    for (const auto no : lost_) {
      const auto intent = store::get_intent(session, no);
      if (intent && intent->outcome.empty()) outcome_unknown(session, *intent, "the answer could not be stored");
    }
    return {};
  });
  if (settled) lost_.clear();
  return settled;
}

void Lane::outcome_unknown(store::Session& session, const store::Intent& intent, const std::string& why) {
  const Time now = world_.clock.now();
  store::finish_intent(session, intent.no, "unknown", why, now);
  if (intent.aspect == "order") return doubt_order_task(session, intent, why);
  if (intent.aspect == "stock") {
    if (auto offer = store::find_offer(session, channel_->no, VariantNo(intent.thing))) {
      Belief belief{offer->low, offer->high, offer->anchor_from, offer->anchor_to, offer->suspect, offer->owed_look_at, offer->verified_at};
      const Collected meanwhile{intent.taken_since, intent.given_since};
      if (intent.relative)
        unknown_change(belief, intent.delta, intent.committed_at, channel_->facts.deadline, channel_->facts.settle);
      else
        unknown_absolute(belief, intent.value, intent.committed_at, channel_->facts.settle, meanwhile);
      offer->low = belief.low, offer->high = belief.high, offer->anchor_to = belief.anchor_to, offer->owed_look_at = belief.owed_look_at;
      store::put_offer(session, *offer);
    }
  } else if (intent.aspect == "price") {
    if (auto offer = store::find_offer(session, channel_->no, VariantNo(intent.thing))) {
      offer->price_sent.clear();
      store::put_offer(session, *offer);
    }
  } else if (auto listing = store::find_listing(session, channel_->no, ProductNo(intent.thing))) {
    if (listing->state == "creating") {
      listing->state = "in_doubt";
      listing->tries = 0;
      listing->next_at = intent.committed_at + channel_->facts.settle;
    }
    listing->sent.clear();
    store::put_listing(session, *listing);
  }
  mark_aspect(session, channel_->no, intent.aspect, intent.thing, {"unanswered", false, 0}, now);
}

bool Lane::seat_free(bool urgent) const {
  const std::size_t seats = std::max(1u, channel_->facts.concurrency);
  if (out_ >= seats) return false;
  return urgent || seats == 1 || out_ - urgent_out_ < seats - 1;
}

Call Lane::make(Call::Kind kind, bool urgent) {
  Call call;
  call.kind = kind;
  call.lane = number_;
  call.no = next_call_++;
  call.channel = channel_->no;
  call.left_at = world_.clock.now();
  call.urgent = urgent;
  ++out_;
  if (urgent) ++urgent_out_;
  state_.calls_out = out_;
  if (kind == Call::Kind::look || kind == Call::Kind::sweep || kind == Call::Kind::find) note_reading(call);
  return call;
}

/// Asks the store only when something about this channel was committed, happened here, or is due.
Result<Lane::Step> Lane::step() {
  const auto stirred = world_.store.stirred(channel_->no);
  if (!awake_ && stirred == stirred_ && world_.clock.now() < idle_until_) return Step{std::nullopt, idle_until_};
  auto step = next_step();
  awake_ = !step || step->call;
  stirred_ = stirred;
  if (step) idle_until_ = step->idle_until;
  return step;
}

Result<void> Lane::ask_due(std::set<std::string>& aspects) {
  aspects.clear();
  if (!channel_->may_write()) return {};
  return world_.store.read([&](store::Session& session) -> Result<void> {
    aspects = store::aspects_due(session, channel_->no, world_.clock.now());
    return {};
  });
}

/// Where orders are announced without a pause each look would be behind the next of them, and too old for its raise.
bool Lane::raise_is_overdue() const {
  if (state_.raises_held == 0 || world_.clock.now() - state_.raises_held_since <= raise_patience) return false;
  return std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& waiting) {
    const auto look = looked_.find(waiting.first);
    return !waiting.second.down && just_looked(waiting.first) && look->second.after_read && (look->second.equal || look->second.relative);
  });
}

Result<Lane::Step> Lane::next_step() {
  const Time now = world_.clock.now();
  opens_ = never;
  if (!lost_.empty()) {
    if (auto settled = settle_lost(); !settled) return settled.error();
  }
  if (auto told = tell_of_raises(); !told) return told.error();
  if (!channel_->paused.empty()) return Step{std::nullopt, never};
  if (auto done = close_or_open(); !done) return done.error();
  if (state_.sleep_until > now) return Step{std::nullopt, std::min(state_.sleep_until, raises_told_at())};
  if (auto told = read_what_was_told(); !told) return told.error();
  if (auto asked = ask_about_found(); !asked) return asked.error();
  std::set<std::string> due;
  if (auto asked = ask_due(due); !asked) return asked.error();
  if (!due.contains("stock")) count_raises({});
  if (seat_free(true) && due.contains("stock")) {
    auto down = next_stock(true);
    if (!down) return down.error();
    if (*down) return Step{std::move(*down), now};
  }
  if (seat_free(true) && channel_->may_write()) {
    auto cancel = next_cancel();
    if (!cancel) return cancel.error();
    if (*cancel) return Step{std::move(*cancel), now};
  }
  if (seat_free(false) && due.contains("stock") && raise_is_overdue()) {
    auto raise = next_stock(false);
    if (!raise) return raise.error();
    if (*raise) return Step{std::move(*raise), now};
  }
  if (seat_free(false)) {
    const bool others_first = list_failed_ && orders_went_last_;
    auto call = others_first ? next_beside_orders(due) : next_orders();
    const bool second = call && !*call;
    if (second) call = others_first ? next_orders() : next_beside_orders(due);
    if (!call) return call.error();
    if (*call) orders_went_last_ = others_first == second;
    if (*call) return Step{std::move(*call), now};
  }
  return Step{std::nullopt, when_next()};
}

/// Looks, prices, raises, content and what checks them. After an order list that failed one of these goes first, or they would wait for as
/// long as it fails.
Result<std::optional<Call>> Lane::next_beside_orders(std::set<std::string>& due) {
  auto call = next_parcel();
  if (call && !*call) call = next_look();
  if (!call || *call) return call;
  // They take turns: thousands of echoes of an import would put off what is to be sent.
  const bool poked_first = !poked_went_last_;
  call = poked_first ? next_poked() : next_write_or_check(due);
  const bool second = call && !*call;
  if (second) call = poked_first ? next_write_or_check(due) : next_poked();
  if (call && *call) poked_went_last_ = poked_first != second;
  return call;
}

Result<std::optional<Call>> Lane::next_write_or_check(std::set<std::string>& due) {
  if (auto asked = ask_due(due); !asked) return asked.error();  // a look may have marked something
  Result<std::optional<Call>> call = std::optional<Call>();
  if (due.contains("price")) call = next_price();
  if (call && !*call && due.contains("stock")) call = next_stock(false);
  if (call && !*call && next_order_read_ <= world_.clock.now() && !list_failed_) call = next_orders();  // what a raise waits for
  if (call && !*call && !want_look_.empty()) call = next_look();
  if (!call || *call) return call;
  return due.contains("content") ? next_content_or_check() : next_check();
}

/// They take turns: thousands of listings to be made would put off for hours what only a check can find.
Result<std::optional<Call>> Lane::next_content_or_check() {
  const bool content_first = !content_went_last_;
  auto call = content_first ? next_content() : next_check();
  const bool second = call && !*call;
  if (second) call = content_first ? next_check() : next_content();
  if (call && *call) content_went_last_ = content_first != second;
  return call;
}

/// What finds what nobody told us: orders by the channel's own count, webhooks that are off, orders of the last day, hands on listings.
Result<std::optional<Call>> Lane::next_check() {
  auto call = next_comparison();
  if (!call || *call) return call;
  if (auto subscription = next_subscription()) return subscription;
  return next_night_or_sweep();
}

/// They take turns as well.
Result<std::optional<Call>> Lane::next_night_or_sweep() {
  const bool night_first = !night_went_last_;
  auto call = night_first ? next_night() : next_sweep();
  const bool second = call && !*call;
  if (second) call = night_first ? next_sweep() : next_night();
  if (call && *call) night_went_last_ = night_first != second;
  return call;
}

Time Lane::when_next() {
  const Time now = world_.clock.now();
  Time next = std::min(sweeping_ ? never : next_sweep_,
                       channel_->facts.reads_orders && !reading_orders_ ? std::max(next_order_read_, state_.list_rests_until) : never);
  if (may_subscribe()) next = std::min(next, webhooks_.due());
  next = std::min({next, opens_, raises_told_at()});
  if (!seat_free(false)) next = never;  // the end of a call wakes the lane
  bool waiting = false;
  auto read = world_.store.read([&](store::Session& session) -> Result<void> {
    if (channel_->may_write()) {
      const auto at = store::next_due_mark(session, channel_->no);
      if (at && *at > now) next = std::min(next, *at);
      waiting = at && *at <= now;
      if (const auto task = store::next_order_task(session, channel_->no)) next = std::min(next, std::max(*task, now + Duration(1000)));
    }
    if (const auto at = store::next_owed_look(session, channel_->no); at && *at > now) next = std::min(next, *at);
    for (const char* kind : {"order", "listing"}) {  // one that is due, and waits, hides the next of its own kind alone
      if (const auto at = store::next_poke(session, channel_->no, kind); at && *at > now) next = std::min(next, *at);
    }
    return {};
  });
  if (!read) next = std::min(next, now + Duration(1000));
  // A mark that waits for a read, a look or a turn comes up again with the next event; this bounds how long a missed one could lie.
  return std::min(std::max(next, now + Duration(1)), now + Duration(waiting ? 1000 : 60000));
}

void Lane::hurry() {
  awake_ = true;
  next_order_read_ = next_sweep_ = long_ago;
  state_.sleep_until = state_.list_rests_until = long_ago;
  state_.failures = state_.list_failures = 0;
  state_.hurried = true;
  put_off_.clear();
  may_all_go_on();
  webhooks_.at_once();
  {
    const std::unique_lock guard(world_.mutex);
    channel_->paused.clear();
    channel_->paused_for.clear();
  }
  resumed_ = world_.clock.now();
}

void Lane::replace(std::shared_ptr<Channel> channel) {
  channel_ = std::move(channel);
  resumed_ = world_.clock.now();
  unread_bodies_.clear();  // what could not be read may be readable now
  night_.reset();          // its cursor was of the connector before
  next_night_ = long_ago;
  put_off_.clear();
  may_all_go_on();
  webhooks_.at_once();
  awake_ = true;
  next_order_read_ = next_sweep_ = long_ago;
  state_.sleep_until = state_.list_rests_until = long_ago;
}

void Lane::clock_was_set(Duration by) {
  const auto move = [by](Time& time) {
    if (time != never && time != long_ago) time += by;
  };
  for (Time* time : {&state_.last_order_read,
                     &state_.last_sweep,
                     &state_.sleep_until,
                     &state_.list_rests_until,
                     &last_failure_,
                     &resumed_,
                     &next_order_read_,
                     &next_sweep_,
                     &next_comparison_,
                     &next_night_,
                     &complete_.began,
                     &complete_.ended,
                     &read_began_,
                     &sweep_began_,
                     &born_,
                     &unread_since_,
                     &answered_else_,
                     &list_failed_at_,
                     &state_.raises_held_since,
                     &found_})
    move(*time);
  if (night_) move(night_->began);
  for (auto& [no, reading] : readings_) move(reading.started);
  for (auto& [variant, looked] : looked_) move(looked.at);
  for (auto& [variant, step] : recent_) move(step.from), move(step.to);
  for (auto& [variant, waiting] : waiting_) move(waiting.since);
  may_all_go_on();
  first_by_this_clock_ = next_call_;
  put_off_.clear();
  webhooks_.at_once();
  awake_ = true;
}

Time Lane::left_at(const Call& call) const {
  return call.no < first_by_this_clock_ ? long_ago : call.left_at;
}

/// Where the platform's clock is not where it was, nobody knows when by it what we remember was.
Result<void> Lane::note_clock_of(const Call& call, const channel::Page& page) {
  if (!page.server_time || call.no < first_by_this_clock_) return {};
  const Time now = world_.clock.now();
  ClockApart clock = channel_->clock;
  const bool surprise = clock.told(*page.server_time, call.left_at, now, channel_->facts.clock_resolution);
  if (surprise) {
    auto written = world_.store.write([&](store::Session& session) -> Result<void> {
      store::forget_anchors(session, channel_->no, now);
      keep_clock(session, channel_->no, clock, now);
      store::journal(session,
                     {0, now, "clock.apart", "answer", channel_->no, "", Json::object({{"ahead_ms", clock.ahead.count()}}).dump()});
      return {};
    });
    if (!written) return written;
  }
  channel_->clock = clock;
  return {};
}

void Lane::own_step(VariantNo variant, const OwnStep& step) {
  for (auto& [no, reading] : readings_) collect(reading, variant, step);
  may_go_on(variant);
  const auto found = looked_.find(variant);
  if (found != looked_.end() && step.to >= found->second.at - channel_->margin())
    found->second.left = std::max<Quantity>(found->second.left - step.taken, 0);
  if (step.taken < 0 && found != looked_.end() && step.from <= found->second.at + channel_->margin()) {
    // The look may have shown these units already: what it was short of is as much more.
    found->second.believed_high -= step.taken;
    found->second.equal = false;
  }
  if (channel_->facts.read_after_write == Duration(0)) return;
  if (recent_.size() >= most_recent) forget_recent(world_.clock.now());
  recent_.emplace_back(variant, step);
}

void Lane::collect(Reading& reading, VariantNo variant, const OwnStep& step) const {
  if (step.to < reading.started - channel_->facts.read_after_write - channel_->margin()) return;
  if (step.taken > 0) reading.meanwhile[variant].taken += step.taken;
  if (step.taken < 0) reading.meanwhile[variant].given += step.taken;
}

void Lane::forget_recent(Time now) {
  const Time shown = now - channel_->facts.read_after_write - channel_->margin();
  std::erase_if(recent_, [&](const auto& recent) { return recent.second.to < shown; });
}

void Lane::note_reading(const Call& call) {
  auto& reading = readings_[call.no];
  reading = {call.left_at, {}};
  forget_recent(call.left_at);
  for (const auto& [variant, step] : recent_) collect(reading, variant, step);
}

void Lane::failed(const Error& error, Time left_at) {
  const Time now = world_.clock.now();
  switch (react(error.fault).lane) {
    case Reaction::Lane::go_on:
      return;
    case Reaction::Lane::sleep:
      state_.sleep_until = std::max(state_.sleep_until, now + error.retry_after.value_or(Duration(1000)));
      state_.reason = error.text();
      return;
    case Reaction::Lane::pause:
      return;  // the caller has written it down
    case Reaction::Lane::back_off:
      answered_else_ = never;
      if (left_at < last_failure_) return;  // it was on its way when another one failed: the same trouble, counted once
      last_failure_ = now;
      ++state_.failures;
      state_.sleep_until = std::max(state_.sleep_until, now + back_off(state_.failures, static_cast<unsigned>(rng_.below(256))));
      state_.reason = error.text();
      world_.log.warning("the channel backs off",
                         {{"channel", channel_->config.name}, {"failures", std::to_string(state_.failures)}, {"reason", state_.reason}});
      return;
  }
}

/// What else is to be done there does not wait for a list that fails: decreases least of all.
void Lane::list_failed(const Error& error, Time left_at) {
  const Time now = world_.clock.now();
  list_failed_at_ = left_at;
  ++state_.list_failures;
  state_.list_rests_until = now + back_off(state_.list_failures, static_cast<unsigned>(rng_.below(256)));
  state_.list_reason = error.text();
  world_.log.warning(
      "the channel's orders cannot be read",
      {{"channel", channel_->config.name}, {"failures", std::to_string(state_.list_failures)}, {"reason", state_.list_reason}});
}

/// What cannot be stored is not asked for again at the platform's pace; a reading that was lost so is not waited for until its next turn.
void Lane::not_stored(const Call& call, const Error& error) {
  const Time now = world_.clock.now();
  state_.sleep_until = std::max(state_.sleep_until, now + store_pause);
  state_.reason = error.text();
  if (call.kind == Call::Kind::read_orders) next_order_read_ = now;
  if (call.kind == Call::Kind::sweep) next_sweep_ = now;
}

void Lane::succeeded() {
  state_.failures = 0;
  state_.reason.clear();
}

Result<void> Lane::pause(const Error& error) {
  if (!channel_->paused.empty()) return {};
  auto written = world_.store.write([&](store::Session& session) -> Result<void> {
    const Time now = world_.clock.now();
    store::set_paused(session, channel_->no, error.text());
    store::set_problem(session, {channel_->no, "channel", channel_->config.name, error.text(), std::string(advice(error.fault)), now});
    store::journal(session,
                   {0, now, "channel.paused", "", channel_->no, channel_->config.name, Json::object({{"reason", error.text()}}).dump()});
    return {};
  });
  if (!written) return written;
  world_.log.error("the channel is paused", {{"channel", channel_->config.name}, {"reason", error.text()}});
  const std::unique_lock guard(world_.mutex);
  channel_->paused = error.text();
  channel_->paused_for = name_of(error.fault);
  return {};
}

Result<void> Lane::park(store::Session& session, const store::Mark& mark, const std::string& thing, const Error& error,
                        const std::string& hash) {
  const Time now = world_.clock.now();
  store::park_mark(session, mark, error.text(), hash);
  store::set_problem(session, {channel_->no, mark.aspect, thing, error.text(),
                               error.todo.empty() ? "correct the product, the rule or the mapping" : error.todo, now});
  store::journal(session,
                 {0, now, mark.aspect + ".parked", mark.cause, channel_->no, thing, Json::object({{"reason", error.text()}}).dump()});
  return {};
}

Result<void> Lane::finish(const Call& call, Outcome outcome) {
  awake_ = true;
  --out_;
  if (call.urgent) --urgent_out_;
  state_.calls_out = out_;
  if (call.kind == Call::Kind::subscribe) return finish_subscription(call, outcome);
  std::optional<Error> error;
  if (outcome.page && !*outcome.page) error = outcome.page->error();
  for (const auto& result : outcome.applied) {
    if (!result && (!error || react(result.error().fault).lane != Reaction::Lane::go_on)) error = result.error();
  }
  const bool one_order = call.kind == Call::Kind::fetch_orders && call.pokes.size() == 1 && fetch_most_ == 1;
  Result<void> done;
  switch (call.kind) {
    case Call::Kind::push:
      done = finish_push(call, outcome);
      break;
    case Call::Kind::read_orders:
    case Call::Kind::fetch_orders:
      done = finish_orders(call, outcome);
      break;
    case Call::Kind::compare_orders:
      done = finish_comparison(call, outcome);
      break;
    case Call::Kind::read_again:
      done = finish_night(call, outcome);
      break;
    case Call::Kind::look:
      done = finish_look(call, outcome);
      break;
    case Call::Kind::sweep:
      done = finish_sweep(call, outcome);
      break;
    case Call::Kind::find:
      done = finish_find(call, outcome);
      break;
    case Call::Kind::subscribe:
    case Call::Kind::follow_parcel:
    case Call::Kind::look_at_parcel:  // a tracker's
      break;
  }
  if (done && outcome.page && *outcome.page) done = note_clock_of(call, **outcome.page);
  if (!done) {
    for (const auto& intent : call.intents) lost_.push_back(intent.no);
    not_stored(call, done.error());
    return done;
  }
  if (!error) {
    succeeded();
    if (call.kind != Call::Kind::read_orders && state_.list_failures > 0) answered_else_ = std::min(answered_else_, left_at(call));
    return {};
  }
  const auto lane = react(error->fault).lane;
  if (one_order && lane == Reaction::Lane::back_off) return {};  // put off by itself: the channel is judged by its other calls
  if (call.kind == Call::Kind::read_orders && lane == Reaction::Lane::back_off) {
    list_failed(*error, left_at(call));
    return {};
  }
  failed(*error, left_at(call));
  if (lane != Reaction::Lane::pause || left_at(call) < resumed_) return {};
  auto paused = pause(*error);
  if (!paused) not_stored(call, paused.error());
  return paused;
}

Result<void> Lane::finish_push(const Call& call, Outcome& outcome) {
  ensure(outcome.applied.size() == call.changes.size(), "a connector answers each change");
  for (const auto& intent : call.intents) busy_.erase({intent.aspect, intent.thing});
  return world_.store.write([&](store::Session& session) -> Result<void> {
    for (std::size_t i = 0; i < call.intents.size(); ++i) {
      const auto stored = store::get_intent(session, call.intents[i].no);
      ensure(stored.has_value(), "an intent is written before it leaves");
      Result<void> done;
      if (stored->aspect == "stock")
        done = finish_stock(session, *stored, call.marks[i], outcome.applied[i]);
      else if (stored->aspect == "price")
        done = finish_price(session, *stored, call.marks[i], outcome.applied[i]);
      else if (stored->aspect == "order")
        done = finish_order_task(session, *stored, outcome.applied[i]);
      else
        done = finish_content(session, call, i, outcome.applied[i]);
      if (!done) return done;
    }
    return {};
  });
}

}  // namespace tally::engine
