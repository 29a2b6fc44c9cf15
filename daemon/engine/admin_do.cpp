// What a person asks the engine to do. All of it runs on the engine's thread.
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "engine/import.hpp"
#include "engine/orders.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

#include <algorithm>

namespace tally::engine {
using store::Session;

Result<Json> Engine::import(const Json& chunk, const std::string& author) {
  return ask([this, chunk, author]() -> Result<Json> {
    auto& world = core_.world();
    if (auto sound = check_chunk(chunk); !sound) return sound.error();
    const bool dry = chunk.bool_or("dry_run");
    bool rehearsed = false;
    ImportReport report;
    std::int64_t batch = open_batch_;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      rehearsed = false;
      batch = open_batch_ != 0 ? open_batch_ : store::open_batch(session, author, world.clock.now());
      report = take_chunk(session, world, chunk, {"import:" + std::to_string(batch), false, batch}, core_.step_seen());
      if (!dry) return {};
      rehearsed = true;
      return error(Fault::cancelled, "a dry run leaves nothing behind", "import");
    });
    if (rehearsed) return report.json();
    if (!written) return written.error();
    open_batch_ = batch;
    batch_touched_ = world.clock.now();
    Json answer = report.json();
    if (chunk.bool_or("close", true)) {
      open_batch_ = 0;
      auto held = judge_batch(world, batch);
      if (!held) return held.error();
      Json digests = Json::array();
      for (const auto& digest : *held) digests.push_back(digest);
      answer.set("held", std::move(digests));
    }
    return answer;
  });
}

Result<Json> Engine::move_stock(const Json& movement, const std::string& author) {
  return ask([this, movement, author]() -> Result<Json> {
    auto& world = core_.world();
    const std::string kind = movement.text_or("kind"), sku = movement.text_or("sku");
    const Json* amount = movement.find("quantity");
    const auto quantity = amount ? amount->integer() : Result<std::int64_t>(error(Fault::invalid, "no quantity"));
    if (!quantity) return error(Fault::invalid, "the quantity must be a whole number", "stock", "blank is never zero");
    if (kind != "receipt" && kind != "adjust" && kind != "count")
      return error(Fault::invalid, "'" + kind + "' is no kind of movement", "stock", "receipt, adjust or count");
    if (kind == "receipt" && *quantity <= 0) return error(Fault::invalid, "a receipt brings at least 1", "stock");
    const std::string place = movement.text_or("location", world.config.locations.empty() ? "main" : world.config.locations.front().name);
    if (std::none_of(world.config.locations.begin(), world.config.locations.end(), [&](const auto& l) { return l.name == place; }))
      return error(Fault::not_found, "there is no location '" + place + "'", "stock");
    bool found = false, moved = false;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      const Time now = world.clock.now();
      const auto variant = store::find_variant(session, normal_sku(sku));
      found = variant.has_value();
      if (!found) return {};
      const LocationNo location = store::open_location(session, place);
      const std::string cause = kind + ":" + std::to_string(store::last_sequence(session) + 1);
      const std::string note = movement.text_or("reason") + " (" + author + ")";
      moved = kind == "count" ? append_count(session, variant->no, location, *quantity, now, cause, note, now)
                              : append_change(session, variant->no, location, kind, *quantity, cause, note, now, now);
      mark_stock(session, world, {variant->no}, {cause, false, 0}, now);
      store::journal(session, {0, now, "stock." + kind, author, ChannelNo(0), variant->sku,
                               Json::object({{"quantity", *quantity}, {"location", place}}).dump()});
      return {};
    });
    if (!written) return written.error();
    if (!found) return error(Fault::not_found, "there is no SKU '" + sku + "'", "stock");
    return Json::object({{"moved", moved}});
  });
}

Result<Json> Engine::sync(const std::string& name, const std::string& author) {
  return ask([this, name, author]() -> Result<Json> {
    auto& world = core_.world();
    Json started = Json::array(), observing = Json::array();
    auto unpaused = world.store.write([&](Session& session) -> Result<void> {
      for (const auto& channel : world.channels) {
        if (!name.empty() && channel->config.name != name) continue;
        store::set_paused(session, channel->no, "");
        store::clear_problem(session, channel->no, "channel", channel->config.name);
      }
      return {};
    });
    if (!unpaused) return unpaused.error();
    for (const auto& channel : world.channels) {
      if (!name.empty() && channel->config.name != name) continue;
      core_.lane(channel->no)->hurry();
      (channel->may_write() ? started : observing).push_back(channel->config.name);
    }
    if (!name.empty() && started.empty() && observing.empty()) return error(Fault::not_found, "there is no channel '" + name + "'", "sync");
    world.log.info("a person asked for a sync", {{"author", author}, {"channel", name.empty() ? "all" : name}});
    publish();
    return Json::object({{"started", std::move(started)}, {"observing", std::move(observing)}});
  });
}

