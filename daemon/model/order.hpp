// An order as the channel took it, in the model's words. Amounts are in the order's currency.
#pragma once

#include "model/product.hpp"

namespace tally {

enum class OrderState { pending, paid, held, released, part_shipped, shipped, completed, cancelled, refunded };
enum class PaymentState { pending, part_paid, paid, part_refunded, refunded, void_ };
enum class FulfilmentState { open, held, part, done };
/// What a buyer wants after the sale: not to get it after all, money alone, money for goods that go back, or what is no refund (an
/// exchange).
enum class AfterSaleKind { cancel, refund, return_, other };
/// How far that is. agreed: the goods may go back · sent_back: they are on their way, or here · paying: the platform pays · over: withdrawn
/// or refused.
enum class AfterSaleState { asked, agreed, sent_back, paying, done, over };

/// The offer (and its listing) that a line was sold from, by the platform's ids; either may be empty.
struct OfferRef {
  std::string id;          ///< in the tree: offer.@id
  std::string listing_id;  ///< in the tree: offer.listing.@id
  bool operator==(const OfferRef&) const = default;
};

struct OrderLine {
  std::string id;  ///< the platform's id of the line, or its position; in the tree: @id
  OfferRef offer;
  Sku sku;
  Quantity quantity = 0;
  std::optional<Money> amount;      ///< quantity × unit price, before any discount
  std::optional<Money> discounted;  ///< amount − discount
  std::optional<Money> discount;
  std::optional<Decimal> unit_price;  ///< major units; may have fractions of a cent
  std::optional<Money> tax;
  std::optional<Quantity> refunded;   ///< units whose money went back, where the platform counts them: those that had not left will not
  std::optional<Quantity> restocked;  ///< units of refunds that the platform has put back into its number by itself
  bool operator==(const OrderLine&) const = default;
};

struct Fee {
  std::string id;
  std::string name;
  std::optional<Money> amount;
  std::optional<Money> tax;
  bool operator==(const Fee&) const = default;
};

struct Buyer {
  std::string name, email, phone;
  bool operator==(const Buyer&) const = default;
};

struct Address {
  std::string name, given_name, family_name, phone, line1, line2, district, city, region, postcode, country;
  bool operator==(const Address&) const = default;
};

struct LineRef {
  std::string line;  ///< OrderLine::id; in the tree: line.@id
  Quantity quantity = 0;
  std::optional<Money> amount;
  bool restocked = false;
  bool operator==(const LineRef&) const = default;
};

struct Shipment {
  std::string id;
  std::string carrier, tracking, tracking_url;
  std::vector<LineRef> lines;  ///< empty: everything that was open
  std::optional<Time> at;
  std::string mark = {};         ///< our own key, where the platform keeps one
  std::optional<Time> day = {};  ///< on which it left, where the platform keeps no more of it: that is no moment
  bool operator==(const Shipment&) const = default;
};

struct Refund {
  std::string id;
  std::string reason;
  std::optional<Money> amount;
  std::vector<LineRef> lines;
  std::optional<Time> at;
  std::string mark = {};  ///< our own key, where the platform keeps one
  bool had_left = false;  ///< what it puts back came back to us: our own word, in no tree
  bool operator==(const Refund&) const = default;
};

/// What a buyer asked the platform for after the sale. Only one that is done has moved money, and goods where they came back.
struct AfterSale {
  std::string id;
  AfterSaleKind kind = AfterSaleKind::other;
  AfterSaleState state = AfterSaleState::over;
  std::string reason;
  std::optional<Money> amount;
  std::vector<LineRef> lines;
  std::optional<Time> at;  ///< when it came to its state
  bool operator==(const AfterSale&) const = default;
};

struct Order {
  std::string id;  ///< the platform's; in the tree: @id
  std::string number;
  OrderState state = OrderState::pending;
  std::optional<PaymentState> payment;
  std::optional<FulfilmentState> fulfilment;
  std::vector<OrderLine> lines;
  std::vector<Fee> fees;
  std::optional<Money> shipping, discounts, tax, total;
  bool tax_included = false;
  Currency currency;
  Buyer buyer;
  Address ship_to;
  std::string note;
  std::vector<std::string> holds;
  std::vector<Shipment> shipments;
  std::vector<Refund> refunds;
  std::vector<AfterSale> after_sales;
  std::optional<Time> placed_at, paid_at, cancelled_at, changed_at;
  std::string platform_state;  ///< the channel's own word for the state, for facts that speak of it
  bool operator==(const Order&) const = default;
};

Json to_json(const Order& order);
Result<Order> order_from_json(const Json& tree);

std::string_view name_of(OrderState state);

/// Derives the amounts that are missing (total = lines + fees + shipping + tax unless included − discounts; per line amount = discounted +
/// discount = quantity × unit price) and the state from payment, fulfilment and cancelled_at where the platform has no single one. What
/// contradicts is returned in words; the order is held for it. Never changes an amount that was given.
std::vector<std::string> complete(Order& order);

/// Puts the refunds of after-sales that are done among the order's refunds, under the same ids, and takes out those of others. Idempotent.
void settle_after_sales(Order& order);
/// Units of a line of one kind of after-sale that is done.
Quantity settled_units(const Order& order, const std::string& line, AfterSaleKind kind);

}  // namespace tally
