// The ledger: what orders, counts, transfers and reversals do to it. Those that are named after a trap show how the obvious design goes
// wrong.
#include "stock_house.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class StockTraps : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    config.locations = {{"main", ""}, {"store", ""}};
    add_shop("one", {});
    add_shop("other", {});
  }
  void shipped_at(Json& tree, const std::string& line, Quantity units, Time when) {
    const Json ref = Json::object({{"line", Json::object({{"@id", line}})}, {"quantity", units}});
    tree.set("shipments", Json::Array{Json::object({{"@id", "s"}, {"at", format_iso(when)}, {"lines", Json::Array{ref}}})});
  }
};

TEST_F(StockTraps, AnEditBackToWhatItWasIsNotTakenForARepeatB3) {
  add_product("A", 10);
  open();
  const Time placed = clock.now();
  for (const Quantity units : {2, 3, 2, 3}) {
    pass(1s);
    order("one", "1", "paid", {{"A", units}}, placed);
    EXPECT_EQ(at("A", "main").reserved, units);
  }
  EXPECT_EQ(order_row("one", "1").revision, 4);
}

TEST_F(StockTraps, CountsDoNotCommuteWithSalesB4) {
  add_product("A", 10);
  open();
  const Time opening = clock.now(), sold = opening + 1h, counted = opening + 2h;
  pass(3h);
  ASSERT_TRUE(count("A", "main", 8, counted));  // the count comes first, the sale that it has in it later
  order("one", "1", "shipped", {{"A", 2}}, sold, [&](Json& tree) { shipped_at(tree, "1", 2, sold); });
  EXPECT_EQ(at("A", "main").on_hand, 8);
  order("one", "2", "shipped", {{"A", 1}}, clock.now(), [&](Json& tree) { shipped_at(tree, "1", 1, clock.now()); });
  EXPECT_EQ(at("A", "main").on_hand, 7) << "what left after the count is not in it";
  EXPECT_FALSE(count("A", "main", 99, sold)) << "an older count changes nothing";
  EXPECT_EQ(at("A", "main").on_hand, 7);
}

TEST_F(StockTraps, YearsOfOldOrdersDoNotEmptyTheShelfThatWasCountedAfterThemB4) {
  add_product("A", 100);
  open();
  for (int i = 0; i < 30; ++i) {
    const Time then = clock.now() - 24h * (i + 2);
    order("one", "old" + std::to_string(i), "completed", {{"A", 10}}, then, [&](Json& tree) { shipped_at(tree, "1", 10, then); });
  }
  EXPECT_EQ(at("A", "main"), (Effect{100, 0}));
  EXPECT_TRUE(oversells().empty());
}

TEST_F(StockTraps, AnOrderMayArriveShippedCancelledOrRefundedB5) {
  add_product("A", 10);
  open();
  pass(1h);
  order("one", "shipped", "shipped", {{"A", 2}});
  EXPECT_EQ(at("A", "main"), (Effect{8, 0}));
  order("one", "cancelled", "cancelled", {{"A", 3}});
  EXPECT_EQ(at("A", "main"), (Effect{8, 0}));
  order("one", "refunded", "refunded", {{"A", 1}}, clock.now(), [&](Json& tree) { shipped_at(tree, "1", 1, clock.now()); });
  EXPECT_EQ(at("A", "main"), (Effect{7, 0})) << "money moves no stock: the goods are out";
}

TEST_F(StockTraps, AnUnroutedOrderReservesAtALocationThatOthersCountOnAsWellB7) {
  config.locations = {{"a", ""}, {"b", ""}, {"c", ""}};
  rules("one").locations = {"a", "b"};
  rules("other").locations = {"b", "c"};
  add_product("A", 0);
  open();
  put("A", "a", 2);
  put("A", "b", 5);
  order("one", "small", "paid", {{"A", 2}});
  EXPECT_EQ(at("A", "a").reserved, 2) << "by priority";
  EXPECT_EQ(number("other", "A").number, 5);
  order("one", "large", "paid", {{"A", 4}});
  EXPECT_EQ(at("A", "b").reserved, 4) << "the first that has it";
  EXPECT_EQ(number("other", "A").number, 1);
  order("one", "too much", "paid", {{"A", 2}});
  EXPECT_EQ(at("A", "a"), (Effect{2, 4})) << "nobody has it: the first owes it";
  EXPECT_EQ(number("one", "A").number, 0);
  EXPECT_EQ(number("one", "A").available, -1) << "what b has, a owes";
}

