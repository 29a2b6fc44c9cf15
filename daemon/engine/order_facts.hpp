// How the platform's word on an order and what the merchant did with it become one order (README.md, Orders).
#pragma once

#include "model/order.hpp"
#include "store/order_tasks.hpp"

#include <limits>
#include <vector>

namespace tally::engine {

/// Whether the platform's own document shows it: a parcel by our mark, its id or its tracking number; a refund by our mark or its id; an
/// answer to an after-sale by that one's state; a cancellation by the order's state.
bool shows(const Order& order, const store::OrderTask& task);

/// The order with everything on top that the merchant did and the platform does not show yet. Pure; the same tasks laid on twice are laid
/// on once. What the platform refused stays where goods moved all the same. Tasks behind `last` are left out.
Order with_tasks(Order order, const std::vector<store::OrderTask>& tasks, std::int64_t last = std::numeric_limits<std::int64_t>::max());

/// Whether the platform says that everything has left, with or without naming parcels.
bool says_all_left(const Order& order);
/// Of an order that says so: what left in no parcel, as far as it is known, becomes one of its own. So it stays gone when money goes back
/// for it later, which tells nothing of when it was. `before`: the document before this one, or an empty order.
void name_what_left(Order& order, const Order& before, const std::vector<store::OrderTask>& tasks);

/// Parcels and refunds may name lines by what was sold; gives them the ids of the order's lines, each its part where several sold the same.
/// Of an order's tree.
void name_lines(Json& order);

/// For a connector: every line of a parcel or a refund with the whole line of the order that it is of.
Json with_whole_lines(Json tree, const Order& order);
/// The order with those lines, and without parcels that have no name (name_what_left).
Json tree_for_connector(const Order& order);

}  // namespace tally::engine
