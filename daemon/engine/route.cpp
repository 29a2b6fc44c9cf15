#include "engine/route.hpp"

#include "store/ledger.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using Part = ResolvedLine::Part;

/// What lies at each location and was not given to a part of this order yet.
class Shelves {
 public:
  Shelves(store::Session& session, const Channel& channel) : session_(session), channel_(channel) {}

  /// The first location that has all of them.
  std::optional<LocationNo> first_with(const std::map<VariantNo, Quantity>& wanted) {
    for (const auto location : channel_.locations) {
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
  const Channel& channel_;
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

void route_parts(store::Session& session, const Channel& channel, const Order& order, std::vector<ResolvedLine>& lines) {
  std::map<VariantNo, Quantity> all;
  for (const auto& line : lines) {
    for (const auto& part : line.parts) {
      if (is_open(part)) all[part.variant] += part.each * units_of(order, line);
    }
  }
  if (all.empty()) return;
  Shelves shelves(session, channel);
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
      shelves.give(part, alone.value_or(channel.locations.front()), units);
    }
  }
}

}  // namespace tally::engine
