// What made available fall below zero: recorded with whoever took the units before, the delay, and the rule that would have prevented it.
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"
#include "store/orders.hpp"

#include <vector>

namespace tally::engine {

/// One document of an order, with what it claimed before and claims now. `row` has its number.
struct Taking {
  const Channel& channel;
  const store::OrderRow& row;
  const Order& order;
  const std::vector<ResolvedLine>& resolved;
  const Claim& before;
  const Claim& target;
  const Json& document_before;                    ///< the order's document until now; null: this is its first
  const std::vector<ResolvedLine>& lines_before;  ///< and what its lines were resolved to
  bool is_news;                                   ///< by a document of the channel, and not by what was done here with what had been there
};

/// For each variant of which the order took more than its channel's locations have. After its movements and its own effects. A shelf that
/// some channel counts and where nothing was ever counted has nothing to oversell: it is named as a problem until something is.
void record_oversells(store::Session& session, const World& world, const Taking& taking, Time now);

/// A movement that no order made (a count, an adjustment, goods sent away) left less at the location than was promised there.
/// `before`: on hand less reserved before it.
void record_shortage(store::Session& session, const World& world, VariantNo variant, LocationNo location, Quantity before,
                     const std::string& cause, Time now);

/// "shop/17" as a person knows the order; empty for none.
std::string order_name(store::Session& session, const World& world, OrderNo no);

}  // namespace tally::engine
