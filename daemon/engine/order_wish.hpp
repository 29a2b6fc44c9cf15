// What a person asks to be done with an order, checked against the order as it is.
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"
#include "store/order_tasks.hpp"

namespace tally::engine {

/// `wish`: {kind: ship, lines: [{sku or line, quantity}], carrier, tracking, tracking_url, at} · {kind: cancel, lines, reason} ·
/// {kind: refund, lines, amount, reason, restock, by_hand} · {kind: return, lines, reason}. Where a channel pays back only what a buyer
/// asked for, a cancel, a refund and a return may name the `after_sale` that they agree to. No lines: all that is open (ship), the whole
/// order (cancel, refund), all that left (return); a line without quantity: all of it. `order` with everything that was wished before. The
/// answer is the task to be stored, without its order, author and mark. Errors: invalid, rejected (this channel or this order cannot do
/// it).
Result<store::OrderTask> task_of(const Json& wish, const Order& order, const Channel& channel, Time now);

}  // namespace tally::engine
