#include "engine/quota.hpp"

#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Quota;
using store::Session;

constexpr std::size_t most_by_file = 10000;

std::vector<store::QuotaPart> parts_of(Session& session, VariantNo variant) {
  std::vector<store::QuotaPart> parts;
  for (const auto& part : store::components_of(session, variant)) parts.push_back({part.variant, part.quantity});
  if (parts.empty()) parts.push_back({variant, 1});
  return parts;
}

void note(Session& session, const Quota& quota, const std::string& what, Time now) {
  const auto variant = store::get_variant(session, quota.variant);
  store::journal(session, {0, now, what, "quota:" + std::to_string(quota.no), quota.channel, variant ? variant->sku : "",
                           Json::object({{"units", quota.units}, {"left", quota.left()}}).dump()});
}

std::optional<std::string> fault_of(Session& session, const Quota& quota, Time now) {
  if (quota.units <= 0) return "a quota sets at least 1 unit aside";
  if (quota.until <= quota.from) return "it ends before it begins";
  if (quota.until <= now) return "it is over already: it ends at " + format_iso(quota.until);
  for (const auto& other : store::quotas_of(session, quota.channel, quota.variant)) {
    if (other.state != "ended" && other.from < quota.until && quota.from < other.until)
      return "quota " + std::to_string(other.no) + " of the same offer runs from " + format_iso(other.from) + " until " +
             format_iso(other.until);
  }
  return std::nullopt;
}

/// What is shown of these may have changed, on every channel; `before`: what was set aside until now, if the bundle is another since.
void mark_parts(Session& session, const World& world, const Quota& quota, const std::vector<VariantNo>& before, Time now) {
  std::set<VariantNo> touched(before.begin(), before.end());
  touched.insert(quota.variant);
  for (const auto& part : parts_of(session, quota.variant)) touched.insert(part.variant);
  mark_stock(session, world, touched, {"quota:" + std::to_string(quota.no), false, 0}, now);
}

}  // namespace

Result<std::int64_t> plan_quota(Session& session, const World& world, const Quota& quota, Time now) {
  if (auto fault = fault_of(session, quota, now)) return error(Fault::invalid, *fault, "stock quota");
  const auto no = store::add_quota(session, quota);
  tend_quota(session, world, no, now);
  return no;
}

Result<void> end_quota(Session& session, const World& world, std::int64_t no, const std::string& author, Time now) {
  auto quota = store::get_quota(session, no);
  if (!quota || quota->state == "ended")
    return error(Fault::not_found, "no quota " + std::to_string(no) + " is planned or running", "stock quota");
  // `until` stays what the file says: by it the file's quota is known again, and does not come back by itself.
  if (!quota->by_file) quota->until = std::min(quota->until, now);
  quota->state = "ended";
  store::update_quota(session, *quota);
  const auto before = store::set_parts(session, no, {});
  store::clear_due(session, "quota", no);
  store::journal(session, {0, now, "quota.withdrawn", author, quota->channel, "", Json::object({{"quota", no}}).dump()});
  mark_parts(session, world, *quota, before, now);
  return {};
}

void tend_quota(Session& session, const World& world, std::int64_t no, Time now) {
  store::clear_due(session, "quota", no);
  auto quota = store::get_quota(session, no);
  if (!quota || quota->state == "ended") return;
  const auto parts = parts_of(session, quota->variant);
  std::vector<VariantNo> before;
  if (quota->state == "planned" && now >= quota->from && now < quota->until) {
    quota->state = "running";
    before = store::set_parts(session, no, parts);
    note(session, *quota, "quota.began", now);
  } else if (now >= quota->until) {  // also where the clock jumped over the whole of it
    quota->state = "ended";
    before = store::set_parts(session, no, {});
    note(session, *quota, "quota.ended", now);
  }
  store::update_quota(session, *quota);
  if (quota->state != "ended") store::set_due(session, {"quota", no, quota->state == "planned" ? quota->from : quota->until});
  if (quota->state != "planned") mark_parts(session, world, *quota, before, now);
}

void plan_file_quotas(Session& session, const Channel& channel, Time now) {
  std::set<std::int64_t> kept;
  for (const auto& wanted : channel.config.quotas) {
    const auto variant = store::find_variant(session, normal_sku(wanted.sku));
    if (!variant) {
      store::set_problem(session, {channel.no, "quota", wanted.sku, "the channel's file sets aside units of a SKU that is not known",
                                   "correct the SKU, or import it, then `tallyd reload`", now});
      continue;
    }
    store::clear_problem(session, channel.no, "quota", wanted.sku);
    Quota quota{0, channel.no, variant->no, wanted.units, wanted.from, wanted.until, "planned", "the channel's file", true, 0};
    for (const auto& stored : store::quotas_of(session, channel.no, variant->no)) {
      if (stored.by_file && stored.from == quota.from && stored.until == quota.until) {
        kept.insert(stored.no);
        quota = stored;
      }
    }
    if (quota.no == 0) {
      if (quota.until <= now) continue;
      quota.no = store::add_quota(session, quota);
      kept.insert(quota.no);
    } else if (quota.units == wanted.units || quota.state == "ended") {
      continue;
    }
    quota.units = wanted.units;
    store::update_quota(session, quota);
    store::set_due(session, {"quota", quota.no, now});
  }
  for (auto& stored : store::quotas(session, channel.no, most_by_file)) {
    if (stored.state == "ended" || kept.contains(stored.no)) continue;
    stored.until = std::min(stored.until, now);
    store::update_quota(session, stored);
    store::set_due(session, {"quota", stored.no, now});
  }
}

void draw_from_quotas(Session& session, const Channel& channel, OrderNo no, const Order& order, const std::vector<ResolvedLine>& resolved,
                      const Claim& claim, Time now) {
  store::forget_drawn(session, no);
  const Time placed = order.placed_at.value_or(now);
  std::map<VariantNo, Quantity> sold;
  for (const auto& line : resolved) {
    if (line.sold.value == 0 || line.by_hand.value != 0 || line.parts.empty()) continue;
    const auto of_order = std::find_if(order.lines.begin(), order.lines.end(), [&](const OrderLine& each) { return each.id == line.line; });
    if (of_order == order.lines.end()) continue;
    const auto effect = claim.find({line.parts.front().variant, line.parts.front().location});
    const LineCount count = count_of(order, *of_order);
    sold[line.sold] += count.shipped + (effect != claim.end() && effect->second.reserved > 0 ? count.open() : 0);
  }
  for (const auto& [variant, units] : sold) {
    if (units <= 0) continue;
    for (const auto& quota : store::quotas_of(session, channel.no, variant)) {
      if (quota.from <= placed && placed < quota.until) store::set_drawn(session, quota.no, no, units);
    }
  }
}

}  // namespace tally::engine
