// Who may send which number when: the table of README.md §Pushing stock.
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/retry_policy.hpp"
#include "engine/tree.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using channel::StockWrites;
using channel::Takes;
using store::Session;

constexpr Duration fresh{30000};  ///< an order read not older than this covers a plain decrease
constexpr Duration gap{2000};     ///< a look covers what is sent within this time
constexpr Duration look_for_a_landing{15000};
constexpr unsigned looks_until_relative = 3;
constexpr Duration webhooks_take{60000};       ///< at most, to bring an order of a channel that has no list of them
constexpr Duration answered_again{1000};       ///< what waits, though nothing was heard of it
constexpr Duration raises_told_after{900000};  ///< 15 min

bool sends_deltas(const channel::Capabilities& facts) {
  return facts.stock == StockWrites::delta || (facts.stock == StockWrites::both && facts.idempotency_key && !facts.compare_and_set);
}

Belief belief_of(const store::OfferRow& row) {
  return {row.low, row.high, row.anchor_from, row.anchor_to, row.suspect, row.owed_look_at, row.verified_at};
}

void keep(store::OfferRow& row, const Belief& belief) {
  row.low = belief.low, row.high = belief.high;
  row.anchor_from = belief.anchor_from, row.anchor_to = belief.anchor_to;
  row.suspect = belief.suspect;
  row.owed_look_at = belief.owed_look_at, row.verified_at = belief.verified_at;
}

}  // namespace

bool Lane::read_applied(Session& session, Time after) const {
  return complete_.began >= after + channel_->facts.order_lag && store::applied_through(session, channel_->no) >= complete_.last_row;
}

/// Where there is no order list, the webhooks are the reading: what was placed longer ago than they take is here once the inbox has been
/// read to its end.
Result<void> Lane::read_what_was_told() {
  const Time now = world_.clock.now(), until = now - webhooks_take;
  const auto& facts = channel_->facts;
  if (facts.reads_orders || facts.takes == Takes::never || now - complete_.ended < answered_again) return {};
  bool all_here = false, explains = false;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    complete_.last_row = store::last_inbox_row(session, channel_->no);
    order_parked_ = store::has_parked_order(session, channel_->no, true);  // no list brings it once more
    all_here = store::applied_through(session, channel_->no) >= complete_.last_row;
    explains = all_here && !order_parked_ && store::has_suspects(session, channel_->no, until - facts.order_lag);
    return {};
  });
  if (!read || !all_here) return read;
  complete_.began = until;
  complete_.ended = now;
  if (!explains) return {};
  return world_.store.write([&](Session& session) -> Result<void> {
    settle_suspects(session, until - facts.order_lag);
    return {};
  });
}

/// What a look missed, and no order that is here explains, is somebody's hand.
void Lane::settle_suspects(Session& session, Time before) {
  for (const auto variant : store::clear_suspects(session, channel_->no, before)) {
    const auto row = store::get_variant(session, variant);
    store::journal(session, {0, world_.clock.now(), "drift.suspected", "look", channel_->no, row ? row->sku : "", "{}"});
  }
  may_all_go_on();
}

/// What was sold before `anchor` is in the order list from then on.
void Lane::read_orders_after(Time anchor) {
  next_order_read_ = std::min(next_order_read_, anchor + channel_->facts.order_lag);
}

bool Lane::just_looked(VariantNo variant) const {
  const auto found = looked_.find(variant);
  return found != looked_.end() && world_.clock.now() - found->second.at <= gap;
}

/// A belief that holds more and less than the number says neither; a look that has just shown more does.
Direction Lane::way_of(const store::OfferRow& offer, Quantity number) const {
  const Belief belief = belief_of(offer);
  const auto way = direction(belief, number);
  if (way != Direction::up || belief.exact() || !just_looked(offer.variant)) return way;
  const auto& look = looked_.at(offer.variant);
  return look.at > offer.written_at && look.left > number ? Direction::down : way;
}

Lane::May Lane::may_lower(const store::OfferRow& offer, Quantity& value) const {
  const Time now = world_.clock.now();
  if (!channel_->facts.can_look || channel_->facts.takes == Takes::never) return May::send;
  if (channel_->facts.reads_orders && now - complete_.began <= fresh) return May::send;
  const auto found = looked_.find(offer.variant);
  if (!just_looked(offer.variant)) return May::look;
  value = std::max<Quantity>(0, value - std::max<Quantity>(0, found->second.believed_high - found->second.seen));
  return May::send;
}

