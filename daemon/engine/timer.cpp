#include "engine/timer.hpp"

#include "engine/orders.hpp"
#include "engine/pins.hpp"
#include "engine/quota.hpp"
#include "engine/sales_buffer.hpp"
#include "engine/unusual.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t most_at_once = 100;

bool follows_sales(const std::vector<std::shared_ptr<Channel>>& channels) {
  return std::any_of(channels.begin(), channels.end(), [](const auto& each) { return each->config.stock.follows.has_value(); });
}

void do_one(Session& session, const World& world, const store::Due& due, Time now) {
  if (due.kind == "expiry") {
    expire_order(session, world, OrderNo(due.thing));
  } else if (due.kind == "quota") {
    tend_quota(session, world, due.thing, now);
  } else if (due.kind == "pin") {
    tend_pin(session, due.thing, now);
  } else if (const auto kind = told_kind_of(due.kind); !kind.empty()) {
    tend_unusual(session, world, kind, ChannelNo(due.thing), now);
  } else if (due.kind == "buffers") {
    renew_sales_buffers(session, world, now);
    store::clear_due(session, due.kind, due.thing);
    if (follows_sales(world.channels)) store::set_due(session, {"buffers", 0, now + between_buffers});
  } else {
    store::clear_due(session, due.kind, due.thing);
  }
}

}  // namespace

Result<std::optional<Time>> do_due(World& world) {
  const Time now = world.clock.now();
  std::optional<Time> next;
  std::vector<store::Due> due;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    next = store::next_due(session);
    if (next && *next <= now) due = store::due_by(session, now, most_at_once);
    return {};
  });
  if (!read) return read.error();
  if (due.empty()) return next;
  auto written = world.store.write([&](Session& session) -> Result<void> {
    for (const auto& item : due) do_one(session, world, item, now);
    next = store::next_due(session);
    return {};
  });
  if (!written) return written.error();
  return next;
}

void plan_due(Session& session, const std::vector<std::shared_ptr<Channel>>& channels, Time now) {
  for (const auto& channel : channels) plan_file_quotas(session, *channel, now);
  begin_to_watch(session, channels, now);
  const bool followed =
      std::any_of(channels.begin(), channels.end(), [&](const auto& each) { return !store::sales_buffers(session, each->no).empty(); });
  if (follows_sales(channels) || followed)
    store::set_due(session, {"buffers", 0, now});
  else
    store::clear_due(session, "buffers", 0);
}

}  // namespace tally::engine
