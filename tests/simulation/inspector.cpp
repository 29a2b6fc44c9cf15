#include "simulation/inspector.hpp"

#include "engine/number.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/ledger.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"

#include <algorithm>
#include <utility>

namespace tally::simulation {
namespace {

using memory::NumberChange;
using soci::into;
using soci::use;
using store::Int;
using store::Session;

constexpr Duration fresh{30000};
constexpr Duration right_behind{3000};  ///< the engine allows itself 2 s
constexpr Duration lately{120000};      ///< no sweep is longer ago

std::string text(Time time) {
  return time == never ? "never" : format_iso(time).substr(11);
}

bool by_own_orders(const NumberChange& change) {
  using Why = NumberChange::Why;
  return change.why == Why::sale || change.why == Why::edit || change.why == Why::give_back || change.why == Why::shipment;
}

/// What own orders had taken by `until` that was not known.
struct UnknownTakes {
  bool shown = false;        ///< some of it was there to be seen: no write of ours lies behind it
  Quantity overwritten = 0;  ///< by the newest write of ours until then, which was judged when it landed
};
UnknownTakes unknown_takes(const memory::Offer& offer, const std::map<std::string, Time>& known, Time until) {
  UnknownTakes takes;
  Quantity since_write = 0;
  for (const auto& change : offer.history) {
    if (change.at > until) break;
    if (change.why == NumberChange::Why::write) takes.overwritten += std::exchange(since_write, 0);
    if (!by_own_orders(change) || change.after >= change.before) continue;
    const auto found = known.find(change.by);
    if (found == known.end() || found->second < change.at) since_write += change.before - change.after;
  }
  takes.shown = since_write > 0;
  return takes;
}

Quantity taken_after(const memory::Offer& offer, Time since) {
  Quantity units = 0;
  for (const auto& change : offer.history) {
    if (by_own_orders(change) && change.at > since) units += std::max<Quantity>(change.before - change.after, 0);
  }
  return units;
}

}  // namespace

Inspector::Inspector(House& house, std::vector<Shop>& shops, const FakeClock& clock, Trace& trace)
    : house_(house), shops_(shops), clock_(clock), trace_(trace) {
  house_.watch_judging([this](std::int64_t batch) { judging(batch); }, [this](std::int64_t batch) { judged(batch); });
}

void Inspector::violate(const std::string& rule, const std::string& what) {
  if (violation_) return;
  violation_ = rule + ": " + what;
  trace_.say("VIOLATION " + *violation_);
}

const Shop* Inspector::shop_of(ChannelNo no) const {
  for (const auto& shop : shops_) {
    if (shop.no == no) return &shop;
  }
  return nullptr;
}

void Inspector::touched(const Shop& shop, const std::string& sku) {
  touched_[{shop.no, sku}] = clock_.now();
  over_unread_.erase({shop.no, sku});
}

void Inspector::unknowable(const Shop& shop, const std::string& sku) {
  touched(shop, sku);
  unknowable_[{shop.no, sku}] = clock_.now();
}

bool Inspector::knows(const Shop& shop, const memory::PlacedOrder& order) const {
  const auto found = known_orders_.find({shop.no, order.id});
  return found != known_orders_.end() && found->second == order.versions.back().tree.text_or("note");
}

bool Inspector::all_known(const Shop& shop, const std::string& sku) const {
  for (const auto& order : shop.platform->orders()) {
    const bool concerned = std::any_of(order.lines.begin(), order.lines.end(), [&](const auto& line) { return line.sku == sku; });
    if (concerned && !knows(shop, order)) return false;
  }
  return true;
}

std::map<std::string, Time> Inspector::known_states(const Shop& shop, const std::string& sku) const {
  std::map<std::string, Time> states;
  for (const auto& order : shop.platform->orders()) {
    if (std::none_of(order.lines.begin(), order.lines.end(), [&](const auto& line) { return line.sku == sku; })) continue;
    const auto found = known_orders_.find({shop.no, order.id});
    if (found == known_orders_.end()) continue;
    for (const auto& version : order.versions) {
      if (version.tree.text_or("note") == found->second) states[order.id] = version.at;
    }
  }
  return states;
}

void Inspector::reloaded() {
  seats_.clear();
  quiet_.clear();
  hushed_.clear();
  compared_soon_.clear();
  too_high_.clear();
}

void Inspector::restarted() {
  reloaded();
  left_.clear();
  applied_rows_ = -1;
  revisions_.clear();
  read_began_.clear();
  read_complete_.clear();
  read_ended_.clear();
  looked_.clear();
  look_ended_.clear();
  house_.read([&](Session& session) {
    check_passed(session);
    for (const auto row : acknowledged_) {
      if (!store::inbox_row(session, row))
        violate("S5 acknowledged", "the inbox row " + std::to_string(row) + " was acknowledged and is gone");
    }
  });
}

void Inspector::read_catalogue(Session& session) {
  if (catalogue_read_) return;
  catalogue_read_ = true;
  components_.clear();
  for (ProductNo after;;) {
    const auto products = store::products_after(session, after, 100);
    for (const auto& product : products) {
      for (const auto& variant : product.product.variants) {
        if (const auto row = store::find_variant(session, variant.sku); row && variant.price)
          prices_.insert_or_assign(row->no, *variant.price);
      }
      for (const auto& variant : store::variants_of(session, product.no)) {
        skus_[variant.no] = variant.sku;
        for (const auto& part : store::components_of(session, variant.no))
          components_[variant.no].emplace_back(part.variant, part.quantity);
      }
    }
    if (products.empty()) return;
    after = products.back().no;
  }
}

/// Two states of one second, or of a platform whose times say nothing, cannot be told apart: an older copy may stand until the next read.
bool Inspector::alike_in_time(ChannelNo channel, const std::string& id, const std::string& one, const std::string& other) const {
  const auto* shop = shop_of(channel);
  const auto* order = shop ? shop->platform->order(id) : nullptr;
  if (!order) return false;
  if (!shop->facts().changed_at_trusted) return true;
  std::set<std::string> times;
  for (const auto& version : order->versions) {
    const auto note = version.tree.text_or("note");
    if (note == one || note == other) times.insert(version.tree.text_or("changed_at"));
  }
  return times.size() == 1;
}

void Inspector::read_orders(Session& session) {
  Int rows = 0;
  session.sql << "SELECT COALESCE(SUM(applied_through), 0) FROM channel", into(rows);
  if (rows == applied_rows_) return;
  applied_rows_ = rows;
  Int no = 0, revision = 0;
  std::vector<OrderNo> changed;
  soci::statement st = (session.sql.prepare << "SELECT order_no, revision FROM orders ORDER BY order_no", into(no), into(revision));
  st.execute();
  while (st.fetch()) {
    if (auto& seen = revisions_[OrderNo(no)]; seen != revision) {
      seen = revision;
      changed.push_back(OrderNo(no));
    }
  }
  for (const auto order : changed) {
    const auto row = store::get_order(session, order);
    const std::string note = row->document.text_or("note");
    auto& known = known_orders_[{row->channel, row->id}];
    const auto newer = [](const std::string& a, const std::string& b) {
      return a.size() != b.size() ? a.size() > b.size() : a > b;
    };  // "version 12"
    if (newer(known, note) && !alike_in_time(row->channel, row->id, known, note))
      violate("S4 once", "order " + row->id + " went back from " + known + " to " + note);
    known = note;
  }
}

Quantity Inspector::taken_as_known(Session& session, const Shop& shop, VariantNo variant) const {
  Int channel = shop.no.value, v = variant.value, sum = 0;
  session.sql << "SELECT COALESCE(SUM(json_extract(each.value, '$[1]')), 0) FROM orders, json_each(orders.taken) AS each "
                 "WHERE channel_no = :c AND json_extract(each.value, '$[0]') = :v",
      use(channel), use(v), into(sum);
  return sum;
}

Quantity Inspector::available(const engine::Channel& channel, VariantNo variant, const std::map<Shelf, Quantity>& free) const {
  Quantity sum = 0;
  for (const auto location : channel.locations) {
    if (const auto found = free.find({variant, location}); found != free.end()) sum += found->second;
  }
  return sum;
}

/// Of so many units, by the channel's rule.
Quantity Inspector::shown_by(const engine::StockRule& rule, Quantity units) const {
  const Quantity tenths = (rule.share * Decimal(10)).floored().whole().value() * units;
  const Quantity share = tenths >= 0 ? tenths / 10 : -((-tenths + 9) / 10);
  const Quantity shown = std::max<Quantity>(share - rule.buffer, 0);
  return rule.cap ? std::min(shown, *rule.cap) : shown;
}

/// What orders have taken of a variant, wherever: below 0.
Quantity Inspector::ordered_of(Session& session, VariantNo variant) const {
  Int no = variant.value, units = 0;
  session.sql << "SELECT COALESCE(SUM(on_hand - reserved), 0) FROM movement WHERE kind = 'order' AND variant_no = :v", use(no), into(units);
  return units;
}

/// The engine's rows about every offer, with the number that should stand there computed anew from the ledger.
std::vector<Inspector::OfferState> Inspector::read_offers(Session& session) {
  std::map<Shelf, Quantity> free;
  {
    Int variant = 0, location = 0, units = 0;
    soci::statement st =
        (session.sql.prepare << "SELECT variant_no, location_no, on_hand - reserved FROM stock ORDER BY variant_no, location_no",
         into(variant), into(location), into(units));
    st.execute();
    while (st.fetch()) free[{VariantNo(variant), LocationNo(location)}] = units;
  }
  const auto units_by_offer = [&session](const std::string& rows) {
    std::map<std::pair<Int, Int>, Int> units;
    Int channel = 0, variant = 0, each = 0;
    soci::statement st = (session.sql.prepare << rows, into(channel), into(variant), into(each));
    st.execute();
    while (st.fetch()) units[{channel, variant}] += each;
    return units;
  };
  auto marks = units_by_offer(
      "SELECT m.channel_no, m.thing, CASE WHEN (m.parked <> '' AND m.discarded_by <> '') OR (m.by_order = 0 AND m.batch IN "
      "(SELECT batch_no FROM batch WHERE closed = 0)) THEN 2 ELSE 1 END FROM mark m WHERE m.aspect = 'stock'");
  auto intents = units_by_offer("SELECT channel_no, thing, 1 FROM intent WHERE outcome = '' AND aspect = 'stock'");
  auto added = units_by_offer("SELECT channel_no, variant_no, units FROM add_back");
  auto holds =
      units_by_offer("SELECT h.channel_no, i.thing, 1 FROM held h JOIN held_item i ON i.digest = h.digest WHERE h.aspect = 'stock'");
  std::vector<OfferState> offers;
  Int channel = 0, variant = 0, low = 0, high = 0, from = 0, to = 0, suspect = 0, owed = 0;
  soci::statement st = (session.sql.prepare << "SELECT channel_no, variant_no, low, high, anchor_from, anchor_to, suspect, owed_look_at "
                                               "FROM offer ORDER BY channel_no, variant_no",
                        into(channel), into(variant), into(low), into(high), into(from), into(to), into(suspect), into(owed));
  st.execute();
  while (st.fetch()) {
    OfferState offer;
    offer.channel = ChannelNo(channel);
    offer.variant = VariantNo(variant);
    offer.low = low, offer.high = high;
    offer.anchor_from = from_ms(from), offer.anchor_to = from_ms(to), offer.owed_look_at = from_ms(owed);
    const std::pair<Int, Int> place{channel, variant};
    offer.suspect = suspect != 0, offer.marked = marks.contains(place);
    offer.open_intents = intents.contains(place) ? intents[place] : 0;
    offer.kept_back = holds.contains(place) || (offer.marked && marks[place] > 1);
    const auto* channel_now = house_.core().world().find(offer.channel);
    if (!channel_now) continue;  // taken out for a while
    const auto& lane = *channel_now;
    std::optional<Quantity> sets;
    const auto parts = components_.find(offer.variant);
    if (parts == components_.end()) {
      sets = available(lane, offer.variant, free);
    } else {
      for (const auto& [part, each] : parts->second) {
        const Quantity units = available(lane, part, free);
        const Quantity whole = units >= 0 ? units / each : -((-units + each - 1) / each);
        sets = sets ? std::min(*sets, whole) : whole;
      }
    }
    offer.shown = shown_by(lane.config.stock, *sets);
    if (offer.kept_back) {
      if (parts == components_.end())
        offer.ordered = ordered_of(session, offer.variant);
      else
        for (const auto& [part, each] : parts->second) offer.ordered += ordered_of(session, part);
    }
    offer.number = std::max<Quantity>(offer.shown + (added.contains(place) ? added[place] : 0), 0);
    offers.push_back(offer);
  }
  free_ = std::move(free);
  return offers;
}

void Inspector::check_offer(const OfferState& offer, const Shop& shop) {
  const std::string& sku = skus_.at(offer.variant);
  const std::string who = sku + " on " + shop.name();
  const std::string belief = "[" + std::to_string(offer.low) + ", " + std::to_string(offer.high) + "]";
  if (offer.low > offer.high) violate("S9 belief", who + ": " + belief + " is no interval");
  const bool differs = offer.low != offer.number || offer.high != offer.number;
  if (owed_.contains({offer.channel, sku}) && offer.owed_look_at == never && offer.open_intents == 0)
    violate("S6 no blind effect", who + ": a write was not answered, and no look is owed");
  if (differs && !offer.marked && offer.open_intents == 0 && offer.owed_look_at == never && !compared_soon_.contains(offer.channel))
    violate("S13 marks",
            who + " should show " + std::to_string(offer.number) + ", is believed " + belief + ", and nothing is going to be done");
  if (offer.open_intents > 1) violate("S6 one at a time", who + ": " + std::to_string(offer.open_intents) + " writes without a result");

  const auto* there = shop.platform->offer_of_sku(sku);
  if (!there) return;
  check_prompt(offer, shop);
  check_idle(offer, shop);
  check_followed(offer, shop);
  const Place place{shop.no, sku};
  if (const auto hand = touched_.find(place); hand != touched_.end()) {
    if (house_.truth(offer.anchor_from) <= hand->second + Duration(2000)) return;
    touched_.erase(hand);
  }
  if (offer.open_intents > 0 || !all_known(shop, sku)) return;
  const auto believed = [&](Quantity number, const std::string& when) {
    if (number < offer.low || number > offer.high)
      violate("S9 belief", who + " shows " + std::to_string(number) + when + " and is believed " + belief + ", anchored " +
                               text(offer.anchor_from) + " to " + text(offer.anchor_to));
  };
  believed(there->number, "");
  for (const auto& [key, write] : in_the_air_[place]) {
    if (write.behind || clock_.now() - write.decided > shop.facts().settle) continue;  // after that nobody waits for it
    if (write.compared && write.before != there->number) continue;
    believed(write.relative && !write.compared ? there->number + write.delta : write.value, " once the write " + key + " lands");
  }
}

void Inspector::check(bool thorough) {
  if (!house_.fault().empty()) return violate("engine", house_.fault());
  if (!house_.up() || house_.crashed()) return;
  house_.read([&](Session& session) {
    read_catalogue(session);
    read_orders(session);
    check_rules(session);
    for (const auto& offer : read_offers(session)) {
      if (const auto* shop = shop_of(offer.channel)) check_offer(offer, *shop);
    }
    check_batches(session);
    check_oversold(session);
    if (!thorough) return;
    check_ledger(session);
    check_claims(session);
    check_counts(session);
  });
}

void Inspector::check_ledger(Session& session) {
  for (const auto& fault : store::check_sums(session)) violate("S1 sums", fault);
  Int variant = 0, reserved = 0;
  soci::statement st = (session.sql.prepare << "SELECT variant_no, reserved FROM stock WHERE reserved < 0 ORDER BY variant_no",
                        into(variant), into(reserved));
  st.execute();
  while (st.fetch()) violate("S3 reserved", skus_[VariantNo(variant)] + " has " + std::to_string(reserved) + " reserved");
}

std::map<std::string, StockWrite> Inspector::decided(const engine::Call& call, const Shop& shop) {
  std::map<std::string, StockWrite> writes;
  const Time now = clock_.now();
  if (call.kind == engine::Call::Kind::read_orders && call.want.cursor.empty()) read_began_[shop.no] = now;
  house_.read([&](Session& session) {
    read_catalogue(session);
    read_orders(session);
    for (const auto& intent : call.intents) {
      const std::string key = std::to_string(intent.no.value);
      if (!keys_.emplace(shop.name() + "/" + key, now).second)
        violate("S6 no blind effect", "the write " + key + " left " + shop.name() + " twice");
      check_guard(session, call, static_cast<std::size_t>(&intent - call.intents.data()), shop);
      if (intent.aspect != "stock") continue;
      StockWrite write;
      write.variant = VariantNo(intent.thing);
      write.decided = now;
      write.sku = skus_.at(write.variant);
      const auto number = engine::stock_number(session, *house_.core().world().find(shop.no), write.variant);
      write.available = number.available;
      write.add_back = number.add_back;
      write.rule = house_.core().world().find(shop.no)->config.stock;
      write.taken = taken_as_known(session, shop, write.variant);
      write.known = known_states(shop, write.sku);
      write.down = intent.value <= intent.before;
      const auto offer = store::find_offer(session, shop.no, write.variant);
      if (offer) write.anchor = house_.truth(offer->anchor_from);
      const auto read = read_complete_.find(shop.no);
      write.fresh = read != read_complete_.end() && now - read->second <= fresh;
      if (!shop.facts().can_look && read != read_complete_.end()) write.since = read->second - shop.facts().order_lag;
      const Place place{shop.no, write.sku};
      if (const auto look = looked_.find(place); shop.facts().can_look && look != looked_.end())
        write.since = look->second - shop.facts().read_after_write;
      check_blind_raise(intent, shop, write.sku);
      check_unseen_raise(intent, shop, write.sku);
      check_blind_down(intent, shop, write);
      in_the_air_[place][key] = {now, intent.relative, shop.facts().compare_and_set, intent.before, intent.delta, intent.value};
      ++count_.writes;
      if (intent.value > intent.before) ++count_.raises;
      writes[key] = write;
    }
  });
  return writes;
}

void Inspector::landed(const engine::Call& call, const Shop& shop) {
  for (const auto& intent : call.intents) {
    if (intent.aspect == "stock") in_the_air_[{shop.no, skus_.at(VariantNo(intent.thing))}].erase(std::to_string(intent.no.value));
  }
}

/// A change that may still be applied is not followed by another that raises: both may be (S6). What lands after `settle` is nobody's to
/// know.
void Inspector::check_blind_raise(const store::Intent& intent, const Shop& shop, const std::string& sku) {
  if (shop.facts().compare_and_set || intent.value <= intent.before) return;
  if (owed_.contains({shop.no, sku}))
    violate("S6 no blind effect", sku + " on " + shop.name() + " is raised to " + std::to_string(intent.value) +
                                      " before a look tells what came of a write that was not answered");
  if (!intent.relative) return;
  for (const auto& [key, write] : in_the_air_[{shop.no, sku}]) {
    if (clock_.now() - write.decided <= shop.facts().settle)
      violate("S6 no blind effect",
              sku + " on " + shop.name() + " is raised by " + std::to_string(intent.delta) + " while the write " + key + " may still land");
  }
}

/// Where nobody can look, a raise rests on an order read alone, and leaves right behind it (S8).
void Inspector::check_unseen_raise(const store::Intent& intent, const Shop& shop, const std::string& sku) {
  const auto& facts = shop.facts();
  if (facts.can_look || !facts.reads_orders || facts.takes == channel::Takes::never || intent.value <= intent.before) return;
  const auto read = read_ended_.find(shop.no);
  if (read != read_ended_.end() && clock_.now() - read->second <= right_behind) return;
  violate("S8 raise", sku + " on " + shop.name() + " is raised to " + std::to_string(intent.value) +
                          (read == read_ended_.end() ? " before its orders were read" : " long after its orders were read"));
}

/// What is lower than was believed may be higher than what stands there: orders were read lately, or it was looked at just now (S8).
void Inspector::check_blind_down(const store::Intent& intent, const Shop& shop, const StockWrite& write) {
  const auto& facts = shop.facts();
  if (intent.relative || !facts.can_look || facts.takes == channel::Takes::never || intent.value > intent.before || write.fresh) return;
  const auto look = look_ended_.find({shop.no, write.sku});
  if (look != look_ended_.end() && clock_.now() - look->second <= right_behind) return;
  violate("S8 raise", write.sku + " on " + shop.name() + " is lowered to " + std::to_string(intent.value) +
                          " though its orders were not read for long, and without a look");
}

void Inspector::answered(const engine::Call& call, const Shop& shop, const engine::Outcome& outcome) {
  seats_[shop.no].erase({call.lane, call.no});
  const auto when = left_.extract({shop.no, call.lane, call.no});
  const Time left = when.empty() ? long_ago : when.mapped();
  for (std::size_t i = 0; i < call.intents.size() && i < outcome.applied.size(); ++i) {
    if (call.intents[i].aspect != "stock") continue;
    const Place place{shop.no, skus_.at(VariantNo(call.intents[i].thing))};
    if (outcome.applied[i]) {
      for (auto& [key, write] : in_the_air_[place]) write.behind = true;
    } else if (outcome.applied[i].error().fault == Fault::unknown && shop.facts().can_look) {
      auto& owed = owed_.emplace(place, long_ago).first->second;
      owed = std::max(owed, keys_.at(shop.name() + "/" + std::to_string(call.intents[i].no.value)) + shop.facts().settle);
    }
  }
  const auto told = [&](const Error& error) {
    if (error.fault == Fault::throttled && error.retry_after) hushed_[shop.no] = clock_.now() + *error.retry_after;
  };
  if (outcome.page && !*outcome.page) told(outcome.page->error());
  if (!outcome.applied.empty() && !outcome.applied.front()) told(outcome.applied.front().error());
  if (!outcome.page || !*outcome.page) return;
  const auto& page = **outcome.page;
  if (call.kind == engine::Call::Kind::read_orders) {
    if (page.cursor.empty()) read_complete_[shop.no] = read_began_[shop.no], read_ended_[shop.no] = clock_.now();
    return;
  }
  for (const auto& document : page.documents) {
    const auto tree = Json::parse(document.body);
    if (!tree) continue;
    const auto seen = [&](const std::string& sku) {
      const Place place{shop.no, sku};
      looked_[place] = left;
      look_ended_[place] = clock_.now();
      if (const auto owed = owed_.find(place); owed != owed_.end() && left >= owed->second - Duration(1)) owed_.erase(owed);
    };
    if (document.kind == "level") seen(tree->text_or("sku"));
    if (document.kind != "listing") continue;
    const Json* variants = tree->find("variants");
    for (const auto& variant : variants ? variants->as_array() : Json::Array()) seen(variant.text_or("sku"));
  }
}

/// A raise over orders that the engine had not read (S8).
void Inspector::applied(const StockWrite& write, const Shop& shop, Quantity before) {
  const auto* there = shop.platform->offer_of_sku(write.sku);
  const Time now = clock_.now();
  if (now - write.decided > shop.facts().settle) unknowable(shop, write.sku);  // nobody waits for it any more
  const auto secret = unknowable_.find({shop.no, write.sku});
  if (!there || touched_.contains({shop.no, write.sku}) || (secret != unknowable_.end() && now - secret->second < lately)) return;
  const Quantity after = there->number;
  const Quantity unread = there->taken - write.taken;
  if (after <= before || unread <= 0) return;
  const auto& rule = write.rule;
  const Quantity right = std::max<Quantity>({0, engine::shown_of(write.available - unread, rule) + write.add_back,
                                             engine::shown_of(write.available, rule) + write.add_back - unread});
  if (after <= right) return;
  const std::string what = write.sku + " on " + shop.name() + " was raised from " + std::to_string(before) + " to " +
                           std::to_string(after) + " over " + std::to_string(unread) + " units that nobody had read, right was " +
                           std::to_string(right);
  const bool relative = shop.kind == Kind::delta || shop.kind == Kind::delta_with_key;
  if (shop.kind == Kind::compare) {
    const auto changes =
        std::count_if(there->history.begin(), there->history.end(), [&](const NumberChange& change) { return change.at >= write.anchor; });
    if (changes < 3) return violate("S8 raise", what);  // this write and two others: the number is the same by chance
    ++count_.coincidences;
    return;
  }
  if (relative) return violate("S8 raise", what);
  ++count_.raised_over_unread;
  if (shop.facts().can_look) over_unread_[{shop.no, write.sku}] = {now, never};
  if (write.late || (write.down && (write.fresh || !shop.facts().can_look))) return;
  const Time since = write.since.value_or(long_ago);
  // What is sold between the look and the write is overwritten; what the look had seen is not.
  const auto takes = unknown_takes(*there, write.known, since);
  if (takes.shown && after - right > taken_after(*there, since) + takes.overwritten)
    violate("S8 raise", what + ", and was there to be seen at " + text(since));
}

void Inspector::created(const Shop& shop) {
  std::map<std::string, int> listings;
  for (const auto& listing : shop.platform->listings()) {
    if (++listings[listing.content.text_or("code")] > 1)
      violate("S7 create", shop.name() + " has two listings of " + listing.content.text_or("code"));
  }
}

}  // namespace tally::simulation