Lane::May Lane::may_raise(const store::OfferRow& offer, Quantity number, Quantity& value) const {
  const Time now = world_.clock.now();
  const auto& facts = channel_->facts;
  if (facts.takes == Takes::never) return May::send;
  // Without a look only the read itself says that nothing is unread: what goes, goes right behind it.
  if (!facts.can_look) return complete_.began >= offer.anchor_to + facts.order_lag && now - complete_.ended <= gap ? May::send : May::read;
  if (facts.can_look && offer.owed_look_at != never) return offer.owed_look_at <= now ? May::look : May::wait;
  if (offer.suspect && order_parked_) return May::wait;
  const auto found = looked_.find(offer.variant);
  if (just_looked(offer.variant) && found->second.after_read) {
    if (found->second.equal) return May::send;
    if (found->second.relative) {
      value = std::max<Quantity>(0, found->second.seen + (number - found->second.believed_high));
      return May::send;
    }
  }
  if (complete_.began < offer.anchor_to + facts.order_lag) return May::read;
  return May::look;
}

Lane::May Lane::may_change(const store::OfferRow& offer, const Belief& belief, Quantity number, Direction way) const {
  const auto& facts = channel_->facts;
  // It refused, or did not answer: what stands there is seen before it is changed again.
  if (facts.can_look && belief.owed_look_at <= world_.clock.now()) return May::look;
  if (belief.exact() && way == Direction::down) return May::send;
  // The change that was not answered may still land: both together would be too many. A compared one cannot land after another.
  const bool may_land = facts.can_look && belief.owed_look_at != never;
  if (way == Direction::up && may_land && !(facts.compare_and_set && belief.exact())) return May::wait;
  if (belief.exact() && belief.suspect) return order_parked_ ? May::wait : May::read;
  if (belief.exact()) return May::send;
  // A look shows the most that can stand there: taking too much off for a moment is better than waiting until it must have landed.
  const bool seen_since = just_looked(offer.variant) && looked_.at(offer.variant).at > offer.written_at;
  if (way == Direction::down && seen_since) return looked_.at(offer.variant).left > number ? May::send : May::wait;
  // As few were there already, and what may still land is looked for now and then, not with each turn.
  const auto look = looked_.find(offer.variant);
  const bool as_few = look != looked_.end() && look->second.at > offer.written_at && look->second.left <= number;
  return way == Direction::down && as_few && world_.clock.now() - look->second.at < look_for_a_landing ? May::wait : May::look;
}

Lane::Decision Lane::decide_stock(Session& session, const store::Mark& mark, const store::OfferRow& offer, Quantity number) {
  Decision decision;
  const Belief belief = belief_of(offer);
  const auto& facts = channel_->facts;
  const auto way = way_of(offer, number);
  if (way == Direction::none || facts.stock == StockWrites::none) {
    decision.may = May::drop;
    return decision;
  }
  Quantity value = number;
  const bool relative = facts.compare_and_set || sends_deltas(facts);
  if (relative)
    decision.may = may_change(offer, belief, number, way);
  else
    decision.may = way == Direction::down ? may_lower(offer, value) : may_raise(offer, number, value);
  if (decision.may != May::send) return decision;
  auto& intent = decision.intent;
  intent.channel = channel_->no;
  intent.aspect = "stock";
  intent.thing = offer.variant.value;
  intent.before = belief.high;
  intent.value = value;
  intent.delta = value - belief.high;
  if (relative && !belief.exact()) {  // just looked: a platform compares with what is there, and takes off no more than that
    const Quantity left = looked_.at(offer.variant).left;
    if (facts.compare_and_set) intent.before = left;
    intent.delta = facts.compare_and_set ? value - left : std::max(intent.delta, -left);
  }
  intent.relative = relative;
  intent.generation = mark.generation;
  intent.cause = mark.cause;
  intent.committed_at = world_.clock.now();
  decision.mark = mark;
  const auto variant = store::get_variant(session, offer.variant);
  ensure(variant.has_value(), "an offer is of a variant");
  Json tree = thing_tree(session, *channel_, *variant);
  tree.set("available", value);
  if (relative) {
    tree.set("before", intent.before);
    tree.set("change",
             Json::object({{"signed", intent.delta}, {"size", std::abs(intent.delta)}, {"way", intent.delta >= 0 ? "up" : "down"}}));
  }
  decision.change.action = channel::ActionKind::set_stock;
  decision.change.fields = std::move(tree);
  return decision;
}

