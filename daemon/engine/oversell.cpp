#include "engine/oversell.hpp"

#include "engine/nonsense.hpp"
#include "engine/number.hpp"
#include "engine/orders.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/offers.hpp"

#include <algorithm>
#include <set>

namespace tally::engine {
namespace {

using store::Session;

Quantity taken_by(const Claim& claim, VariantNo variant) {
  Quantity units = 0;
  for (const auto& [key, effect] : claim) {
    if (key.first == variant) units += effect.reserved - effect.on_hand;
  }
  return units;
}

void tell_uncounted(Session& session, const Channel& channel, LocationNo shelf, Time now) {
  const std::string name = store::location_name(session, shelf);
  store::set_problem(
      session, {channel.no, "shelf", name, "goods are sold from " + name + ", where nothing was ever counted: they stand below zero there",
                "let the till count it, or `tallyd stock count --file FILE --location " + name + "`", now});
}

/// Units that are missing at the channel's locations and at those that the order claims from. A shelf that some channel counts is a pool of
/// its own, as in the number that is shown: what is missing there is not owed by the others, and what they have does not fill it.
Quantity missing_for(Session& session, const Taking& taking, VariantNo variant, Time now) {
  const auto has = [](const std::vector<LocationNo>& list, LocationNo location) {
    return std::find(list.begin(), list.end(), location) != list.end();
  };
  Quantity available = 0, missing_on_shelves = 0;
  for (const auto& row : store::stock_of(session, variant)) {
    const bool claimed = taking.target.contains({variant, row.location});
    if (!claimed && !has(taking.channel.locations, row.location)) continue;
    const Quantity here = row.sum.on_hand - row.sum.reserved;
    const bool counted = has(taking.channel.counted, row.location);
    if (counted && here < 0 && !store::was_stocked(session, row.location)) {
      tell_uncounted(session, taking.channel, row.location, now);
      continue;
    }
    available += counted ? std::max<Quantity>(here, 0) : here;
    if (counted && claimed) missing_on_shelves += std::max<Quantity>(-here, 0);
  }
  return std::max<Quantity>(-available, 0) + missing_on_shelves;
}

/// Of which offer the order sold this component.
VariantNo sold_with(const std::vector<ResolvedLine>& resolved, VariantNo component) {
  for (const auto& line : resolved) {
    for (const auto& part : line.parts) {
      if (part.variant == component && line.sold.value != 0 && line.by_hand.value == 0) return line.sold;
    }
  }
  return component;
}

/// Whether nothing but a person's word says that the order sells this component: the channel sold another number than its.
bool sold_by_hand(const std::vector<ResolvedLine>& resolved, VariantNo component) {
  bool by_hand = false;
  for (const auto& line : resolved) {
    if (std::ranges::find(line.parts, component, &ResolvedLine::Part::variant) == line.parts.end()) continue;
    if (line.by_hand.value == 0) return false;
    by_hand = true;
  }
  return by_hand;
}

std::string on(const Channel& channel) {
  return " on " + channel.config.name;
}

bool shows_our_number(const Channel& channel) {
  return channel.facts.takes != channel::Takes::never && channel.facts.stock != channel::StockWrites::none && channel.has_our_stock();
}

/// Nothing where the channel shows no number of ours for it. `extra`: units that it must have shown less than it did.
std::optional<std::string> buffer_rule(Session& session, const Channel& channel, VariantNo offer, Quantity extra) {
  if (!shows_our_number(channel) || !store::find_offer(session, channel.no, offer)) return std::nullopt;
  return "buffer ≥ " + std::to_string(stock_number(session, channel, offer).buffer + extra) + on(channel);
}

/// Units that the channel may still have offered when it sold the last ones of this order.
Quantity still_offered(Session& session, const Channel& channel, VariantNo offer) {
  const auto row = store::find_offer(session, channel.no, offer);
  return row ? std::max<Quantity>(row->high - store::add_back(session, channel.no, offer), 0) : 0;
}

/// Of `lost` units those that the channel has sold beyond all that was known to stand there.
Quantity sold_beyond(Session& session, const Channel& channel, VariantNo offer, Quantity lost) {
  const auto row = store::find_offer(session, channel.no, offer);
  return row && shows_our_number(channel) ? std::clamp<Quantity>(-row->high, 0, lost) : 0;
}

/// Whether the order's document before this one could have reserved the variant.
bool was_known(const Taking& taking, VariantNo variant) {
  if (taking.document_before.is_null()) return false;
  store::OrderRow before;
  before.document = taking.document_before;
  const auto lines = lines_that_count(platform_order(before), taking.lines_before);
  return std::ranges::any_of(lines, [&](const ResolvedLine& line) {
    return std::ranges::find(line.parts, variant, &ResolvedLine::Part::variant) != line.parts.end();
  });
}

/// The order had been there before the other one came, and did not reserve then.
std::optional<std::string> reserve_rule(const Taking& taking, VariantNo variant, const store::OrderRow& other, Time now) {
  const auto& channel = taking.channel;
  const Time placed = taking.order.placed_at.value_or(taking.row.accepted_at);
  if (taking.row.expired && other.accepted_at >= placed + channel.config.reserve_for) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(taking.order.paid_at.value_or(now) - placed);
    return "reserve_for ≥ " + format_duration(minutes) + on(channel);
  }
  const bool waited = taking.row.revision > 1 && taken_by(taking.before, variant) == 0 && other.accepted_at > taking.row.accepted_at;
  if (!waited) return std::nullopt;
  if (!was_known(taking, variant))
    return "none: when the other order came, nobody knew which of these goods this one takes, or how many; mend or release such orders "
           "sooner";
  if (channel.reserve() == ReserveAt::paid) return "reserve: placed" + on(channel);
  return std::nullopt;
}

std::string rule_against(Session& session, const World& world, const Taking& taking, VariantNo variant,
                         const std::optional<store::OrderRow>& other, Quantity lost, Quantity short_by, Time now) {
  if (other) {
    if (auto rule = reserve_rule(taking, variant, *other, now)) return *rule;
  }
  if (sold_by_hand(taking.resolved, variant))
    return "none: " + taking.channel.config.name + " sold it under another name, and a person said what it is; give it its SKU there";
  const VariantNo offer = sold_with(taking.resolved, variant);
  if (const Quantity beyond = sold_beyond(session, taking.channel, offer, lost); beyond > 0)
    return "none: " + taking.channel.config.name + " sold " + std::to_string(beyond) +
           " more than was known to stand there; let it sell no back-orders";
  if (auto rule = buffer_rule(session, taking.channel, offer, still_offered(session, taking.channel, offer) + 1)) return *rule;
  const auto* elsewhere = other ? world.find(other->channel) : nullptr;
  if (elsewhere && elsewhere->no != taking.channel.no) {
    if (auto rule = buffer_rule(session, *elsewhere, variant, short_by)) return *rule;
  }
  return "none: " + taking.channel.config.name + " sells without asking what is there; count it more often";
}

void record(Session& session, const World& world, const store::Oversell& oversell, ChannelNo channel) {
  if (!store::record_oversell(session, oversell)) return;
  const auto row = store::get_variant(session, oversell.variant);
  const std::string sku = row ? row->sku : "";
  const std::string cause = oversell.order.value != 0 ? "order:" + std::to_string(oversell.order.value) : oversell.cause;
  world.log.warning("oversold", {{"sku", sku}, {"short", std::to_string(oversell.short_by)}, {"cause", cause}});
  store::journal(
      session, {0, oversell.at, "oversold", cause, channel, sku,
                Json::object({{"short", oversell.short_by}, {"other_order", oversell.other_order.value}, {"rule", oversell.rule}}).dump()});
}

}  // namespace

