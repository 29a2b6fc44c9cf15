// The order list once more each night, against memory channels whose list of changes loses some when they happen.
#include "engine/night.hpp"

#include "engine/budgets.hpp"
#include "market.hpp"

#include <set>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto again = Call::Kind::read_again;

class Night : public Market {
 protected:
  memory::Platform& open(memory::Terms terms = {}) {
    auto& shop = add_shop("shop", terms);
    add_product("A", 50);
    begin();
    return shop;
  }
  std::string buy_and_pay(memory::Platform& shop) {
    const auto order = buy(shop, "A", 2);
    EXPECT_TRUE(shop.pay(order).has_value());
    live(10min);
    EXPECT_EQ(reserved("A"), 2);
    return order;
  }
  /// The list of changes never shows these when they change; at night `all` lists that go by change hide them, too.
  Answer hiding(std::set<std::string> orders, bool all = false) {
    return [this, orders = std::move(orders), all](const Call& call) {
      Outcome outcome = perform(call, connector_of(call));
      if (call.kind != Call::Kind::read_orders && !(all && call.kind == again && !call.want.by_placed)) return outcome;
      std::erase_if((*outcome.page)->documents,
                    [&](const channel::Document& document) { return orders.contains(Json::parse(document.body)->text_or("@id")); });
      return outcome;
    };
  }
  /// Time passes until such a page leaves; it is not answered.
  std::optional<Call> left(const std::function<bool(const Call&)>& wanted) {
    for (int half_minutes = 0; half_minutes < 3000; ++half_minutes) {
      std::optional<Call> found;
      for (auto& call : decided()) {
        if (!found && call.kind == again && wanted(call))
          found = std::move(call);
        else
          perform_and_answer(call);
      }
      if (found) return found;
      pass(Duration(30000));
    }
    return std::nullopt;
  }
  static std::vector<Call> nights(const std::vector<Call>& calls) {
    std::vector<Call> found;
    std::copy_if(calls.begin(), calls.end(), std::back_inserter(found), [](const Call& call) { return call.kind == again; });
    return found;
  }
};

TEST_F(Night, ACancellationThatTheFeedNeverTellsIsFoundByTheNightlyReading) {
  auto& shop = open();
  live(10h);
  const auto order = buy_and_pay(shop);
  ASSERT_TRUE(shop.cancel(order).has_value());
  live(12h, hiding({order}));
  ASSERT_EQ(order_row(shop, order).state, "paid") << "the list of changes did not show it when it changed";
  live(4h, hiding({order}));
  EXPECT_EQ(order_row(shop, order).state, "cancelled");
  EXPECT_EQ(reserved("A"), 0);
  EXPECT_EQ(told("orders.read_again"), 1);
}

TEST_F(Night, WhatIsThereAlreadyChangesNothing) {
  memory::Terms terms;
  terms.page = 2;
  auto& shop = open(terms);
  live(10h);
  std::vector<std::string> orders;
  for (int i = 0; i < 5; ++i) orders.push_back(buy(shop, "A", 1));
  live(1h);
  const auto revision = order_row(shop, orders.front()).revision;
  EXPECT_EQ(nights(live(15h)).size(), 3U) << "once, page by page";
  EXPECT_EQ(order_row(shop, orders.front()).revision, revision);
  EXPECT_EQ(told("orders.read_again"), 0);
}

TEST_F(Night, AChangeThatMovesNoTimeIsFoundByTheTimeOfPlacingWhereTheConnectorSaysSo) {
  for (const bool unseen : {false, true}) {
    memory::Terms terms;
    terms.facts.lists_placed_orders = true;
    terms.facts.changes_unseen = unseen;
    auto& shop = add_shop(unseen ? "lying" : "honest", terms);
    if (!unseen) add_product("A", 50);
    begin();
    live(10h);
    const auto order = buy(shop, "A", 2);
    ASSERT_TRUE(shop.pay(order).has_value());
    live(3h);  // its hour is compared by now
    ASSERT_TRUE(shop.cancel(order).has_value());
    live(13h, hiding({order}, true));
    EXPECT_EQ(order_row(shop, order).state, unseen ? "cancelled" : "paid");
  }
}

TEST_F(Night, AReadingThatARestartCutShortBeginsAnewAndADoneOneDoesNot) {
  memory::Terms terms;
  terms.page = 2;
  auto& shop = open(terms);
  live(22h);
  for (int i = 0; i < 5; ++i) buy(shop, "A", 1);
  ASSERT_TRUE(left([](const Call& call) { return !call.want.cursor.empty(); }));
  start();
  const auto after = nights(live(2h));
  ASSERT_EQ(after.size(), 3U);
  EXPECT_TRUE(after.front().want.cursor.empty());
  start();
  EXPECT_TRUE(nights(live(20h)).empty());
  EXPECT_FALSE(nights(live(6h)).empty());
}