/// One call of all that was decided, after its commit.
std::optional<Call> Lane::push_of(std::vector<Decision> sends, bool urgent) {
  if (sends.empty()) return std::nullopt;
  Call call = make(Call::Kind::push, urgent);
  for (auto& send : sends) {
    busy_.insert({send.intent.aspect, send.intent.thing});
    send.change.urgent = urgent;
    call.changes.push_back(std::move(send.change));
    call.intents.push_back(std::move(send.intent));
    call.marks.push_back(std::move(send.mark));
  }
  return call;
}

/// A blank cell is not a zero: what stands there stays until somebody says how many there are.
void Lane::leave_uncounted(Session& session, const store::Mark& mark, const store::OfferRow& offer) {
  const auto variant = store::get_variant(session, offer.variant);
  ensure(variant.has_value(), "an offer is of a variant");
  const std::string shown = offer.low == offer.high ? ", " + std::to_string(offer.high) + "," : "";
  const auto parked = park(session, mark, variant->sku,
                           error(Fault::invalid, "nobody ever counted it, so the number there" + shown + " is left as it is",
                                 channel_->config.name + ": stock", "`tallyd stock count " + variant->sku + " UNITS`"),
                           "");
  ensure(parked.has_value(), "parking writes rows alone");
}

/// The number that is to leave for this mark, with its intent and the offer's row written; nothing where the mark was cleared, parked or
/// held instead, waits for a look or an order read, or is not of this direction.
Lane::Answer Lane::answer_stock_mark(Session& session, const store::Mark& mark, bool downs) {
  const VariantNo variant(mark.thing);
  auto offer = store::find_offer(session, channel_->no, variant);
  if (!offer || !channel_->has_our_stock()) {
    store::clear_mark(session, mark);
    return {};
  }
  const auto wanted = stock_number(session, *channel_, variant);
  const Quantity number = wanted.number;
  if (!wanted.counted && direction(belief_of(*offer), number) != Direction::none) {
    leave_uncounted(session, mark, *offer);
    return {};
  }
  const bool down = way_of(*offer, number) != Direction::up;
  if (down != downs) {
    // Where there may be too many, the look that tells is as urgent as the decrease that would follow.
    if (downs && offer->high > number && channel_->facts.can_look && offer->owed_look_at <= world_.clock.now()) {
      want_look_.insert(variant);
      lowered_after_look_.insert(variant);
    }
    return {std::nullopt, Waits::for_its_turn};
  }
  auto decision = decide_stock(session, mark, *offer, number);
  switch (decision.may) {
    case May::drop:
      store::clear_mark(session, mark);
      if (const auto row = store::get_variant(session, variant)) store::clear_problem(session, channel_->no, "stock", row->sku);
      return {};
    case May::look:
      want_look_.insert(variant);
      if (down) lowered_after_look_.insert(variant);
      return {std::nullopt, Waits::to_know_more};
    case May::read:
      read_orders_after(offer->anchor_to);
      return {std::nullopt, Waits::to_know_more};
    case May::wait:
      return {std::nullopt, Waits::to_know_more};
    case May::send:
      break;
  }
  // What a person wanted left alone is not what an order has taken since.
  const bool ordered = down && mark.by_order && !mark.discarded_by.empty();
  if (!ordered && refused_before(mark, std::to_string(decision.intent.value))) {
    store::park_mark(session, mark, "the same number was refused before", mark.parked_hash);
    return {};
  }
  // Nobody holds the closing of a channel: its merchant asked for it.
  if (!mark.by_order && mark.batch == 0 && !wanted.closed && !admit(session, world_, *channel_, mark, {false, false, number == 0, false}))
    return {};
  decision.intent.no = store::add_intent(session, decision.intent);
  decision.change.key = std::to_string(decision.intent.no.value);
  decision.change.fields.set("key", decision.change.key);
  offer->number_sent = decision.intent.value;
  offer->written_at = decision.intent.committed_at;
  store::put_offer(session, *offer);
  return {std::move(decision), Waits::no};
}