std::string order_name(Session& session, const World& world, OrderNo no) {
  const auto row = no.value == 0 ? std::nullopt : store::get_order(session, no);
  if (!row) return {};
  const auto* channel = world.find(row->channel);
  return (channel ? channel->config.name : "(removed channel)") + "/" + row->id;
}

void record_oversells(Session& session, const World& world, const Taking& taking, Time now) {
  std::set<VariantNo> variants;
  for (const auto& [key, effect] : taking.target) variants.insert(key.first);
  for (const auto variant : variants) {
    const Quantity lost = taken_by(taking.target, variant) - taken_by(taking.before, variant);
    if (lost <= 0) continue;
    const Quantity missing = missing_for(session, taking, variant, now);
    if (missing == 0) continue;
    store::Oversell oversell;
    oversell.at = now;
    oversell.variant = variant;
    oversell.order = taking.row.no;
    auto places = taking.channel.locations;
    for (const auto& [key, effect] : taking.target) {
      if (key.first == variant) places.push_back(key.second);
    }
    oversell.other_order = store::previous_taker(session, variant, taking.row.no, places).value_or(OrderNo(0));
    oversell.short_by = std::min(missing, lost);
    const Time had = taking.is_news ? now : taking.row.accepted_at;
    oversell.delay = std::max(had - taking.order.placed_at.value_or(had), Duration(0));  // the platform's clock may be ahead
    const auto other = oversell.other_order.value == 0 ? std::nullopt : store::get_order(session, oversell.other_order);
    oversell.rule = rule_against(session, world, taking, variant, other, lost, oversell.short_by, now);
    record(session, world, oversell, taking.channel.no);
  }
}

void record_shortage(Session& session, const World& world, VariantNo variant, LocationNo location, Quantity before,
                     const std::string& cause, Time now) {
  const auto row = store::stock_at(session, variant, location);
  const Quantity after = row ? row->sum.on_hand - row->sum.reserved : 0;
  if (after >= 0 || after >= before) return;
  store::Oversell oversell;
  oversell.at = now;
  oversell.variant = variant;
  oversell.other_order = store::previous_taker(session, variant, OrderNo(0), {location}).value_or(OrderNo(0));
  oversell.short_by = std::min(-after, before - after);
  oversell.rule = "none: less was there than the ledger said";
  oversell.cause = cause;
  record(session, world, oversell, ChannelNo(0));
}

}  // namespace tally::engine