TEST_F(Night, AfterAStopOfDaysItReadsAsFarBack) {
  open();
  live(25h);
  core.reset();
  pass(72h);
  start();
  const auto calls = nights(live(2h));
  ASSERT_FALSE(calls.empty());
  EXPECT_LT(*calls.front().want.since, clock.now() - 72h);
  EXPECT_GT(*calls.front().want.since, clock.now() - 78h);
}

TEST_F(Night, ItTakesNoSeatFromUrgentWork) {
  memory::Terms terms;
  terms.facts.compare_and_set = true;
  auto& shop = open(terms);
  auto& other = add_shop("other", {});
  begin();
  live(20h);
  const auto out = left([&](const Call& call) { return call.channel == no("shop"); });
  ASSERT_TRUE(out);
  EXPECT_FALSE(out->urgent);
  tell(other, buy(other, "A", 5));
  for (int seconds = 0; seconds < 10; ++seconds) {
    for (auto& call : decided()) {
      EXPECT_FALSE(call.kind == again && call.channel == no("shop")) << "one page at a time";
      perform_and_answer(call);
    }
    pass(Duration(1000));
  }
  EXPECT_EQ(there(shop, "A"), 45) << "the decrease does not wait for it";
}

TEST_F(Night, AClockThatIsSetMakesItNeitherEarlyNorTwice) {
  open();
  live(20h);
  clock.set_by(24h);
  EXPECT_TRUE(nights(live(2h)).empty());
  clock.set_by(-24h);
  EXPECT_EQ(nights(live(4h)).size(), 1U);
  clock.set_by(48h);
  start();
  EXPECT_TRUE(nights(live(20h)).empty());
}

TEST_F(Night, ChannelsDoNotBeginInTheSameMinute) {
  for (const char* name : {"one", "two", "three"}) add_shop(name, {});
  add_product("A", 5);
  begin();
  std::set<std::int64_t> minutes;
  for (const auto& call : nights(live(26h))) minutes.insert(to_ms(call.left_at) / 60000);
  EXPECT_EQ(minutes.size(), 3U);
}

TEST_F(Night, APageThatFailsIsReadAnHourLaterAndStopsNothing) {
  auto& shop = open();
  live(23h);
  int failures = 0;
  const auto calls = live(5h, [&](const Call& call) {
    const bool fails = call.kind == again && ++failures < 3;
    return fails ? all_answered(call, error(Fault::rejected, "too old")) : perform(call, connector_of(call));
  });
  EXPECT_EQ(nights(calls).size(), 3U);
  EXPECT_GT(count(calls, Call::Kind::read_orders), 50U);
  EXPECT_EQ(there(shop, "A"), 50);
}

TEST_F(Night, AListThatGivesEverythingOnceIsNotReadAgain) {
  memory::Terms terms;
  terms.facts.nightly_overlap = Duration(0);
  open(terms);
  EXPECT_TRUE(nights(live(50h)).empty());
}

TEST_F(Night, WhatIsKeptOfABudgetIsLeftToOthers) {
  channel::Budget budget;
  budget.name = "orders";
  budget.operations = {"read_orders", "read_order"};
  budget.most = 10;
  budget.keep = 6;
  budget.every = Duration(1h);
  budget.slack = Duration(1000);
  memory::Terms terms;
  terms.page = 1;
  auto& shop = add_shop("shop", terms);
  Budgets budgets{clock};
  ASSERT_TRUE(budgets.open(*store).has_value());
  shops.back()->connector = std::make_shared<memory::MemoryConnector>(shop, budgets.for_channel("shop")({budget}));
  shops.back()->config.orders_every = Duration(20min);
  add_product("A", 50);
  begin();
  live(12h);
  for (int i = 0; i < 8; ++i) {
    buy(shop, "A", 1);
    live(1h);
  }
  const auto calls = live(28h);
  EXPECT_EQ(nights(calls).size(), 8U) << "it goes on at its page when there is room";
  Time last = calls.front().left_at;
  for (const auto& call : calls) {
    if (call.kind != Call::Kind::read_orders) continue;
    EXPECT_LE(call.left_at - last, Duration(21min)) << "the order list is read as ever";
    last = call.left_at;
  }
  core.reset();
  shops.clear();
}

}  // namespace
}  // namespace tally::engine
