// A channel that tells of more than three times the usual.
#include "engine/unusual.hpp"

#include "office.hpp"
#include "stock_house.hpp"
#include "store/order_tasks.hpp"
#include "store/told_hours.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Told, IsUnusualAboveThreeTimesTheAverageDay) {
  EXPECT_FALSE((Told{30, 80, 8}.is_unusual()));
  EXPECT_TRUE((Told{31, 80, 8}.is_unusual()));
  EXPECT_TRUE((Told{31, 143, 14}.is_unusual())) << "10.2 a day: an average is not rounded";
  EXPECT_FALSE((Told{31, 145, 14}.is_unusual()));
}

TEST(Told, IsNothingUnusualInASmallShopOrBeforeAWeekIsKnown) {
  EXPECT_FALSE((Told{15, 0, 14}.is_unusual()));
  EXPECT_TRUE((Told{16, 0, 14}.is_unusual()));
  EXPECT_FALSE((Told{1000, 0, 6}.is_unusual()));
  EXPECT_TRUE((Told{1000, 0, 7}.is_unusual()));
}

class Unusual : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    for (const char* name : {"one", "two"}) add_shop(name, {});
    add_product("A", 1000);
    open();
  }
  /// Orders that were here, and that the channel now tells to be in that state.
  void told_of(const std::string& state, int orders, const std::function<void(Json&)>& more = {}) {
    for (int i = 0; i < orders; ++i) {
      const std::string id = std::to_string(++orders_);
      const Time placed = clock.now() - 24h * 20;  // how many are placed is a kind of its own
      order("one", id, "paid", {{"A", 1}}, placed);
      pass(1s);
      order("one", id, state, {{"A", 1}}, placed, more);
    }
  }
  void placed(int orders, Time at, const std::string& state = "paid") {
    for (int i = 0; i < orders; ++i) order("one", std::to_string(++orders_), state, {{"A", 1}}, at);
  }
  void days_of_sales(int count, int orders_a_day) {
    for (int i = 0; i < count; ++i) {
      placed(orders_a_day, clock.now());
      pass(24h);
    }
  }
  void days(int count, const std::string& state, int orders_a_day) {
    for (int i = 0; i < count; ++i) {
      told_of(state, orders_a_day);
      pass(24h - 1s * orders_a_day);
    }
  }
  std::vector<std::string> problems() {
    std::vector<std::string> texts;
    write([&](store::Session& session) {
      for (const auto& problem : store::problems(session, 100))
        texts.push_back(core->world().name_of(problem.channel) + " " + problem.kind + " " + problem.thing + ": " + problem.reason + " | " +
                        problem.todo);
    });
    return texts;
  }

 private:
  int orders_ = 0;
};

TEST_F(Unusual, CancellationsAreToldWithAWayOutAndAreForgottenByThemselves) {
  days(10, "cancelled", 6);
  told_of("cancelled", 18);
  EXPECT_THAT(problems(), IsEmpty()) << "three times as many is not more than three times as many";
  told_of("cancelled", 1);
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("one orders cancelled: 19 orders were cancelled there in the last 24 hours; 6 a day"),
                                            HasSubstr("tallyd order list --channel one --state cancelled"))));
  told_of("cancelled", 1);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("20 orders were")));
  EXPECT_EQ(told("orders.unusual"), 1) << "once, not with each order";
  pass(5h);
  ring();
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("20 orders were"))) << "still within 24 hours";
  pass(20h);
  ring();
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(told("orders.usual"), 1);
  write([&](store::Session& session) { EXPECT_EQ(store::next_due(session), std::nullopt) << "nothing is looked at any more"; });
}

TEST_F(Unusual, SalesAreToldWithWhatTheyMayBeAndAreForgottenByThemselves) {
  days_of_sales(10, 6);
  placed(18, clock.now());
  EXPECT_THAT(problems(), IsEmpty()) << "three times as many is not more than three times as many";
  placed(2, clock.now());
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("one orders taken: 20 orders were placed there in the last 24 hours; 6 a day"),
                                            HasSubstr("nothing is held"), HasSubstr("tallyd order list --channel one"))));
  EXPECT_EQ(told("orders.unusual"), 1) << "once, not with each order";
  EXPECT_EQ(at("A", "main").reserved, 80) << "all of them take their goods";
  pass(25h);
  ring();
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(told("orders.usual"), 1);
}

TEST_F(Unusual, NothingIsSaidOfSalesInASmallShopOrBeforeAWeekIsKnown) {
  days_of_sales(6, 1);
  placed(40, clock.now());
  EXPECT_THAT(problems(), IsEmpty()) << "six days";
  pass(24h * 20);
  placed(15, clock.now());
  EXPECT_THAT(problems(), IsEmpty()) << "fewer than five a day count as five";
  placed(1, clock.now());
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("16 orders were placed")));
}

