// A merchant's house over hours: calls leave when they are due, a person gives orders, the disk can be full.
#pragma once

#include "engine/engine.hpp"
#include "full_disk.hpp"
#include "house.hpp"

#include <algorithm>

namespace tally::engine {

class LongDay : public House {
 protected:
  using Answer = std::function<Outcome(const Call&)>;

  void SetUp() override {
    House::SetUp();
    auto full_disk = std::make_unique<tests::FullDisk>(std::move(store));
    disk = full_disk.get();
    store = std::move(full_disk);
  }

  /// Everything that is due within this time is done; a call takes 10 ms. Without `answer` the platforms answer.
  std::vector<Call> live(Duration duration, const Answer& answer = {}) {
    const Time until = clock.now() + duration;
    std::vector<Call> done;
    while (done.size() < most_calls) {
      std::deque<Call> calls;
      const auto next = core->turn([&](Call call) { calls.push_back(std::move(call)); });
      EXPECT_TRUE(next.has_value());
      for (auto& call : calls) {
        pass(Duration(10));
        Outcome outcome = answer ? answer(call) : perform(call, connector_of(call));
        EXPECT_TRUE(core->finish(call, std::move(outcome)).has_value());
        done.push_back(std::move(call));
      }
      if (!calls.empty()) continue;
      if (!next || *next >= until) {
        if (until > clock.now()) pass(std::chrono::duration_cast<Duration>(until - clock.now()));
        return done;
      }
      pass(std::max(Duration(1), std::chrono::duration_cast<Duration>(*next - clock.now())));
    }
    ADD_FAILURE() << "more than " << most_calls << " calls: something is asked without end";
    return done;
  }

  /// What a person asks of the daemon: done on the same store, with nothing sent meanwhile.
  Json person(const std::function<Result<Json>(Engine&)>& asks) {
    Engine engine(*store, clock, Log(), config(), 2, "test", {});
    EXPECT_TRUE(engine.set_channels(config(), setups()).has_value());
    engine.start_without_lanes();
    const auto answer = asks(engine);
    engine.stop();
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer ? *answer : Json();
  }

  static Config config() {
    Config config;
    config.locations = {{"main", ""}};
    return config;
  }
  std::vector<ChannelSetup> setups() const {
    std::vector<ChannelSetup> all;
    for (const auto& shop : shops) all.push_back({shop->config, shop->connector});
    return all;
  }

  ChannelNo no(const std::string& name) { return core->world().find(name)->no; }
  static Quantity there(const memory::Platform& platform, const std::string& sku) {
    const auto* found = platform.offer_of_sku(sku);
    return found ? found->number : -1;
  }
  static std::string id(const memory::Platform& platform, const std::string& sku) { return platform.offer_of_sku(sku)->id; }
  std::vector<store::Intent> intents(const std::string& channel, const std::string& aspect, const std::string& sku) {
    std::vector<store::Intent> rows;
    write([&](store::Session& session) {
      rows = store::last_intents(session, no(channel), aspect, store::find_variant(session, Sku(sku))->no.value, 100);
    });
    return rows;
  }
  static std::size_t count(const std::vector<Call>& calls, Call::Kind kind) {
    return static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), [&](const Call& call) { return call.kind == kind; }));
  }

  tests::FullDisk* disk = nullptr;

 private:
  static constexpr std::size_t most_calls = 5000;
};

}  // namespace tally::engine