Result<Json> Engine::release_channel(const std::string& name, const std::string& author) {
  return ask([this, name, author]() -> Result<Json> {
    auto& world = core_.world();
    auto* channel = world.find(name);
    if (!channel) return error(Fault::not_found, "there is no channel '" + name + "'", "channel release");
    auto written = world.store.write([&](Session& session) -> Result<void> {
      store::set_released(session, channel->no, true);
      for (const auto* aspect : {"stock", "price", "content"}) {  // what the plan showed is released with the channel
        for (const auto& mark : store::marks_of_channel(session, channel->no, aspect))
          mark_aspect(session, channel->no, aspect, mark.thing, {"released by " + author, true, 0}, world.clock.now());
      }
      store::journal(session, {0, world.clock.now(), "channel.released", author, channel->no, name, "{}"});
      return {};
    });
    if (!written) return written.error();
    channel->released = true;
    core_.lane(channel->no)->hurry();
    publish();
    return Json::object({{"channel", name}, {"policy", std::string(engine::name_of(channel->config.policy))}});
  });
}

Result<Json> Engine::release(const std::string& digest, const std::string& author) {
  return ask([this, digest, author]() -> Result<Json> {
    auto& world = core_.world();
    bool found = false;
    std::size_t count = 0;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      for (const auto& held : store::holds(session)) {
        if (held.digest != digest) continue;
        const auto things = store::held_things(session, digest);
        count = things.size();
        for (const auto thing : things)
          mark_aspect(session, held.channel, held.aspect, thing, {"released by " + author, true, 0}, world.clock.now());
        store::clear_problem(session, held.channel, "guard", digest);
      }
      found = store::remove_hold(session, digest);
      store::journal(session, {0, world.clock.now(), "guard.released", author, ChannelNo(0), digest, "{}"});
      return {};
    });
    if (!written) return written.error();
    if (!found) return error(Fault::not_found, "nothing is held under '" + digest + "'", "release", "`tallyd status` lists what is held");
    return Json::object({{"released", count}});
  });
}

namespace {

/// Until something else is to be written there: the same value is not tried again.
void park_discarded(Session& session, const World& world, const store::Mark& mark, const std::string& author) {
  const auto* channel = world.find(mark.channel);
  store::park_mark(session, mark, "discarded by " + author, channel ? value_of(session, *channel, mark) : "");
}

}  // namespace

Result<Json> Engine::discard(const std::string& digest, const std::string& author) {
  return ask([this, digest, author]() -> Result<Json> {
    auto& world = core_.world();
    bool found = false;
    std::size_t count = 0;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      for (const auto& held : store::holds(session)) {
        if (held.digest != digest) continue;
        for (const auto thing : store::held_things(session, digest)) {
          if (const auto mark = store::find_mark(session, held.channel, held.aspect, thing)) park_discarded(session, world, *mark, author);
          ++count;
        }
        store::clear_problem(session, held.channel, "guard", digest);
      }
      found = store::remove_hold(session, digest);
      store::journal(session, {0, world.clock.now(), "guard.discarded", author, ChannelNo(0), digest, "{}"});
      return {};
    });
    if (!written) return written.error();
    if (!found) return error(Fault::not_found, "nothing is held under '" + digest + "'", "discard", "`tallyd status` lists what is held");
    return Json::object({{"discarded", count}});
  });
}

namespace {

/// One complaint a line, as the files' reader wrote them.
Json refused_reload(const Error& why) {
  Json complaints = Json::array();
  for (std::size_t at = 0; at < why.what.size();) {
    const auto end = std::min(why.what.find('\n', at), why.what.size());
    if (end > at) complaints.push_back(why.what.substr(at, end - at));
    at = end + 1;
  }
  return Json::object({{"applied", false}, {"complaints", std::move(complaints)}});
}

}  // namespace

Result<Json> Engine::reload(const std::string& author) {
  auto fresh = reload_();  // on the caller's thread: reading files must not stop the lanes
  if (!fresh) return refused_reload(fresh.error());
  auto shared = std::make_shared<Reloaded>(std::move(*fresh));
  return ask([this, shared, author]() -> Result<Json> {
    auto& world = core_.world();
    if (auto set = core_.set_channels(std::move(shared->config), std::move(shared->channels)); !set) return set.error();
    world.log.info("the configuration was read again", {{"author", author}});
    publish();
    return Json::object({{"applied", true}, {"channels", shared->report}, {"complaints", Json::array()}});
  });
}

}  // namespace tally::engine
