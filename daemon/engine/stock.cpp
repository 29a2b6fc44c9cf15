#include "engine/stock.hpp"

#include "store/catalogue.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

#include <algorithm>
#include <map>

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

using Timed = std::map<Time, Effect>;

/// An order's goods in one direction at one location: what should have moved and what was written.
struct Flow {
  std::map<Time, Quantity> missing, surplus;
  Quantity untimed = 0;  ///< moved at no moment that is named

  /// What was written without its moment, or with another one, is none of what is missing.
  void match() {
    Quantity pool = 0;
    for (const auto& [moment, units] : surplus) pool += units;
    Quantity matched = std::min(pool, untimed);
    untimed -= matched;
    for (auto& [moment, units] : missing) {
      const Quantity taken = std::min(pool - matched, units);
      units -= taken;
      matched += taken;
    }
    for (auto& [moment, units] : surplus) {
      const Quantity kept = std::min(matched, units);
      units -= kept;
      matched -= kept;
    }
  }
};

/// The goods of one location that have left and come back and were not written yet, or were and have not.
Timed goods_to_write(Session& session, const Claimed& claimed, const Claim::key_type& key, bool any_written) {
  const auto found = claimed.moves.find(key);
  const auto moves = found == claimed.moves.end() ? std::vector<GoodsMoved>() : found->second;
  if (moves.empty() && !any_written) return {};
  std::map<Time, Quantity> wanted;
  Flow out, back;
  for (const auto& moved : moves) {
    if (moved.at)
      wanted[std::min(*moved.at, claimed.latest)] += moved.units;
    else
      (moved.units < 0 ? out : back).untimed += std::abs(moved.units);
  }
  const auto written = store::on_hand_by_moment(session, key.first, key.second, claimed.order);
  for (const auto& [moment, units] : written) wanted.emplace(moment, 0);
  Timed timed;
  for (const int sign : {-1, 1}) {
    Flow& flow = sign < 0 ? out : back;
    for (const auto& [moment, units] : wanted) {
      const auto there = written.find(moment);
      const Quantity want = std::max<Quantity>(sign * units, 0);
      const Quantity have = there == written.end() ? 0 : std::max<Quantity>(sign * there->second, 0);
      (want > have ? flow.missing : flow.surplus)[moment] = std::abs(want - have);
    }
    flow.match();
    timed[claimed.otherwise].on_hand += sign * flow.untimed;
    for (const auto& [moment, units] : flow.missing) timed[moment].on_hand += sign * units;
    for (const auto& [moment, units] : flow.surplus) timed[moment].on_hand -= sign * units;
  }
  return timed;
}

/// Goods that leave are not reserved from that moment on, and are again when their leaving is taken back; the rest of what is reserved
/// changes when the order did.
void add_reserved(Timed& timed, Quantity change, Time otherwise) {
  for (auto& [moment, effect] : timed) {
    if ((change < 0) != (effect.on_hand < 0)) continue;
    const Quantity units = std::min(std::abs(change), std::abs(effect.on_hand)), part = change < 0 ? -units : units;
    effect.reserved += part;
    change -= part;
  }
  if (change != 0) timed[otherwise].reserved += change;
}

}  // namespace

