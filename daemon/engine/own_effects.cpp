#include "engine/own_effects.hpp"

#include "engine/stock.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using channel::GivesBack;
using channel::Takes;

bool over(const Order& order) {
  return order.state == OrderState::cancelled || order.state == OrderState::refunded || order.state == OrderState::shipped ||
         order.state == OrderState::completed;
}

bool was_paid(const Order& order) {
  return order.paid_at.has_value() || (order.state != OrderState::pending && order.state != OrderState::cancelled);
}

/// Of an order that is held, as nobody may know whether it is paid.
bool tells_of_payment(const Order& order) {
  const bool waits =
      order.payment == PaymentState::pending || order.payment == PaymentState::void_ || order.payment == PaymentState::part_paid;
  return order.paid_at.has_value() || (order.payment && !waits);
}

bool gives_back(const channel::Capabilities& facts, const Order& order) {
  if (order.state == OrderState::refunded) return facts.gives_back.contains(GivesBack::refund);
  return facts.gives_back.contains(was_paid(order) ? GivesBack::paid_cancel : GivesBack::unpaid_cancel);
}

/// Units of a line that the platform has put back into its number by itself, although the order goes on.
Quantity put_back(const channel::Capabilities& facts, const Order& order, const OrderLine& line) {
  Quantity units = line.restocked.value_or(0);
  if (facts.gives_back.contains(GivesBack::paid_cancel)) units = std::max(units, settled_units(order, line.id, AfterSaleKind::cancel));
  return std::clamp<Quantity>(units, 0, std::max<Quantity>(line.quantity, 0));
}

/// What the platform's number is without because of one line, now and at most before the order ended.
struct Level {
  Quantity now = 0, before_end = 0;
  bool sure = true;  ///< false where it depends on states of which the platform does not tell
};

Level level_of(const channel::Capabilities& facts, const Order& order, const OrderLine& line) {
  const bool ended = order.state == OrderState::cancelled || order.state == OrderState::refunded;
  const Quantity shipped = count_of(order, line).shipped;
  const Quantity units = line.quantity - put_back(facts, order, line);
  const Quantity kept = ended && gives_back(facts, order) ? shipped : units;
  switch (facts.takes) {
    case Takes::never:
      return {};
    case Takes::placed:
      return {kept, units};
    case Takes::paid:
      if (!was_paid(order)) return {};
      return {kept, units, order.state != OrderState::held || tells_of_payment(order)};
    case Takes::shipped:
      return {shipped, shipped};
    case Takes::by_state: {
      const auto found = facts.takes_in.find(order.platform_state);
      if (found == facts.takes_in.end()) return {ended ? shipped : units, units, false};
      return {found->second ? units : shipped, ended ? units : shipped, !ended};
    }
  }
  return {};
}

struct Sold {
  Quantity units = 0;
  Level level;
  Quantity claimed = 0;  ///< units that our ledger reserves or has shipped for it
};

/// Units of a line that our ledger has taken out of available and that only the platform's own giving back undoes: a unit that came back by
/// a refund, or that a refund keeps from leaving, is not waited for there.
Quantity claimed_of(const channel::Capabilities& facts, const Order& wished, const OrderLine& line, bool reserving) {
  const LineCount count = count_of(wished, line);
  const bool all_refunded = count.open() == 0 && count.cancelled > 0 && !over(wished) && wished.state != OrderState::pending;
  const Quantity taken = reserving || all_refunded ? std::max(count.ordered, count.shipped) : count.shipped;
  return std::max<Quantity>(taken - put_back(facts, wished, line), 0);
}

std::map<VariantNo, Sold> sold_of(const channel::Capabilities& facts, const Order& order, const Order& wished,
                                  const std::vector<ResolvedLine>& resolved, const Claim& claim) {
  std::map<VariantNo, Sold> all;
  for (const auto& line : order.lines) {
    const auto found = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedLine& r) { return r.line == line.id; });
    if (found == resolved.end() || found->sold.value == 0) continue;
    if (line.quantity <= 0 || line.quantity > most_units) continue;  // a mistake takes nothing, as it claims nothing
    auto& sold = all[found->sold];
    const Level level = level_of(facts, order, line);
    sold.units += line.quantity;
    sold.level.now += level.now;
    sold.level.before_end += level.before_end;
    sold.level.sure = sold.level.sure && level.sure;
    if (found->by_hand.value != 0) sold.claimed += level.now;  // other goods than the platform sold: nothing is waited for there
    if (found->by_hand.value != 0 || found->parts.empty()) continue;
    const auto& part = found->parts.front();
    const auto effect = claim.find({part.variant, part.location});
    sold.claimed += claimed_of(facts, wished, line, effect != claim.end() && effect->second.reserved > 0);
  }
  return all;
}

