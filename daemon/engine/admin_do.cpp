// What a person asks the engine to do. All of it runs on the engine's thread.
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "engine/import.hpp"
#include "engine/intake.hpp"
#include "engine/orders.hpp"
#include "engine/parcels.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t most_imports = 100;        ///< at the same time
constexpr std::size_t most_rows_a_replay = 500;  ///< the lanes wait while they are read

}  // namespace

Result<Json> Engine::import(const Json& chunk, const std::string& author) {
  return ask([this, chunk, author]() -> Result<Json> {
    auto& world = core_.world();
    if (auto sound = check_chunk(chunk); !sound) return sound.error();
    const bool dry = chunk.bool_or("dry_run");
    bool rehearsed = false;
    ImportReport report;
    const std::int64_t named = chunk.integer_or("batch");
    if (named != 0 && !importing_.contains(named))
      return error(Fault::not_found, "import " + std::to_string(named) + " is not open any more: nothing more of it came for a minute",
                   "import", "import the file again: what was taken is not taken twice");
    if (named == 0 && importing_.size() >= most_imports)
      return error(Fault::locked, "too many imports are open", "import", "try again in a minute");
    std::int64_t batch = named;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      rehearsed = false;
      batch = named != 0 ? named : store::open_batch(session, author, world.clock.now());
      report = take_chunk(session, world, chunk, {"import:" + std::to_string(batch), false, batch}, core_.step_seen());
      if (!dry) return {};
      rehearsed = true;
      return error(Fault::cancelled, "a dry run leaves nothing behind", "import");
    });
    if (rehearsed) return report.json();
    if (!written) return written.error();
    importing_[batch] = world.clock.since_start();
    Json answer = report.json();
    answer.set("batch", batch);
    if (chunk.bool_or("close", true)) {
      importing_.erase(batch);
      auto held = judge_batch(world, batch);
      if (!held) return held.error();
      Json digests = Json::array();
      for (const auto& digest : *held) digests.push_back(digest);
      answer.set("held", std::move(digests));
    }
    return answer;
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
    if (!name.empty() && started.empty() && observing.empty()) return no_channel(world, name, "sync");
    world.log.info("a person asked for a sync", {{"author", author}, {"channel", name.empty() ? "all" : name}});
    publish();
    return Json::object({{"started", std::move(started)}, {"observing", std::move(observing)}});
  });
}

Result<Json> Engine::release_channel(const std::string& name, const std::string& author) {
  return ask([this, name, author]() -> Result<Json> {
    auto& world = core_.world();
    auto* channel = world.find(name);
    if (!channel) return no_channel(world, name, "channel release");
    auto written = world.store.write([&](Session& session) -> Result<void> {
      store::set_released(session, channel->no, true);
      store::call_ours(session, channel->no, std::nullopt);
      for (const auto* aspect : {"stock", "price", "content"}) {  // what the plan showed is released with the channel
        for (const auto& mark : store::marks_of_channel(session, channel->no, aspect))
          mark_aspect(session, channel->no, aspect, mark.thing, {"released by " + author, true, 0}, world.clock.now());
      }
      store::journal(session, {0, world.clock.now(), "channel.released", author, channel->no, name, "{}"});
      return {};
    });
    if (!written) return written.error();
    {
      const std::unique_lock guard(world.mutex);
      channel->released = true;
    }
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
      if (found) store::journal(session, {0, world.clock.now(), "guard.released", author, ChannelNo(0), digest, "{}"});
      return {};
    });
    if (!written) return written.error();
    if (!found) return error(Fault::not_found, "nothing is held under '" + digest + "'", "release", "`tallyd status` lists what is held");
    return Json::object({{"count", count}});
  });
}

namespace {

/// Until something else is to be written there: the same value is not tried again.
void park_discarded(Session& session, const World& world, const store::Mark& mark, const std::string& author) {
  const auto* channel = world.find(mark.channel);
  store::discard_mark(session, mark, author, channel ? value_of(session, *channel, mark) : "");
}

}  // namespace