TEST_F(StockTraps, TheWholeOrderComesFromOnePlaceWhereOneHasItB7) {
  add_product("A", 0);
  add_product("B", 0);
  open();
  put("A", "main", 5);
  put("A", "store", 5);
  put("B", "store", 5);
  order("one", "1", "paid", {{"A", 1}, {"B", 1}});
  EXPECT_EQ(at("A", "store").reserved, 1);
  EXPECT_EQ(at("B", "store").reserved, 1);
  put("B", "main", 1);
  order("one", "2", "paid", {{"A", 1}, {"B", 3}, {"A", 4}});
  EXPECT_EQ(at("A", "main").reserved, 5) << "no place has all of it: line by line, by priority";
  EXPECT_EQ(at("B", "store").reserved, 4);
}

TEST_F(StockTraps, TwoLinesOfOneSkuAreNotPromisedTheSameUnits) {
  add_product("A", 0);
  open();
  put("A", "main", 3);
  put("A", "store", 4);
  order("one", "1", "paid", {{"A", 2}, {"A", 2}});
  EXPECT_EQ(at("A", "store").reserved, 4);
  EXPECT_EQ(at("A", "main").reserved, 0);
}

TEST_F(StockTraps, ReroutingMovesTheClaimB7) {
  add_product("A", 0);
  open();
  put("A", "main", 5);
  put("A", "store", 5);
  order("one", "1", "paid", {{"A", 2}});
  ASSERT_EQ(at("A", "main").reserved, 2);
  const auto row = order_row("one", "1");
  const auto store_no = place("store");
  const auto route = [&] {
    std::size_t moved = 0;
    write([&](store::Session& session) {
      const auto done = reroute_order(session, core->world(), row.no, store_no, "", "ada");
      ASSERT_TRUE(done.has_value());
      moved = *done;
    });
    return moved;
  };
  EXPECT_EQ(route(), 1u);
  EXPECT_EQ(at("A", "main"), (Effect{5, 0}));
  EXPECT_EQ(at("A", "store"), (Effect{5, 2}));
  EXPECT_EQ(route(), 0u) << "it is there already";
  order("one", "1", "shipped", {{"A", 2}});
  EXPECT_EQ(at("A", "store"), (Effect{3, 0})) << "it leaves from where it was routed to";
  EXPECT_TRUE(oversells().empty());
}

TEST_F(StockTraps, AnErpThatHasOurOrdersIsNotChargedForThemTwiceB9) {
  config.locations = {{"main", "other", "", true, 10min}};
  add_product("A", 10);
  open();
  order("one", "1", "paid", {{"A", 2}});
  pass(1h);
  const auto& erp = channel("other");
  const auto no = variant("A");
  Quantity on_hand = 0;
  write([&](store::Session& session) { on_hand = on_hand_counted(session, erp, no, 8, clock.now()); });
  EXPECT_EQ(on_hand, 10) << "it says that 8 are free: 2 more are there, promised to our order";
  ASSERT_TRUE(count("A", "main", on_hand, clock.now()));
  EXPECT_EQ(number("one", "A").available, 8);

  order("one", "2", "paid", {{"A", 3}});
  pass(1min);
  write([&](store::Session& session) { on_hand = on_hand_counted(session, erp, no, 8, clock.now()); });
  EXPECT_EQ(on_hand, 10) << "it cannot know the second order yet";
  write([&](store::Session& session) { on_hand = on_hand_counted(session, channel("one"), no, 8, clock.now()); });
  EXPECT_EQ(on_hand, 8) << "who counts what lies there is taken at its word";
}

TEST_F(StockTraps, WhatAPlatformHoldsIsCountedAndPromisedToNobodyElseB9) {
  config.locations = {{"main", ""}, {"fba", "", "one"}};
  rules("one").locations = {"fba"};
  add_product("A", 5);
  open();
  put("A", "fba", 7);
  EXPECT_EQ(number("other", "A").available, 5);
  EXPECT_FALSE(channel("one").has_our_stock());
  EXPECT_TRUE(channel("other").has_our_stock());
  come_to_rest();
  clear_marks();
  write([&](store::Session& session) {
    mark_stock(session, core->world(), {store::find_variant(session, Sku("A"))->no}, {"test", false, 0}, clock.now());
  });
  EXPECT_FALSE(marked("one", "A")) << "its number is the platform's own";
  EXPECT_TRUE(marked("other", "A"));
}

