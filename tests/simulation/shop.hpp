// One memory channel of a simulated world, with the temper of its platform and of the wire to it.
#pragma once

#include "base/rng.hpp"
#include "connectors/memory/connector.hpp"
#include "engine/core.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tally::simulation {

/// In percent of the calls, or of the webhooks.
struct Weather {
  unsigned lost_requests = 0, lost_replies = 0, late_landings = 0, refused = 0, throttled = 0;
  unsigned lost_webhooks = 0, doubled_webhooks = 0, slow_webhooks = 0, garbled_webhooks = 0;
  unsigned truncated_sweeps = 0;
  bool clear = false;  ///< nothing at all goes wrong on this wire
};

enum class Kind { absolute, by_state, compare, delta, delta_with_key, shipped, blind, till };
std::string_view name_of(Kind kind);
inline constexpr std::size_t kinds = 8;

struct Shop {
  Kind kind;
  engine::ChannelConfig config;
  Weather weather;
  std::unique_ptr<memory::Platform> platform;
  std::shared_ptr<memory::MemoryConnector> connector;
  ChannelNo no;  ///< in the engine's store

  const std::string& name() const { return config.name; }
  const channel::Capabilities& facts() const { return platform->terms().facts; }
};

Shop make_shop(Kind kind, const std::string& name, Rng& rng, const Clock& clock);
Weather make_weather(Rng& rng);

/// The merchant's catalogue: one to six SKUs in products of one or two variants; with three or more the last is a bundle.
std::vector<Product> make_catalogue(Rng& rng);
/// What is added while the world runs.
Product make_late_product();

}  // namespace tally::simulation
