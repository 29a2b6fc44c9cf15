// Parcels from the sending to the signature: followed once, asked for seldom, told in any order, and what follows for their orders.
#include "engine/parcels.hpp"

#include "engine/intake.hpp"
#include "engine/order_facts.hpp"
#include "house.hpp"
#include "store/erasures.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

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
    followed.push_back(changes.front().fields.text_or("tracking"));
    if (trouble) return {*trouble};
    return {channel::Applied{Json::object(), {}, {}, {}}};
  }
  Result<channel::Page> read_listings(const channel::Want& want) override {
    EXPECT_EQ(want.what, channel::Want::What::parcels);
    const std::string number = want.things.at(0).text_or("tracking");
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

constexpr Duration minute{60000}, hour{3600000}, day{86400000};

TEST_F(Parcels, EachIsFollowedOnceWhateverIsReadAgainAndHoweverOftenWeStart) {
  open();
  const auto id = sent({{"yto", "YT 1"}, {"sf", "SF2"}});
  auto followed = tracker->followed;
  std::sort(followed.begin(), followed.end());
  EXPECT_EQ(followed, (std::vector<std::string>{"SF2", "YT1"}));
  for (int i = 0; i < 3; ++i) {
    open();
    later(hour);
  }
  EXPECT_EQ(tracker->followed.size(), 2u);
  ASSERT_EQ(rows_of(id).size(), 2u);
  for (const auto& row : rows_of(id)) EXPECT_EQ(row.watch, "followed");
  EXPECT_TRUE(tracker->asked.empty()) << "it tells by itself";
}

TEST_F(Parcels, FollowingThatNobodyAnsweredIsAskedForAgain) {
  open();
  tracker->trouble = error(Fault::unknown, "no answer");
  sent({{"yto", "YT1"}});
  ASSERT_GE(tracker->followed.size(), 1u);
  tracker->trouble.reset();
  for (int i = 0; i < 30; ++i) later(minute);
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, AreSignedForWhicheverOrderTheNewsComeInAndTwice) {
  open();
  std::vector<int> turn{0, 1, 2, 3};
  int parcels = 0;
  do {
    const std::string number = "YT" + std::to_string(100 + parcels++);
    sent({{"yto", number}});
    const std::vector<std::string> news{told(number, "picked_up", minutes_ago(240), "picked up"),
                                        told(number, "in_transit", minutes_ago(180)), told(number, "delivering", minutes_ago(60)),
                                        told(number, "signed", minutes_ago(60), "signed", "ended")};
    for (const int i : turn) {
      push(news[i]);
      push(news[i]);
    }
    const auto row = parcel(number);
    EXPECT_EQ(row.state, "signed") << turn[0] << turn[1] << turn[2] << turn[3];
    EXPECT_EQ(row.event, "signed");
    EXPECT_EQ(row.watch, "over");
  } while (std::next_permutation(turn.begin(), turn.end()));
  EXPECT_EQ(parcels, 24);
  EXPECT_EQ(parked(), 0u);
}

TEST_F(Parcels, AnOrderIsCompletedWhenTheLastOfItsParcelsIsSignedForAndNothingMoves) {
  open();
  const auto id = sent({{"yto", "YT1"}, {"sf", "SF2"}});
  ASSERT_EQ(order(id).state, "shipped");
  const auto before = sums();
  const auto writes = one->offer_of_sku("A")->history.size();
  push(told("YT1", "signed", minutes_ago(2)));
  EXPECT_EQ(order(id).state, "shipped");
  const auto revision = order(id).revision;
  push(told("SF2", "signed", minutes_ago(1)));
  EXPECT_EQ(order(id).state, "completed");
  EXPECT_EQ(order(id).revision, revision + 1);
  push(told("SF2", "signed", minutes_ago(1)));
  EXPECT_EQ(order(id).revision, revision + 1) << "told twice, it has the effect of once";
  later(hour);
  open();
  later(hour);
  EXPECT_EQ(order(id).state, "completed");
  EXPECT_EQ(sums().on_hand, before.on_hand);
  EXPECT_EQ(sums().reserved, before.reserved);
  EXPECT_EQ(one->offer_of_sku("A")->history.size(), writes) << "its channel is told nothing";
}

TEST_F(Parcels, OneThatIsTakenBackMakesTheOrderShippedAgain) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  push(told("YT1", "signed", minutes_ago(9)));
  ASSERT_EQ(order(id).state, "completed");
  push(told("YT1", "problem", minutes_ago(3)));
  EXPECT_EQ(order(id).state, "shipped");
  EXPECT_EQ(problems("parcel").size(), 1u);
}

