// What a pretend platform remembers: listings, offers, orders, and every number it ever showed. Knows no dialect and no HTTP.
// Not thread-safe: everything here happens under the platform's one mutex.
#pragma once

#include "base/json.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::sandbox {

using Units = std::int64_t;
using Minor = std::int64_t;  ///< money in the smallest unit of the shop's currency

enum class Cause { sale, write, edit, cancel };
std::string_view name_of(Cause cause);

enum class Showing { waiting, live, paused, ended };  ///< waiting: written, and not shown to shoppers yet
std::string_view name_of(Showing showing);

/// What a shopper puts into the cart: a simple product, a variation, a SKU.
struct Offer {
  std::int64_t id = 0;
  std::int64_t listing = 0;
  std::string sku;
  Minor price = 0;
  Minor compare_at = 0;  ///< 0: none
  Units quantity = 0;
  Units held = 0;       ///< in checkouts that have not been paid, where the platform takes stock at payment
  bool counted = true;  ///< false: endless
  bool on_sale = true;
  Time modified;
  Json document = Json::object();  ///< what else the dialect keeps
};

struct Listing {
  std::int64_t id = 0;
  std::string title;
  std::string description;
  Showing showing = Showing::waiting;
  bool gone = false;  ///< deleted by the merchant; kept so that orders can still name it
  std::vector<std::int64_t> offers;
  Time created;
  Time modified;
  Json document = Json::object();
};

enum class OrderState { unpaid, on_hold, paid, part_shipped, shipped, cancelled, refunded };
std::string_view name_of(OrderState state);

struct Line {
  std::int64_t id = 0;
  std::int64_t offer = 0;
  std::int64_t listing = 0;
  std::string sku;
  std::string title;
  Units quantity = 0;
  Units shipped = 0;
  Units refunded = 0;
  Minor unit_price = 0;
  Units restocked = 0;  ///< of the refunded ones: put back into the number
};

struct RefundedLine {
  std::int64_t line = 0;
  Units quantity = 0;
  Minor amount = 0;
};

struct Refund {
  std::int64_t id = 0;
  Time at;
  Minor amount = 0;
  std::string reason;
  std::vector<RefundedLine> lines;
  Json meta = Json::array();  ///< what the writer noted with it, where the platform keeps that
};

struct Parcel {
  std::int64_t id = 0;
  std::string carrier, tracking;    ///< the platform's code of the carrier
  std::vector<RefundedLine> lines;  ///< without amounts; empty: not said
  Time at;
};

struct Order {
  std::int64_t id = 0;
  Time accepted;
  Time modified;
  std::optional<Time> paid;
  OrderState state = OrderState::unpaid;
  std::vector<Line> lines;
  Minor total = 0;
  bool took = false;    ///< its units have been taken from the numbers shown
  bool untold = false;  ///< no webhook and no list of changes ever tells of it
  std::vector<Refund> refunds;
  std::vector<Parcel> parcels;
  Json buyer = Json::object();
  Json document = Json::object();
};

/// When this platform changes its own numbers.
struct Rules {
  enum class Takes { placed, paid, never };
  Takes takes = Takes::placed;
  bool gives_back_unpaid = true;      ///< cancelled before payment: back on the shelf (if taken)
  bool gives_back_paid = false;       ///< cancelled after payment: likewise
  bool paid_cancel_refunds = false;   ///< cancelling a paid order is a refund in the platform's words
  bool gives_back_unshipped = false;  ///< refunded before anything of the line was shipped: back on the shelf
  bool blocks_sales = true;           ///< refuses the unit that is not there (a till never does)
};

/// Where the platform's ids begin; each shop counts on from there. Equal numbers share one series.
struct Numbering {
  std::int64_t listing = 1001;
  std::int64_t offer = 1001;
  std::int64_t order = 1001;
};

struct Wanted {
  std::int64_t offer = 0;
  Units quantity = 1;
  std::optional<Minor> unit_price = std::nullopt;  ///< agreed with this buyer; nothing: the offer's
};