std::set<VariantNo> append_claim(Session& session, const Claimed& claimed, const Claim& before, Time now) {
  std::set<Claim::key_type> keys;
  for (const auto& [key, effect] : claimed.target) keys.insert(key);
  for (const auto& [key, effect] : before) keys.insert(key);
  for (const auto& [key, moves] : claimed.moves) keys.insert(key);
  for (const auto& [key, moves] : claimed.were) keys.insert(key);
  std::set<VariantNo> touched;
  for (const auto& key : keys) {
    const Effect want = at(claimed.target, key), have = at(before, key);
    Timed timed = goods_to_write(session, claimed, key, have.on_hand != 0 || claimed.were.contains(key));
    add_reserved(timed, want.reserved - have.reserved, claimed.otherwise);
    std::size_t written = 0;
    for (const auto& [moment, effect] : timed) {
      if (effect == Effect{}) continue;
      const std::string cause = claimed.cause + (++written == 1 ? "" : ":" + std::to_string(written));
      const store::Movement movement{key.first, key.second, "order", effect, cause, moment, ""};
      ensure(store::append(session, movement, now), "a revision of an order moves stock once");
      cover(session, movement, now);
      touched.insert(key.first);
    }
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

Quantity on_hand_counted(Session& session, const Channel& channel, VariantNo variant, Quantity counted, Time as_of) {
  if (!channel.counts_free) return counted;
  return counted + std::max<Quantity>(store::reserved_as_of(session, variant, channel.own_shelf, as_of - channel.knows_after), 0);
}

Result<std::int64_t> send_goods(Session& session, const store::Transfer& transfer, const std::string& note) {
  if (transfer.units <= 0) return error(Fault::invalid, "a transfer moves at least 1", "stock transfer");
  if (transfer.from == transfer.to) return error(Fault::invalid, "the goods are there already", "stock transfer");
  const auto no = store::add_transfer(session, transfer);
  const std::string cause = "transfer:" + std::to_string(no) + ":out";
  const Time now = transfer.sent_at;
  append_change(session, transfer.variant, transfer.from, "transfer", -transfer.units, cause, note, now, now);
  append_change(session, transfer.variant, store::open_location(session, transit), "transfer", transfer.units, cause, note, now, now);
  return no;
}

Quantity available_at(const std::string& location, const Effect& sum) {
  return location == transit ? 0 : sum.on_hand - sum.reserved;
}

Result<void> take_goods_in(Session& session, std::int64_t no, std::optional<Quantity> units, const std::string& note, Time now) {
  const auto transfer = store::get_transfer(session, no);
  if (!transfer) return error(Fault::not_found, "there is no transfer " + std::to_string(no), "stock arrive");
  if (transfer->arrived) return error(Fault::invalid, "transfer " + std::to_string(no) + " has arrived already", "stock arrive");
  const Quantity came = units.value_or(transfer->units);
  if (came < 0 || came > transfer->units)
    return error(Fault::invalid, "from 0 to " + std::to_string(transfer->units) + " units can arrive of it", "stock arrive",
                 "take in what was sent, and adjust the rest");
  const std::string cause = "transfer:" + std::to_string(no) + ":in";
  append_change(session, transfer->variant, store::open_location(session, transit), "transfer", -came, cause, note, now, now);
  append_change(session, transfer->variant, transfer->to, "transfer", came, cause, note, now, now);
  store::set_arrived(session, no, came, now);
  return {};
}

namespace {

/// The newest count of its shelf stops holding: the one before it holds again, and what it covered, and that one does not, counts again.
void lift_count(Session& session, const store::Movement& count, const std::string& note, Time now) {
  const auto before = store::count_before(session, count.variant, count.location, count.cause);
  for (const auto& row : store::movements_by_cause(session, "cover:" + count.cause, most_lines_reversed)) {
    auto cover = row.movement;
    if (cover.variant != count.variant || cover.location != count.location) continue;
    if (before && cover.effective_at <= before->effective_at) continue;
    cover.kind = "reverse";
    cover.effect.on_hand = -cover.effect.on_hand;
    cover.cause = "reverse:" + cover.cause;
    cover.note = note;
    store::append(session, cover, now);
  }
  store::set_counted(session, count.variant, count.location, before ? before->effective_at : long_ago, before ? before->cause : "");
}

}  // namespace

Result<Reversed> reverse_cause(Session& session, const std::string& cause, const std::string& note, Time now) {
  Reversed result;
  // A kind alone would be every movement of that kind.
  if (const auto colon = cause.find(':'); colon == std::string::npos || colon + 1 == cause.size())
    return error(Fault::invalid, "'" + cause + "' names no cause: a kind and its number, like receipt:12", "stock reverse",
                 "`tallyd explain` names causes");
  const auto rows = store::movements_by_cause(session, cause, most_lines_reversed + 1);
  if (rows.empty())
    return error(Fault::not_found, "nothing was moved by '" + cause + "'", "stock reverse", "`tallyd explain` names causes");
  if (rows.size() > most_lines_reversed)
    return error(Fault::invalid, "more than " + std::to_string(most_lines_reversed) + " movements are too many at once", "stock reverse");
  for (const auto& row : rows) {
    const auto& moved = row.movement;
    if (moved.kind == "order" || moved.kind == "cover" || moved.kind == "reverse" || moved.kind == "transfer")
      return error(Fault::invalid, "'" + moved.cause + "' is " + (moved.kind == "order" ? "an order's" : "no receipt, adjustment or count"),
                   "stock reverse", moved.kind == "transfer" ? "send the goods back" : "correct what caused it");
    store::Movement opposite{
        moved.variant, moved.location, "reverse", {-moved.effect.on_hand, 0}, "reverse:" + moved.cause, moved.effective_at, note};
    if (!store::append(session, opposite, now)) continue;
    ++result.movements;
    result.variants.insert(moved.variant);
    const auto shelf = store::stock_at(session, moved.variant, moved.location);
    if (moved.kind == "count" && shelf->counted_cause == moved.cause)
      lift_count(session, moved, note, now);
    else
      cover(session, opposite, now);
  }
  return result;
}

void mark_stock_on(Session& session, const Channel& channel, const std::set<VariantNo>& variants, const Why& why, Time now) {
  if (!channel.has_our_stock()) return;
  std::set<VariantNo> all = variants;
  for (const auto variant : variants) {
    for (const auto bundle : store::bundles_with(session, variant)) all.insert(bundle);
  }
  for (const auto variant : all) {
    if (store::find_offer(session, channel.no, variant)) mark_aspect(session, channel.no, "stock", variant.value, why, now);
  }
}

void mark_stock(Session& session, const World& world, const std::set<VariantNo>& variants, const Why& why, Time now) {
  for (const auto& channel : world.channels) mark_stock_on(session, *channel, variants, why, now);
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

}  // namespace tally::engine
