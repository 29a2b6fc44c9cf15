// What a merchant answers to a buyer's after-sale, on channels that pay back only what a buyer asked them for.
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"
#include "store/order_tasks.hpp"

#include <optional>

namespace tally::engine {

/// The task that answers the after-sale which `wish` (a refund, a cancellation or a return) can mean; under the after-sale's own id, so
/// that the order shows when it is done. A return that answers none is nothing of the channel's: nothing. Errors: invalid, rejected.
Result<std::optional<store::OrderTask>> answer_of(const Json& wish, const Order& order, const Channel& channel, Time now);

/// What buyers wait for with this order, and the command that agrees to it; nothing where it is nobody's turn here.
struct Awaited {
  std::string reason, todo;
};
std::optional<Awaited> awaited_of(const Order& order, const Channel& channel);

}  // namespace tally::engine