struct Movement {
  std::int64_t seq = 0;
  Time at;
  std::string sku;
  Units quantity = 0;  ///< shown after it
  Cause cause = Cause::write;
  std::string intent;  ///< the writer's own key, where the dialect carries one
};

/// Units of one SKU, from the shoppers' side.
struct Sold {
  Units sold = 0, cancelled = 0, returned = 0;
};

class Shop {
 public:
  Shop(Rules rules, Numbering numbering, std::string currency, const Clock& clock, std::uint64_t seed);

  Time now() const { return clock_->now(); }
  const std::string& currency() const { return currency_; }
  const Rules& rules() const { return rules_; }
  Rng& rng() { return rng_; }

  /// At most 100,000 listings and as many offers; nothing beyond that.
  Listing* add_listing();
  Offer* add_offer(Listing& listing);
  /// An offer that bears its listing's own id, as a simple product does.
  Offer* add_offer_as(Listing& listing, std::int64_t id);
  void remove_offer(std::int64_t id);
  std::int64_t next_id();  ///< of the listings' series, for refunds, pictures, lines

  Listing* listing(std::int64_t id);
  Offer* offer(std::int64_t id);
  /// The first that a shopper can buy, else the first at all.
  Offer* offer_of(std::string_view sku);
  Order* order(std::int64_t id);
  std::map<std::int64_t, Listing>& listings() { return listings_; }
  std::map<std::int64_t, Offer>& offers() { return offers_; }
  std::map<std::int64_t, Order>& orders() { return orders_; }

  bool buyable(const Offer& offer) const;
  Units free_units(const Offer& offer) const { return offer.quantity - offer.held; }
  /// One that can be bought in that quantity, chosen by seed; nothing if there is none.
  Offer* any_offer(Units quantity);

  void show(Offer& offer, Units quantity, Cause cause, std::string intent = {});
  /// `over_rest`: written through the API, which does not look at the shelf. Refusals are `rejected`, "sold out" among them.
  Result<Order*> place(const std::vector<Wanted>& basket, OrderState state, bool over_rest = false);
  /// A sale of long ago, paid and shipped then: no number shows it. Refusals are `rejected`.
  Result<Order*> remember(const std::vector<Wanted>& basket, Time placed);
  Result<void> pay(Order& order);
  Result<void> hold(Order& order);  ///< to be paid by transfer: taken already
  Result<void> cancel(Order& order);
  /// Ships these units of these lines; everything that is open where `parcel` is empty.
  Result<void> ship(Order& order, const std::vector<RefundedLine>& parcel);
  /// The same, with the parcel that they leave in.
  Result<const Parcel*> send(Order& order, Parcel parcel);
  /// Everything that is left where `lines` is empty; `restock` puts the units back on the shelf (so may the platform by itself, see Rules).
  Result<const Refund*> refund(Order& order, std::vector<RefundedLine> lines, std::string reason, bool restock);

  const std::deque<Movement>& history() const { return history_; }
  const std::map<std::string, Sold>& sold() const { return sold_; }
  std::int64_t writes = 0;  ///< changes accepted from the merchant's side

 private:
  Offer& insert(Listing& listing, std::int64_t id);
  Result<Order*> write_down(const std::vector<Wanted>& basket, Time at);
  void take(Order& order);
  void give_back(Order& order);
  void release_hold(const Order& order);

  Rules rules_;
  Numbering next_;
  bool one_series_;
  std::string currency_;
  const Clock* clock_;
  Rng rng_;
  std::map<std::int64_t, Listing> listings_;
  std::map<std::int64_t, Offer> offers_;
  std::map<std::int64_t, Order> orders_;
  std::deque<Movement> history_;
  std::int64_t movements_ = 0;
  std::map<std::string, Sold> sold_;
};

/// "12.50" in the currency's digits; and back. Blank or not a number is `invalid`.
std::string price_text(Minor price, const std::string& currency);
Result<Minor> price_of(std::string_view text, const std::string& currency);

}  // namespace tally::sandbox
