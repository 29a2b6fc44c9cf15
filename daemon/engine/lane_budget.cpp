// Budgets that the platform publishes: what has no room now is not begun, and only that. What was refused nevertheless, because others were
// on their way, left nothing behind: it is asked for again when there is room, from where it stood.
#include "engine/lane.hpp"

namespace tally::engine {
namespace {

constexpr Duration unless_said{60000};

}  // namespace

std::optional<Time> Lane::closed_until(std::string_view operation, bool urgent) {
  const Time now = world_.clock.now();
  const auto* meter = channel_->connector->meter();
  auto opens = meter ? meter->opens(operation, urgent) : std::nullopt;
  const auto told = put_off_.find({std::string(operation), urgent});
  if (told != put_off_.end() && told->second > now) opens = std::max(opens.value_or(told->second), told->second);
  if (told != put_off_.end() && told->second <= now) put_off_.erase(told);
  if (!opens || *opens <= now) return std::nullopt;
  opens_ = std::min(opens_, *opens);
  return opens;
}

std::optional<Time> Lane::put_off(const Call& call, const Error& error) {
  const auto* meter = channel_->connector->meter();
  // The platform's own word for one thing: the others go on.
  if (error.fault != Fault::not_yet || !meter || !meter->opens(channel::name_of(call.want), call.want.urgent)) return std::nullopt;
  const Time until = world_.clock.now() + error.retry_after.value_or(unless_said);
  put_off_[{std::string(channel::name_of(call.want)), call.want.urgent}] = until;
  return until;
}

}  // namespace tally::engine
