// The engine as the daemon runs it: one thread that decides, a few a channel that perform calls, and the faces that the server talks to.
#pragma once

#include "engine/core.hpp"
#include "engine/faces.hpp"
#include "store/inbox.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace tally::engine {

/// What a reload brings; made by main from the merchant's files.
struct Reloaded {
  Config config;
  std::vector<ChannelSetup> channels;
  Json report;  ///< {added, changed, removed}
};

/// Which proof this platform's facts give against raising over unread orders: by delta, by compare, by look, by age, by file.
std::string protection_of(const channel::Capabilities& facts);

class Engine final : public Intake, public Admin {
 public:
  using Reload = std::function<Result<Reloaded>()>;

  Engine(store::Database& store, const Clock& clock, Log log, Config config, std::uint64_t seed, std::string version, Reload reload);
  ~Engine() override;

  /// Before start().
  Result<void> set_channels(Config config, std::vector<ChannelSetup> channels) {
    return core_.set_channels(std::move(config), std::move(channels));
  }
  void start();
  /// For offline commands: does what a person asks, sends and reads nothing.
  void start_without_lanes();
  /// Waits for the calls that are out, at most their deadline.
  void stop();
  /// Called on the engine's thread about once a second while it turns: the service's watchdog.
  std::function<void()> on_beat;

  void receive(const ChannelId& channel, channel::Webhook webhook, std::function<void(Result<channel::Reply>)> done) override;
  bool ready(std::string& why) const override;

  Result<Json> channels() override;
  Result<Json> products(const Query& query) override;
  Result<Json> offers(const Query& query) override;
  Result<Json> orders(const Query& query) override;
  Result<Json> stock_rules() override;
  Result<Json> oversells(const Query& query) override;
  Result<Json> order(const std::string& channel, const std::string& id) override;
  Result<Json> find_orders(const std::string& buyer) override;
  Result<Json> reveal_order(const std::string& channel, const std::string& id, const std::string& author) override;
  Result<Json> erase(const Json& wish, const std::string& author) override;
  Result<Json> plan(const std::string& channel) override;
  Result<Json> pins(const Query& query) override;
  Result<Json> status() override;
  Result<Json> explain(const std::string& sku, const std::string& channel, const std::string& aspect) override;
  Result<Json> explain_order(const std::string& id, const std::string& channel) override;
  Result<Json> events(std::int64_t sequence, std::size_t limit) override;
  Result<Json> metrics() override;

  Result<Json> import(const Json& chunk, const std::string& author) override;
  Result<Json> move_stock(const Json& movement, const std::string& author) override;
  Result<Json> reverse_stock(const std::string& cause, const std::string& author) override;
  Result<Json> set_quota(const Json& quota, const std::string& author) override;
  Result<Json> route_order(const Json& wish, const std::string& author) override;
  Result<Json> do_order(const Json& wish, const std::string& author) override;
  Result<Json> release_order(const Json& wish, const std::string& author) override;
  Result<Json> remap_order(const Json& wish, const std::string& author) override;
  Result<Json> decide_order_task(const std::string& task, const std::string& verb, const std::string& author) override;
  Result<Json> pin(const Json& wish, const std::string& author) override;
  Result<Json> unpin(const Json& wish, const std::string& author) override;
  Result<Json> undo(const Json& wish, const std::string& author) override;
  Result<Json> apply_plan(const Json& plan, const std::string& author) override;
  Result<Json> sync(const std::string& channel, const std::string& author) override;
  Result<Json> release_channel(const std::string& channel, const std::string& author) override;
  Result<Json> release(const std::string& digest, const std::string& author) override;
  Result<Json> discard(const std::string& digest, const std::string& author) override;
  Result<Json> replay(const Json& which, const std::string& author) override;
  Result<Json> discard_row(const std::string& row, const std::string& author) override;
  Result<Json> reload(const std::string& author) override;

 private:
  struct Crew;  ///< the threads that perform one channel's calls
  struct Returned {
    Call call;
    Outcome outcome;
  };
  struct Seen {  ///< of a lane, for readers
    Lane::State state;
  };

  void run();
  void run_tasks();
  void dispatch(Call call);
  void publish();
  void count_backlog();
  void beat();  ///< what is done once a second
  /// Batches whose importer is gone are judged and closed, so that nothing waits for ever.
  void close_batches();
  /// What is done with the order that `wish` names, in one transaction; answers the order. Errors: not_found, invalid, those of `change`.
  Result<Json> change_order(const Json& wish, const std::function<Result<void>(store::Session&, OrderNo)>& change);
  /// From now on every parked row, and every order in question, is read once more, some a turn.
  void read_parked_again();
  /// Some of those; false when none is left. Errors: io, gone, locked.
  Result<bool> read_some_parked();
  /// The rows that `which` names (Admin::replay).
  Result<std::vector<store::ParkedRow>> chosen_parked(const Json& which);
  void wake();
  /// Runs `task` on the engine's thread and waits for it.
  Result<Json> ask(std::function<Result<Json>()> task);
  Json channel_json(store::Session& session, const Channel& channel) const;
  Lane::State seen(ChannelNo channel) const;

  Core core_;
  std::string version_;
  Reload reload_;
  Time started_;
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false, awake_ = false, running_ = false;
  std::deque<Returned> returned_;
  std::deque<std::packaged_task<Result<Json>()>> tasks_;
  std::map<ChannelNo, Lane::State> seen_;
  std::map<ChannelNo, std::unique_ptr<Crew>> crews_;
  std::map<std::int64_t, Duration> importing_;  ///< batches that are open, and when their last chunk came, since the machine's start
  struct ReadAgain {
    std::int64_t row = 0;
    OrderNo order;
  };
  std::map<ChannelNo, ReadAgain> read_again_;  ///< channels whose parked rows and doubtful orders are read again, and the last that were
  Time problems_tidied_ = long_ago;
  std::atomic<std::int64_t> unread_{0};  ///< inbox rows that are not applied yet, as of the last second
  std::thread thread_;
};

}  // namespace tally::engine
