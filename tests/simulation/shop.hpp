// One memory channel of a simulated world, with the temper of its platform and of the wire to it.
#pragma once

#include "base/rng.hpp"
#include "connectors/memory/connector.hpp"
#include "engine/core.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace tally::simulation {

/// In percent of the calls, or of the webhooks.
struct Weather {
  unsigned lost_requests = 0, lost_replies = 0, late_landings = 0, twice = 0, refused = 0, throttled = 0;
  unsigned lost_webhooks = 0, doubled_webhooks = 0, slow_webhooks = 0, garbled_webhooks = 0;
  unsigned truncated_sweeps = 0;
  bool clear = false;  ///< nothing at all goes wrong on this wire
};

enum class Kind { absolute, by_state, compare, delta, delta_with_key, shipped, blind, till };
std::string_view name_of(Kind kind);
inline constexpr std::size_t kinds = 8;

/// A call's requests are counted when it leaves, and its connector asks when it is applied: it gets the answers that were given then.
class Purse final : public channel::Meter {
 public:
  Result<void> take(const channel::Errand& errand) override;
  std::optional<Time> opens(std::string_view operation, bool urgent) const override;
  std::vector<channel::Spent> spent() const override { return meter().spent(); }

  std::function<channel::Meter&()> meter;  ///< of the daemon that lives
  std::function<void()> starved;           ///< told when even what is kept is used up
  std::deque<Result<void>> answers;
};

/// The platform's own count of the requests that reach it.
class Gate {
 public:
  explicit Gate(std::vector<channel::Budget> budgets) : budgets_(std::move(budgets)) {}
  const std::vector<channel::Budget>& budgets() const { return budgets_; }

  /// What is wrong, in words; empty: nothing. A request comes in: in no stretch of time may there be too many, however it is aligned.
  std::string comes(const channel::Errand& errand, Time now);
  /// A request leaves us: what is not urgent leaves alone what is kept.
  std::string leaves(const channel::Errand& errand, Time now);

 private:
  using Times = std::map<std::pair<std::string, std::string>, std::deque<Time>>;  ///< by budget and entity
  std::string count(Times& times, const channel::Errand& errand, bool urgent, Time now) const;

  std::vector<channel::Budget> budgets_;
  Times came_, left_;
};

struct Shop {
  Kind kind;
  engine::ChannelConfig config;
  Weather weather;
  std::unique_ptr<memory::Platform> platform;
  std::shared_ptr<memory::MemoryConnector> connector;
  std::shared_ptr<Gate> gate;  ///< null: this platform has no budgets
  Purse* purse = nullptr;      ///< the connector's
  ChannelNo no;                ///< in the engine's store

  const std::string& name() const { return config.name; }
  const channel::Capabilities& facts() const { return platform->terms().facts; }

  /// As many requests as one likes.
  void lift_budgets();
  /// Other shares, buffers, caps and prices; the engine hears of them with the next reload or start.
  void change_rules(Rng& rng);
  /// What the engine is told of them: another text, other rules.
  std::string rules() const;
};

Shop make_shop(Kind kind, const std::string& name, Rng& rng, const Clock& clock);
Weather make_weather(Rng& rng);

/// The merchant's catalogue: one to six SKUs in products of one or two variants; with three or more the last is a bundle.
std::vector<Product> make_catalogue(Rng& rng);
/// What is added while the world runs.
Product make_late_product();

}  // namespace tally::simulation
