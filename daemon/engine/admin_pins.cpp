// What a person fixes on a channel by hand, or by going back to a moment.
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "engine/parcels.hpp"
#include "engine/undo.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

Json texts(const std::vector<std::string>& list) {
  Json json = Json::array();
  for (const auto& text : list) json.push_back(text);
  return json;
}

}  // namespace

Result<Json> Engine::pins(const Query& query) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  const auto* channel = query.channel.empty() ? nullptr : world.find(query.channel);
  if (!query.channel.empty() && !channel) return no_channel(world, query.channel, "pins");
  const std::size_t most = std::clamp<std::size_t>(query.limit, 1, 1000);
  const auto after = Json(query.cursor).integer();
  Json answer = Json::object({{"items", Json::array()}});
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto pins = store::pins_after(session, channel ? std::optional(channel->no) : std::nullopt, "", after ? *after : 0, most);
    for (const auto& pin : pins) answer.find("items")->push_back(pin_json(session, world, pin));
    if (pins.size() == most) answer.set("cursor", std::to_string(pins.back().no));
    return {};
  });
  if (!read) return read.error();
  return answer;
}

Result<Json> Engine::pin(const Json& wish, const std::string& author) {
  return ask([this, wish, author]() -> Result<Json> {
    auto& world = core_.world();
    Json items;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      items = Json::array();
      const Time now = world.clock.now();
      const auto pins = pins_wanted(session, world, wish, author, now);
      if (!pins) return pins.error();
      set_pins(session, *pins, {"pinned by " + author, false, 0}, now);
      for (const auto& pin : *pins) items.push_back(pin_json(session, world, pin));
      return {};
    });
    if (!written) return written.error();
    return Json::object({{"items", std::move(items)}});
  });
}

Result<Json> Engine::unpin(const Json& wish, const std::string& author) {
  return ask([this, wish, author]() -> Result<Json> {
    auto& world = core_.world();
    std::int64_t cleared = 0, batch = 0;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      const Time now = world.clock.now();
      const auto pins = pins_named(session, world, wish);
      if (!pins) return pins.error();
      batch = store::open_batch(session, author, now);
      clear_pins(session, *pins, {"unpinned by " + author, false, batch}, now);
      cleared = static_cast<std::int64_t>(pins->size());
      return {};
    });
    if (!written) return written.error();
    const auto held = judge_batch(world, batch);
    if (!held) return held.error();
    return Json::object({{"cleared", cleared}, {"held", texts(*held)}});
  });
}

Result<Json> Engine::undo(const Json& wish, const std::string& author) {
  return ask([this, wish, author]() -> Result<Json> {
    auto& world = core_.world();
    const auto* channel = world.find(wish.text_or("channel"));
    if (!channel) return no_channel(world, wish.text_or("channel"), "undo");
    const auto wanted = undo_wish_in(wish, world.clock.now());
    if (!wanted) return wanted.error();
    const bool dry = wish.bool_or("dry_run");
    Undo undo;
    std::int64_t batch = 0;
    const auto work = [&](Session& session) -> Result<void> {
      const Time now = world.clock.now();
      auto found = find_undo(session, *channel, *wanted, "undo to " + format_iso(wanted->to) + " (" + author + ")", now);
      if (!found) return found.error();
      undo = std::move(*found);
      if (dry || undo.pins.empty()) return {};
      batch = store::open_batch(session, author, now);
      set_pins(session, undo.pins, {"undo:" + std::to_string(batch), false, batch}, now);
      store::journal(session,
                     {0, now, "channel.undone", author, channel->no, channel->config.name,
                      Json::object({{"to", format_iso(wanted->to)}, {"prices", undo.prices}, {"contents", undo.contents}}).dump()});
      return {};
    };
    if (auto done = dry ? world.store.read(work) : world.store.write(work); !done) return done.error();
    Result<std::vector<std::string>> held = std::vector<std::string>();
    if (batch != 0) held = judge_batch(world, batch);
    if (!held) return held.error();
    Json answer = Json::object({{"to", format_iso(wanted->to)}, {"prices", undo.prices}, {"contents", undo.contents}});
    if (batch != 0) answer.set("cause", "undo:" + std::to_string(batch));
    answer.set("items", std::move(undo.items));
    answer.set("unknown", std::move(undo.unknown));
    answer.set("unknowns", undo.unknowns);
    answer.set("held", texts(*held));
    return answer;
  });
}

}  // namespace tally::engine
