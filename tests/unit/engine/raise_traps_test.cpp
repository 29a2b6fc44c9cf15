// Numbers that put sold units up for sale again: over sales that nobody has read yet, and over those that were read too early or too late.
#include "market.hpp"

namespace tally::engine {
namespace {

using channel::StockWrites;
using memory::Terms;
using namespace std::chrono_literals;

class Reinflated : public Market {};

TEST_F(Reinflated, ADecreaseOverSalesThatNobodyHasReadRaisesNothing) {
  auto& shop = add_shop("shop", {});
  auto& other = add_shop("other", {});
  shops.front()->config.orders_every = 1h;
  add_product("A", 10);
  begin();
  buy(shop, "A", 3);  // 7 stand there, 10 are believed
  live(10s);
  tell(other, buy(other, "A", 1));  // 9 are available
  live(1min);
  ASSERT_FALSE(written(shop, "A").empty());
  EXPECT_LE(most(written(shop, "A")), 6);
  core->lane(no("shop"))->hurry();  // reads its orders
  live(1min);
  EXPECT_EQ(there(shop, "A"), 6);
  EXPECT_EQ(there(other, "A"), 6);
}

TEST_F(Reinflated, AnOwnSaleThatIsReadIsNotWrittenOverTheNextOne) {
  auto& shop = add_shop("shop", {});
  shops.front()->config.orders_every = 1h;
  add_product("A", 10);
  begin();
  const auto first = buy(shop, "A", 1);
  live(10s);
  buy(shop, "A", 1);
  tell(shop, first);
  live(30s);
  EXPECT_EQ(written(shop, "A"), Numbers{}) << "it took the unit from its number by itself";
  EXPECT_EQ(there(shop, "A"), 8);
}

TEST_F(Reinflated, AWriteThatLandsBehindAnUnreadSaleIsPutRightWhenTheSaleIsRead) {
  auto& shop = add_shop("shop", {});
  shops.front()->config.orders_every = 1h;
  add_product("A", 10);
  start();
  come_to_rest();
  pass(10s);
  receive_goods("A", -2);
  const auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  const auto order = buy(shop, "A", 1);
  pass(1s);
  perform_and_answer(calls.front());
  ASSERT_EQ(there(shop, "A"), 8) << "over a true 7";
  tell(shop, order);
  live(1min);
  EXPECT_EQ(there(shop, "A"), 7);
}

TEST_F(Reinflated, AnAnswerDoesNotHideASaleThatWasReadWhileItWasUnderWay) {
  Terms comparing;
  comparing.facts.compare_and_set = true;
  auto& shop = add_shop("shop", comparing);
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", 3);
  const auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  Outcome outcome = perform(calls.front(), connector_of(calls.front()));
  ASSERT_EQ(there(shop, "A"), 12);
  pass(5s);
  tell(shop, buy(shop, "A", 1));
  EXPECT_TRUE(decided().empty()) << "one write of a thing at a time";
  answer(calls.front(), std::move(outcome));
  EXPECT_EQ(offer(shop, "A").low, 11);
  EXPECT_EQ(offer(shop, "A").high, 11);
  live(1min);
  EXPECT_EQ(written(shop, "A"), Numbers{12});
}

TEST_F(Reinflated, AReceiptThatHadToWaitDoesNotRaiseOverTheSalesOfTheMeantime) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  receive_goods("A", 5);
  bool told_to_wait = false;
  live(2s, [&](const Call& call) {
    if (call.kind != Call::Kind::look) return perform(call, connector_of(call));
    told_to_wait = true;
    Error limit = error(Fault::throttled, "429");
    limit.retry_after = Duration(4min);
    return all_answered(call, limit);
  });
  ASSERT_TRUE(told_to_wait) << "the orders were read behind the receipt, and the number is about to be looked at";
  buy(shop, "A", 2);
  live(20min);
  EXPECT_LE(most(written(shop, "A")), 13);
  EXPECT_EQ(there(shop, "A"), 13);
}

TEST_F(Reinflated, AListThatLagsHidesNoSaleFromARaise) {
  Terms lagging;
  lagging.order_lag = lagging.facts.order_lag = Duration(3min);
  auto& shop = add_shop("shop", lagging);
  add_product("A", 10);
  begin();
  live(10min);
  buy(shop, "A", 2);
  live(10s);
  receive_goods("A", 5);
  live(20min);
  EXPECT_LE(most(written(shop, "A")), 13);
  EXPECT_EQ(there(shop, "A"), 13);
}

/// No list of orders: webhooks alone.
Terms only_telling() {
  Terms terms;
  terms.facts.reads_orders = terms.facts.has_order_list = false;
  return terms;
}

TEST_F(Reinflated, AChannelThatOnlyTellsIsRaisedAMinuteAfterItsLastWrite) {
  auto& shop = add_shop("shop", only_telling());
  add_product("A", 10);
  begin();
  receive_goods("A", -1);
  live(1s);
  ASSERT_EQ(written(shop, "A"), Numbers{9});
  receive_goods("A", 5);
  live(30s);
  EXPECT_EQ(written(shop, "A"), Numbers{9}) << "a sale may be on its way to us";
  tell(shop, buy(shop, "A", 2));
  live(5min);
  EXPECT_EQ(written(shop, "A"), (Numbers{9, 12}));
}

TEST_F(Reinflated, AChannelThatOnlyTellsIsLookedAtBeforeItIsRaised) {
  auto& shop = add_shop("shop", only_telling());
  add_product("A", 10);
  begin();
  live(10min);
  const auto late = buy(shop, "A", 2);
  receive_goods("A", 5);
  live(40s);
  EXPECT_EQ(written(shop, "A"), Numbers{}) << "two are missing there, and nobody has said why";
  tell(shop, late);
  live(5min);
  EXPECT_EQ(written(shop, "A"), Numbers{13});
}

TEST_F(Reinflated, AChannelThatOnlyTellsIsRaisedThoughAnOrderIsAnnouncedThatNobodyCanFetch) {
  auto& shop = add_shop("shop", only_telling());
  add_product("A", 10);
  begin();
  receive_goods("A", -1);
  live(1s);
  ASSERT_EQ(written(shop, "A"), Numbers{9});
  write([&](store::Session& session) { store::add_poke(session, no("shop"), "order", "not to be had", clock.now()); });
  receive_goods("A", 5);
  live(5min);
  EXPECT_EQ(written(shop, "A"), (Numbers{9, 14}));
}

TEST_F(Reinflated, AChannelThatOnlyTellsAndComparesIsRaisedThoughAHandWasThere) {
  auto terms = only_telling();
  terms.facts.compare_and_set = true;
  auto& shop = add_shop("shop", terms);
  add_product("A", 10);
  begin();
  ASSERT_TRUE(shop.set_number(id(shop, "A"), 8).has_value());
  owe_a_look(shop, "A");
  live(10s);
  ASSERT_TRUE(offer(shop, "A").suspect);
  receive_goods("A", 5);
  live(10s);
  EXPECT_EQ(there(shop, "A"), 8) << "it may be a sale of which nobody has told yet";
  live(3min);
  EXPECT_EQ(there(shop, "A"), 15);
}

TEST_F(Reinflated, WhereEachLookFindsAnOrderAnnouncedARaiseWaitsForAMinuteAndNotForEver) {
  Terms terms;
  terms.facts.concurrency = 1;
  terms.whole_orders = false;  // what is announced is fetched
  auto& shop = add_shop("shop", terms);
  std::string word;
  shop.announce = [&](const std::string& body) { word = body; };
  add_product("A", 100);
  begin();
  receive_goods("A", 500);
  for (int call = 0; call < 400 && most(written(shop, "A")) < 500; ++call) {
    for (const auto& next : decided()) {
      const auto outcome = perform(next, connector_of(next));
      if (next.kind == Call::Kind::look) {
        buy(shop, "A", 1);
        deliver(shop, word);
      }
      pass(next.kind == Call::Kind::fetch_orders ? 2500ms : 300ms);  // by then the look is too old
      answer(next, outcome);
    }
    pass(10ms);
  }
  EXPECT_GE(most(written(shop, "A")), 500);
}

TEST_F(Reinflated, ALookThatFindsWhatWasWrittenAllowsNoRaiseBeforeTheOrdersAreRead) {
  auto& shop = add_shop("shop", {});
  shops.front()->config.orders_every = 24h;
  add_product("A", 10);
  start();
  come_to_rest();
  pass(10s);
  receive_goods("A", -2);
  const auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  ASSERT_TRUE(shop.pay(buy(shop, "A", 1)).has_value());
  pass(1s);
  perform_and_answer(calls.front());
  ASSERT_EQ(there(shop, "A"), 8) << "as believed, and over a true 7";
  receive_goods("A", 5);
  owe_a_look(shop, "A");
  live(10min);
  EXPECT_LE(most(written(shop, "A")), 12);
  EXPECT_EQ(there(shop, "A"), 12);
}

TEST_F(Reinflated, ADecreaseThatWasLessOnPurposeIsFollowedByTheRestOnceOrdersWereRead) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  ASSERT_TRUE(shop.set_number(id(shop, "A"), 8).has_value());  // by hand, and no sale
  receive_goods("A", -4);
  live(10min);
  EXPECT_EQ(written(shop, "A"), (Numbers{4, 6})) << "first as if the two were sold";
}