class Transfers : public StockTraps {
 protected:
  std::int64_t send(Quantity units) {
    std::int64_t no = 0;
    const auto a = variant("A");
    const auto from = place("main"), to = place("store");
    write([&](store::Session& session) {
      const auto sent = send_goods(session, {0, a, from, to, units, std::nullopt, clock.now(), long_ago}, "");
      ASSERT_TRUE(sent.has_value());
      no = *sent;
    });
    return no;
  }
  bool arrive(std::int64_t no, std::optional<Quantity> units) {
    bool taken = false;
    write([&](store::Session& session) { taken = take_goods_in(session, no, units, "", clock.now()).has_value(); });
    return taken;
  }
};

TEST_F(Transfers, GoodsUnderWayAreInNoChannelsSet) {
  add_product("A", 10);
  open();
  const auto no = send(4);
  EXPECT_EQ(at("A", "main").on_hand, 6);
  EXPECT_EQ(at("A", transit).on_hand, 4);
  EXPECT_EQ(number("one", "A").available, 6);
  ASSERT_TRUE(arrive(no, std::nullopt));
  EXPECT_EQ(at("A", transit).on_hand, 0);
  EXPECT_EQ(at("A", "store").on_hand, 4);
  EXPECT_EQ(number("one", "A").available, 10);
  EXPECT_FALSE(arrive(no, std::nullopt)) << "it arrives once";
  EXPECT_EQ(at("A", "store").on_hand, 4);
}

TEST_F(Transfers, WhatDidNotArriveStaysUnderWay) {
  add_product("A", 10);
  open();
  const auto no = send(4);
  EXPECT_FALSE(arrive(no, 5)) << "more than was sent";
  ASSERT_TRUE(arrive(no, 3));
  EXPECT_EQ(at("A", transit).on_hand, 1);
  EXPECT_EQ(at("A", "store").on_hand, 3);
}

class Reversal : public StockTraps {
 protected:
  std::size_t reverse(const std::string& cause) {
    std::size_t movements = 0;
    write([&](store::Session& session) {
      const auto done = reverse_cause(session, cause, "", clock.now());
      if (done) movements = done->movements;
    });
    return movements;
  }
  void receive(const std::string& cause, Quantity units) {
    const auto a = variant("A");
    const auto main = place("main");
    write([&](store::Session& session) { append_change(session, a, main, "receipt", units, cause, "", clock.now(), clock.now()); });
  }
};

TEST_F(Reversal, WritesTheOppositeOnce) {
  add_product("A", 10);
  open();
  receive("receipt:1", 5);
  EXPECT_EQ(reverse("receipt:1"), 1u);
  EXPECT_EQ(at("A", "main").on_hand, 10);
  EXPECT_EQ(reverse("receipt:1"), 0u);
  EXPECT_EQ(at("A", "main").on_hand, 10);
}

TEST_F(Reversal, OfAFileIsOfAllItsLinesAndNoOthers) {
  add_product("A", 10);
  open();
  receive("receipt:ab:1", 5);
  receive("receipt:ab:2", 1);
  receive("receipt:abc:1", 7);
  EXPECT_EQ(reverse("receipt:ab"), 2u);
  EXPECT_EQ(at("A", "main").on_hand, 17);
}

TEST_F(Reversal, OfAKindAloneIsRefusedForItWouldBeEveryMovementOfThatKind) {
  add_product("A", 10);
  open();
  receive("receipt:1", 5);
  EXPECT_EQ(reverse("receipt"), 0u);
  EXPECT_EQ(reverse("receipt:"), 0u);
  EXPECT_EQ(at("A", "main").on_hand, 15);
}

TEST_F(Reversal, OfTheNewestCountLetsTheOneBeforeItHoldAgain) {
  add_product("A", 10);  // counted an hour ago
  open();
  pass(1h);
  const Time sold = clock.now();
  pass(1h);
  ASSERT_TRUE(count("A", "main", 3, clock.now()));
  order("one", "1", "shipped", {{"A", 2}}, sold, [&](Json& tree) { shipped_at(tree, "1", 2, sold); });
  ASSERT_EQ(at("A", "main").on_hand, 3) << "covered by the count";
  EXPECT_EQ(reverse("count:1"), 1u);
  EXPECT_EQ(at("A", "main").on_hand, 8) << "10 were there, 2 left";
  order("one", "2", "shipped", {{"A", 1}}, sold, [&](Json& tree) { shipped_at(tree, "1", 1, sold); });
  EXPECT_EQ(at("A", "main").on_hand, 7);
}

