#include "engine/own_effects.hpp"

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

bool gives_back(const channel::Capabilities& facts, const Order& order) {
  if (order.state == OrderState::refunded) return facts.gives_back.contains(GivesBack::refund);
  return facts.gives_back.contains(was_paid(order) ? GivesBack::paid_cancel : GivesBack::unpaid_cancel);
}

/// Whether the platform's number is without these units now; `sure` is false where its own word for the state is not in the table.
bool takes_now(const channel::Capabilities& facts, const Order& order, bool& sure) {
  sure = true;
  const bool ended = order.state == OrderState::cancelled || order.state == OrderState::refunded;
  switch (facts.takes) {
    case Takes::never: return false;
    case Takes::placed: return !(ended && gives_back(facts, order));
    case Takes::paid: return was_paid(order) && !(ended && gives_back(facts, order));
    case Takes::shipped: return order.state == OrderState::shipped || order.state == OrderState::completed;
    case Takes::by_state: {
      const auto found = facts.takes_in.find(order.platform_state);
      sure = found != facts.takes_in.end();
      return sure ? found->second : !ended;
    }
  }
  return false;
}

Units sold_units(const Order& order, const std::vector<ResolvedLine>& resolved) {
  Units units;
  for (const auto& line : order.lines) {
    const auto found = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedLine& r) { return r.line == line.id; });
    if (found != resolved.end() && found->sold.value != 0 && line.quantity > 0) units[found->sold] += line.quantity;
  }
  return units;
}

/// Sold units that our ledger reserves or has shipped for this order: those of the lines whose parts are in the claim.
Units claimed_units(const Order& order, const std::vector<ResolvedLine>& resolved, const Claim& claim) {
  Units units;
  for (const auto& line : order.lines) {
    const auto found = std::find_if(resolved.begin(), resolved.end(), [&](const ResolvedLine& r) { return r.line == line.id; });
    if (found == resolved.end() || found->parts.empty()) continue;
    const auto& part = found->parts.front();
    const auto effect = claim.find({part.variant, part.location});
    if (effect != claim.end() && effect->second.reserved > 0) units[found->sold] += count_of(order, line).open();
  }
  return units;
}

Quantity at(const Units& units, VariantNo variant) {
  const auto found = units.find(variant);
  return found == units.end() ? 0 : found->second;
}

}  // namespace

OwnEffects own_effects(const channel::Capabilities& facts, const Order& order, const std::vector<ResolvedLine>& resolved, const Claim& claim,
                       const Units* before, Time before_changed_at, Time now) {
  OwnEffects effects;
  const Units sold = sold_units(order, resolved);
  bool sure = true;
  const bool takes = takes_now(facts, order, sure);
  const Time placed = order.placed_at.value_or(order.changed_at.value_or(now));
  const Time changed = facts.changed_at_trusted ? std::max(placed, order.changed_at.value_or(now)) : std::max(placed, now);
  const bool ended = order.state == OrderState::cancelled || order.state == OrderState::refunded;
  for (const auto& [variant, units] : sold) {
    const Quantity level = takes ? units : 0;
    if (level != 0) effects.taken[variant] = level;
    if (facts.takes == Takes::never) continue;
    const Quantity was = before ? at(*before, variant) : 0;
    const Time from = before ? std::max(placed, std::min(before_changed_at, changed)) : placed;
    if (!before && ended) {  // first seen when it had ended: it may have been taken, and come back
      const bool taken_before_end = facts.takes == Takes::placed || order.paid_at.has_value();
      const Time taken_at = facts.takes == Takes::placed ? placed : order.paid_at.value_or(placed);
      const bool known = facts.takes == Takes::placed || facts.takes == Takes::paid || taken_before_end;
      if (taken_before_end || facts.takes == Takes::by_state) {
        effects.steps.push_back({variant, {units, placed, std::max(taken_at, placed), !known}});
        if (level == 0) effects.steps.push_back({variant, {-units, order.cancelled_at.value_or(taken_at), order.cancelled_at.value_or(changed), !known}});
      }
    } else if (level != was) {
      Time step_from = from, step_to = changed;
      if (!before && facts.takes == Takes::placed) step_to = placed;
      if (level == 0 && order.cancelled_at) step_from = step_to = *order.cancelled_at;
      effects.steps.push_back({variant, {level - was, step_from, std::max(step_from, step_to), !sure}});
    }
  }
  if (before) {  // lines that went away by an edit
    for (const auto& [variant, units] : *before) {
      if (!sold.contains(variant)) effects.steps.push_back({variant, {-units, before_changed_at, changed, false}});
    }
  }
  if (facts.takes == Takes::never || over(order)) return effects;
  const Units claimed = claimed_units(order, resolved, claim);
  for (const auto& [variant, units] : sold) {
    const Quantity difference = at(claimed, variant) - at(effects.taken, variant);
    if (difference != 0) effects.add_back[variant] = difference;
  }
  return effects;
}

}  // namespace tally::engine
