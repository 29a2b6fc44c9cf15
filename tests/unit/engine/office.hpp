// The engine with its threads and its faces, before one memory channel whose mapping can be mended; time passes when the test says so.
#pragma once

#include "connectors/memory/connector.hpp"
#include "engine/engine.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <thread>

namespace tally::engine {

class MovingClock final : public Clock {
 public:
  Time now() const override { return from_ms(ms_); }
  Duration since_start() const override { return Duration(ms_); }
  void pass(Duration duration) { ms_ += duration.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'767'225'600'000};
};

/// A memory connector that understands orders only once it is mended.
class Mendable final : public channel::Connector {
 public:
  Mendable(memory::Platform& platform, bool mended) : memory_(platform), mended_(mended) {}
  const channel::Capabilities& capabilities() const override { return memory_.capabilities(); }
  std::vector<channel::Problem> check(const Json& product) const override { return memory_.check(product); }
  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override { return memory_.push(changes); }
  Result<channel::Page> read_listings(const channel::Want& want) override { return memory_.read_listings(want); }
  Result<channel::Page> read_orders(const channel::Want& want) override { return memory_.read_orders(want); }
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override { return memory_.authenticate(webhook); }
  Json spell(std::string_view document_kind, const Json& fields) const override { return memory_.spell(document_kind, fields); }
  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json& known) const override {
    const bool has_word = document.body.find("\"word\"") != std::string::npos;
    if (document.kind == "order" && !mended_ && !has_word)
      return error(Fault::broken, "the state 'paid' is in no table", "orders.yaml:3:1");
    auto events = memory_.parse(document, known);
    if (!events) return events;
    for (auto& event : *events) as_a_mapping_reads(event, known);
    return events;
  }

 private:
  /// The `word` of an order is its state, once the mapping is mended; and what a document does not say stays as it was known.
  void as_a_mapping_reads(channel::Event& event, const Json& known) const {
    if (const std::string word = event.tree.text_or("word"); !word.empty()) {
      event.tree.erase("word");
      if (mended_)
        event.tree.set("state", word);
      else if (const Json* state = known.find("state"))
        event.tree.set("state", *state);
      if (!mended_) event.doubts.push_back("state: '" + word + "' is not in the table 'orders'");
    }
    Json* lines = event.tree.find("lines");
    const Json* before = known.find("lines");
    for (std::size_t i = 0; lines && before && i < std::min(lines->as_array().size(), before->as_array().size()); ++i) {
      const Json* amount = before->as_array()[i].find("amount");
      if (amount && !lines->as_array()[i].find("amount")) lines->as_array()[i].set("amount", *amount);
    }
  }

  memory::MemoryConnector memory_;
  bool mended_;
};

class Office : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("tallyd-office-test-" + std::to_string(::getpid()) + ".db");
    remove_files();
    auto opened =
        store::Database::open("sqlite:" + path_.string(), {.threaded = true, .durable = true, .backlog = 1000, .crash = {}}, clock, Log());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    store = std::move(*opened);
    platform = std::make_unique<memory::Platform>("shop", memory::Terms{}, clock);
  }
  void TearDown() override {
    engine.reset();
    store.reset();
    remove_files();
  }

  Config config() const {
    Config made;
    made.locations = {{"main", ""}};
    return made;
  }
  std::vector<ChannelSetup> setups(bool mended) {
    ChannelConfig shop;
    shop.name = "shop";
    shop.currency = "EUR";
    return {{shop, std::make_shared<Mendable>(*platform, mended)}};
  }
  /// As at the start of the program.
  void open(bool mended = true) {
    engine.reset();
    engine = std::make_unique<Engine>(*store, clock, Log(), config(), 1, "test", [this]() -> Result<Reloaded> {
      if (!complaints.empty()) return error(Fault::invalid, complaints, "reload");
      return Reloaded{config(), setups(true), Json::object()};
    });
    ASSERT_TRUE(engine->set_channels(config(), setups(mended)).has_value());
    engine->on_beat = [this] { ++beats; };
  }
  void work(bool mended = true) {
    open(mended);
    engine->start();
  }
  /// Does what it is told, and nothing by itself.
  void sit_still() {
    open();
    engine->start_without_lanes();
  }

  static Json product(const std::string& sku) {
    Product made;
    made.code = made.title = "P-" + sku;
    made.variants.emplace_back();
    made.variants.front().sku = Sku(sku);
    made.variants.front().price = Money{1000, Currency{"EUR"}};
    return to_json(made);
  }
  /// A chunk of an import; answers its batch.
  std::int64_t import(const std::string& sku, bool close, std::int64_t batch = 0) {
    Json chunk = Json::object({{"products", Json::Array{product(sku)}}, {"close", close}});
    if (batch != 0) chunk.set("batch", batch);
    const auto answer = engine->import(chunk, "test");
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer ? answer->integer_or("batch") : 0;
  }
  Json status() {
    auto told = engine->status();
    EXPECT_TRUE(told.has_value()) << told.error().text();
    return told ? *told : Json::object();
  }
  Json shop() { return status().find("channels")->as_array().front(); }
  Json::Array problems() { return status().find("problems")->as_array(); }

  void write(const std::function<void(store::Session&)>& work) {
    const auto done = store->write([&](store::Session& session) -> Result<void> {
      work(session);
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
  VariantNo variant(store::Session& session, const std::string& sku) { return store::find_variant(session, Sku(sku))->no; }

  /// Within ten seconds of the machine's time.
  static bool soon(const std::function<bool()>& holds) {
    for (int look = 0; look < 1000; ++look) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  /// Until the engine has done behind it what it does each second.
  bool pass_with_a_beat(Duration duration) {
    const int before = beats;
    clock.pass(duration);
    return soon([&] { return beats > before; });
  }

  static constexpr ChannelNo shop_no{1};
  MovingClock clock;
  std::unique_ptr<store::Database> store;
  std::unique_ptr<memory::Platform> platform;
  std::unique_ptr<Engine> engine;
  std::string complaints;
  std::atomic<int> beats{0};

 private:
  void remove_files() {
    for (const auto* suffix : {".db", ".db-wal", ".db-shm", ".db.lock", ".keys.db", ".keys.db-wal", ".keys.db-shm", ".erasures.jsonl"}) {
      std::error_code ignored;
      std::filesystem::remove(std::filesystem::path(path_).replace_extension().string() + suffix, ignored);
    }
  }
  std::filesystem::path path_;
};

}  // namespace tally::engine