/// How changes are sent there: as a number, or as units more and less.
class CancelledOut : public Market, public testing::WithParamInterface<StockWrites> {};

TEST_P(CancelledOut, WhatACancellationGaveBackIsNotRaisedOverTheSaleThatTookItBeforeTheLook) {
  Terms terms;
  terms.facts.stock = GetParam();
  terms.facts.gives_back = {channel::GivesBack::unpaid_cancel};
  auto& shop = add_shop("shop", terms);
  shops.front()->config.orders_every = 1h;
  add_product("A", 10);
  begin();
  const auto first = buy(shop, "A", 2);
  tell(shop, first);
  core->lane(no("shop"))->hurry();
  live(1min);
  ASSERT_TRUE(shop.cancel(first).has_value());  // 10 stand there
  buy(shop, "A", 2);                            // 8, as before, and nobody has read of it
  live(10s);
  owe_a_look(shop, "A");
  live(100ms);
  tell(shop, first);
  live(1min, without(Call::Kind::read_orders, error(Fault::transient, "the list of orders is in trouble")));
  EXPECT_EQ(there(shop, "A"), 8) << "10 are available, by what was read";
  live(2h);
  EXPECT_EQ(there(shop, "A"), 8);
}

INSTANTIATE_TEST_SUITE_P(Each, CancelledOut, testing::Values(StockWrites::absolute, StockWrites::delta),
                         [](const auto& tried) { return tried.param == StockWrites::delta ? "Delta" : "Absolute"; });

