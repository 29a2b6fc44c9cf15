#include "engine/route.hpp"

#include "engine/condition.hpp"
#include "store/catalogue.hpp"
#include "store/ledger.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using Part = ResolvedLine::Part;

/// From where an order is sent, in order of priority, and by which rule; null: by the channel's own order.
struct Route {
  const RoutingRule* rule = nullptr;
  std::vector<LocationNo> locations;
};

bool meets(const RoutingRule& rule, const std::string& channel, const Order& order) {
  if (!rule.channels.empty() && !names(rule.channels, channel)) return false;
  if (!rule.countries.empty() && !names(rule.countries, order.ship_to.country)) return false;
  if (!rule.regions.empty() && !names(rule.regions, order.ship_to.region)) return false;
  return rule.skus.empty() ||
         std::any_of(order.lines.begin(), order.lines.end(), [&](const OrderLine& line) { return names_sku(rule.skus, line); });
}

/// Those of the rule that the channel sells from.
std::vector<LocationNo> locations_of(store::Session& session, const RoutingRule& rule, const Channel& channel) {
  std::vector<LocationNo> locations;
  for (const auto& name : rule.from) {
    const LocationNo no = store::open_location(session, name);
    if (std::find(channel.locations.begin(), channel.locations.end(), no) != channel.locations.end()) locations.push_back(no);
  }
  return locations;
}

Route route_of(store::Session& session, const Config& config, const Channel& channel, const Order& order) {
  for (const auto& rule : config.routing) {
    if (!meets(rule, channel.config.name, order)) continue;
    Route route{&rule, locations_of(session, rule, channel)};
    if (route.locations.empty()) continue;
    for (const auto location : channel.locations) {
      if (std::find(route.locations.begin(), route.locations.end(), location) == route.locations.end()) route.locations.push_back(location);
    }
    return route;
  }
  return {nullptr, channel.locations};
}

/// What lies at each location and was not given to a part of this order yet.
class Shelves {
 public:
  Shelves(store::Session& session, const std::vector<LocationNo>& locations) : session_(session), locations_(locations) {}

  /// The first location that has all of them.
  std::optional<LocationNo> first_with(const std::map<VariantNo, Quantity>& wanted) {
    for (const auto location : locations_) {
      const bool has_all =
          std::all_of(wanted.begin(), wanted.end(), [&](const auto& each) { return units(each.first, location) >= each.second; });
      if (has_all) return location;
    }
    return std::nullopt;
  }
  void give(Part& part, LocationNo location, Quantity units_of_line) {
    part.location = location;
    units(part.variant, location) -= part.each * units_of_line;
  }

 private:
  Quantity& units(VariantNo variant, LocationNo location) {
    const auto known = free_.find({variant, location});
    if (known != free_.end()) return known->second;
    const auto row = store::stock_at(session_, variant, location);
    return free_[{variant, location}] = row ? row->sum.on_hand - row->sum.reserved : 0;
  }

  store::Session& session_;
  const std::vector<LocationNo>& locations_;
  std::map<std::pair<VariantNo, LocationNo>, Quantity> free_;
};

Quantity units_of(const Order& order, const ResolvedLine& line) {
  const auto found = std::find_if(order.lines.begin(), order.lines.end(), [&](const OrderLine& each) { return each.id == line.line; });
  return found == order.lines.end() ? 1 : std::max<Quantity>(found->quantity, 1);
}

bool is_open(const Part& part) {
  return part.location.value == 0;
}

}  // namespace

std::string RoutingRule::text() const {
  std::string conditions;
  const auto list = [](const std::vector<std::string>& values) {
    std::string joined;
    for (const auto& value : values) joined += (joined.empty() ? "" : ", ") + value;
    return joined;
  };
  const auto say = [&](const char* what, const std::vector<std::string>& values) {
    if (!values.empty()) conditions += (conditions.empty() ? "" : "; ") + std::string(what) + " " + list(values);
  };
  say("country", countries);
  say("region", regions);
  say("sku", skus);
  say("channel", channels);
  return (conditions.empty() ? "any country" : conditions) + ": from " + list(from);
}

const RoutingRule* route_parts(store::Session& session, const Config& config, const Channel& channel, const Order& order,
                               std::vector<ResolvedLine>& lines) {
  std::map<VariantNo, Quantity> all;
  for (const auto& line : lines) {
    for (const auto& part : line.parts) {
      if (is_open(part)) all[part.variant] += part.each * units_of(order, line);
    }
  }
  if (all.empty()) return nullptr;
  const Route route = route_of(session, config, channel, order);
  Shelves shelves(session, route.locations);
  const auto whole = shelves.first_with(all);
  for (auto& line : lines) {
    const Quantity units = units_of(order, line);
    std::map<VariantNo, Quantity> of_line;
    for (const auto& part : line.parts) {
      if (is_open(part)) of_line[part.variant] += part.each * units;
    }
    const auto together = whole ? whole : shelves.first_with(of_line);
    for (auto& part : line.parts) {
      if (!is_open(part)) continue;
      const auto alone = together ? together : shelves.first_with({{part.variant, part.each * units}});
      shelves.give(part, alone.value_or(route.locations.front()), units);
    }
  }
  return route.rule;
}

}  // namespace tally::engine
