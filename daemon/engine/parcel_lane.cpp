#include "engine/parcel_lane.hpp"

#include "engine/retry_policy.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::ParcelRow;
using store::Session;

constexpr Duration answer_missing{600000};  ///< following is asked for again when nobody answered

/// 2, 4, 8 … times the first, at most `most`.
Duration longer(Duration first, std::int64_t tries, Duration most) {
  Duration wait = first;
  for (std::int64_t i = 0; i < tries && wait < most; ++i) wait *= 2;
  return std::min(wait, most);
}

bool is_of_account(Fault fault) {
  return react(fault).lane == Reaction::Lane::pause;
}
/// The platform does not want this parcel; others may be fine.
bool is_of_parcel(Fault fault) {
  return react(fault).lane == Reaction::Lane::go_on;
}

}  // namespace

ParcelLane::ParcelLane(World& world, std::shared_ptr<Channel> tracker, std::uint64_t number, std::uint64_t seed)
    : world_(world), tracker_(std::move(tracker)), number_(number), rng_(seed) {}

void ParcelLane::replace(std::shared_ptr<Channel> tracker) {
  tracker_ = std::move(tracker);
  sleep_until_ = idle_until_ = long_ago;
  failures_ = 0;
  awake_ = true;
}

void ParcelLane::clock_was_set(Duration by) {
  if (sleep_until_ != long_ago) sleep_until_ += by;
  idle_until_ = long_ago;
}

Result<std::optional<ParcelRow>> ParcelLane::due() const {
  std::optional<ParcelRow> row;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    row = store::due_parcel(session, tracker_->no, world_.clock.now());
    return {};
  });
  if (!read) return read.error();
  return row;
}

Result<ParcelLane::Step> ParcelLane::step() {
  const Time now = world_.clock.now();
  if (out_ >= std::max(1u, tracker_->facts.concurrency)) return Step{};
  if (sleep_until_ > now) return Step{std::nullopt, sleep_until_};
  const auto stirred = world_.store.stirred(tracker_->no);
  if (!awake_ && stirred == stirred_ && now < idle_until_) return Step{std::nullopt, idle_until_};
  stirred_ = stirred;
  constexpr int most_at_once = 64;  // rows that turn out to be over
  for (int i = 0; i < most_at_once; ++i) {
    const auto row = due();
    if (!row) return row.error();
    if (!*row) break;
    auto call = call_for((*row)->no);
    if (!call) return call.error();
    if (*call) return Step{std::move(*call), now};
  }
  std::optional<Time> next;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    next = store::next_parcel_due(session, tracker_->no);
    return {};
  });
  if (!read) return read.error();
  awake_ = false;
  idle_until_ = next ? std::max(*next, now + Duration(1)) : never;
  return Step{std::nullopt, idle_until_};
}

/// What is to be done is written down first: asking is, so that no restart asks again too soon.
Result<std::optional<Call>> ParcelLane::call_for(std::int64_t parcel) {
  const Time now = world_.clock.now();
  ParcelStep step = ParcelStep::none;
  Json tree;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    auto row = store::get_parcel(session, parcel);
    ensure(row.has_value(), "a parcel that was found is there");
    step = next_step(*row, *tracker_, now);
    if (step == ParcelStep::follow) row->next_due = now + answer_missing;
    if (step != ParcelStep::none) tree = tree_of_parcel(session, *row);
    store::put_parcel(session, *row);
    if (row->watch == "over") tell_parcel(session, world_, *row, now);
    return {};
  });
  if (!written) return written.error();
  if (step == ParcelStep::none) return std::optional<Call>();
  Call call;
  call.kind = step == ParcelStep::follow ? Call::Kind::follow_parcel : Call::Kind::look_at_parcel;
  call.lane = number_;
  call.no = next_call_++;
  call.channel = tracker_->no;
  call.parcel = parcel;
  call.left_at = now;
  if (step == ParcelStep::follow) {
    call.changes.push_back({"parcel-" + std::to_string(parcel), channel::ActionKind::follow_parcel, std::move(tree), std::nullopt});
  } else {
    call.want.what = channel::Want::What::parcels;
    call.want.things.push_back(std::move(tree));
  }
  ++out_;
  return std::optional(std::move(call));
}

