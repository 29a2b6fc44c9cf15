#include "engine/engine.hpp"

#include "engine/guard.hpp"
#include "engine/intake.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"

#include <algorithm>
#include <chrono>

namespace tally::engine {

using store::Session;

namespace {
constexpr std::int64_t most_unread_rows = 100000;
constexpr Duration importer_patience{60000};  ///< between two chunks of one import
constexpr Duration between_tidyings{60000};
constexpr std::size_t parked_a_turn = 64;
}  // namespace

struct Engine::Crew {
  struct Job {
    Call call;
    std::shared_ptr<channel::Connector> connector;
  };
  std::mutex mutex;
  std::condition_variable ready;
  std::deque<Job> jobs;
  bool stopping = false;
  std::vector<std::thread> threads;

  void add_thread(const std::function<void(Call, Outcome)>& back) {
    threads.emplace_back([this, back] {
      for (;;) {
        std::unique_lock guard(mutex);
        ready.wait(guard, [&] { return stopping || !jobs.empty(); });
        if (jobs.empty()) return;
        Job job = std::move(jobs.front());
        jobs.pop_front();
        guard.unlock();
        Outcome outcome = perform(job.call, *job.connector);
        back(std::move(job.call), std::move(outcome));
      }
    });
  }

  ~Crew() {
    {
      const std::lock_guard guard(mutex);
      stopping = true;
      jobs.clear();
    }
    ready.notify_all();
    for (auto& thread : threads) thread.join();
  }
};

Engine::Engine(store::Database& store, const Clock& clock, Log log, Config config, std::uint64_t seed, std::string version, Reload reload)
    : core_(store, clock, std::move(log), std::move(config), seed),
      version_(std::move(version)),
      reload_(std::move(reload)),
      started_(clock.now()) {}

Engine::~Engine() {
  stop();
}

void Engine::start() {
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

void Engine::start_without_lanes() {
  running_ = true;
  thread_ = std::thread([this] { run_tasks(); });
}

void Engine::run_tasks() {
  for (;;) {
    std::unique_lock guard(mutex_);
    woken_.wait(guard, [&] { return stopping_ || !tasks_.empty(); });
    if (stopping_) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    guard.unlock();
    task();
  }
}

void Engine::stop() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
  crews_.clear();
  const std::lock_guard guard(mutex_);
  running_ = false;
  tasks_.clear();
}

void Engine::wake() {
  {
    const std::lock_guard guard(mutex_);
    awake_ = true;
  }
  woken_.notify_one();
}

void Engine::dispatch(Call call) {
  auto& world = core_.world();
  const auto* channel = world.find_any(call.channel);
  ensure(channel != nullptr, "a call is of a channel");
  auto& crew = crews_[call.channel];
  if (!crew) crew = std::make_unique<Crew>();
  const auto back = [this](Call done, Outcome outcome) {
    {
      const std::lock_guard guard(mutex_);
      returned_.push_back({std::move(done), std::move(outcome)});
    }
    woken_.notify_one();
  };
  while (crew->threads.size() < std::max(1u, channel->facts.concurrency)) crew->add_thread(back);
  {
    const std::lock_guard guard(crew->mutex);
    crew->jobs.push_back({std::move(call), channel->connector});
  }
  crew->ready.notify_one();
}

void Engine::run() {
  auto& world = core_.world();
  Time last_beat = long_ago;
  read_parked_again();  // this version may understand what the one before did not
  for (;;) {
    std::deque<Returned> returned;
    std::deque<std::packaged_task<Result<Json>()>> tasks;
    {
      const std::lock_guard guard(mutex_);
      if (stopping_) return;
      returned.swap(returned_);
      tasks.swap(tasks_);
      awake_ = false;
    }
    for (auto& item : returned) {
      if (auto done = core_.finish(item.call, std::move(item.outcome)); !done)
        world.log.error("the result of a call was not stored; its intents are unknown until the next look",
                        {{"error", done.error().text()}});
    }
    if (auto followed = core_.follow_the_clock(); !followed)
      world.log.error("nobody knows whether the machine's clock was set", {{"error", followed.error().text()}});
    for (auto& task : tasks) task();
    auto parked = read_some_parked();
    if (!parked) world.log.error("what is parked was not read again; tried once more", {{"error", parked.error().text()}});
    auto next = core_.turn([this](Call call) { dispatch(std::move(call)); });
    if (!next) world.log.error("the engine waits", {{"error", next.error().text()}});
    publish();
    const Time now = world.clock.now();
    if (now - last_beat >= Duration(1000) || now < last_beat) {
      last_beat = now;
      beat();
    }
    const Duration wait = parked && *parked ? Duration(0) : next ? std::clamp(*next - now, Duration(0), Duration(1000)) : Duration(1000);
    std::unique_lock guard(mutex_);
    woken_.wait_for(guard, wait, [&] { return stopping_ || awake_ || !returned_.empty() || !tasks_.empty(); });
  }
}

void Engine::publish() {
  std::map<ChannelNo, Lane::State> states;
  for (const auto& channel : core_.world().channels) {
    if (const auto* lane = core_.lane(channel->no)) states[channel->no] = lane->state();
  }
  const std::lock_guard guard(mutex_);
  seen_ = std::move(states);
}

void Engine::count_backlog() {
  auto& world = core_.world();
  std::int64_t unread = 0;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    for (const auto* channels : {&world.channels, &world.trackers}) {
      for (const auto& channel : *channels) unread += store::unread_rows(session, channel->no);
    }
    return {};
  });
  if (read) unread_ = unread;
}