TEST_F(Unusual, SalesAreCountedWhenTheyWerePlacedAndOnlyWhereTheyTakeGoods) {
  days_of_sales(10, 1);
  placed(40, clock.now() - 24h * 8);  // after an outage, or of a channel that is new
  placed(40, clock.now(), "cancelled");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Unusual, AnOrderThatIsToldTwiceIsOneSale) {
  days_of_sales(10, 1);
  const Time now = clock.now();
  for (const char* state : {"paid", "part_shipped", "shipped", "completed"}) {
    for (int i = 0; i < 10; ++i) order("one", "x" + std::to_string(i), state, {{"A", 1}}, now);
    pass(1s);
  }
  Told counted;
  write([&](store::Session& session) { counted = engine::told_of(session, channel("one").no, "taken", clock.now()); });
  EXPECT_EQ(counted.today, 10);
}

TEST_F(Unusual, WhatChannelsReportAsShippedIsAKindOfItsOwn) {
  days(10, "cancelled", 6);
  told_of("shipped", 15);
  EXPECT_THAT(problems(), IsEmpty());
  told_of("part_shipped", 1);
  EXPECT_THAT(problems(), ElementsAre(AllOf(HasSubstr("one orders shipped: 16 orders were reported as shipped"), HasSubstr("0 a day"))));
}

TEST_F(Unusual, AnOrderIsCountedOnce) {
  days(8, "cancelled", 1);
  const Time placed = clock.now();
  order("one", "x", "paid", {{"A", 1}}, placed);
  for (const char* state : {"part_shipped", "shipped", "completed", "shipped", "completed"}) {
    pass(1s);
    order("one", "x", state, {{"A", 1}}, placed);
  }
  Told counted;
  write([&](store::Session& session) { counted = engine::told_of(session, channel("one").no, "shipped", clock.now()); });
  EXPECT_EQ(counted.today, 1);
}

TEST_F(Unusual, WhatIsFirstSeenSoIsHistoryAndNoNews) {
  days(10, "cancelled", 1);
  for (int i = 0; i < 40; ++i) {
    order("one", "old" + std::to_string(i), "cancelled", {{"A", 1}}, clock.now() - 24h * 20);
    order("one", "sale" + std::to_string(i), "completed", {{"A", 1}}, clock.now() - 24h * 20);
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Unusual, WhatWasMissedInAnOutageIsCountedWhenItHappened) {
  days(10, "cancelled", 1);
  const Time before = clock.now();
  pass(72h);
  for (int back = 0; back < 3; ++back)
    told_of("cancelled", 12, [&](Json& tree) { tree.set("changed_at", format_iso(before + 24h * back + 1h)); });
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Unusual, WhatAPersonHereDidIsNotTheChannels) {
  days(10, "cancelled", 1);
  for (int i = 0; i < 20; ++i) {
    const std::string cancelled = "c" + std::to_string(i), sent = "s" + std::to_string(i);
    const Time placed = clock.now() - 24h * 20;
    for (const auto& id : {cancelled, sent}) order("one", id, "paid", {{"A", 1}}, placed);
    write([&](store::Session& session) {
      const auto add = [&](const std::string& id, const std::string& kind, const char* document) {
        store::OrderTask task;
        task.order = store::find_order(session, channel("one").no, id)->no;
        task.channel = channel("one").no;
        task.kind = kind;
        task.document = *Json::parse(document);
        store::add_order_task(session, task);
        reconsider_order(session, core->world(), task.order, "ada");
      };
      add(cancelled, "cancel", R"({"reason": ""})");
      add(sent, "ship", R"({"carrier": "dhl", "tracking": "T", "lines": []})");
    });
    pass(1s);
    order("one", cancelled, "cancelled", {{"A", 1}}, placed);
    order("one", sent, "shipped", {{"A", 1}}, placed);
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Unusual, ARestartOrAReloadForgetsNothing) {
  days(10, "cancelled", 1);
  told_of("cancelled", 16);
  core.reset();
  open();
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("one orders cancelled")));
  pass(25h);
  ring();
  EXPECT_THAT(problems(), IsEmpty());
}

class UnusualStatus : public Office {};

TEST_F(UnusualStatus, ShowsTheCountsAndMetersThem) {
  sit_still();
  clock.pass(24h * 10);
  write([&](store::Session& session) {
    for (int i = 0; i < 16; ++i) store::count_told(session, shop_no, "cancelled", from_ms(to_ms(clock.now()) / 3600000 * 3600000));
  });
  EXPECT_EQ(shop().integer_or("cancelled_24h"), 16);
  EXPECT_EQ(shop().integer_or("shipped_24h"), 0);
  EXPECT_EQ(shop().integer_or("taken_24h"), 0);
  EXPECT_EQ(shop().integer_or("unusual"), 1);
  const auto metrics = engine->metrics();
  ASSERT_TRUE(metrics.has_value()) << metrics.error().text();
  EXPECT_THAT(metrics->dump(), HasSubstr("tallyd_orders_unusual"));
}

}  // namespace
}  // namespace tally::engine
