// What is checked now and then because it takes long: claims against movements; and the calm, in which everything must be equal.
#include "engine/guard.hpp"
#include "engine/order_rows.hpp"
#include "engine/stock.hpp"
#include "simulation/inspector.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"

#include <algorithm>

namespace tally::simulation {
namespace {

using soci::into;
using store::Int;
using store::Session;

std::map<std::int64_t, Claim> moved_by_orders(Session& session) {
  std::map<std::int64_t, Claim> moved;
  Int variant = 0, location = 0, on_hand = 0, reserved = 0;
  std::string cause;
  soci::statement st =
      (session.sql.prepare << "SELECT cause, variant_no, location_no, on_hand, reserved FROM movement WHERE kind = 'order' "
                              "ORDER BY variant_no, sequence",
       into(cause), into(variant), into(location), into(on_hand), into(reserved));
  st.execute();
  while (st.fetch()) {
    auto& effect = moved[std::stoll(cause.substr(6))][{VariantNo(variant), LocationNo(location)}];
    effect.on_hand += on_hand;
    effect.reserved += reserved;
  }
  return moved;
}

/// What the claim of each order hangs on.
std::map<std::int64_t, std::string> order_states(Session& session) {
  std::map<std::int64_t, std::string> states;
  Int no = 0;
  std::string state;
  const std::string rows = "SELECT order_no, revision || ' ' || expired || ' ' || resolved FROM orders ORDER BY order_no";
  soci::statement st = (session.sql.prepare << rows, into(no), into(state));
  st.execute();
  while (st.fetch()) states.emplace_hint(states.end(), no, state);
  return states;
}

Int count_of(Session& session, const std::string& rows) {
  Int count = 0;
  session.sql << "SELECT COUNT(*) FROM " + rows, into(count);
  return count;
}

/// A person wants it left as it is: the same would be written there still, though a look has just marked it again.
bool left_alone(Session& session, const engine::World& world, ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  const auto mark = store::find_mark(session, channel, aspect, thing);
  return mark && !mark->discarded_by.empty() && mark->parked_hash == engine::value_of(session, *world.find(channel), *mark);
}

}  // namespace

Claim Inspector::claim_of_stored(const store::OrderRow& row) {
  const auto* channel = house_.core().world().find(row.channel);
  Json tree = row.document;
  tree.erase("doubts");
  const auto order = order_from_json(tree);
  if (order && channel) return claim_of(*order, engine::resolved_from(row.resolved), channel->reserve(), row.expired);
  violate("S2 claims", "the stored order " + row.id + " cannot be read: " + (order ? "its channel is not there" : order.error().text()));
  return {};
}

void Inspector::check_claims(Session& session) {
  for (const auto& shop : shops_) {
    if (!house_.core().world().find(shop.no)) return;  // without its rules nobody knows what its orders claim
  }
  auto moved = moved_by_orders(session);
  std::map<Claim::key_type, Quantity> reserved;
  for (const auto& [no, state] : order_states(session)) {
    auto& claimed = claimed_[OrderNo(no)];
    if (claimed.state != state) {
      claimed = {state, claim_of_stored(*store::get_order(session, OrderNo(no)))};
      if (violation_) return;
    }
    for (const auto& [place, effect] : claimed.claim) reserved[place] += effect.reserved;
    auto& sum = moved[no];
    std::erase_if(sum, [](const auto& entry) { return entry.second == Effect{}; });
    if (sum != claimed.claim) violate("S2 claims", "order " + std::to_string(no) + " has not moved what it claims");
  }
  for (const auto& [variant, sku] : skus_) {
    for (const auto& row : store::stock_of(session, variant)) {
      if (row.sum.reserved != reserved[{variant, row.location}])
        violate("S3 reserved", sku + " has " + std::to_string(row.sum.reserved) + " reserved, orders claim " +
                                   std::to_string(reserved[{variant, row.location}]));
    }
  }
}

void Inspector::check_calm_orders(Session& session) {
  std::map<std::pair<ChannelNo, std::string>, std::string> stored;
  for (const auto& row : store::orders_before(session, std::nullopt, "", OrderNo(0), 100000)) stored[{row.channel, row.id}] = row.state;
  std::size_t placed = 0;
  for (const auto& shop : shops_) {
    for (const auto& order : shop.platform->orders()) {
      ++placed;
      const auto found = stored.find({shop.no, order.id});
      if (found == stored.end()) {
        violate("S4 once", "order " + order.id + " of " + shop.name() + " is not in the store");
      } else if (found->second != tally::name_of(order.state) || !knows(shop, order)) {
        violate("S4 once", "order " + order.id + " of " + shop.name() + " is " + std::string(tally::name_of(order.state)) + " there and " +
                               found->second + " in the store");
      }
    }
  }
  if (placed != stored.size()) violate("S4 once", std::to_string(stored.size()) + " orders are stored of " + std::to_string(placed));
}

/// Titles and prices are the catalogue's: nobody else may set them for good here.
void Inspector::check_content(Session& session) {
  const auto& world = house_.core().world();
  for (const auto& shop : shops_) {
    for (const auto& listing : shop.platform->listings()) {
      const auto row = store::find_product(session, listing.content.text_or("code"));
      const std::string what = listing.content.text_or("code") + " on " + shop.name();
      if (!row) {
        violate("L1 liveness", what + " is of no product");
        continue;
      }
      if (listing.content.text_or("title") != row->product.title && !left_alone(session, world, shop.no, "content", row->no.value))
        violate("L1 liveness", what + " is called '" + listing.content.text_or("title") + "', and not '" + row->product.title + "'");
      for (const auto& offer : listing.offers) {
        for (const auto& variant : row->product.variants) {
          const Json* amount = offer.price.find("amount");
          if (variant.sku.text != offer.sku || (amount && amount->decimal().value() == price_on(shop.no, *variant.price).major())) continue;
          if (!left_alone(session, world, shop.no, "price", store::find_variant(session, variant.sku)->no.value))
            violate("L1 liveness", offer.sku + " on " + shop.name() + " costs " + offer.price.dump() + " and not " +
                                       price_on(shop.no, *variant.price).text());
        }
      }
    }
  }
}

/// Every variant has become an offer on every channel, but where a person did not want its listing made.
void Inspector::check_offered(Session& session) {
  for (const auto& shop : shops_) {
    for (const auto& [variant, sku] : skus_) {
      const auto product = store::get_variant(session, variant)->product.value;
      if (store::find_offer(session, shop.no, variant) || left_alone(session, house_.core().world(), shop.no, "content", product)) continue;
      violate("L1 liveness", sku + " has not become an offer on " + shop.name());
    }
  }
}

void Inspector::check_calm() {
  check(true);
  if (!house_.up()) return violate("L1 liveness", "the engine does not run");
  house_.read([&](Session& session) {
    for (const auto& offer : read_offers(session)) {
      const auto* shop = shop_of(offer.channel);
      const std::string who = skus_.at(offer.variant) + " on " + shop->name();
      const auto* there = shop->platform->offer_of_sku(skus_.at(offer.variant));
      if (!there) {
        violate("L1 liveness", who + " is not there");
        continue;
      }
      if (left_alone(session, house_.core().world(), shop->no, "stock", offer.variant.value)) continue;
      const std::string numbers = who + " shows " + std::to_string(there->number) + ", should show " + std::to_string(offer.number) +
                                  ", is believed [" + std::to_string(offer.low) + ", " + std::to_string(offer.high) + "]";
      if (there->number != offer.number || offer.low != offer.number || offer.high != offer.number) violate("L1 liveness", numbers);
      const Quantity back = true_add_back(session, *shop, skus_.at(offer.variant));
      if (offer.number != std::max<Quantity>(offer.shown + back, 0))
        violate("L1 liveness", who + " should show " + std::to_string(offer.shown) + " and " + std::to_string(back) +
                                   " that its own open orders have not taken there, and is to show " + std::to_string(offer.number));
      if (offer.suspect || offer.owed_look_at != never) violate("L1 liveness", who + " is still owed a look");
    }
    check_calm_orders(session);
    check_content(session);
    check_offered(session);
    for (const char* rows : {"mark WHERE discarded_by = ''", "intent WHERE outcome = ''", "held", "poke WHERE kind <> 'listing'"}) {
      if (const Int left = count_of(session, rows); left != 0) violate("L1 liveness", std::to_string(left) + " rows are left in " + rows);
    }
    for (const auto& problem : store::problems(session, 100)) {
      if (problem.kind != "inbox")
        violate("L1 liveness", "a problem is left: " + problem.kind + " " + problem.thing + ": " + problem.reason);
    }
    check_expiry(session);
    check_explained(session);
    check_secrecy(session);
  });
  for (const auto& shop : shops_) created(shop);
  restarted();  // S5 once more
}

std::string Inspector::end() {
  std::string told;
  house_.read([&](Session& session) {
    std::string row;
    for (const char* question :
         {"SELECT v.sku || ' ' || SUM(s.on_hand) || ' ' || SUM(s.reserved) FROM stock s JOIN variant v ON v.variant_no = s.variant_no "
          "GROUP BY v.sku ORDER BY v.sku",
          "SELECT c.name || ' ' || o.id || ' ' || o.state FROM orders o JOIN channel c ON c.channel_no = o.channel_no ORDER BY c.name, "
          "o.id"}) {
      soci::statement st = (session.sql.prepare << question, into(row));
      st.execute();
      while (st.fetch()) told += row + "\n";
    }
  });
  for (const auto& shop : shops_) {
    for (const auto& [no, sku] : skus_) {
      const auto* offer = shop.platform->offer_of_sku(sku);
      if (offer) told += shop.name() + " shows " + sku + " " + std::to_string(offer->number) + "\n";
    }
  }
  return told;
}

}  // namespace tally::simulation
