// The true world of one channel: what a platform would keep of listings, numbers and orders, with the cause of every change of a number.
// Shoppers and the merchant's own hand act on it directly; a MemoryConnector speaks to it as a real connector speaks to a real platform.
#pragma once

#include "base/json.hpp"
#include "base/time.hpp"
#include "channel/connector.hpp"
#include "model/order.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace tally::memory {

/// How this platform behaves. `facts` is what the connector tells the engine;
/// the lags are what really happens and never more than the facts admit.
struct Terms {
  channel::Capabilities facts;
  Duration order_lag{0};           ///< the order list shows the world as it was so long ago; an order fetched by its id is current
  Duration number_lag{0};          ///< so do looks at numbers
  Duration clock_step{1};          ///< how finely the platform writes moments down
  Duration clock_skew{0};          ///< its clock is so much ahead of ours
  bool changed_at_stands = false;  ///< `changed_at` of an order stays at its placing, whatever happens to it
  bool whole_orders = true;        ///< a webhook brings the whole order; false: only its id
  bool announces_listings = true;
  std::size_t page = 50;
  std::string currency = "EUR";
  std::string secret = "memory";
};

struct NumberChange {
  enum class Why { listed, sale, edit, give_back, shipment, write, by_hand } why;
  Time at;
  std::string by;  ///< the order's id or the write's key
  Quantity before = 0, after = 0;
};
std::string_view name_of(NumberChange::Why why);

struct Offer {
  std::string id, sku;
  Quantity number = 0;
  Quantity taken = 0;  ///< units that own orders have taken from the number and not given back
  Json price, compare_at;
  std::vector<NumberChange> history;
};

struct Listing {
  std::string id;
  Json content;  ///< the product's tree as it was pushed or typed in, without ids, numbers and prices
  std::vector<Offer> offers;
  bool ended = false;
};

struct OrderLine {
  std::string id, offer, listing, sku;
  Quantity quantity = 0, shipped = 0, taken = 0, restocked = 0;
};

struct PlacedOrder {
  std::string id;
  OrderState state = OrderState::pending;
  std::vector<OrderLine> lines;
  std::optional<Time> placed_at, paid_at, cancelled_at, refunded_at;
  std::vector<std::pair<Time, std::map<std::string, Quantity>>> shipments;
  struct Version {
    Time at;
    Time stamped;  ///< by the platform's clock as it went then
    Json tree;
  };
  std::vector<Version> versions;  ///< every state it ever had, as its document
};

/// The name of every buyer here: wherever it turns up beside the order itself, a buyer has leaked.
inline constexpr const char* canary = "Canary Buyer";

/// What a shopper wants of one offer.
struct Item {
  std::string offer;
  Quantity quantity = 1;
};

/// Any thread. Lookups that return references are for the owner of the world, while nothing else acts on it.
class Platform {
 public:
  Platform(std::string name, Terms terms, const Clock& clock);

  // Shoppers. Errors: rejected (not enough there, or the order is not in that state), missing.
  Result<std::string> buy(const std::vector<Item>& items);
  Result<void> pay(const std::string& order);
  Result<void> cancel(const std::string& order);
  /// At most `units` of each line that is open; everything by default.
  Result<void> ship(const std::string& order, Quantity units = 1'000'000);
  /// All the money goes back; with `restock` the platform says that all the goods are on the shelf again.
  Result<void> refund(const std::string& order, bool restock);
  Result<void> edit(const std::string& order, std::size_t line, Quantity quantity);

  // The merchant's own hand.
  /// A product's tree; each variant's `available` and `price` are taken as typed in. Returns the listing's id.
  std::string list_by_hand(const Json& product);
  Result<void> set_number(const std::string& offer, Quantity number);
  Result<void> set_price(const std::string& offer, const Json& price);
  Result<void> set_title(const std::string& listing, const std::string& title);
  void remove_listing(const std::string& listing);

  // Faults.
  /// The platform's clock is set.
  void set_clock(Duration skew);
  /// The next requests are answered with this, and nothing is done.
  void fail_next(std::size_t requests, Error error);
  /// Every write that concerns this SKU is rejected until `accept`.
  void refuse(const std::string& sku, const std::string& why);
  void accept(const std::string& sku);

  // What the connector asks. A request is applied here and now.
  Result<channel::Applied> write(const channel::Change& change);
  Result<channel::Page> read_listings(const channel::Want& want);
  Result<channel::Page> read_orders(const channel::Want& want);

  /// Called with the body of each webhook at the moment of the change, under the platform's lock: it may only remember it.
  std::function<void(const std::string& body)> announce;

  const std::string& name() const { return name_; }
  const Terms& terms() const { return terms_; }
  const std::vector<Listing>& listings() const { return listings_; }
  const std::vector<PlacedOrder>& orders() const { return orders_; }
  const Offer* offer(const std::string& id) const;
  const Offer* offer_of_sku(const std::string& sku) const;
  const PlacedOrder* order(const std::string& id) const;
  /// How often a write with this key changed something here.
  std::size_t applications(const std::string& key) const;

 private:
  // platform.cpp
  Time step_down(Time time) const;
  Time stamp(Time time) const;
  std::string next_id(std::string_view prefix);
  std::optional<Error> refusal(const Json& fields) const;
  Offer* find_offer(const std::string& id);
  Listing* find_listing(const std::string& id);
  Result<channel::Applied> write_now(const channel::Change& change);
  void move(Offer& offer, Quantity number, NumberChange::Why why, const std::string& by);
  Result<channel::Applied> put_listing(const channel::Change& change);
  Result<channel::Applied> write_stock(const channel::Change& change);
  Result<channel::Applied> write_price(const channel::Change& change);
  Listing* listing_of(const Json& thing);
  Offer* offer_of(const Json& thing);
  Quantity number_as_shown(const Offer& offer) const;
  Json listing_tree(const Listing& listing) const;
  void announce_listing(const std::string& listing);

  // shopping.cpp
  Result<PlacedOrder*> open_order(const std::string& id);
  Quantity sellable(const Offer& offer) const;
  Quantity taken_of(const PlacedOrder& order, const OrderLine& line) const;
  void settle(PlacedOrder& order, NumberChange::Why why);
  Json order_tree(const PlacedOrder& order, std::size_t version) const;

  std::string name_;
  Terms terms_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Listing> listings_;
  std::vector<PlacedOrder> orders_;
  std::map<std::string, std::string> refused_;
  std::size_t failing_ = 0;
  Error failure_;
  std::map<std::string, std::size_t> applications_;
  std::map<std::string, channel::Applied> answered_;  ///< by idempotency key
  std::int64_t next_id_ = 1;
};

}  // namespace tally::memory
