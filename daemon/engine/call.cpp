#include "engine/call.hpp"

namespace tally::engine {

Outcome perform(const Call& call, channel::Connector& connector) {
  Outcome outcome;
  switch (call.kind) {
    case Call::Kind::push:
    case Call::Kind::subscribe:
    case Call::Kind::follow_parcel:
      outcome.applied = connector.push(call.changes);
      break;
    case Call::Kind::read_orders:
    case Call::Kind::fetch_orders:
    case Call::Kind::compare_orders:
    case Call::Kind::read_again:
      outcome.page.emplace(connector.read_orders(call.want));
      break;
    case Call::Kind::look:
    case Call::Kind::sweep:
    case Call::Kind::find:
    case Call::Kind::look_at_parcel:
      outcome.page.emplace(connector.read_listings(call.want));
      break;
  }
  return outcome;
}

std::string_view name_of(Call::Kind kind) {
  switch (kind) {
    case Call::Kind::push:
      return "push";
    case Call::Kind::read_orders:
      return "read_orders";
    case Call::Kind::fetch_orders:
      return "fetch_orders";
    case Call::Kind::compare_orders:
      return "compare_orders";
    case Call::Kind::read_again:
      return "read_again";
    case Call::Kind::look:
      return "look";
    case Call::Kind::sweep:
      return "sweep";
    case Call::Kind::find:
      return "find";
    case Call::Kind::subscribe:
      return "subscribe";
    case Call::Kind::follow_parcel:
      return "follow_parcel";
    case Call::Kind::look_at_parcel:
      return "look_at_parcel";
  }
  return "push";
}

}  // namespace tally::engine