TEST_F(Parcels, WhatComesBackIsAProblemWithTheOrdersNumberAndNoStock) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  const auto before = sums();
  for (const auto* state : {"problem", "refused", "returning", "returned"}) {
    pass(minute);
    push(told("YT1", state, minutes_ago(0)));
    ASSERT_EQ(problems("parcel").size(), 1u) << state;
    EXPECT_NE(problems("parcel").front().reason.find(id), std::string::npos);
    EXPECT_FALSE(problems("parcel").front().todo.empty());
  }
  EXPECT_EQ(sums().on_hand, before.on_hand) << "nothing is put back by itself";
  EXPECT_EQ(order(id).state, "shipped");
  ASSERT_TRUE(one->refund(id, true).has_value());
  later(Duration(300000));
  EXPECT_TRUE(problems("parcel").empty()) << "the goods are booked and the money is back";
}

TEST_F(Parcels, AProblemThatTheCarrierSolvedIsNoneAnyMore) {
  open();
  sent({{"yto", "YT1"}});
  push(told("YT1", "problem", minutes_ago(5)));
  ASSERT_EQ(problems("parcel").size(), 1u);
  push(told("YT1", "delivering", minutes_ago(1)));
  EXPECT_TRUE(problems("parcel").empty());
  push(told("YT1", "problem", minutes_ago(5)));
  EXPECT_TRUE(problems("parcel").empty()) << "that was before";
}

TEST_F(Parcels, NobodyStandsInWhatIsKeptOfThem) {
  open();
  sent({{"yto", "YT1"}});
  push(told("YT1", "delivering", minutes_ago(5), std::string("派件员:李四,电话:13800138000, for ") + memory::canary));
  const auto row = parcel("YT1");
  EXPECT_EQ(row.event.find("李四"), std::string::npos) << row.event;
  EXPECT_EQ(row.event.find("138001"), std::string::npos) << row.event;
  EXPECT_EQ(row.event.find(memory::canary), std::string::npos) << row.event;
  EXPECT_NE(row.event.find("派件员"), std::string::npos) << row.event;
}

TEST_F(Parcels, OfABuyerWhoWasErasedTheStatesStayAndNoSentenceDoes) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  push(told("YT1", "delivering", minutes_ago(5), "at the door"));
  const auto key = order(id).sealed_by;
  const auto no = order(id).no;
  write([&](store::Session& session) {
    store::forget_parcel_events(session, no);
    ASSERT_TRUE(store::erase(session, {clock.now(), key, "", {}}).has_value());
  });
  EXPECT_EQ(parcel("YT1").event, "");
  push(told("YT1", "signed", minutes_ago(1), "given to somebody"));
  EXPECT_EQ(parcel("YT1").event, "");
  EXPECT_EQ(order(id).state, "completed");
}

TEST_F(Parcels, ANumberThatNobodyHasAndGarbageAreToldAndInNobodysWay) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  push(told("ZZ9", "signed", minutes_ago(1)));
  EXPECT_EQ(parked(), 0u);
  push("no json");
  push(R"({"state": "signed"})");
  push(told("YT1", "signed", clock.now() + day * 3));
  EXPECT_EQ(parked(), 3u);
  EXPECT_EQ(problems("inbox").size(), 3u);
  push(told("YT1", "signed", minutes_ago(1)));
  EXPECT_EQ(order(id).state, "completed");
  std::vector<store::Entry> entries;
  write([&](store::Session& session) { entries = store::journal_of(session, "ZZ9", 10); });
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries.front().what, "parcel.unknown");
}

TEST_F(Parcels, ANumberIsNeverAskedForWithinHalfAnHourHoweverOftenWeStartAndWhateverFails) {
  tracker->facts.tells_of_parcels = false;
  open();
  sent({{"yto", "YT1"}});
  const std::vector<std::optional<Error>> moods{std::nullopt, error(Fault::transient, "busy"), error(Fault::not_yet, "nothing so far"),
                                                error(Fault::rejected, "no"), error(Fault::unauthorized, "expired")};
  for (int i = 0; i < 2 * 24 * 60 / 7; ++i) {
    later(minute * 7);
    if (i % 5 == 0) tracker->trouble = moods[static_cast<std::size_t>(i / 5) % moods.size()];
    if (i % 11 == 0) open();
  }
  const auto& times = tracker->asked["YT1"];
  ASSERT_GE(times.size(), 8u);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], minute * 30) << i;
  EXPECT_TRUE(tracker->followed.empty());
}