/// Nobody can read the orders of the shop.
class OrdersUnread : public Market {
 protected:
  const Answer closed = without(Call::Kind::read_orders, error(Fault::transient, "the list of orders is in trouble"));
};

TEST_F(OrdersUnread, DecreasesLeaveWithTheUnreadSalesStillSubtractedAndRaisesWait) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  ASSERT_TRUE(shop.pay(buy(shop, "A", 2)).has_value());  // 8 stand there
  receive_goods("A", -4);
  live(40s, closed);
  EXPECT_EQ(there(shop, "A"), 4) << "6 are here, and 2 are missing there that nobody has read";
  receive_goods("A", 9);
  live(6h, closed);
  EXPECT_EQ(there(shop, "A"), 4);
  live(30min);
  EXPECT_EQ(there(shop, "A"), 13);
}

TEST_F(OrdersUnread, AListingThatIsFoundMeanwhileIsLoweredToWhatIsHereAndNotEmptied) {
  auto& shop = add_shop("shop", {});
  Product product;
  product.code = product.title = "P-A";
  product.variants.emplace_back().sku = Sku("A");
  product.variants.front().price = Money{1000, Currency{"EUR"}};
  Json tree = to_json(product);
  tree.find("variants")->as_array().front().set("available", 10);
  shop.list_by_hand(tree);
  add_product("A", 8);
  start();
  live(10min, closed);
  EXPECT_EQ(there(shop, "A"), 8);
}

TEST_F(OrdersUnread, ARaiseThatWaitsForThemIsCounted) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  receive_goods("A", 9);
  live(6h, closed);
  EXPECT_EQ(there(shop, "A"), 10);
  EXPECT_EQ(core->lane(no("shop"))->state().raises_held, 1u);
  live(30min);
  EXPECT_EQ(there(shop, "A"), 19);
  EXPECT_EQ(core->lane(no("shop"))->state().raises_held, 0u);
}

