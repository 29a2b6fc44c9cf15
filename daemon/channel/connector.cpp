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
    case ActionKind::follow_parcel:
      return "follow_parcel";
  }
  return "put_listing";
}

std::string_view name_of(const Want& want) {
  const bool certain = !want.things.empty();
  if (want.what == Want::What::orders) return certain ? "read_order" : want.by_placed ? "read_placed_orders" : "read_orders";
  if (want.what == Want::What::stock) return "read_stock";
  if (want.what == Want::What::parcels) return "read_parcel";
  return certain ? "read_listing" : "read_listings";
}

}  // namespace tally::channel