/// What was not answered yet, or was heard of since, stands before what was answered and may be so again.
std::optional<std::int64_t> Lane::rank_of(VariantNo variant, std::int64_t generation, bool downs) const {
  const auto found = waiting_.find(variant);
  if (found == waiting_.end() || found->second.generation != generation) return 0;
  const Waiting& waiting = found->second;
  if (waiting.again <= world_.clock.now()) return to_ms(waiting.again);  // `long_ago` is 0
  if (waiting.down == downs && waiting.its_turn) return 0;
  return std::nullopt;
}

/// Those that may be answered now; `due`: they, and those that wait.
Result<std::vector<store::Mark>> Lane::open_stock_marks(bool downs, std::set<VariantNo>& due) const {
  std::vector<store::Mark> marks;
  const std::size_t most = 4 * std::max(channel_->facts.stock_batch, 64u);
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    due.clear();
    marks = store::due_marks(session, channel_->no, "stock", world_.clock.now(), most, [&](std::int64_t thing, std::int64_t generation) {
      due.insert(VariantNo(thing));
      return busy("stock", thing) ? std::nullopt : rank_of(VariantNo(thing), generation, downs);
    });
    return {};
  });
  if (!read) return read.error();
  return marks;
}

void Lane::note_waiting(const store::Mark& mark, Waits waits, bool downs) {
  if (waits == Waits::no) {
    waiting_.erase(VariantNo(mark.thing));
    return;
  }
  const Time now = world_.clock.now();
  const bool its_turn = waits == Waits::for_its_turn, down = its_turn ? !downs : downs;
  auto& waiting = waiting_[VariantNo(mark.thing)];
  if (waiting.down != down) waiting.since = never;
  if (!its_turn && waiting.since == never) waiting.since = now;
  waiting.generation = mark.generation;
  waiting.down = down;
  waiting.its_turn = its_turn;
  waiting.again = now + answered_again;
}

/// Something was heard of it.
void Lane::may_go_on(VariantNo variant) {
  if (const auto found = waiting_.find(variant); found != waiting_.end()) found->second.again = long_ago;
}

void Lane::may_all_go_on() {
  for (auto& [variant, waiting] : waiting_) waiting.again = long_ago;
}

/// What is no longer due waits no more.
void Lane::count_raises(const std::set<VariantNo>& due) {
  std::erase_if(waiting_, [&](const auto& waiting) { return !due.contains(waiting.first); });
  state_.raises_held = 0;
  state_.raises_held_since = never;
  for (const auto& [variant, waiting] : waiting_) {
    if (waiting.down || waiting.since == never) continue;
    ++state_.raises_held;
    state_.raises_held_since = std::min(state_.raises_held_since, waiting.since);
  }
}

/// When the raise that waits longest has waited for so long that a person hears of it.
Time Lane::raises_told_at() const {
  return raises_told_ || state_.raises_held == 0 ? never : state_.raises_held_since + raises_told_after;
}

/// A problem from then on, until none waits for so long.
Result<void> Lane::tell_of_raises() {
  const Time now = world_.clock.now();
  const bool waits_long = state_.raises_held > 0 && now - state_.raises_held_since >= raises_told_after;
  if (waits_long == raises_told_) return {};
  auto told = world_.store.write([&](Session& session) -> Result<void> {
    const auto& name = channel_->config.name;
    if (!waits_long) {
      store::clear_problem(session, channel_->no, "raises", name);
      return {};
    }
    const std::string reason = "numbers that are to be higher wait since " + format_iso(state_.raises_held_since) +
                               ", because nobody knows what was sold there meanwhile" +
                               (state_.list_reason.empty() ? std::string() : ": " + state_.list_reason);
    store::set_problem(session, {channel_->no, "raises", name, reason,
                                 "see to it that its orders and listings can be read; lower numbers are sent all the same", now});
    store::journal(session, {0, now, "stock.raises_wait", "", channel_->no, name,
                             Json::object({{"raises", static_cast<std::int64_t>(state_.raises_held)}}).dump()});
    return {};
  });
  if (!told) return told;
  raises_told_ = waits_long;
  return {};
}

