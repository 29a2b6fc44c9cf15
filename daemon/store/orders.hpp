// Orders: one row each, with the document, what its lines were resolved to, and what it has claimed so far.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct OrderRow {
  OrderNo no;
  ChannelNo channel;
  std::string id;
  std::int64_t revision = 0;
  std::string state;
  Json document;               ///< the order's tree
  Json resolved;               ///< [{line, sold, parts: [[variant, each, location]], by_hand}]
  Json claim;                  ///< [[variant, location, on_hand, reserved]]: the sum of this order's movements
  Json taken;                  ///< [[variant, units]]: what the platform has taken from its number, as applied to the belief
  std::string body_hash;       ///< of the last document that was applied
  std::int64_t inbox_row = 0;  ///< the newest row that was applied
  Time changed_at = long_ago;
  Time accepted_at = long_ago;  ///< when we first had it
  bool expired = false;
  std::string sealed_by = {};  ///< buyers.hpp; the document here is open
};

std::optional<OrderRow> find_order(Session& session, ChannelNo channel, const std::string& id);
std::optional<OrderRow> get_order(Session& session, OrderNo no);
/// A new row (revision 1).
OrderNo insert_order(Session& session, const OrderRow& row);
/// Only if the stored revision is `row.revision - 1`; false otherwise.
bool update_order(Session& session, const OrderRow& row);
std::optional<std::string> order_body_hash(Session& session, ChannelNo channel, const std::string& id);
void set_body_hash(Session& session, OrderNo no, const std::string& hash);

/// Newest first, before `before` (0: the newest).
std::vector<OrderRow> orders_before(Session& session, std::optional<ChannelNo> channel, const std::string& state, OrderNo before,
                                    std::size_t limit);
std::int64_t count_orders(Session& session, ChannelNo channel);
std::int64_t count_held(Session& session, ChannelNo channel);

/// A person let the order go although these words hold it.
void release_hold(Session& session, OrderNo order, const std::string& hold, const std::string& author, Time now);
std::set<std::string> released_holds(Session& session, OrderNo order);

/// Those behind `after` that are held, or were let go in a state that was not the platform's word, in the order of their numbers.
std::vector<OrderNo> orders_in_question(Session& session, ChannelNo channel, OrderNo after, std::size_t limit);

/// The lines under which an order was told at one time of change, hashed, at most some; and how often one came again after another.
struct OrderShapes {
  Time changed_at = long_ago;
  std::vector<std::string> seen;
  std::int64_t turns = 0;
};
std::optional<OrderShapes> order_shapes(Session& session, OrderNo order);
void keep_order_shapes(Session& session, OrderNo order, const OrderShapes& shapes);

void set_unresolved(Session& session, OrderNo order, const std::vector<std::string>& skus);
std::vector<OrderNo> orders_waiting_for(Session& session, const std::string& sku);
/// Those behind `after` that wait for a SKU which is there.
std::vector<OrderNo> orders_with_known_skus(Session& session, OrderNo after, std::size_t limit);

void set_add_back(Session& session, ChannelNo channel, VariantNo variant, OrderNo order, Quantity units);
Quantity add_back(Session& session, ChannelNo channel, VariantNo variant);
/// Units that the platform has taken from its number for orders which we first had at or after `accepted`.
Quantity taken_since(Session& session, ChannelNo channel, VariantNo variant, Time accepted);

/// The newest order but `but` that took this variant from these locations, and has not given it back.
std::optional<OrderNo> previous_taker(Session& session, VariantNo variant, OrderNo but, const std::vector<LocationNo>& places);
/// Whether anything but orders ever moved goods there: a count, a receipt, a transfer.
bool was_stocked(Session& session, LocationNo location);

struct Oversell {
  Time at;
  VariantNo variant;
  OrderNo order, other_order;
  Quantity short_by = 0;
  Duration delay{0};
  std::string rule;
  std::string cause;  ///< of the movement where it was no order's; then `order` is 0
};
/// One a pair of orders and a variant, whichever of the two came first, with the most units that were missing at once; false: it was
/// recorded before. What was no order's is recorded each time.
bool record_oversell(Session& session, const Oversell& oversell);
std::vector<Oversell> oversells(Session& session, std::size_t limit);

}  // namespace tally::store