TEST_F(Parcels, WhatIsSignedForIsNotAskedForAnyMore) {
  tracker->facts.tells_of_parcels = false;
  open();
  const auto id = sent({{"yto", "YT1"}});
  tracker->answers["YT1"] = *Json::parse(told("YT1", "signed", clock.now()));
  for (int i = 0; i < 5; ++i) later(hour);
  EXPECT_EQ(order(id).state, "completed");
  const auto times = tracker->asked["YT1"].size();
  EXPECT_EQ(times, 1u);
  for (int i = 0; i < 30; ++i) later(hour);
  EXPECT_EQ(tracker->asked["YT1"].size(), times);
}

TEST_F(Parcels, AfterSixtyDaysPeopleLookForIt) {
  tracker->facts.tells_of_parcels = false;
  open();
  const auto id = sent({{"yto", "YT1"}});
  for (int i = 0; i < 62; ++i) later(day);
  EXPECT_EQ(parcel("YT1").watch, "over");
  ASSERT_EQ(problems("parcel").size(), 1u);
  EXPECT_NE(problems("parcel").front().reason.find(id), std::string::npos);
  const auto times = tracker->asked["YT1"].size();
  later(day);
  EXPECT_EQ(tracker->asked["YT1"].size(), times);
}

TEST_F(Parcels, OneThatIsFollowedAndOfWhichNothingIsHeardIsAskedFor) {
  open();
  sent({{"yto", "YT1"}});
  for (int i = 0; i < 4 * 24; ++i) later(hour);
  EXPECT_EQ(tracker->asked["YT1"].size(), 1u);
}

TEST_F(Parcels, AnAccountThatHasExpiredIsSaidOnceTriedSeldomAndInNobodysWay) {
  open();
  tracker->trouble = error(Fault::forbidden, "expired", "", "renew it");
  sent({{"yto", "YT1"}});
  for (int i = 0; i < 24 * 6; ++i) later(minute * 10);
  EXPECT_LE(tracker->followed.size(), 16u);
  EXPECT_GE(tracker->followed.size(), 4u);
  ASSERT_EQ(problems("tracker").size(), 1u);
  EXPECT_NE(problems("tracker").front().todo.find("renew it"), std::string::npos);
  EXPECT_TRUE(core->world().find("one")->paused.empty());
  const auto other = sent({{"yto", "YT2"}});
  EXPECT_EQ(order(other).state, "shipped") << "orders go on";
  tracker->trouble.reset();
  for (int i = 0; i < 48; ++i) later(minute * 10);
  EXPECT_TRUE(problems("tracker").empty());
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, ACarrierThatNobodyTracksIsLeftWithAReasonUntilSomebodyDoes) {
  open();
  const auto id = sent({{"pigeon", "P1"}});
  ASSERT_EQ(rows_of(id).size(), 1u);
  EXPECT_EQ(parcel("P1").watch, "untracked");
  EXPECT_NE(parcel("P1").problem.find("pigeon"), std::string::npos);
  EXPECT_TRUE(tracker->followed.empty());
  EXPECT_TRUE(problems("parcel").empty()) << "it is as it was without a tracker";
  tracker->facts.carriers.insert("pigeon");
  open();
  later(minute);
  EXPECT_EQ(tracker->followed, std::vector<std::string>{"P1"});
}

TEST_F(Parcels, WithoutATrackerThereAreNoneAndOneThatComesLaterFindsWhatIsOnItsWay) {
  open(false);
  const auto id = sent({{"yto", "YT1"}});
  EXPECT_TRUE(rows_of(id).empty());
  open();
  later(minute);
  EXPECT_EQ(tracker->followed, std::vector<std::string>{"YT1"});
  open(false);
  EXPECT_EQ(parcel("YT1").watch, "untracked");
  open();
  later(minute);
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, WhatCannotReachUsAnyMoreIsAskedForInstead) {
  open();
  sent({{"yto", "YT1"}});
  ASSERT_EQ(parcel("YT1").watch, "followed");
  tracker->facts.tells_of_parcels = false;
  open();
  for (int i = 0; i < 3; ++i) later(hour);
  EXPECT_GE(tracker->asked["YT1"].size(), 1u);
}

TEST_F(Parcels, ATrackerSellsNothing) {
  open();
  sent({{"yto", "YT1"}});
  EXPECT_EQ(core->world().channels.size(), 1u);
  const auto no = core->world().find_any("parcels")->no;
  write([&](store::Session& session) {
    for (const auto* aspect : {"content", "stock", "price"}) EXPECT_TRUE(store::marks_of_channel(session, no, aspect).empty()) << aspect;
  });
}

}  // namespace
}  // namespace tally::engine
