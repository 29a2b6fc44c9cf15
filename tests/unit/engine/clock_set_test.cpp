// The machine's clock is set while the platforms' go on: nothing is put off, read past or dated where it was not.
#include "market.hpp"

namespace tally::engine {
namespace {

using memory::Terms;
using namespace std::chrono_literals;

/// As the platforms have it.
class Truth final : public Clock {
 public:
  explicit Truth(const StoppedClock& clock) : clock_(clock) {}
  Time now() const override { return clock_.truth(); }
  Duration since_start() const override { return clock_.since_start(); }

 private:
  const StoppedClock& clock_;
};

class ClockSet : public Market {
 protected:
  memory::Platform& add_shop_with_its_own_clock(const Terms& terms) {
    add_shop("shop", terms);
    shops.back()->platform = std::make_unique<memory::Platform>("shop", terms, truth);
    shops.back()->connector = std::make_shared<memory::MemoryConnector>(*shops.back()->platform);
    shops.back()->config.orders_every = 30s;
    return *shops.back()->platform;
  }
  Quantity on_hand(const std::string& sku) {
    Quantity units = 0;
    write([&](store::Session& session) {
      for (const auto& row : store::stock_of(session, store::find_variant(session, Sku(sku))->no)) units += row.sum.on_hand;
    });
    return units;
  }

  const Truth truth{clock};
};

TEST_F(ClockSet, BackByADayKeepsNeitherOrdersNorNumbersWaiting) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  begin();
  clock.set_by(-24h);
  live(1s);
  buy(shop, "A", 2);
  receive_goods("A", 5);
  live(2min);
  EXPECT_EQ(reserved("A"), 2);
  EXPECT_EQ(there(shop, "A"), 13);
  EXPECT_EQ(told("clock.set"), 1);
}

TEST_F(ClockSet, AheadByADayForAWhileLosesNoOrder) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  begin();
  clock.set_by(24h);
  buy(shop, "A", 1);
  live(5min);
  EXPECT_EQ(reserved("A"), 1);
  buy(shop, "A", 2);
  live(5min);
  EXPECT_EQ(reserved("A"), 3) << "the list is asked for what changed by the platform's own clock";
  clock.set_by(-24h);
  buy(shop, "A", 1);
  live(5min);
  EXPECT_EQ(reserved("A"), 4);
  EXPECT_EQ(there(shop, "A"), 6);
}

TEST_F(ClockSet, BackWhileTheDaemonWasDownKeepsNothingWaiting) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  begin();
  core.reset();
  clock.set_by(-24h);
  start();
  live(1s);
  buy(shop, "A", 2);
  receive_goods("A", 5);
  live(2min);
  EXPECT_EQ(reserved("A"), 2);
  EXPECT_EQ(there(shop, "A"), 13);
}

TEST_F(ClockSet, WhatWasCountedOnAWrongDayCoversNoSaleOfThatDay) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  begin();
  clock.set_by(24h);
  live(1min);
  write([&](store::Session& session) {
    ASSERT_TRUE(append_count(session, store::find_variant(session, Sku("A"))->no, store::open_location(session, "main"), 7, clock.now(),
                             "count:1", "", clock.now()));
  });
  clock.set_by(-24h);
  live(1min);
  const auto order = buy(shop, "A", 2);
  ASSERT_TRUE(shop.pay(order).has_value());
  live(1min);
  ASSERT_TRUE(shop.ship(order).has_value());
  live(5min);
  EXPECT_EQ(on_hand("A"), 5);
}

TEST_F(ClockSet, ASaleThatALookHadSeenIsNotTakenAgainWhileTheClockIsWrong) {
  Terms terms;
  terms.facts.stock = channel::StockWrites::delta;
  auto& shop = add_shop_with_its_own_clock(terms);
  shops.front()->config.orders_every = 1h;
  add_product("A", 10);
  begin();
  clock.set_by(1h);
  live(1min);
  const auto order = buy(shop, "A", 2);  // 8
  live(10s);
  owe_a_look(shop, "A");
  live(1s);
  tell(shop, order);
  live(2min);
  EXPECT_EQ(there(shop, "A"), 8);
  const auto row = offer(shop, "A");
  EXPECT_EQ(row.low, 8);
  EXPECT_EQ(row.high, 8);
}

constexpr Duration second{1000};

Time at(Duration since) {
  return from_ms(1'767'225'600'000) + since;
}

TEST(ClockApart, IsNothingWhereTheAnswerMayHaveBeenGivenByOurs) {
  ClockApart clock;
  EXPECT_FALSE(clock.told(at(0s), at(200ms), at(900ms), second));
  EXPECT_EQ(clock.ahead, Duration(0));
  EXPECT_EQ(clock.doubt, Duration(0));
}

TEST(ClockApart, IsKnownWithinASecondAndTheWayOfTheAnswer) {
  ClockApart clock;
  EXPECT_TRUE(clock.told(at(1h), at(0s), at(500ms), second));
  EXPECT_LE(clock.ahead - clock.doubt, Duration(1h));
  EXPECT_GE(clock.ahead + clock.doubt, Duration(1h));
  EXPECT_LE(clock.doubt, Duration(1500));
  EXPECT_FALSE(clock.told(at(1h + 10s), at(10s), at(10s + 100ms), second)) << "as known";
  EXPECT_TRUE(clock.told(at(20min), at(20min), at(20min + 1s), second)) << "it was set right";
  EXPECT_EQ(clock.ahead, Duration(0));
}

TEST(ClockApart, ASlowAnswerThatAnyClockMayHaveGivenTellsNothingNew) {
  ClockApart clock;
  ASSERT_TRUE(clock.told(at(-5s), at(0s), at(100ms), second));
  const auto known = clock.ahead;
  EXPECT_FALSE(clock.told(at(20min), at(20min + 1s), at(20min + 6s), second));
  EXPECT_LE(clock.ahead - clock.doubt, Duration(-5s));
  EXPECT_GE(clock.ahead + clock.doubt, Duration(-5s));
  EXPECT_NEAR(clock.ahead.count(), known.count(), 1500);
}

TEST(ClockApart, OfAPlatformThatAnswersByTwoClocksIsAsWideAsTheyAreApart) {
  ClockApart clock;
  int surprises = 0;
  for (int i = 0; i < 100; ++i) {
    const Time now = at(i * 1s);
    surprises += clock.told(i % 2 == 0 ? now : now + 30s, now, now + 100ms, second) ? 1 : 0;
    if (i < 2) continue;
    EXPECT_LE(clock.ahead - clock.doubt, Duration(0));
    EXPECT_GE(clock.ahead + clock.doubt, Duration(30s));
  }
  EXPECT_LE(surprises, 2);
}

TEST(ClockApart, IsNothingWithinWhatThePlatformDeclares) {
  ClockApart clock;
  EXPECT_FALSE(clock.told(at(40s), at(0s), at(1s), Duration(30s)));
  EXPECT_EQ(clock.ahead, Duration(0));
  EXPECT_EQ(clock.doubt, Duration(0));
}

TEST(ClockApart, MovesWithOurs) {
  ClockApart clock;
  clock.moved(Duration(-1h));
  EXPECT_EQ(clock.ahead, Duration(1h));
  EXPECT_EQ(clock.ours(at(1h)), at(0s));
  clock.moved(Duration(1h));
  EXPECT_EQ(clock.ahead, Duration(0));
  EXPECT_EQ(clock.doubt, Duration(0));
}

}  // namespace
}  // namespace tally::engine
