#include "model/order.hpp"

#include "model/tree.hpp"

namespace tally {

Json to_json(const Order& order) {
  return tree::write_object(order);
}

Result<Order> order_from_json(const Json& json) {
  return tree::read_root<Order>(json);
}

std::string_view name_of(OrderState state) {
  return tree::word_of(state);
}

}  // namespace tally
