// The hourly comparison of placed orders, against a memory channel whose order list loses some.
#include "engine/compare.hpp"

#include "house.hpp"
#include "store/comparison.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Money eur(std::int64_t cents) {
  return Money{cents, Currency{"EUR"}};
}

TEST(HourDifference, names_what_is_missing_what_is_too_much_and_what_has_another_total) {
  const PlacedOrders theirs{{"1", {eur(1000), false}}, {"2", {eur(500), false}}, {"3", {eur(700), false}}};
  const PlacedOrders ours{{"1", {eur(1000), false}}, {"3", {eur(900), false}}, {"9", {eur(100), false}}};
  const auto difference = difference_of(theirs, ours, 0);
  EXPECT_THAT(difference.missing, ElementsAre("2"));
  EXPECT_THAT(difference.surplus, ElementsAre("9"));
  EXPECT_THAT(difference.unequal, ElementsAre("3"));
  EXPECT_EQ(
      difference.text(),
      "the channel lists 3 orders (22.00 EUR), here are 3 orders (20.00 EUR); missing here: 2; not listed there: 9; another total: 3");
}

TEST(HourDifference, an_order_that_is_over_may_be_listed_no_more) {
  const PlacedOrders ours{{"1", {eur(1000), true}}};
  EXPECT_TRUE(difference_of({}, ours, 0).none());
  EXPECT_TRUE(difference_of({{"1", {eur(1000), false}}}, ours, 0).none());
}

TEST(HourDifference, what_could_not_be_read_is_a_difference) {
  const auto difference = difference_of({}, {}, 2);
  EXPECT_FALSE(difference.none());
  EXPECT_EQ(difference.text(), "the channel lists 2 orders, here are 0 orders; not understood: 2");
}

TEST(HourDifference, names_an_order_that_is_in_another_state_there) {
  const PlacedOrders theirs{{"1", {eur(1000), false, "cancelled"}}, {"2", {eur(500), false}}};
  const auto difference = difference_of(theirs, {{"1", {eur(1000), false}}, {"2", {eur(500), false}}}, 0);
  EXPECT_FALSE(difference.none());
  EXPECT_THAT(difference.changed, ElementsAre("1"));
  EXPECT_THAT(difference.text(), HasSubstr("; in another state there: 1"));
}

TEST(HourOfOrders, counts_what_was_placed_in_it_and_nothing_at_its_edges) {
  HourOfOrders hour;
  hour.begin = *parse_iso("2026-01-01T10:00:00Z");
  const auto take = [&](const char* id, const char* placed) {
    hour.take(Json::object({{"@id", id}, {"placed_at", placed}, {"total", Json::object({{"amount", "5"}, {"currency", "EUR"}})}}));
  };
  take("before", "2026-01-01T09:59:59Z");
  take("first", "2026-01-01T10:00:00Z");
  take("last", "2026-01-01T10:59:59Z");
  take("last", "2026-01-01T10:59:59Z");
  take("after", "2026-01-01T11:00:00Z");
  ASSERT_EQ(hour.theirs.size(), 2u) << "pages may overlap";
  EXPECT_EQ(hour.theirs.at("first").total, eur(500));
}

TEST(NewestClosedHour, is_over_for_as_long_as_was_asked) {
  EXPECT_EQ(newest_closed_hour(*parse_iso("2026-01-01T12:00:00Z"), 1h), *parse_iso("2026-01-01T10:00:00Z"));
  EXPECT_EQ(newest_closed_hour(*parse_iso("2026-01-01T12:59:59Z"), 1h), *parse_iso("2026-01-01T10:00:00Z"));
}

class Comparison : public House {
 protected:
  void open(bool listed = true, Duration lag = Duration(0)) {
    memory::Terms terms;
    terms.order_lag = terms.facts.order_lag = lag;
    terms.facts.lists_placed_orders = listed;
    terms.page = 2;
    shop = &add_shop("shop", terms);
    add_product("A", 50);
    start();
    come_to_rest();
  }
  std::string buy(Quantity units) { return *shop->buy({{shop->offer_of_sku("A")->id, units}}); }

  /// What the list of changes shows no more, as if it had never been in it.
  Outcome answered(const Call& call) {
    Outcome outcome = perform(call, connector_of(call));
    const bool by_id = call.kind == Call::Kind::fetch_orders;
    if (call.kind != Call::Kind::read_orders && !(by_id && unreachable)) return outcome;
    std::erase_if((*outcome.page)->documents,
                  [&](const channel::Document& document) { return lost.contains(Json::parse(document.body)->text_or("@id")); });
    return outcome;
  }
  std::vector<Call> live_for(Duration time) {
    std::vector<Call> done;
    const Time until = clock.now() + time;
    while (clock.now() < until) {
      for (auto calls = decided(); !calls.empty(); calls = decided()) {
        for (auto& call : calls) {
          clock.pass(10ms);
          answer(call, answered(call));
          done.push_back(std::move(call));
        }
      }
      clock.pass(1min);
    }
    return done;
  }
  static std::size_t comparisons(const std::vector<Call>& calls) {
    return static_cast<std::size_t>(
        std::count_if(calls.begin(), calls.end(), [](const Call& call) { return call.kind == Call::Kind::compare_orders; }));
  }
  bool has(const std::string& id) {
    bool found = false;
    write([&](store::Session& session) { found = store::find_order(session, core->world().find("shop")->no, id).has_value(); });
    return found;
  }
  store::OrderRow order(const std::string& id) {
    std::optional<store::OrderRow> row;
    write([&](store::Session& session) { row = store::find_order(session, core->world().find("shop")->no, id); });
    return row.value_or(store::OrderRow{});
  }
  std::vector<std::string> problems() {
    std::vector<std::string> texts;
    write([&](store::Session& session) {
      for (const auto& problem : store::problems(session, 100)) texts.push_back(problem.kind + " " + problem.thing + ": " + problem.reason);
    });
    return texts;
  }
  int told(const std::string& what) {
    int times = 0;
    write([&](store::Session& session) {
      for (const auto& entry : store::journal_after(session, 0, 10000)) times += entry.what == what ? 1 : 0;
    });
    return times;
  }
  const Lane::State& state() { return core->lane(core->world().find("shop")->no)->state(); }

