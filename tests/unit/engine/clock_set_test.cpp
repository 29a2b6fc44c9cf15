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
  /// Of 10 of A two are sold and five come in: both are known everywhere within two minutes.
  void expect_nothing_waits(memory::Platform& shop) {
    live(1s);
    buy(shop, "A", 2);
    receive_goods("A", 5);
    live(2min);
    EXPECT_EQ(reserved("A"), 2);
    EXPECT_EQ(there(shop, "A"), 13);
  }
  /// What leaves to make the first listing there; all before it is done.
  Call request_for_a_listing() {
    for (int second = 0; second < 60; ++second) {
      for (const auto& call : decided()) {
        if (call.kind == Call::Kind::push) return call;
        answer(call, perform(call, connector_of(call)));
      }
      clock.pass(1s);
    }
    ADD_FAILURE() << "no listing is made";
    return {};
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
  expect_nothing_waits(shop);
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
  expect_nothing_waits(shop);
}

TEST_F(ClockSet, BackWhileTheMachineWasOffKeepsNothingWaiting) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  begin();
  core.reset();
  clock.start_machine_again();
  clock.set_by(-24h);
  start();
  expect_nothing_waits(shop);
}

TEST_F(ClockSet, ASaleWhileItsListingIsMadeIsTakenOffTheFirstNumber) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  start();
  const auto making = request_for_a_listing();
  const auto made = perform(making, connector_of(making));
  clock.pass(1s);
  tell(shop, buy(shop, "A", 2));
  decided();
  ASSERT_EQ(reserved("A"), 2);
  clock.set_by(5s);
  decided();
  answer(making, made);
  EXPECT_EQ(there(shop, "A"), 8);
  EXPECT_LE(offer(shop, "A").low, 8) << "it was accepted behind the request, by whatever clock";
}

TEST_F(ClockSet, BackByLessThanASecondHidesNoSaleWhileItsListingIsMade) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  start();
  const auto making = request_for_a_listing();
  const auto made = perform(making, connector_of(making));
  clock.pass(10ms);
  tell(shop, buy(shop, "A", 2));
  decided();
  clock.set_by(-900ms);
  tell(shop, buy(shop, "A", 1));
  decided();
  ASSERT_EQ(reserved("A"), 3);
  answer(making, made);
  EXPECT_LE(offer(shop, "A").low, 7);
}

TEST_F(ClockSet, WhileTheDaemonWasDownIsKnownToTheSecondWhicheverWay) {
  auto& shop = add_shop_with_its_own_clock({});
  add_product("A", 10);
  begin();
  for (const auto by : {1h, -1h, 1h}) {
    const auto before = offer(shop, "A");
    core.reset();
    clock.pass(2h);
    clock.set_by(by);
    start();
    const auto after = offer(shop, "A");
    EXPECT_EQ(after.anchor_from, before.anchor_from + by) << "seen when it was seen";
    EXPECT_EQ(after.anchor_to, before.anchor_to + by);
    live(1min);
  }
  EXPECT_EQ(told("clock.set"), 3);
  core.reset();
  clock.pass(2h);
  start();
  EXPECT_EQ(told("clock.set"), 3) << "time that passes sets no clock";
}

TEST_F(ClockSet, BackBetweenADeliveryAndItsReadingPutsNothingOff) {
  Terms terms;
  terms.facts.changed_at_trusted = false;  // what is delivered is fetched
  auto& shop = add_shop_with_its_own_clock(terms);
  shops.front()->config.orders_every = 12h;
  add_product("A", 10);
  begin();
  const auto order = buy(shop, "A", 2);
  tell(shop, order);
  clock.set_by(-24h);
  live(1min);
  EXPECT_EQ(reserved("A"), 2);
}

TEST_F(ClockSet, BackForGoodIsNoReasonToReadTheOrdersOfAnHourWithEachReading) {
  Terms terms;
  terms.page = 2;
  auto& shop = add_shop_with_its_own_clock(terms);
  add_product("A", 50);
  begin();
  for (int i = 0; i < 20; ++i) buy(shop, "A", 1);
  live(10min);
  clock.set_by(-1h);
  live(10min);
  std::size_t readings = 0;
  for (const auto& call : live(10min)) readings += call.kind == Call::Kind::read_orders ? 1 : 0;
  EXPECT_LE(readings, 22u) << "one each 30 s";
  buy(shop, "A", 2);
  live(1min);
  EXPECT_EQ(reserved("A"), 2) << "the others were not paid for half an hour";
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

}  // namespace
}  // namespace tally::engine
