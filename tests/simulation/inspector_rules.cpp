// Rules that have little to do with the belief: decreases in time, seats, counts, expiry, and what must be told or kept secret.
#include "engine/number.hpp"
#include "simulation/inspector.hpp"
#include "store/inbox.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"

#include <algorithm>

namespace tally::simulation {
namespace {

using soci::into;
using soci::use;
using store::Int;
using store::Session;

/// Two calls at their slowest, one look, and a call of another kind that has the only seat.
constexpr Duration longest_down{40000};
/// A page a turn, and the engine turns at once again.
constexpr Duration longest_comparison{1000};
/// The lane looks every 15 s for what may still land.
constexpr Duration longest_idle{20000};

std::int64_t how_many(Session& session, const std::string& rows) {
  Int number = 0;
  session.sql << "SELECT COUNT(*) FROM " + rows, into(number);
  return number;
}

bool over(const memory::PlacedOrder& order) {
  using S = OrderState;
  return order.state == S::cancelled || order.state == S::refunded || order.state == S::shipped || order.state == S::completed;
}

}  // namespace

/// Calls at once, and the quiet that a platform asked for.
void Inspector::seated(const engine::Call& call, const Shop& shop) {
  auto& seats = seats_[shop.no];
  seats[{call.lane, call.no}] = clock_.now();
  left_[{shop.no, call.lane, call.no}] = clock_.now();
  if (seats.size() > std::max(1u, shop.facts().concurrency))
    violate("S12 budget", shop.name() + " has " + std::to_string(seats.size()) + " calls out");
  const auto until = hushed_.find(shop.no);
  if (until != hushed_.end() && clock_.now() < until->second)
    violate("S12 budget", shop.name() + " is asked again though it said when it wants to be");
}

/// A number that is too high comes down in time while the wire is good, whatever else is broken.
void Inspector::check_prompt(const OfferState& offer, const Shop& shop) {
  const std::string& sku = skus_.at(offer.variant);
  const auto* there = shop.platform->offer_of_sku(sku);
  const Time now = clock_.now();
  const bool excused = !there || there->number <= offer.number || offer.high <= offer.number;
  const bool kept_back = is_kept_back(offer, there ? there->number : 0, {shop.no, sku});
  if (excused || kept_back || !shop.facts().can_look) {
    too_high_.erase({shop.no, sku});
    return;
  }
  auto& since = too_high_.emplace(Place{shop.no, sku}, now).first->second;
  if (const auto bad = disturbed_.find(shop.no); bad != disturbed_.end())
    since = std::max(since, bad->second + shop.facts().deadline + shop.facts().settle);
  if (now - since > longest_down + shop.facts().order_lag)
    violate("S10 down is prompt", sku + " on " + shop.name() + " shows " + std::to_string(there->number) + ", should show " +
                                      std::to_string(offer.number) + " and is believed to be at most " + std::to_string(offer.high) +
                                      " for " + std::to_string((now - since).count()) + " ms");
}

/// A raise over orders that nobody had read is taken back with the next complete reading of them, whatever is believed (S8).
void Inspector::check_followed(const OfferState& offer, const Shop& shop) {
  const std::string& sku = skus_.at(offer.variant);
  const auto over = over_unread_.find({shop.no, sku});
  if (over == over_unread_.end()) return;
  const auto there = shop.platform->offer_of_sku(sku)->number;
  if (there <= offer.number) {
    over_unread_.erase(over);
    return;
  }
  const auto read = read_complete_.find(shop.no);
  const bool read_since = read != read_complete_.end() && read->second >= over->second.raised + shop.facts().order_lag;
  auto& known = over->second.known;
  if (!read_since || offer.kept_back || !all_known(shop, sku))
    known = never;
  else if (known == never)
    known = clock_.now();
  if (known == never) return;
  if (const auto bad = disturbed_.find(shop.no); bad != disturbed_.end())
    known = std::max(known, bad->second + shop.facts().deadline + shop.facts().settle);
  if (clock_.now() - known > longest_down)
    violate("S8 raise", sku + " on " + shop.name() + " was raised over unread orders at " + format_iso(over->second.raised).substr(11) +
                            ", they are known, and it still shows " + std::to_string(there) + " instead of " +
                            std::to_string(offer.number));
}
/// A number that is too high while no call is out, nothing was lost lately and nobody asked for quiet: nobody was woken.
void Inspector::check_idle(const OfferState& offer, const Shop& shop) {
  const Place place{shop.no, skus_.at(offer.variant)};
  const auto high = too_high_.find(place);
  const auto seats = seats_.find(shop.no);
  const Time now = clock_.now();
  if (high == too_high_.end() || (seats != seats_.end() && !seats->second.empty())) {
    quiet_.erase(place);
    return;
  }
  const Time since = std::max({quiet_.emplace(place, now).first->second, high->second, hushed_[shop.no]});
  if (now - since > longest_idle + shop.facts().read_after_write)
    violate("S10 down is prompt", skus_.at(offer.variant) + " on " + shop.name() + " is too high, and no call is out for " +
                                      std::to_string((now - since).count()) + " ms");
}

/// Everything is compared with other rules at once (S13): until then nobody has marked what they say otherwise.
void Inspector::check_rules(Session& session) {
  for (const auto& shop : shops_) {
    const auto compared = store::get_cursor(session, shop.no, "rules");
    if (!house_.core().world().find(shop.no) || (compared && compared->value == house_.rules_of(shop))) {
      compared_soon_.erase(shop.no);
      continue;
    }
    if (clock_.now() - compared_soon_.emplace(shop.no, clock_.now()).first->second > longest_comparison)
      violate("S13 marks", shop.name() + " has other rules, and nothing is compared with them");
  }
}

void Inspector::counted(const std::string& sku, const std::string& location, Quantity units, Time as_of) {
  auto& newest = counts_.emplace(std::pair{sku, location}, std::pair{long_ago, Quantity(0)}).first->second;
  if (as_of > newest.first) newest = {as_of, units};
}

/// All that moved until the newest count comes to what was counted.
void Inspector::check_counts(Session& session) {
  for (const auto& [place, counted] : counts_) {
    const auto variant = std::find_if(skus_.begin(), skus_.end(), [&](const auto& entry) { return entry.second == place.first; });
    if (variant == skus_.end()) continue;
    Int no = variant->first.value, until = to_ms(counted.first), sum = 0;
    const std::string& name = place.second;
    session.sql << "SELECT COALESCE(SUM(m.on_hand), 0) FROM movement m JOIN location l ON l.location_no = m.location_no "
                   "WHERE m.variant_no = :v AND l.name = :n AND m.effective_at <= :t",
        use(no), use(name), use(until), into(sum);
    if (sum != counted.second)
      violate("S1 sums", place.first + " at " + name + " was counted as " + std::to_string(counted.second) +
                             ", and the movements until then come to " + std::to_string(sum));
  }
}

/// What the position in the inbox has passed has come to something, whenever the daemon fell (S15).
void Inspector::check_passed(Session& session) {
  for (const auto& shop : shops_) {
    const auto through = store::applied_through(session, shop.no);
    for (const auto& row : store::inbox_after(session, shop.no, std::max<std::int64_t>(0, through - 20), 20)) {
      if (row.no > through || store::parked_row(session, row.no)) continue;
      const auto events = shop.connector->parse({row.kind, row.body, row.headers}, Json());
      for (const auto& event : events ? *events : std::vector<channel::Event>()) {
        const Json* id = event.what == channel::Event::What::order ? event.tree.find("@id") : nullptr;
        if (!id) continue;
        if (!store::find_order(session, shop.no, id->scalar_text()))
          violate("S15 explain", "the inbox row " + std::to_string(row.no) + " was passed, and its order is not there");
      }
    }
  }
}

/// In the calm every order that was to be paid by now is paid, over, or its goods are free again.
void Inspector::check_expiry(Session& session) {
  for (const auto& row : store::orders_before(session, std::nullopt, "pending", OrderNo(0), 100000)) {
    const auto* channel = house_.core().world().find(row.channel);
    if (channel && channel->reserve() == ReserveAt::placed && !row.expired)
      violate("L1 liveness", "order " + row.id + " of " + channel->config.name + " is unpaid and still reserves");
  }
}

/// Units of own open orders that our ledger has taken and the platform has not, from the platform's own books.
Quantity Inspector::true_add_back(Session& session, const Shop& shop, const std::string& sku) const {
  if (shop.kind == Kind::till) return 0;
  Quantity back = 0;
  for (const auto& order : shop.platform->orders()) {
    if (over(order)) continue;
    const auto row = store::find_order(session, shop.no, order.id);
    if (!row) continue;
    const bool ours =
        order.state != OrderState::pending || (house_.core().world().find(shop.no)->reserve() == ReserveAt::placed && !row->expired);
    for (const auto& line : order.lines) {
      if (line.sku == sku) back += (ours ? line.quantity : line.shipped) - line.taken;
    }
  }
  return back;
}

/// An order that takes what its channel's locations do not have is recorded, with the movement that makes it so (S15). Of several that came
/// to less than nothing within one moment it is one of them.
void Inspector::check_oversold(Session& session) {
  if (house_.commits() == oversold_at_) return;
  oversold_at_ = house_.commits();
  for (const auto& [variant, sku] : skus_) {
    std::string unexplained;
    bool explained = false;
    for (const auto& [no, taken] : taken_by_orders(session, variant)) {
      const auto row = taken.units > 0 ? store::get_order(session, no) : std::nullopt;
      const auto* channel = row ? house_.core().world().find(row->channel) : nullptr;
      if (!channel) continue;
      Quantity there = 0;
      for (const auto& [shelf, units] : free_) {
        const auto& sold_from = channel->locations;
        const bool its =
            taken.places.contains(shelf.second) || std::find(sold_from.begin(), sold_from.end(), shelf.second) != sold_from.end();
        if (shelf.first == variant && its) there += units;
      }
      if (there >= 0) continue;
      const bool recorded = how_many(session, "oversell WHERE variant_no = " + std::to_string(variant.value) + " AND " +
                                                  std::to_string(no.value) + " IN (order_no, other_order_no)") > 0;
      if (recorded)
        explained = true;
      else
        unexplained = row->id + " of " + channel->config.name + " leaves " + std::to_string(there) + " of " + sku;
    }
    if (!explained && !unexplained.empty()) violate("S15 explain", unexplained + ", and no oversell is recorded");
  }
}

/// By order, what its movements since this was asked last come to.
std::map<OrderNo, Inspector::Taken> Inspector::taken_by_orders(Session& session, VariantNo variant) {
  std::map<OrderNo, Taken> orders;
  Int no = variant.value, location = 0, units = 0, after = moved_[variant], sequence = 0;
  std::string cause;
  soci::statement st =
      (session.sql.prepare << "SELECT sequence, cause, location_no, reserved - on_hand FROM movement WHERE variant_no = :v "
                              "AND sequence > :s AND kind = 'order' ORDER BY sequence",
       use(no), use(after), into(sequence), into(cause), into(location), into(units));
  st.execute();
  while (st.fetch()) {
    auto& taken = orders[OrderNo(std::stoll(cause.substr(6)))];
    taken.units += units;
    taken.places.insert(LocationNo(location));
    moved_[variant] = sequence;
  }
  return orders;
}

/// Everything that came in and went out has an end that can be told.
void Inspector::check_explained(Session& session) {
  const std::map<std::string, std::string> never_there = {
      {"an inbox row was never read", "inbox i JOIN channel c ON c.channel_no = i.channel_no WHERE i.row_no > c.applied_through"},
      {"a document is parked without a reason", "parked_row WHERE reason = ''"},
      {"a movement's order is not there",
       "movement m WHERE m.kind = 'order' AND NOT EXISTS (SELECT 1 FROM orders o WHERE m.cause LIKE 'order:' || o.order_no || ':%')"},
      {"an oversell's order is not there",
       "oversell v WHERE v.order_no <> 0 AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.order_no = v.order_no)"},
      {"an oversell names no rule, and not why there is none", "oversell v WHERE v.rule = '' OR v.short <= 0 OR v.delay_ms < 0"},
      {"an oversell that is no order's names no cause", "oversell v WHERE v.order_no = 0 AND v.cause = ''"}};
  for (const auto& [what, rows] : never_there) {
    if (how_many(session, rows) > 0) violate("S15 explain", what);
  }
}

/// Every buyer is a canary: beside the order and its document nothing may know them.
void Inspector::check_secrecy(Session& session) {
  const std::string like = std::string("'%") + memory::canary + "%'";
  for (const std::string place : {"journal WHERE detail LIKE ", "journal WHERE thing LIKE ", "problem WHERE reason LIKE ",
                                  "intent WHERE reply LIKE ", "mark WHERE cause LIKE ", "parked_row WHERE reason LIKE "}) {
    if (how_many(session, place + like) > 0) violate("S16 secrecy", "a buyer's name is in the " + place.substr(0, place.find(' ')));
  }
  if (trace_.tail().find(memory::canary) != std::string::npos) violate("S16 secrecy", "a buyer's name is in the trace");
  if (house_.log().find(memory::canary) != std::string::npos) violate("S16 secrecy", "a buyer's name is in the log");
}

std::uint64_t Inspector::dump() {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&](const std::string& text) {
    for (const char c : text + "\n") hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  };
  const auto list = [](Session& session, const std::string& question) {
    std::vector<std::string> rows;
    std::string row;
    soci::statement st = (session.sql.prepare << question, into(row));
    st.execute();
    while (st.fetch()) rows.push_back(row);
    return rows;
  };
  house_.read([&](Session& session) {
    for (const auto& table : list(session, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) {
      add(table);
      std::string columns;
      for (const auto& column : list(session, "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid"))
        columns += (columns.empty() ? "" : " || ',' || ") + ("quote(" + column + ")");
      for (const auto& row : list(session, "SELECT " + columns + " FROM " + table + " ORDER BY 1")) add(row);
    }
  });
  return hash;
}

}  // namespace tally::simulation
