// A merchant with one location and memory channels for tests of the engine: calls are performed when the test says so, time stands still
// until it moves it.
#pragma once

#include "connectors/memory/connector.hpp"
#include "engine/core.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <deque>
#include <filesystem>

namespace tally::engine {

class StoppedClock final : public Clock {
 public:
  Time now() const override { return truth_ + off_; }
  Duration since_start() const override { return since_start_; }
  std::string start() const override { return std::to_string(starts_); }
  void pass(Duration duration) { truth_ += duration, since_start_ += duration; }
  /// Somebody sets the machine's clock.
  void set_by(Duration by) { off_ += by; }
  void start_machine_again() { since_start_ = Duration(0), ++starts_; }
  Time truth() const { return truth_; }

 private:
  Time truth_ = from_ms(1'767'225'600'000);
  Duration off_{0}, since_start_{3600000};
  int starts_ = 1;
};

class House : public ::testing::Test {
 protected:
  struct Shop {
    std::unique_ptr<memory::Platform> platform;
    std::shared_ptr<memory::MemoryConnector> connector;
    ChannelConfig config;
    std::string rules = {};  ///< their digest; empty: nobody says
  };

  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("tallyd-engine-test-" + std::to_string(::getpid()) + ".db");
    remove_files();
    auto opened = store::Database::open("sqlite:" + path_.string(), {.threaded = false, .durable = false, .backlog = 1000, .crash = {}},
                                        clock, Log());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    store = std::move(*opened);
  }
  void TearDown() override {
    core.reset();
    store.reset();
    remove_files();
  }

  memory::Platform& add_shop(const std::string& name, const memory::Terms& terms) {
    auto shop = std::make_unique<Shop>();
    shop->platform = std::make_unique<memory::Platform>(name, terms, clock);
    shop->connector = std::make_shared<memory::MemoryConnector>(*shop->platform);
    shop->config.name = name;
    shop->config.currency = "EUR";
    shops.push_back(std::move(shop));
    return *shops.back()->platform;
  }

  /// A product of one variant with 10 EUR as its price and so much on the shelf.
  void add_product(const std::string& sku, Quantity counted, std::vector<Component> bundle = {}) {
    Product product;
    product.code = product.title = "P-" + sku;
    Variant variant;
    variant.sku = Sku(sku);
    variant.price = Money{1000, Currency{"EUR"}};
    variant.bundle = std::move(bundle);
    product.variants.push_back(variant);
    write([&](store::Session& session) {
      store::put_product(session, product, clock.now());
      store::put_bundles(session, product);
      const auto row = store::find_variant(session, Sku(sku));
      if (product.variants.front().bundle.empty())
        append_count(session, row->no, store::open_location(session, "main"), counted, clock.now() - Duration(3600000), "opening:" + sku,
                     "", clock.now());
    });
  }

  void start() {
    Config config;
    config.locations = {{"main", ""}};
    core = std::make_unique<Core>(*store, clock, Log(), config, 1);
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, shop->connector, {}, shop->rules});
    ASSERT_TRUE(core->set_channels(config, std::move(setups)).has_value());
    write([&](store::Session& session) {
      for (const auto& channel : core->world().channels) {
        store::set_released(session, channel->no, true);
        channel->released = true;
      }
    });
  }

  /// What the engine decides to do now.
  std::deque<Call> decided() {
    std::deque<Call> calls;
    const auto next = core->turn([&](Call call) { calls.push_back(std::move(call)); });
    EXPECT_TRUE(next.has_value());
    return calls;
  }

  void perform_and_answer(const Call& call) { answer(call, perform(call, connector_of(call))); }
  void answer(const Call& call, Outcome outcome) { ASSERT_TRUE(core->finish(call, std::move(outcome)).has_value()); }
  Outcome all_answered(const Call& call, const Error& error) {
    Outcome outcome;
    if (call.kind == Call::Kind::push)
      outcome.applied.assign(call.changes.size(), error);
    else
      outcome.page.emplace(error);
    return outcome;
  }

  /// Everything that the engine wants to do within the next moments is done; each call takes 10 ms.
  std::vector<Call> come_to_rest() {
    std::vector<Call> done;
    for (int round = 0; round < 200; ++round) {
      auto calls = decided();
      if (calls.empty()) return done;
      for (auto& call : calls) {
        clock.pass(Duration(10));
        perform_and_answer(call);
        done.push_back(std::move(call));
      }
    }
    ADD_FAILURE() << "the engine does not come to rest";
    return done;
  }

  void pass(Duration duration) { clock.pass(duration); }
  void deliver(const memory::Platform& platform, const std::string& body) {
    const auto& shop = *std::find_if(shops.begin(), shops.end(), [&](const auto& each) { return each->platform.get() == &platform; });
    const channel::Webhook webhook{"POST", "", {{std::string(memory::MemoryConnector::secret_header), platform.terms().secret}}, body};
    const auto door = shop->connector->authenticate(webhook);
    ASSERT_TRUE(door.has_value());
    write([&](store::Session& session) {
      for (const auto& document : door->deliveries)
        store::add_inbox(session, {0, core->world().find(platform.name())->no, "hook", document.kind, document.body, {}, clock.now()});
    });
  }

  void receive_goods(const std::string& sku, Quantity quantity) {
    write([&](store::Session& session) {
      const auto variant = store::find_variant(session, Sku(sku));
      const std::string cause = "receipt:" + std::to_string(++receipts_);
      append_change(session, variant->no, store::open_location(session, "main"), "receipt", quantity, cause, "", clock.now(), clock.now());
      mark_stock(session, core->world(), {variant->no}, {cause, false, 0}, clock.now());
    });
  }

  void write(const std::function<void(store::Session&)>& work) {
    const auto done = store->write([&](store::Session& session) -> Result<void> {
      work(session);
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }

  store::OfferRow offer(const memory::Platform& platform, const std::string& sku) {
    std::optional<store::OfferRow> row;
    write([&](store::Session& session) {
      row = store::find_offer(session, core->world().find(platform.name())->no, store::find_variant(session, Sku(sku))->no);
    });
    return row.value_or(store::OfferRow{});
  }

  static std::vector<Call> pushes(const std::vector<Call>& calls, const std::string& aspect) {
    std::vector<Call> found;
    for (const auto& call : calls) {
      if (call.kind == Call::Kind::push && !call.intents.empty() && call.intents.front().aspect == aspect) found.push_back(call);
    }
    return found;
  }

  channel::Connector& connector_of(const Call& call) { return *core->world().find_any(call.channel)->connector; }

  StoppedClock clock;
  std::unique_ptr<store::Database> store;
  std::unique_ptr<Core> core;
  std::vector<std::unique_ptr<Shop>> shops;

 private:
  void remove_files() {
    for (const auto* suffix : {".db", ".db-wal", ".db-shm", ".db.lock", ".keys.db", ".keys.db-wal", ".keys.db-shm", ".erasures.jsonl"}) {
      std::error_code ignored;
      std::filesystem::remove(std::filesystem::path(path_).replace_extension().string() + suffix, ignored);
    }
  }
  std::filesystem::path path_;
  int receipts_ = 0;
};

}  // namespace tally::engine
