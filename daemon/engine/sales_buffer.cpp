#include "engine/sales_buffer.hpp"

#include "engine/stock.hpp"
#include "store/stock_rules.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

/// How long a sale on another channel may be unknown.
Duration delay_of(const World& world, const Channel& channel) {
  if (channel.config.stock.follows->delay > Duration(0)) return channel.config.stock.follows->delay;
  Duration longest{0};
  for (const auto& other : world.channels) {
    if (other->no != channel.no) longest = std::max(longest, other->config.orders_every);
  }
  return longest;
}

}  // namespace

Quantity buffer_for(Quantity sold, const SalesBuffer& rule, Duration delay) {
  if (sold <= 0 || delay <= Duration(0)) return 0;
  const auto sells = (Decimal(sold) * Decimal(delay.count())).divided_by(Decimal(rule.window.count()));
  ensure(sells.has_value(), "a window has a length");
  const auto units = (-(-*sells).floored()).whole();
  return units ? std::min(*units, rule.at_most) : rule.at_most;
}

Quantity settled_buffer(Quantity present, Quantity wanted) {
  return wanted > present || wanted < present - 1 ? wanted : present;
}

void renew_sales_buffers(Session& session, const World& world, Time now) {
  for (const auto& channel : world.channels) {
    const auto& rule = channel->config.stock.follows;
    std::map<VariantNo, Quantity> present, wanted;
    for (const auto& row : store::sales_buffers(session, channel->no)) present[row.variant] = row.units;
    if (rule) {
      const Duration delay = delay_of(world, *channel);
      for (const auto& sold : store::sold_since(session, now - rule->window)) {
        const Quantity units = buffer_for(sold.units, *rule, delay);
        if (units > 0) wanted[sold.variant] = settled_buffer(present[sold.variant], units);
      }
    }
    for (const auto& [variant, units] : present) wanted.try_emplace(variant, 0);
    for (const auto& [variant, units] : wanted) {
      const auto was = present.find(variant);
      if (units == (was == present.end() ? 0 : was->second)) continue;
      store::set_sales_buffer(session, channel->no, variant, units);
      mark_stock_on(session, *channel, {variant}, {"buffer", false, 0}, now);
    }
  }
}

}  // namespace tally::engine
