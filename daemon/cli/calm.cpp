#include "cli/calm.hpp"

#include "cli/console.hpp"
#include "cli/status_view.hpp"

namespace tally::cli {
namespace {

/// A channel that cannot be looked at as a whole (a drop folder) never tells of a sweep; after so many quiet looks it counts as looked at.
constexpr int quiet_enough = 40;

Calm::Paused paused_of(const Json& channel) {
  const std::string fault = channel.text_or("fault");
  return {.channel = channel.text_or("name"),
          .reason = channel.text_or("reason", "no reason is given"),
          .refused = fault == "unauthorized" || fault == "forbidden" || fault == "elsewhere"};
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

Calm::Stage Calm::stage_of(const Json& channel) {
  const std::string name = channel.text_or("name");
  const bool observes = channel.text_or("policy") == "observe";  // sends nothing, so nothing of it is waited for
  const std::int64_t pending = observes ? 0 : channel.integer_or("pending") + channel.integer_or("unread_rows");
  const bool swept = shown(channel.find("last_sweep")) != swept_[name];
  quiet_[name] = pending == 0 ? quiet_[name] + 1 : 0;
  // What the look has found is marked once the orders behind it are read.
  const bool looked = swept && (observes || channel.integer_or("differences") == 0);
  if (!looked && quiet_[name] < quiet_enough) return Stage::looking;
  if (pending > 0) return Stage::sending;
  return channel.integer_or("held") > 0 ? Stage::held : Stage::done;
}

Calm::State Calm::look(const Json& status) {
  State state = State::calm;
  text_.clear();
  paused_.clear();
  for (const Json& channel : items_in(status, "channels")) {
    const std::string name = channel.text_or("name");
    if (!channels_.contains(name)) continue;
    if (channel.text_or("state") == "paused") {
      paused_.push_back(paused_of(channel));
      continue;
    }
    const Stage stage = stage_of(channel);
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
