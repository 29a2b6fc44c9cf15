#include "simulation/house.hpp"

#include "base/rng.hpp"
#include "engine/guard.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"

#include <fstream>
#include <iterator>

namespace tally::simulation {
namespace {

constexpr Duration importer_patience{60000};  ///< the engine's

}  // namespace

House::House(std::filesystem::path folder, const FakeClock& clock, Trace& trace, std::vector<Shop>& shops, std::uint64_t seed)
    : folder_(std::move(folder)), clock_(clock), trace_(trace), shops_(shops), seed_(seed) {
  std::filesystem::create_directories(folder_);
  config_.locations = {{"main", ""}, {"second", ""}};
  log_ = Log::to_file((folder_ / "log").string(), Level::debug);
}

House::~House() {
  fall();
  std::error_code ignored;
  if (std::getenv("TALLYD_KEEP") == nullptr) std::filesystem::remove_all(folder_, ignored);
}

bool House::crash_now() {
  ++commits_;
  if (!crash_in_) return false;
  if (*crash_in_ == 0) return true;
  --*crash_in_;
  return false;
}

void House::note(const Error& error) {
  if (error.fault == Fault::gone)
    crashed_ = true;
  else if (fault_.empty())
    fault_ = error.text();
}

bool House::open_empty() {
  store::Options options;
  options.threaded = false;
  options.durable = false;
  options.crash = [this](bool) { return crash_now(); };
  options.random = [rng = std::make_shared<Rng>(seed_ ^ (++openings_ << 32))](std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(rng->below(256));
    return bytes;
  };
  auto store = store::Database::open("sqlite:" + (folder_ / "tallyd.db").string(), std::move(options), clock_, log_);
  if (!store) {
    note(store.error());
    return false;
  }
  store_ = std::move(*store);
  return true;
}

bool House::open() {
  ++incarnation_;
  crashed_ = false;
  followed_ = clock_.off();
  if (!open_empty()) return false;
  core_ = std::make_unique<engine::Core>(*store_, clock_, log_, config_, seed_ + incarnation_);
  if (!set_channels({})) return false;
  const bool done = write([&](store::Session& session) {
    for (auto& shop : shops_) {
      auto* channel = core_->world().find(shop.name());
      shop.no = channel->no;
      store::set_released(session, channel->no, true);
      channel->released = true;
    }
  });
  return done;
}

bool House::set_channels(const std::set<std::string>& without) {
  std::vector<engine::ChannelSetup> setups;
  for (const auto& shop : shops_) {
    if (!without.contains(shop.name())) setups.push_back({shop.config, shop.connector, {}, shop.rules()});
  }
  if (auto set = core_->set_channels(config_, std::move(setups)); !set) {
    note(set.error());
    return false;
  }
  for (const auto& shop : shops_) rules_[shop.name()] = shop.rules();
  return true;
}

bool House::reload(const std::set<std::string>& without) {
  return set_channels(without);
}

void House::release_held(const std::function<void(ChannelNo, std::int64_t)>& tell) {
  if (!up() || crashed_) return;
  std::vector<std::pair<ChannelNo, std::int64_t>> freed;
  const bool done = write([&](store::Session& session) {
    freed.clear();
    for (const auto& held : store::holds(session)) {
      for (const auto thing : store::held_things(session, held.digest)) {
        engine::mark_aspect(session, held.channel, held.aspect, thing, {"released", true, 0}, clock_.now());
        freed.emplace_back(held.channel, thing);
      }
      store::clear_problem(session, held.channel, "guard", held.digest);
      store::remove_hold(session, held.digest);
    }
  });
  if (!done) return;
  for (const auto& [channel, thing] : freed) tell(channel, thing);
}

void House::discard_held() {
  if (!up() || crashed_) return;
  write([&](store::Session& session) {
    for (const auto& held : store::holds(session)) {
      const auto* channel = core_->world().find(held.channel);
      for (const auto thing : store::held_things(session, held.digest)) {
        const auto mark = store::find_mark(session, held.channel, held.aspect, thing);
        if (mark) store::discard_mark(session, *mark, "a person", channel ? engine::value_of(session, *channel, *mark) : "");
      }
      store::clear_problem(session, held.channel, "guard", held.digest);
      store::remove_hold(session, held.digest);
    }
  });
}

void House::watch_judging(std::function<void(std::int64_t)> before, std::function<void(std::int64_t)> after) {
  before_judging_ = std::move(before);
  after_judging_ = std::move(after);
}

bool House::judge(std::int64_t batch) {
  before_judging_(batch);
  auto held = engine::judge_batch(core_->world(), batch);
  if (!held) {
    note(held.error());
    return false;
  }
  for (const auto& digest : *held) {
    trace_.fault("batch held");
    trace_.say("held     " + digest + " of batch " + std::to_string(batch));
  }
  after_judging_(batch);
  return true;
}

std::optional<engine::ImportReport> House::import(const Json& chunk, std::int64_t& batch, bool close) {
  if (!up() || crashed_ || (batch != 0 && !importing_.contains(batch))) return std::nullopt;
  engine::ImportReport report;
  const std::int64_t named = batch;
  const bool done = write([&](store::Session& session) {
    batch = named != 0 ? named : store::open_batch(session, "a person", clock_.now());
    report = engine::take_chunk(session, core_->world(), chunk, {"import:" + std::to_string(batch), false, batch}, core_->step_seen());
  });
  if (!done) return std::nullopt;
  importing_[batch] = clock_.since_start();
  if (!close) return report;
  importing_.erase(batch);
  judge(batch);  // where the store dies on it, the next daemon does
  return report;
}

void House::close_batches() {
  if (!up() || crashed_) return;
  std::erase_if(importing_, [&](const auto& open) { return clock_.since_start() - open.second >= importer_patience; });
  std::vector<std::int64_t> unclosed;
  read([&](store::Session& session) { unclosed = store::unclosed_batches(session); });
  for (const auto batch : unclosed) {
    if (importing_.contains(batch) || batch == core_->new_rules().batch()) continue;
    trace_.fault("batch closed by the daemon");
    if (!judge(batch)) return;
  }
}

std::string House::log() const {
  std::ifstream file(folder_ / "log");
  return {std::istreambuf_iterator<char>(file), {}};
}

void House::fall() {
  crashed_ = false;
  importing_.clear();
  core_.reset();
  store_.reset();
}

Time House::turn(const std::function<void(engine::Call)>& dispatch) {
  followed_ = clock_.off();
  auto next = core_->turn(dispatch);
  if (next) return truth(*next);
  note(next.error());
  return never;
}

void House::finish(const engine::Call& call, engine::Outcome outcome) {
  if (auto done = core_->finish(call, std::move(outcome)); !done) note(done.error());
}

bool House::write(const std::function<void(store::Session&)>& work) {
  auto done = store_->write([&](store::Session& session) -> Result<void> {
    work(session);
    return {};
  });
  if (!done) note(done.error());
  return done.has_value();
}

void House::read(const std::function<void(store::Session&)>& work) {
  auto done = store_->read([&](store::Session& session) -> Result<void> {
    work(session);
    return {};
  });
  if (!done) note(done.error());
}

}  // namespace tally::simulation