  memory::Platform* shop = nullptr;
  std::set<std::string> lost;
  bool unreachable = false;
};

TEST_F(Comparison, AnOrderMissingWithoutErrorIsFoundFetchedAndTold) {
  open();
  buy(1);
  lost.insert(buy(2));
  const std::string id = *lost.begin();
  live_for(1h);
  ASSERT_FALSE(has(id)) << "no webhook, and no list of changes shows it";
  live_for(2h);
  EXPECT_TRUE(has(id));
  EXPECT_EQ(state().orders_missed, 1u);
  EXPECT_EQ(told("orders.missed"), 1);
  EXPECT_EQ(told("orders.complete"), 1) << "the hour was read again and is whole";
  EXPECT_THAT(problems(), ElementsAre());
}

TEST_F(Comparison, ACancellationThatTheFeedNeverTellsIsFoundByTheNextComparison) {
  open();
  const std::string id = buy(2);
  ASSERT_TRUE(shop->pay(id).has_value());
  live_for(10min);
  ASSERT_EQ(order(id).state, "paid");
  ASSERT_TRUE(shop->cancel(id).has_value());
  lost.insert(id);
  live_for(1h);
  ASSERT_EQ(order(id).state, "paid") << "no list of changes shows it, and its total is the same";
  live_for(2h);
  EXPECT_EQ(order(id).state, "cancelled");
  EXPECT_EQ(told("orders.missed"), 1);
  EXPECT_EQ(told("orders.complete"), 1);
  EXPECT_EQ(state().orders_missed, 0u) << "it was here";
  EXPECT_THAT(problems(), ElementsAre());
}

TEST_F(Comparison, WhatIsNewerHereThanTheListMayBeIsNoDifference) {
  open(true, 10min);
  const std::string id = buy(2);
  ASSERT_TRUE(shop->pay(id).has_value());
  live_for(2h + 8min);
  ASSERT_TRUE(shop->cancel(id).has_value());
  clock.pass(2s);
  deliver(
      *shop,
      Json::object({{"deliveries", Json::Array{Json::object({{"kind", "order"}, {"body", shop->order(id)->versions.back().tree.dump()}})}}})
          .dump());
  const auto calls = live_for(5min);
  ASSERT_EQ(order(id).state, "cancelled");
  ASSERT_GE(comparisons(calls), 1u) << "while the list still shows it as paid";
  EXPECT_EQ(told("orders.missed"), 0);
}

TEST_F(Comparison, ADifferenceThatStaysIsAPersonsUntilItIsGone) {
  open();
  buy(1);
  lost.insert(buy(2));
  unreachable = true;
  live_for(3h);
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_THAT(problems().front(), HasSubstr("comparison 2026-01-01T00:00:00"));
  EXPECT_THAT(problems().front(),
              HasSubstr("the channel lists 2 orders (30.00 EUR), here are 1 order (10.00 EUR); missing here: " + *lost.begin()));
  unreachable = false;
  live_for(24h);
  EXPECT_THAT(problems(), ElementsAre());
  EXPECT_TRUE(has(*lost.begin()));
}

TEST_F(Comparison, HoursThatAreWholeAreReadOnceAndSayNothing) {
  open();
  for (int i = 0; i < 5; ++i) buy(1);
  const auto calls = live_for(5h);
  EXPECT_GE(comparisons(calls), 5u);
  EXPECT_LE(comparisons(calls), 3u + 4u + 3u) << "three hours of before, four of these, and the pages of one";
  EXPECT_EQ(state().orders_missed, 0u);
  EXPECT_EQ(told("orders.missed"), 0);
}

TEST_F(Comparison, GoesOnAfterARestartWhereItStood) {
  open();
  live_for(4h);
  lost.insert(buy(2));
  unreachable = true;
  live_for(3h);
  ASSERT_EQ(problems().size(), 1u);
  start();
  const auto calls = live_for(30min);
  EXPECT_LE(comparisons(calls), 3u) << "hours that were whole are not read again";
  EXPECT_EQ(problems().size(), 1u) << "what differed is not forgotten";
  unreachable = false;
  live_for(24h);
  EXPECT_THAT(problems(), ElementsAre());
}

TEST_F(Comparison, WaitsWhileTheOrderListCannotBeRead) {
  open();
  live_for(10min);
  const Error trouble = error(Fault::transient, "trouble");
  std::size_t compared = 0;
  for (int minutes = 0; minutes < 300; ++minutes) {
    for (auto& call : decided()) {
      compared += call.kind == Call::Kind::compare_orders ? 1 : 0;
      clock.pass(10ms);
      answer(call, call.kind == Call::Kind::read_orders ? all_answered(call, trouble) : perform(call, connector_of(call)));
    }
    clock.pass(1min);
  }
  EXPECT_EQ(compared, 0u) << "what is missing then was not missed, it was not read";
}

TEST_F(Comparison, APlatformWithoutSuchAListIsNotAsked) {
  open(false);
  EXPECT_EQ(comparisons(live_for(5h)), 0u);
}

}  // namespace
}  // namespace tally::engine