Result<Json> Engine::discard(const std::string& digest, const std::string& author) {
  return ask([this, digest, author]() -> Result<Json> {
    auto& world = core_.world();
    bool found = false;
    std::size_t count = 0;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      count = 0;  // it may run twice
      for (const auto& held : store::holds(session)) {
        if (held.digest != digest) continue;
        for (const auto thing : store::held_things(session, digest)) {
          if (const auto mark = store::find_mark(session, held.channel, held.aspect, thing)) park_discarded(session, world, *mark, author);
          ++count;
        }
        store::clear_problem(session, held.channel, "guard", digest);
      }
      found = store::remove_hold(session, digest);
      if (found) store::journal(session, {0, world.clock.now(), "guard.discarded", author, ChannelNo(0), digest, "{}"});
      return {};
    });
    if (!written) return written.error();
    if (!found) return error(Fault::not_found, "nothing is held under '" + digest + "'", "discard", "`tallyd status` lists what is held");
    return Json::object({{"count", count}});
  });
}

Result<std::vector<store::ParkedRow>> Engine::chosen_parked(const Json& which) {
  auto& world = core_.world();
  const Json* numbers = which.find("rows");
  const std::string name = which.text_or("channel");
  const auto* channel = name.empty() ? nullptr : world.find_any(name);
  if (!name.empty() && !channel) return error(Fault::not_found, "there is no channel '" + name + "'", "replay");
  if (numbers && (!numbers->is_array() || numbers->as_array().size() > most_rows_a_replay))
    return error(Fault::invalid, "`rows` is a list of at most " + std::to_string(most_rows_a_replay) + " numbers", "replay");
  std::vector<store::ParkedRow> rows;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    if (!numbers) {
      const std::int64_t after = which.integer_or("cursor");
      rows = channel ? store::parked_rows_of(session, channel->no, after, most_rows_a_replay)
                     : store::parked_rows(session, after, most_rows_a_replay);
      return {};
    }
    for (const auto& number : numbers->as_array()) {
      const auto no = number.integer();
      const auto row = no ? store::parked_row(session, *no) : std::nullopt;
      if (!row || (channel && row->channel != channel->no))
        return error(Fault::not_found, "row " + number.scalar_text() + " is not parked", "replay", "`tallyd status` lists what is parked");
      rows.push_back(*row);
    }
    return {};
  });
  if (!read) return read.error();
  return rows;
}

Result<Json> Engine::replay(const Json& which, const std::string& author) {
  return ask([this, which, author]() -> Result<Json> {
    auto& world = core_.world();
    const auto rows = chosen_parked(which);
    if (!rows) return rows.error();
    std::int64_t applied = 0;
    Json parked = Json::array();
    for (const auto& row : *rows) {
      const auto* channel = world.find_any(row.channel);
      auto reason =
          channel ? take_parked(world, *channel, row.no, author, core_.step_seen()) : Result<std::string>("its channel is not configured");
      if (!reason) return reason.error();
      if (reason->empty())
        ++applied;
      else
        parked.push_back(Json::object({{"row", row.no}, {"channel", world.name_of(row.channel)}, {"reason", *reason}}));
    }
    Json answer = Json::object({{"applied", applied}, {"parked", std::move(parked)}});
    if (!which.find("rows") && rows->size() == most_rows_a_replay) answer.set("cursor", rows->back().no);
    return answer;
  });
}

Result<Json> Engine::discard_row(const std::string& row, const std::string& author) {
  return ask([this, row, author]() -> Result<Json> {
    auto& world = core_.world();
    const auto number = Json(row).integer();
    if (!number) return error(Fault::invalid, "'" + row + "' is no row number", "discard", "`tallyd status` lists what is parked");
    std::optional<store::ParkedRow> parked;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      parked = store::parked_row(session, *number);
      if (!parked) return {};
      store::unpark_row(session, *number);
      store::clear_problem(session, parked->channel, "inbox", row);
      store::journal(session, {0, world.clock.now(), "inbox.discarded", author, parked->channel, row,
                               Json::object({{"reason", parked->reason}}).dump()});
      return {};
    });
    if (!written) return written.error();
    if (!parked) return error(Fault::not_found, "row " + row + " is not parked", "discard", "`tallyd status` lists what is parked");
    return Json::object({{"row", *number}, {"reason", parked->reason}});
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
    read_parked_again();
    publish();
    return Json::object({{"applied", true}, {"channels", shared->report}, {"complaints", Json::array()}});
  });
}

}  // namespace tally::engine
