#include "cli/calm.hpp"

#include "cli/console.hpp"
#include "cli/status_view.hpp"

namespace tally::cli {
namespace {

/// A channel that cannot be looked at as a whole (a drop folder) never tells of a sweep; after so many quiet looks it counts as looked at.
constexpr int quiet_enough = 40;

std::map<std::string, std::int64_t> held_by_channel(const Json& status) {
  std::map<std::string, std::int64_t> result;
  for (const Json& hold : items_in(status, "holds")) result[hold.text_or("channel")] += hold.integer_or("count");
  return result;
}

}  // namespace

Calm::Calm(const Json& before, std::set<std::string> channels) : channels_(std::move(channels)) {
  const bool all = channels_.empty();
  for (const Json& channel : items_in(before, "channels")) {
    const std::string name = channel.text_or("name");
    if (all) channels_.insert(name);
    swept_[name] = shown(channel.find("last_sweep"));
  }
}

Calm::Stage Calm::stage_of(const Json& channel, std::int64_t held) {
  const std::string name = channel.text_or("name");
  const bool observes = channel.text_or("policy") == "observe";  // sends nothing, so nothing of it is waited for
  const std::int64_t pending = observes ? 0 : channel.integer_or("pending") + channel.integer_or("unread_rows");
  const bool swept = shown(channel.find("last_sweep")) != swept_[name];
  quiet_[name] = pending <= held ? quiet_[name] + 1 : 0;
  if (!swept && quiet_[name] < quiet_enough) return Stage::looking;
  if (pending > held) return Stage::sending;
  return held > 0 ? Stage::held : Stage::done;
}

Calm::State Calm::look(const Json& status) {
  const auto held = held_by_channel(status);
  State state = State::calm;
  text_.clear();
  parked_ = 0;
  for (const Json& channel : items_in(status, "channels")) {
    const std::string name = channel.text_or("name");
    if (!channels_.contains(name)) continue;
    parked_ += channel.integer_or("parked");
    if (channel.text_or("state") == "paused") {
      reason_ = name + " is paused: " + channel.text_or("reason", "no reason is given");
      const std::string fault = channel.text_or("fault");
      refused_ = fault == "unauthorized" || fault == "forbidden" || fault == "elsewhere";
      return State::paused;
    }
    const auto count = held.find(name);
    const Stage stage = stage_of(channel, count == held.end() ? 0 : count->second);
    if (stage == Stage::looking || stage == Stage::sending) {
      state = State::busy;
      text_ += (text_.empty() ? "" : "; ") + name + ": " +
               (stage == Stage::looking ? "looking" : grouped(channel.integer_or("pending")) + " to go");
    } else if (stage == Stage::held && state == State::calm) {
      state = State::held;
    }
  }
  return state;
}

}  // namespace tally::cli
