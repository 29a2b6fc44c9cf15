// The plan as a person sees it, and what they do with one that they saved.
#include "base/crypto.hpp"
#include "engine/engine.hpp"
#include "engine/parcels.hpp"
#include "engine/plan.hpp"
#include "engine/saved_plan.hpp"
#include "store/standing.hpp"

namespace tally::engine {

using store::Session;

Result<Json> Engine::plan(const std::string& name) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  if (!name.empty() && !world.find(name)) return no_channel(world, name, "plan");
  Json items = Json::array(), totals = Json::array(), left_alone = Json::array();
  std::string store_name;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    store_name = store::store_name(session);
    for (const auto& channel : world.channels) {
      if (!name.empty() && channel->config.name != name) continue;
      auto plan = plan_of(session, *channel);
      for (auto& line : plan.lines) items.push_back(std::move(line.item));
      for (auto& item : plan.left_alone) left_alone.push_back(std::move(item));
      const auto& sum = plan.totals;
      totals.push_back(Json::object({{"channel", channel->config.name},
                                     {"creates", sum.creates},
                                     {"updates", sum.updates},
                                     {"retires", sum.retires},
                                     {"prices", sum.prices},
                                     {"stocks", sum.stocks},
                                     {"to_zero", sum.to_zero},
                                     {"left_alone", static_cast<std::int64_t>(plan.left_alone.size())},
                                     {"largest_price_change_percent", (sum.largest * Decimal(100)).rounded(1)},
                                     {"released", channel->released}}));
    }
    return {};
  });
  if (!read) return read.error();
  const Time now = world.clock.now();
  const std::string digest = crypto::hex(crypto::digest(crypto::Digest::sha256, items.dump())).substr(0, 12);
  const bool empty = items.empty();
  return Json::object({{"empty", empty},
                       {"digest", digest},
                       {"store", store_name},
                       {"made_at", format_iso(now)},
                       {"expires_at", format_iso(now + plan_lasts)},
                       {"items", std::move(items)},
                       {"left_alone", std::move(left_alone)},
                       {"totals", std::move(totals)}});
}

Result<Json> Engine::apply_plan(const Json& plan, const std::string& author) {
  return ask([this, plan, author]() -> Result<Json> {
    auto& world = core_.world();
    AppliedPlan report;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      auto applied = apply_saved_plan(session, world, plan, author, world.clock.now());
      if (!applied) return applied.error();
      report = std::move(*applied);
      return {};
    });
    if (!written) return written.error();
    for (const auto no : report.released) {
      {
        const std::unique_lock guard(world.mutex);
        world.find(no)->released = true;
      }
      core_.lane(no)->hurry();
    }
    publish();
    return Json::object({{"applied", report.applied}, {"moved", std::move(report.moved)}, {"held", std::move(report.held)}});
  });
}

}  // namespace tally::engine