TEST_F(OrdersUnread, ARaiseThatWaitsForThemForAQuarterOfAnHourIsAProblemUntilItLeft) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  const auto told_of = [&] {
    const auto all = problems();
    return std::count_if(all.begin(), all.end(), [](const auto& problem) { return problem.kind == "raises"; });
  };
  const Time since = clock.now();
  receive_goods("A", 9);
  live(14min, closed);
  EXPECT_EQ(told_of(), 0);
  live(2min, closed);
  EXPECT_EQ(told_of(), 1);
  EXPECT_LE(core->lane(no("shop"))->state().raises_held_since, since + 1min);

  core.reset();
  start();
  EXPECT_EQ(told_of(), 0) << "a start is a new try";
  live(20min, closed);
  EXPECT_EQ(told_of(), 1);
  live(30min);
  EXPECT_EQ(there(shop, "A"), 19);
  EXPECT_EQ(told_of(), 0);
}

TEST_F(OrdersUnread, ACorrectionDownwardsIsNotBehindHundredsOfRaisesThatWaitForThem) {
  Terms terms;
  terms.facts.can_look = false;  // each raise needs an order read of its own time
  auto& shop = add_shop("shop", terms);
  constexpr int raises = 300;
  for (int i = 0; i <= raises; ++i) add_product("S" + std::to_string(i), 10);
  start();
  live(10min);
  ASSERT_EQ(there(shop, "S0"), 10);
  for (int i = 0; i < raises; ++i) receive_goods("S" + std::to_string(i), 5);
  live(1min, closed);
  EXPECT_EQ(core->lane(no("shop"))->state().raises_held, static_cast<std::size_t>(raises));
  receive_goods("S" + std::to_string(raises), -7);
  live(30s, closed);
  EXPECT_EQ(there(shop, "S" + std::to_string(raises)), 3);
}

TEST_F(OrdersUnread, ForLongerThanItsMerchantAllowsAChannelShowsNothingUntilTheyAreReadAgain) {
  Terms terms;
  terms.facts.stock = StockWrites::delta;  // which needs no orders to be raised
  auto& shop = add_shop("shop", terms);
  auto& other = add_shop("other", {});
  shops.front()->config.close_after = 1h;
  shops.front()->config.sweep_every = 5min;
  const std::string skus = "ABCDEFGHIJKLMNOP";  // more than the guard lets go to 0 by itself
  for (const char sku : skus) add_product(std::string(1, sku), 10);
  begin();
  const auto shown = [&](memory::Platform& platform) {
    Quantity units = 0;
    for (const char sku : skus) units += there(platform, std::string(1, sku));
    return units;
  };
  const auto told_of = [&] {
    const auto all = problems();
    return std::count_if(all.begin(), all.end(), [](const auto& problem) { return problem.kind == "closed"; });
  };
  live(55min, closed);
  EXPECT_EQ(shown(shop), 160);
  live(20min, closed);
  EXPECT_EQ(shown(shop), 0);
  EXPECT_EQ(shown(other), 160) << "whose merchant did not ask for it";
  EXPECT_EQ(told_of(), 1);

  core.reset();
  start();
  live(10min, closed);
  EXPECT_EQ(shown(shop), 0) << "a restart reads no orders";
  EXPECT_EQ(told_of(), 1);
  receive_goods("A", 4);
  live(10min);
  EXPECT_EQ(shown(shop), 164);
  EXPECT_EQ(told_of(), 0);
  EXPECT_EQ(told("channel.closed"), 1);
  EXPECT_EQ(told("channel.opened"), 1);
}

TEST_F(OrdersUnread, WhileNothingElseAnswersEitherNoChannelIsClosedAndItIsRightWhenItDoes) {
  auto& shop = add_shop("shop", {});
  shops.front()->config.close_after = 1h;
  add_product("A", 10);
  begin();
  live(6h, [&](const Call& call) { return all_answered(call, error(Fault::transient, "the platform is down")); });
  live(10min);
  EXPECT_EQ(there(shop, "A"), 10);
  EXPECT_EQ(told("channel.closed"), 0);
}

class OrdersUnreadBut : public OrdersUnread, public ::testing::WithParamInterface<StockWrites> {};

TEST_P(OrdersUnreadBut, ARaiseThatIsRelativeLeavesAllTheSame) {
  Terms terms;
  terms.facts.stock = GetParam();
  terms.facts.compare_and_set = GetParam() == StockWrites::absolute;
  auto& shop = add_shop("shop", terms);
  add_product("A", 10);
  begin();
  receive_goods("A", 5);
  live(40s, closed);
  EXPECT_EQ(there(shop, "A"), 15);
}