void Engine::beat() {
  auto& world = core_.world();
  count_backlog();
  close_batches();
  if (const Time now = world.clock.now(); now - problems_tidied_ >= between_tidyings || now < problems_tidied_) {
    problems_tidied_ = now;
    auto tidied = world.store.write([](Session& session) -> Result<void> {
      store::forget_solved_problems(session);
      return {};
    });
    if (!tidied) world.log.error("problems that are solved were not removed", {{"error", tidied.error().text()}});
  }
  if (on_beat) on_beat();
}

void Engine::read_parked_again() {
  read_again_.clear();
  for (const auto* channels : {&core_.world().channels, &core_.world().trackers}) {
    for (const auto& channel : *channels) read_again_[channel->no] = {};
  }
}

Result<bool> Engine::read_some_parked() {
  auto& world = core_.world();
  while (!read_again_.empty()) {
    auto& [no, last] = *read_again_.begin();
    const auto* channel = world.find_any(no);
    std::vector<store::ParkedRow> rows;
    std::vector<OrderNo> orders;
    auto read = world.store.read([&, after = last, of = no](Session& session) -> Result<void> {
      rows = store::parked_rows_of(session, of, after.row, parked_a_turn);
      if (rows.empty()) orders = store::orders_in_question(session, of, after.order, parked_a_turn);
      return {};
    });
    if (!read) return read.error();
    if (!channel || (rows.empty() && orders.empty())) {
      read_again_.erase(read_again_.begin());
      continue;
    }
    for (const auto& row : rows) {
      if (auto taken = take_parked(world, *channel, row.no, "tallyd", core_.step_seen()); !taken) return taken.error();
      last.row = row.no;
    }
    for (const auto order : orders) {
      if (auto taken = read_order_again(world, *channel, order, core_.step_seen()); !taken) return taken.error();
      last.order = order;
    }
    return true;
  }
  return false;
}

void Engine::close_batches() {
  auto& world = core_.world();
  std::erase_if(importing_, [now = world.clock.since_start()](const auto& open) { return now - open.second >= importer_patience; });
  std::vector<std::int64_t> unclosed;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    unclosed = store::unclosed_batches(session);
    return {};
  });
  if (!read) return;
  for (const auto batch : unclosed) {
    if (importing_.contains(batch) || batch == core_.new_rules().batch()) continue;
    if (auto judged = judge_batch(world, batch); !judged)
      return world.log.error("an import was not closed", {{"error", judged.error().text()}});
    world.log.warning("an import that nobody finished was closed", {{"batch", std::to_string(batch)}});
  }
}

Lane::State Engine::seen(ChannelNo channel) const {
  const std::lock_guard guard(mutex_);
  const auto found = seen_.find(channel);
  return found == seen_.end() ? Lane::State{} : found->second;
}

Result<Json> Engine::ask(std::function<Result<Json>()> task) {
  std::packaged_task<Result<Json>()> packaged(std::move(task));
  auto answer = packaged.get_future();
  {
    const std::lock_guard guard(mutex_);
    if (stopping_ || !running_) return error(Fault::gone, "the daemon is stopping", "engine");
    tasks_.push_back(std::move(packaged));
  }
  woken_.notify_one();
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return error(Fault::gone, "the daemon is stopping", "engine");
  }
}

bool Engine::ready(std::string& why) const {
  return core_.world().store.healthy(why);
}

void Engine::receive(const ChannelId& name, channel::Webhook webhook, std::function<void(Result<channel::Reply>)> done) {
  auto& world = core_.world();
  std::shared_ptr<channel::Connector> connector;
  ChannelNo no;
  {
    const std::shared_lock guard(world.mutex);
    if (const auto* channel = world.find_any(name.text)) {
      connector = channel->connector;
      no = channel->no;
    }
  }
  if (!connector) return done(error(Fault::not_found, "there is no channel '" + name.text + "'", "hooks"));
  auto door = connector->authenticate(webhook);
  if (!door) return done(door.error());
  if (door->deliveries.empty()) return done(std::move(door->reply));
  if (unread_ >= most_unread_rows)
    return done(error(Fault::locked, "too many deliveries wait to be applied", "hooks", "the platform tries again"));
  const Time now = world.clock.now();
  auto kept = std::make_shared<channel::Door>(std::move(*door));
  world.store.post(
      [kept, no, now](Session& session) -> Result<void> {
        for (const auto& document : kept->deliveries)
          store::add_inbox(session, {0, no, "hook", document.kind, document.body, document.headers, now});
        return {};
      },
      [this, kept, done = std::move(done)](Result<void> stored) {
        if (!stored) {
          Error refused = stored.error();
          refused.fault = Fault::locked;
          return done(std::move(refused));
        }
        done(std::move(kept->reply));
        wake();
      });
}

}  // namespace tally::engine
