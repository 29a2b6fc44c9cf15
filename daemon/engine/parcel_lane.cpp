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

/// What the service says of a parcel may name the people in it.
Error shown_of(Session& session, std::int64_t parcel, Error error) {
  const std::string kept = kept_of(session, parcel, error.what);
  error.what = kept.empty() ? "its answer was '" + std::string(name_of(error.fault)) + "'" : kept;
  return error;
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
  sleep_until_ = idle_until_ = failing_since_ = long_ago;
  failures_ = 0;
  awake_ = true;
}

void ParcelLane::clock_was_set(Duration by) {
  if (sleep_until_ != long_ago) sleep_until_ += by;
  for (auto& [parcel, at] : asked_before_) at += at == long_ago ? Duration(0) : by;
  if (failing_since_ != long_ago) failing_since_ += by;
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
    if (sleep_until_ > now) return Step{std::nullopt, sleep_until_};
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
    const ParcelRow before = *row;
    step = next_step(*row, *tracker_, now);
    if (const auto closed = closed_until(step)) {  // the row stays as it is, so that whoever waits longest goes first
      sleep_until_ = *closed;
      step = ParcelStep::none;
      return {};
    }
    if (step == ParcelStep::look) asked_before_[parcel] = before.asked_at;
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

std::optional<Time> ParcelLane::closed_until(ParcelStep step) const {
  const auto* meter = tracker_->connector->meter();
  if (!meter || step == ParcelStep::none) return std::nullopt;
  const Time now = world_.clock.now();
  const auto opens = meter->opens(step == ParcelStep::follow ? "follow_parcel" : "read_parcel", false);
  if (!opens || *opens <= now) return std::nullopt;
  return std::min(*opens, now + closest_looks);
}

Result<void> ParcelLane::finish(const Call& call, Outcome outcome) {
  --out_;
  awake_ = true;
  const bool asked = call.kind == Call::Kind::look_at_parcel;
  const bool unsent = asked && *outcome.page && (*outcome.page)->asked == std::size_t{0};
  std::optional<Error> error;
  if (asked && !*outcome.page) error = outcome.page->error();
  if (!asked && !outcome.applied.front()) error = outcome.applied.front().error();
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    auto row = store::get_parcel(session, call.parcel);
    ensure(row.has_value(), "a parcel that was asked for is there");
    if (unsent)
      not_asked(*row);
    else if (error)
      failed(session, *row, shown_of(session, row->no, *error), asked);
    else if (asked)
      looked(session, *row, **outcome.page);
    else
      followed(session, *row);
    store::put_parcel(session, *row);
    tell_parcel(session, world_, *row, world_.clock.now());
    return {};
  });
  if (!written) return written;
  asked_before_.erase(call.parcel);
  if (unsent) return {};
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
  if (failures_++ == 0) failing_since_ = world_.clock.now();
  return {};
}

void ParcelLane::followed(Session& session, ParcelRow& row) {
  works(session);
  if (row.watch != "wanted") return;  // signed for meanwhile
  row.watch = "followed";
  row.tries = 0;
  row.problem.clear();
  row.next_due = world_.clock.now() + longest_silence;
}

/// A budget ran out between the call and its request: the number was not touched.
void ParcelLane::not_asked(ParcelRow& row) {
  constexpr Duration a_minute{60000};
  if (const auto before = asked_before_.find(row.no); before != asked_before_.end()) row.asked_at = before->second;
  row.next_due = world_.clock.now() + a_minute;
}

/// What was answered goes through the inbox like a delivery.
void ParcelLane::looked(Session& session, ParcelRow& row, const channel::Page& page) {
  works(session);
  row.tries = 0;
  row.problem.clear();
  for (const auto& document : page.documents)
    store::add_inbox(session, {0, tracker_->no, "read", document.kind, document.body, document.headers, world_.clock.now()});
}

void ParcelLane::failed(Session& session, ParcelRow& row, const Error& error, bool asked) {
  constexpr Duration a_minute{60000}, an_hour{3600000}, a_day{86400000}, six_hours{6LL * 3600000};
  const Time now = world_.clock.now(), soonest = asked ? row.asked_at + closest_looks : now;
  if (is_of_account(error.fault)) {
    tell_trouble(session, error, error.todo.empty() ? "look at the account and its keys there" : error.todo);
    row.next_due = soonest;
    return;
  }
  ++row.tries;
  if (error.fault == Fault::not_yet) {  // the carrier has not seen it so far, or a budget is used up: when told, or at its next turn
    if (error.retry_after) row.next_due = std::max(soonest, now + *error.retry_after);
    return;
  }
  if (is_of_parcel(error.fault)) {
    row.problem = error.text();
    row.next_due = std::max(soonest, now + longer(an_hour, row.tries - 1, a_day));
    return;
  }
  if (is_out_of_order(error))
    tell_trouble(session, error, error.todo.empty() ? "look whether its `url` is right and whether the service works" : error.todo);
  row.next_due = std::max(soonest, now + longer(a_minute, row.tries - 1, six_hours));
}

/// One call in vain is nothing to be told of: a service that does not work is.
bool ParcelLane::is_out_of_order(const Error& error) const {
  constexpr unsigned few = 3;
  constexpr Duration a_while{60000};
  return error.fault != Fault::throttled && failures_ + 1 >= few && world_.clock.now() - failing_since_ >= a_while;
}

void ParcelLane::tell_trouble(Session& session, const Error& error, const std::string& todo) {
  const auto& name = tracker_->config.name;
  if (!trouble_told_) world_.log.error("parcels are not tracked", {{"channel", name}, {"reason", error.text()}, {"todo", todo}});
  trouble_told_ = true;
  store::set_problem(session, {tracker_->no, "tracker", name, "parcels are not tracked: " + error.text(),
                               todo + "; it is tried again by itself, at once after `tallyd reload`", world_.clock.now()});
}

void ParcelLane::works(Session& session) {
  store::clear_problem(session, tracker_->no, "tracker", tracker_->config.name);
  if (trouble_told_) world_.log.info("parcels are tracked again", {{"channel", tracker_->config.name}});
  trouble_told_ = false;
}

}  // namespace tally::engine
