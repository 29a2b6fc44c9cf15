// A house with one shop whose orders leave in parcels, and a tracker of them.
#pragma once

#include "engine/parcels.hpp"

#include "engine/budgets.hpp"
#include "engine/intake.hpp"
#include "engine/order_facts.hpp"
#include "house.hpp"
#include "store/erasures.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {

using memory::Platform;

/// A memory channel whose orders show carriers and tracking numbers.
class Sender final : public channel::Connector {
 public:
  explicit Sender(Platform& platform) : inner_(platform) {}
  const channel::Capabilities& capabilities() const override { return inner_.capabilities(); }
  std::vector<channel::Problem> check(const Json& product) const override { return inner_.check(product); }
  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override { return inner_.push(changes); }
  Result<channel::Page> read_listings(const channel::Want& want) override { return inner_.read_listings(want); }
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override { return inner_.authenticate(webhook); }
  Result<std::vector<channel::Event>> parse(const channel::Document& d, const Json& known) const override { return inner_.parse(d, known); }
  Json spell(std::string_view kind, const Json& fields) const override { return inner_.spell(kind, fields); }
  Result<channel::Page> read_orders(const channel::Want& want) override {
    auto page = inner_.read_orders(want);
    if (!page) return page;
    for (auto& document : page->documents) {
      Json tree = *Json::parse(document.body);
      Json* shipments = tree.find("shipments");
      const auto& known = labels[tree.find("@id")->scalar_text()];
      for (std::size_t i = 0; shipments && i < shipments->as_array().size() && i < known.size(); ++i)
        shipments->as_array()[i].set("carrier", known[i].first).set("tracking", known[i].second);
      document.body = tree.dump();
    }
    return page;
  }
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> labels;  ///< of the parcels of an order: carrier, number

 private:
  memory::MemoryConnector inner_;
};

/// Tracks what it is asked to. Its documents are trees as JSON text.
class Tracker final : public channel::Connector {
 public:
  explicit Tracker(const Clock& clock) : clock_(clock) {
    facts.tracks_parcels = true;
    facts.tells_of_parcels = true;
    facts.carriers = {"yto", "sf"};
    facts.stock = channel::StockWrites::none;
  }
  const channel::Capabilities& capabilities() const override { return facts; }
  std::vector<channel::Problem> check(const Json&) const override { return {}; }
  Result<channel::Page> read_orders(const channel::Want&) override { return error(Fault::invalid, "no orders here"); }
  Result<channel::Door> authenticate(const channel::Webhook&) const override { return error(Fault::unauthorized, "not in this test"); }
  Json spell(std::string_view, const Json&) const override { return {}; }
  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override {
    EXPECT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes.front().action, channel::ActionKind::follow_parcel);
    if (purse && !purse->take({"follow_parcel"})) return {error(Fault::not_yet, "there is no room")};
    followed.push_back(changes.front().fields.text_or("tracking"));
    if (trouble) return {*trouble};
    return {channel::Applied{Json::object(), {}, {}, {}}};
  }
  Result<channel::Page> read_listings(const channel::Want& want) override {
    EXPECT_EQ(want.what, channel::Want::What::parcels);
    const std::string number = want.things.at(0).text_or("tracking");
    if (no_room || (purse && !purse->take({"read_parcel"}))) {
      channel::Page nothing;
      nothing.asked = 0;
      return nothing;
    }
    asked[number].push_back(clock_.now());
    if (trouble) return *trouble;
    channel::Page page;
    if (answers.contains(number)) page.documents.push_back({"parcel", answers[number].dump(), {}});
    return page;
  }
  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json&) const override {
    auto tree = Json::parse(document.body);
    if (!tree) return error(Fault::broken, "the document is no JSON");
    channel::Event event;
    event.what = channel::Event::What::parcel;
    event.tree = std::move(*tree);
    return std::vector<channel::Event>{std::move(event)};
  }
  const channel::Meter* meter() const override { return purse.get(); }

  std::unique_ptr<channel::Meter> purse;
  bool no_room = false;  ///< for a look, though nobody was told before
  channel::Capabilities facts;
  std::optional<Error> trouble;
  std::vector<std::string> followed;
  std::map<std::string, std::vector<Time>> asked;
  std::map<std::string, Json> answers;

 private:
  const Clock& clock_;
};