/// The moments of an order that its documents tell of.
struct Moments {
  Time placed, changed;
  Time before;            ///< of the document before this one; of the first: when it was placed
  bool was_open = false;  ///< by that one
  std::optional<Time> paid, ended;
};

/// How the number came from what was taken before (`was`; nothing: this is the first document) to what is taken now, step by step:
/// a look may lie between any two of them. `was_sure`: what was taken before is known.
void add_steps(std::vector<std::pair<VariantNo, OwnStep>>& steps, VariantNo variant, const Sold& sold, const std::optional<Quantity>& was,
               bool was_sure, const Moments& at, bool takes_at_placing, bool takes_at_payment) {
  const auto add = [&](Quantity taken, Time from, Time to, bool unsure) {
    if (taken != 0) steps.push_back({variant, {taken, from, std::max(from, to), unsure}});
  };
  const Level& level = sold.level;
  const Quantity had = was.value_or(0);
  const bool sure = level.sure && was_sure;
  if (level.sure && !was_sure && level.now == had) return add(had, at.before, at.changed, true);  // then, or only now
  const Time end_from = at.ended.value_or(at.before), end_to = at.ended.value_or(at.changed);
  const Time taken_from = takes_at_placing && !was ? at.placed : takes_at_payment && at.paid ? *at.paid : at.before;
  const Time taken_to = takes_at_placing && !was ? at.placed : takes_at_payment && at.paid ? *at.paid : end_to;
  // By a clock that was set back meanwhile it may even have ended before the document that shows it open.
  const bool set_back = at.was_open && end_to < at.before;
  const bool ended_since = level.before_end != level.now && (had != level.now || !was || end_to >= at.before || at.was_open);
  if (!ended_since)
    return add(level.now - had, had == 0 ? taken_from : at.before, had == 0 && level.now > 0 ? taken_to : at.changed, !sure);
  // It may have ended, all of it, with the document before this one already: then both steps are unsure.
  const bool unsure = !sure || set_back || (was && had == level.now && end_to == at.before);
  if (had == 0)
    add(level.before_end, taken_from, taken_to, unsure);
  else
    add(level.before_end - had, at.before, end_to, unsure);  // edited before it ended
  add(level.now - level.before_end, end_from, end_to, unsure);
}

Quantity at(const Units& units, VariantNo variant) {
  const auto found = units.find(variant);
  return found == units.end() ? 0 : found->second;
}

}  // namespace

bool taken_is_sure(const channel::Capabilities& facts, const Order& order) {
  return std::ranges::all_of(order.lines, [&](const OrderLine& line) { return level_of(facts, order, line).sure; });
}

OwnEffects own_effects(const channel::Capabilities& facts, const Order& order, const Order& wished,
                       const std::vector<ResolvedLine>& resolved, const Claim& claim, const TakenBefore* before, Time now) {
  OwnEffects effects;
  const auto all = sold_of(facts, order, wished, resolved, claim);
  for (const auto& [variant, sold] : all) {
    if (sold.level.now != 0) effects.taken[variant] = sold.level.now;
  }
  if (facts.takes == Takes::never) return effects;
  Moments moments;
  moments.placed = order.placed_at.value_or(order.changed_at.value_or(now));
  moments.changed = facts.changed_at_trusted ? std::max(moments.placed, order.changed_at.value_or(now)) : std::max(moments.placed, now);
  moments.before = before ? std::max(moments.placed, std::min(before->changed_at, moments.changed)) : moments.placed;
  moments.was_open = before && before->open;
  moments.paid = order.paid_at;
  moments.ended = order.cancelled_at;
  for (const auto& [variant, sold] : all) {
    const auto was = before ? std::optional<Quantity>(at(before->units, variant)) : std::nullopt;
    add_steps(effects.steps, variant, sold, was, !before || before->sure, moments, facts.takes == Takes::placed,
              facts.takes == Takes::paid);
  }
  if (before) {  // lines that went away by an edit
    for (const auto& [variant, units] : before->units) {
      if (!all.contains(variant)) effects.steps.push_back({variant, {-units, moments.before, moments.changed, !before->sure}});
    }
  }
  if (over(order)) return effects;
  for (const auto& [variant, sold] : all) {
    const Quantity difference = sold.claimed - sold.level.now;
    if (difference != 0) effects.add_back[variant] = difference;
  }
  return effects;
}

}  // namespace tally::engine
