// An engine that answers what a test tells it to, and remembers what it was asked.
#pragma once

#include "engine/faces.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace tally::server::test {

/// Keeps every delivery until the test "commits" it, as the store's writer does: on another thread.
class FakeIntake final : public engine::Intake {
 public:
  using Done = std::function<void(Result<channel::Reply>)>;

  void receive(const ChannelId& channel, channel::Webhook webhook, Done done) override {
    const std::lock_guard lock(mutex_);
    channels.push_back(channel.text);
    webhooks.push_back(std::move(webhook));
    if (at_once) {
      done(*at_once);
    } else {
      waiting_.push_back(std::move(done));
    }
    arrived_.notify_all();
  }
  bool ready(std::string& why) const override {
    why = trouble;
    return trouble.empty();
  }

  /// Waits until `count` deliveries were handed over in all; false after five seconds.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(5), [&] { return webhooks.size() >= count; });
  }
  /// Answers the oldest waiting delivery on a thread of its own.
  void commit(Result<channel::Reply> result) {
    Done done;
    {
      const std::lock_guard lock(mutex_);
      done = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
    }
    std::thread([&] { done(std::move(result)); }).join();
  }

  std::optional<Result<channel::Reply>> at_once = Result<channel::Reply>(channel::Reply{.status = 200, .body = "success"});
  std::vector<std::string> channels;
  std::vector<channel::Webhook> webhooks;
  std::string trouble;

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Done> waiting_;
};

class FakeAdmin final : public engine::Admin {
 public:
  Result<Json> channels() override { return told("channels", std::string()); }
  Result<Json> products(const engine::Query& query) override { return told("products", query); }
  Result<Json> offers(const engine::Query& query) override { return told("offers", query); }
  Result<Json> orders(const engine::Query& query) override { return told("orders", query); }
  Result<Json> order(const std::string& channel, const std::string& id) override { return told("order", id + "@" + channel); }
  Result<Json> plan(const std::string& channel) override { return told("plan", channel); }
  Result<Json> pins(const engine::Query& query) override { return told("pins", query); }
  Result<Json> status() override { return told("status", std::string()); }
  Result<Json> explain(const std::string& sku, const std::string& channel, const std::string& aspect) override {
    return told("explain", sku + "@" + channel + " " + aspect);
  }
  Result<Json> explain_order(const std::string& id, const std::string& channel) override {
    return told("explain_order", id + "@" + channel);
  }
  Result<Json> metrics() override { return told("metrics", std::string()); }
  Result<Json> import(const Json& chunk, const std::string& author) override { return told("import", chunk.dump(), author); }
  Result<Json> move_stock(const Json& movement, const std::string& author) override { return told("stock", movement.dump(), author); }
  Result<Json> find_orders(const std::string& buyer) override { return told("find_orders", buyer); }
  Result<Json> reveal_order(const std::string& channel, const std::string& id, const std::string& author) override {
    return told("reveal_order", channel + " " + id, author);
  }
  Result<Json> erase(const Json& wish, const std::string& author) override { return told("erase", wish.dump(), author); }
  Result<Json> do_order(const Json& wish, const std::string& author) override { return told("do_order", wish.dump(), author); }
  Result<Json> remap_order(const Json& wish, const std::string& author) override { return told("remap_order", wish.dump(), author); }
  Result<Json> release_order(const Json& wish, const std::string& author) override { return told("release_order", wish.dump(), author); }
  Result<Json> decide_order_task(const std::string& task, const std::string& verb, const std::string& author) override {
    return told("decide_order_task", verb + " " + task, author);
  }
  Result<Json> reverse_stock(const std::string& cause, const std::string& author) override { return told("reverse", cause, author); }
  Result<Json> set_quota(const Json& quota, const std::string& author) override { return told("quota", quota.dump(), author); }
  Result<Json> route_order(const Json& wish, const std::string& author) override { return told("route", wish.dump(), author); }
  Result<Json> stock_rules() override { return told("stock rules", std::string()); }
  Result<Json> oversells(const engine::Query& query) override { return told("oversells", query); }
  Result<Json> pin(const Json& wish, const std::string& author) override { return told("pin", wish.dump(), author); }
  Result<Json> unpin(const Json& wish, const std::string& author) override { return told("unpin", wish.dump(), author); }
  Result<Json> undo(const Json& wish, const std::string& author) override { return told("undo", wish.dump(), author); }
  Result<Json> apply_plan(const Json& plan, const std::string& author) override { return told("apply_plan", plan.dump(), author); }
  Result<Json> sync(const std::string& channel, const std::string& author) override { return told("sync", channel, author); }
  Result<Json> release_channel(const std::string& channel, const std::string& author) override {
    return told("release_channel", channel, author);
  }
  Result<Json> release(const std::string& digest, const std::string& author) override { return told("release", digest, author); }
  Result<Json> discard(const std::string& digest, const std::string& author) override { return told("discard", digest, author); }
  Result<Json> replay(const Json& which, const std::string& author) override { return told("replay", which.dump(), author); }
  Result<Json> discard_row(const std::string& row, const std::string& author) override { return told("discard_row", row, author); }
  Result<Json> reload(const std::string& author) override { return told("reload", {}, author); }

  Result<Json> events(std::int64_t sequence, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    Json::Array items;
    for (std::int64_t n = sequence + 1; n <= happened_ && items.size() < limit; ++n) {
      items.push_back(Json::object({{"sequence", n}, {"what", "event " + std::to_string(n)}}));
    }
    const std::int64_t last = sequence + static_cast<std::int64_t>(items.size());
    return Json::object({{"items", std::move(items)}, {"sequence", last}});
  }

  void happen(std::int64_t until) {
    const std::lock_guard lock(mutex_);
    happened_ = until;
  }
  std::string asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void answer(const std::string& question, Result<Json> with) {
    const std::lock_guard lock(mutex_);
    answers_.insert_or_assign(question, std::move(with));
  }
  std::function<void()> before_answer;  ///< runs on the thread that asks

 private:
  Result<Json> told(const std::string& question, const engine::Query& query) {
    return told(question, query.channel + "|" + query.sku + "|" + query.state + "|" + query.cursor + "|" + std::to_string(query.limit));
  }
  Result<Json> told(const std::string& question, const std::string& details, const std::string& author = {}) {
    if (before_answer) before_answer();
    const std::lock_guard lock(mutex_);
    asked_ = question + " " + details + (author.empty() ? "" : " by " + author);
    const auto at = answers_.find(question);
    return at == answers_.end() ? Result<Json>(Json::object({{"asked", asked_}})) : at->second;
  }

  std::mutex mutex_;
  std::string asked_;
  std::map<std::string, Result<Json>> answers_;
  std::int64_t happened_ = 0;
};

}  // namespace tally::server::test