class Parcels : public House {
 protected:
  void SetUp() override {
    House::SetUp();
    add_product("A", 99);
    one = &add_shop("one", {});
    sender = std::make_shared<Sender>(*one);
    tracker = std::make_shared<Tracker>(clock);
  }
  void open(bool with_tracker = true) {
    core.reset();
    Config config;
    config.locations = {{"main", ""}};
    core = std::make_unique<Core>(*store, clock, Log(), config, 1);
    std::vector<ChannelSetup> setups{{shops.front()->config, sender}};
    if (with_tracker) {
      ChannelConfig parcels;
      parcels.name = "parcels";
      setups.push_back({parcels, tracker});
    }
    ASSERT_TRUE(core->set_channels(config, std::move(setups)).has_value());
    write([&](store::Session& session) {
      for (const auto& channel : core->world().channels) {
        store::set_released(session, channel->no, true);
        channel->released = true;
      }
    });
    come_to_rest();
  }
  void later(Duration duration) {
    pass(duration);
    come_to_rest();
  }
  /// An order of two units that left in parcels with these labels, one unit each but the last, which has the rest.
  std::string sent(const std::vector<std::pair<std::string, std::string>>& labels) {
    later(Duration(300000));
    const auto id = one->buy({{one->offer_of_sku("A")->id, 2}});
    EXPECT_TRUE(id.has_value());
    EXPECT_TRUE(one->pay(*id).has_value());
    sender->labels[*id] = labels;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      pass(Duration(2000));
      EXPECT_TRUE(one->ship(*id, i + 1 < labels.size() ? 1 : 1'000'000).has_value());
    }
    later(Duration(300000));
    return *id;
  }
  store::OrderRow order(const std::string& id) {
    std::optional<store::OrderRow> found;
    write([&](store::Session& session) { found = store::find_order(session, core->world().find("one")->no, id); });
    return found.value_or(store::OrderRow{});
  }
  std::vector<store::ParcelRow> rows_of(const std::string& id) {
    std::vector<store::ParcelRow> rows;
    const auto no = order(id).no;
    write([&](store::Session& session) { rows = store::parcels_of(session, no); });
    return rows;
  }
  store::ParcelRow parcel(const std::string& number) {
    std::optional<store::ParcelRow> row;
    write([&](store::Session& session) {
      for (const auto* carrier : {"yto", "sf", "pigeon"}) {
        if (!row) row = store::find_parcel(session, carrier, number);
      }
    });
    return row.value_or(store::ParcelRow{});
  }
  std::string told(const std::string& number, const std::string& state, Time at, const std::string& text = "",
                   const std::string& watch = "") {
    Json tree = Json::object({{"tracking", number}, {"state", state}});
    tree.set("events", Json::Array{Json::object({{"at", format_iso(at)}, {"text", text}})});
    if (!watch.empty()) tree.set("watch", watch);
    return tree.dump();
  }
  void push(const std::string& body) {
    const auto no = core->world().find_any("parcels")->no;
    write([&](store::Session& session) { store::add_inbox(session, {0, no, "hook", "parcel", body, {}, clock.now()}); });
    come_to_rest();
  }
  std::vector<store::ProblemRow> problems(const std::string& kind) {
    std::vector<store::ProblemRow> rows;
    write([&](store::Session& session) { rows = store::problems(session, 100); });
    std::erase_if(rows, [&](const auto& row) { return row.kind != kind; });
    return rows;
  }
  std::size_t parked() {
    std::size_t count = 0;
    write([&](store::Session& session) { count = store::parked_rows(session).size(); });
    return count;
  }
  Effect sums() {
    Effect found;
    write([&](store::Session& session) {
      const auto stock = store::stock_at(session, store::find_variant(session, Sku("A"))->no, store::open_location(session, "main"));
      if (stock) found = stock->sum;
    });
    return found;
  }
  Time minutes_ago(int minutes) { return clock.now() - Duration(60000LL * minutes); }

  Platform* one = nullptr;
  std::shared_ptr<Sender> sender;
  std::shared_ptr<Tracker> tracker;
};

inline constexpr Duration minute{60000}, hour{3600000}, day{86400000};

}  // namespace tally::engine
