#include "channel/connector.hpp"

namespace tally::channel {

std::string_view name_of(ActionKind kind) {
  switch (kind) {
    case ActionKind::put_listing:
      return "put_listing";
    case ActionKind::retire_listing:
      return "retire_listing";
    case ActionKind::set_price:
      return "set_price";
    case ActionKind::set_stock:
      return "set_stock";
    case ActionKind::confirm_shipment:
      return "confirm_shipment";
    case ActionKind::cancel_order:
      return "cancel_order";
    case ActionKind::refund:
      return "refund";
    case ActionKind::subscribe:
      return "subscribe";
  }
  return "put_listing";
}

}  // namespace tally::channel
