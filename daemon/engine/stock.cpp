#include "engine/stock.hpp"

#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

/// Goods that moved before the location's newest count are in that count already: the movement is written, and its opposite with it.
void cover(Session& session, const store::Movement& movement, Time now) {
  if (movement.effect.on_hand == 0) return;
  const auto row = store::stock_at(session, movement.variant, movement.location);
  if (!row || row->counted_at == long_ago || movement.effective_at > row->counted_at) return;
  store::Movement opposite = movement;
  opposite.kind = "cover";
  opposite.effect = {-movement.effect.on_hand, 0};
  opposite.cause = "cover:" + row->counted_cause + ":" + movement.cause;
  opposite.note = "covered by the count of " + format_iso(row->counted_at);
  store::append(session, opposite, now);
}

Effect at(const Claim& claim, const Claim::key_type& key) {
  const auto found = claim.find(key);
  return found == claim.end() ? Effect{} : found->second;
}

}  // namespace

std::set<VariantNo> append_claim(Session& session, const Claim& target, const Claim& before, const std::string& cause, Time effective_at,
                                 Time now) {
  std::set<Claim::key_type> keys;
  for (const auto& [key, effect] : target) keys.insert(key);
  for (const auto& [key, effect] : before) keys.insert(key);
  std::set<VariantNo> touched;
  for (const auto& key : keys) {
    const Effect want = at(target, key), have = at(before, key);
    if (want == have) continue;
    store::Movement movement{key.first, key.second,   "order", {want.on_hand - have.on_hand, want.reserved - have.reserved},
                             cause,     effective_at, ""};
    ensure(store::append(session, movement, now), "a revision of an order moves stock once");
    cover(session, movement, now);
    touched.insert(key.first);
  }
  return touched;
}

bool append_change(Session& session, VariantNo variant, LocationNo location, const std::string& kind, Quantity on_hand,
                   const std::string& cause, const std::string& note, Time effective_at, Time now) {
  store::Movement movement{variant, location, kind, {on_hand, 0}, cause, effective_at, note};
  if (!store::append(session, movement, now)) return false;
  cover(session, movement, now);
  return true;
}

bool append_count(Session& session, VariantNo variant, LocationNo location, Quantity counted, Time as_of, const std::string& cause,
                  const std::string& note, Time now) {
  const auto row = store::stock_at(session, variant, location);
  if (row && row->counted_at != long_ago && row->counted_at >= as_of) return false;
  const Quantity was = store::on_hand_as_of(session, variant, location, as_of);
  const store::Movement movement{variant, location, "count", {counted - was, 0}, cause, as_of, note};
  if (!store::append(session, movement, now)) return false;
  store::set_counted(session, variant, location, as_of, cause);
  return true;
}

void mark_stock(Session& session, const World& world, const std::set<VariantNo>& variants, const Why& why, Time now) {
  std::set<VariantNo> all = variants;
  for (const auto variant : variants) {
    for (const auto bundle : store::bundles_with(session, variant)) all.insert(bundle);
  }
  for (const auto& channel : world.channels) {
    for (const auto variant : all) {
      if (store::find_offer(session, channel->no, variant)) mark_aspect(session, channel->no, "stock", variant.value, why, now);
    }
  }
}

void mark_aspect(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, const Why& why, Time now) {
  store::Mark mark;
  mark.channel = channel;
  mark.aspect = aspect;
  mark.thing = thing;
  mark.since = now;
  mark.cause = why.cause;
  mark.by_order = why.by_order;
  mark.batch = why.batch;
  store::mark(session, mark);
}

void record_oversells(Session& session, const World& world, const std::set<VariantNo>& variants, OrderNo order, Time placed_at, Time now) {
  for (const auto variant : variants) {
    Quantity available = 0;
    for (const auto& row : store::stock_of(session, variant)) available += row.sum.on_hand - row.sum.reserved;
    if (available >= 0) continue;
    const auto newest = store::movements_of(session, variant, 1);
    if (newest.empty() || newest.front().movement.kind != "order") continue;
    const Effect& effect = newest.front().movement.effect;
    const Quantity lost = effect.reserved - effect.on_hand;
    if (lost <= 0) continue;
    store::Oversell oversell;
    oversell.at = now;
    oversell.variant = variant;
    oversell.order = order;
    oversell.other_order = store::previous_taker(session, variant, order).value_or(OrderNo(0));
    oversell.short_by = std::min(-available, lost);
    oversell.delay = now - placed_at;
    oversell.rule = "a buffer of " + std::to_string(oversell.short_by) + " on the channels that share this stock would have prevented it";
    store::record_oversell(session, oversell);
    const auto row = store::get_variant(session, variant);
    const std::string sku = row ? row->sku : "";
    world.log.warning("oversold", {{"sku", sku}, {"short", std::to_string(oversell.short_by)}});
    store::journal(session, {0, now, "oversold", "order:" + std::to_string(order.value), ChannelNo(0), sku,
                             Json::object({{"short", oversell.short_by}, {"other_order", oversell.other_order.value}}).dump()});
  }
}

}  // namespace tally::engine
