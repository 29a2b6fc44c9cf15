// Which requests may use what is kept of a budget, whoever sends them.
#pragma once

#include <string_view>

namespace tally::channel {

/// Reading orders and cancelling them is never put off for anything else, and nothing is done without a token. Of other operations the lane
/// says it: a decrease of stock, and the look that it waits for.
inline bool is_always_urgent(std::string_view operation) {
  const bool reads_orders = operation.starts_with("read_") && operation.find("order") != std::string_view::npos;
  return reads_orders || operation == "cancel_order" || operation == "auth";
}

}  // namespace tally::channel
