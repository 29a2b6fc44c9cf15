// What the merchant's rules ask of an order, in the same way everywhere: a list names something, whatever its capitals. Pure.
#pragma once

#include "model/order.hpp"

#include <string>
#include <vector>

namespace tally::engine {

/// Whether one of them is the text; A is a.
bool names(const std::vector<std::string>& list, const std::string& text);
/// Whether one of them is the line's SKU.
bool names_sku(const std::vector<std::string>& skus, const OrderLine& line);

}  // namespace tally::engine