TEST_F(Reversal, OfWhatALaterCountSettledChangesNothing) {
  add_product("A", 10);
  open();
  receive("receipt:1", 5);
  pass(1h);
  ASSERT_TRUE(count("A", "main", 12, clock.now()));
  EXPECT_EQ(reverse("receipt:1"), 1u);
  EXPECT_EQ(at("A", "main").on_hand, 12);
}

TEST_F(Reversal, IsNotForOrders) {
  add_product("A", 10);
  open();
  order("one", "1", "paid", {{"A", 2}});
  EXPECT_EQ(reverse("order:1"), 0u);
  EXPECT_EQ(at("A", "main").reserved, 2);
}

class OversoldTrap : public StockTraps {
 protected:
  /// As they are listed and believed.
  void settle() {
    open();
    come_to_rest();
    pass(1min);
  }
};

TEST_F(OversoldTrap, IsTheMovementThatTakesAvailableBelowZeroWithTheOneBeforeItB10) {
  add_product("A", 1);
  settle();
  order("one", "first", "paid", {{"A", 1}});
  EXPECT_TRUE(oversells().empty());
  pass(2s);
  order("other", "second", "paid", {{"A", 1}}, clock.now() - 2s);
  ASSERT_EQ(oversells().size(), 1u);
  const auto oversell = oversells().front();
  EXPECT_EQ(oversell.order, order_row("other", "second").no);
  EXPECT_EQ(oversell.other_order, order_row("one", "first").no);
  EXPECT_EQ(oversell.short_by, 1);
  EXPECT_EQ(oversell.delay, Duration(2000));
  EXPECT_EQ(oversell.rule, "buffer ≥ 1 on other");
  order("other", "second", "shipped", {{"A", 1}});
  EXPECT_EQ(oversells().size(), 1u) << "shipping it takes nothing more";
}

TEST_F(OversoldTrap, NamesABufferThatWouldHaveKeptTheLastOrderOutB10) {
  add_product("A", 5);
  settle();
  order("one", "first", "paid", {{"A", 5}});
  order("other", "second", "paid", {{"A", 2}});  // it still showed 5, and shows 3 now
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_EQ(oversells().front().short_by, 2);
  EXPECT_EQ(oversells().front().rule, "buffer ≥ 4 on other") << "showing 1 it would not have sold 2";
}

TEST_F(OversoldTrap, ALatePaymentAfterTheReservationRanOutNamesHowLongItShouldHaveBeenB10) {
  rules("other").reserve = ReserveAt::placed;
  add_product("A", 1);
  settle();
  const Time placed = clock.now();
  order("other", "slow", "pending", {{"A", 1}}, placed);
  pass(31min);
  ring();
  order("one", "quick", "paid", {{"A", 1}});
  pass(9min);
  order("other", "slow", "paid", {{"A", 1}}, placed, [&](Json& tree) { tree.set("paid_at", format_iso(clock.now())); });
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_EQ(oversells().front().rule, "reserve_for ≥ 40m on other");
}

TEST_F(OversoldTrap, APaymentThatComesBehindAnotherOrderNamesReservingAtPlacingB10) {
  rules("other").reserve = ReserveAt::paid;
  add_product("A", 1);
  settle();
  const Time placed = clock.now();
  order("other", "slow", "pending", {{"A", 1}}, placed);
  pass(1min);
  order("one", "quick", "paid", {{"A", 1}});
  pass(1min);
  order("other", "slow", "paid", {{"A", 1}}, placed);
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_EQ(oversells().front().rule, "reserve: placed on other");
}

TEST_F(OversoldTrap, StockOfAnotherChannelsLocationsHelpsNobodyB10) {
  rules("one").locations = {"main"};
  rules("other").locations = {"store"};
  add_product("A", 1);
  settle();
  put("A", "store", 9);
  order("one", "1", "paid", {{"A", 2}});
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_EQ(oversells().front().short_by, 1);
}

}  // namespace
}  // namespace tally::engine