TEST_P(OrdersUnreadBut, ARelativeRaiseWaitsWhereALookFellShort) {
  Terms terms;
  terms.facts.stock = GetParam();
  terms.facts.compare_and_set = GetParam() == StockWrites::absolute;
  terms.facts.concurrency = 3;
  auto& shop = add_shop("shop", terms);
  add_product("A", 10);
  begin();
  ASSERT_TRUE(shop.pay(buy(shop, "A", 2)).has_value());
  owe_a_look(shop, "A");
  for (const auto& look : decided()) perform_and_answer(look);
  ASSERT_EQ(offer(shop, "A").high, 8);
  const auto reading = decided();
  ASSERT_EQ(reading.size(), 1u);
  ASSERT_EQ(reading.front().kind, Call::Kind::read_orders);
  receive_goods("A", 5);
  EXPECT_TRUE(decided().empty()) << "what is missing may be an order";
  perform_and_answer(reading.front());
  live(1min);
  EXPECT_EQ(written(shop, "A"), Numbers{13});
}

INSTANTIATE_TEST_SUITE_P(ByCompareAndByChange, OrdersUnreadBut, ::testing::Values(StockWrites::absolute, StockWrites::delta));

TEST_F(Reinflated, APlatformThatTakesAtPaymentIsWrittenNothingForItsOwnOrder) {
  Terms terms;
  terms.facts.takes = channel::Takes::paid;
  auto& shop = add_shop("shop", terms);
  auto& other = add_shop("other", {});
  shops.front()->config.reserve = ReserveAt::placed;
  add_product("A", 10);
  begin();
  const auto order = buy(shop, "A", 2);
  tell(shop, order);
  live(2min);
  EXPECT_EQ(there(other, "A"), 8);
  EXPECT_EQ(there(shop, "A"), 10) << "it takes them itself when they are paid";
  ASSERT_TRUE(shop.pay(order).has_value());
  tell(shop, order);
  live(10min);
  EXPECT_EQ(there(shop, "A"), 8);
  EXPECT_EQ(written(shop, "A"), Numbers{});
  EXPECT_EQ(written(other, "A"), Numbers{8});
}

TEST_F(Reinflated, ASoldBundleLowersItsComponentOnItsOwnChannelToo) {
  auto& shop = add_shop("shop", {});
  add_product("A", 6);
  add_product("K", 0, {{Sku("A"), 2}});
  begin();
  ASSERT_EQ(there(shop, "K"), 3);
  tell(shop, buy(shop, "K", 1));
  live(2min);
  EXPECT_EQ(there(shop, "A"), 4) << "the platform lowered the bundle's number alone";
  EXPECT_EQ(there(shop, "K"), 2);
  EXPECT_EQ(written(shop, "K"), Numbers{});
}

TEST_F(OrdersUnread, ForHoursTheyKeepNoDecreaseBack) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  add_product("B", 10);
  begin();
  receive_goods("A", 9);  // waits for the orders
  live(6h, closed);
  receive_goods("B", -4);
  live(40s, closed);
  EXPECT_EQ(there(shop, "B"), 6) << "it needs a look, and the list that fails is asked before it each time";
}

TEST_F(OrdersUnread, ARaiseThatWaitsForALookIsCountedToo) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  ASSERT_TRUE(shop.pay(buy(shop, "A", 2)).has_value());
  receive_goods("A", -4);
  live(40s, closed);
  receive_goods("A", 9);
  live(6h, closed);
  EXPECT_EQ(core->lane(no("shop"))->state().raises_held, 1u);
}

TEST_F(Reinflated, UnitsThatAParkedOrderTookAreNotRaisedOverAsDrift) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  begin();
  ASSERT_TRUE(shop.pay(buy(shop, "A", 2)).has_value());  // 8 stand there
  receive_goods("A", 5);
  live(2h, [&](const Call& call) {  // the mapping does not understand the order: it is parked and claims nothing
    Outcome outcome = perform(call, connector_of(call));
    if (call.kind == Call::Kind::read_orders || call.kind == Call::Kind::fetch_orders) {
      for (auto& document : (*outcome.page)->documents) document.body = R"({"@id": "7", "lines": 3})";
    }
    return outcome;
  });
  EXPECT_LE(there(shop, "A"), 13) << "as long as it is parked, what is missing there is not drift";
}

}  // namespace
}  // namespace tally::engine