Result<void> ParcelLane::finish(const Call& call, Outcome outcome) {
  --out_;
  awake_ = true;
  const bool asked = call.kind == Call::Kind::look_at_parcel;
  std::optional<Error> error;
  if (asked && !*outcome.page) error = outcome.page->error();
  if (!asked && !outcome.applied.front()) error = outcome.applied.front().error();
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    auto row = store::get_parcel(session, call.parcel);
    ensure(row.has_value(), "a parcel that was asked for is there");
    if (error)
      failed(session, *row, *error, asked);
    else if (asked)
      looked(session, *row, **outcome.page);
    else
      followed(session, *row);
    store::put_parcel(session, *row);
    tell_parcel(session, world_, *row, world_.clock.now());
    return {};
  });
  if (!written) return written;
  if (!error) {
    failures_ = 0;
    return {};
  }
  constexpr Duration first_pause{60000}, longest_pause{6LL * 3600000};
  if (is_of_parcel(error->fault)) return {};
  if (is_of_account(error->fault))
    rest(longer(first_pause, failures_, longest_pause));
  else if (error->fault == Fault::throttled)
    rest(error->retry_after.value_or(first_pause));
  else
    rest(back_off(failures_ + 1, static_cast<unsigned>(rng_.below(256))));
  ++failures_;
  return {};
}

void ParcelLane::followed(Session& session, ParcelRow& row) {
  account_works(session);
  if (row.watch != "wanted") return;  // signed for meanwhile
  row.watch = "followed";
  row.tries = 0;
  row.problem.clear();
  row.next_due = world_.clock.now() + longest_silence;
}

/// What was answered goes through the inbox like a delivery.
void ParcelLane::looked(Session& session, ParcelRow& row, const channel::Page& page) {
  account_works(session);
  row.tries = 0;
  row.problem.clear();
  for (const auto& document : page.documents)
    store::add_inbox(session, {0, tracker_->no, "read", document.kind, document.body, document.headers, world_.clock.now()});
}

void ParcelLane::failed(Session& session, ParcelRow& row, const Error& error, bool asked) {
  constexpr Duration a_minute{60000}, an_hour{3600000}, a_day{86400000}, six_hours{6LL * 3600000};
  const Time now = world_.clock.now(), soonest = asked ? row.asked_at + closest_looks : now;
  if (is_of_account(error.fault)) {
    account_failed(session, error);
    row.next_due = soonest;
    return;
  }
  ++row.tries;
  if (error.fault == Fault::not_yet) return;  // the carrier has not seen it so far: at its next turn
  if (is_of_parcel(error.fault)) {
    row.problem = error.text();
    row.next_due = std::max(soonest, now + longer(an_hour, row.tries - 1, a_day));
    return;
  }
  row.next_due = std::max(soonest, now + longer(a_minute, row.tries - 1, six_hours));
}

void ParcelLane::account_failed(Session& session, const Error& error) {
  const auto& name = tracker_->config.name;
  const std::string todo = error.todo.empty() ? "look at the account and its keys there" : error.todo;
  if (!account_told_) world_.log.error("parcels are not tracked", {{"channel", name}, {"reason", error.text()}, {"todo", todo}});
  account_told_ = true;
  store::set_problem(session, {tracker_->no, "tracker", name, "parcels are not tracked: " + error.text(),
                               todo + "; it is tried again by itself, at once after `tallyd reload`", world_.clock.now()});
}

void ParcelLane::account_works(Session& session) {
  store::clear_problem(session, tracker_->no, "tracker", tracker_->config.name);
  account_told_ = false;
}

}  // namespace tally::engine