Result<std::optional<Call>> Lane::next_stock(bool downs) {
  if (closed_until("set_stock", downs)) return std::optional<Call>();
  std::set<VariantNo> due;
  const auto open = open_stock_marks(downs, due);
  if (!open) return open.error();
  std::vector<Decision> sends;
  std::vector<Waits> waits;
  if (!open->empty()) {
    auto written = world_.store.write([&](Session& session) -> Result<void> {
      sends.clear();
      waits.clear();
      for (const auto& mark : *open) {
        if (sends.size() >= channel_->facts.stock_batch) break;
        auto answer = answer_stock_mark(session, mark, downs);
        waits.push_back(answer.waits);
        if (answer.send) sends.push_back(std::move(*answer.send));
      }
      return {};
    });
    if (!written) return written.error();
  }
  for (std::size_t i = 0; i < waits.size(); ++i) note_waiting((*open)[i], waits[i], downs);
  for (const auto& send : sends) looked_.erase(VariantNo(send.intent.thing));
  if (!downs) count_raises(due);
  return push_of(std::move(sends), downs);
}

Result<void> Lane::finish_stock(Session& session, const store::Intent& intent, const store::Mark& mark,
                                const Result<channel::Applied>& result) {
  const Time now = world_.clock.now();
  const VariantNo variant(intent.thing);
  may_go_on(variant);
  auto offer = store::find_offer(session, channel_->no, variant);
  const auto row = store::get_variant(session, variant);
  const std::string sku = row ? row->sku : "";
  if (!offer) {
    store::finish_intent(session, intent.no, "refused", "the offer is gone", now);
    store::clear_mark(session, mark);
    return {};
  }
  Belief belief = belief_of(*offer);
  const Collected meanwhile{intent.taken_since, intent.given_since};
  offer->written_at = now;  // it was applied at some moment until now: a look that had begun before may not show it
  if (result) {
    if (intent.relative)
      confirmed_change(belief, intent.delta);
    else
      confirmed_absolute(belief, intent.value, intent.committed_at, now, meanwhile);
    keep(*offer, belief);
    offer->number_confirmed = intent.value;
    offer->unequal_looks = 0;
    store::put_offer(session, *offer);
    store::finish_intent(session, intent.no, "confirmed", "", now);
    // What was sent may be less than what is to stand there (unread orders), or no longer that.
    if (stock_direction(session, *channel_, *offer) == Direction::none) store::clear_mark(session, mark);
    store::clear_problem(session, channel_->no, "stock", sku);
    if (intent.value < intent.before && mark.by_order) state_.last_decrease = now - mark.since;
    store::journal(session, {0, now, "stock.confirmed", intent.cause, channel_->no, sku,
                             Json::object({{"number", intent.value}, {"before", intent.before}, {"intent", intent.no.value}}).dump()});
    return {};
  }
  const Error& error = result.error();
  const auto reaction = react(error.fault);
  store::finish_intent(session, intent.no,
                       reaction.change == Reaction::Change::look           ? (error.fault == Fault::conflict ? "conflict" : "unknown")
                       : reaction.change == Reaction::Change::drop_binding ? "missing"
                                                                           : "refused",
                       error.text(), now);
  switch (reaction.change) {
    case Reaction::Change::look:
      if (error.fault == Fault::conflict)
        conflicted(belief, now);
      else if (intent.relative)
        unknown_change(belief, intent.delta, intent.committed_at, channel_->facts.deadline, channel_->facts.settle);
      else
        unknown_absolute(belief, intent.value, intent.committed_at, channel_->facts.settle, meanwhile);
      keep(*offer, belief);
      store::put_offer(session, *offer);
      return {};
    case Reaction::Change::retry:
      return {};
    case Reaction::Change::wait:
      store::delay_mark(session, mark, now + error.retry_after.value_or(Duration(60000)));
      return {};
    case Reaction::Change::drop_binding:
      return park(session, mark, sku, error, std::to_string(intent.value));
    case Reaction::Change::park:
      return park(session, mark, sku, error, std::to_string(intent.value));
  }
  return {};
}

}  // namespace tally::engine
