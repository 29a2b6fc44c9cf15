// The engine as a whole against memory channels, one call after the other; each test a situation in which the obvious design goes wrong.
#include "house.hpp"
#include "store/inbox.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

using channel::GivesBack;
using channel::StockWrites;
using channel::Takes;
using memory::Platform;
using memory::Terms;

class Engine : public House {
 protected:
  Quantity there(const Platform& platform, const std::string& sku) {
    const auto* found = platform.offer_of_sku(sku);
    return found ? found->number : -1;
  }
  std::string id(const Platform& platform, const std::string& sku) { return platform.offer_of_sku(sku)->id; }
};

Terms comparing() {
  Terms terms;
  terms.facts.compare_and_set = true;
  return terms;
}

Terms blind() {
  Terms terms;
  terms.facts.can_look = false;
  return terms;
}

TEST_F(Engine, CreatesWhatIsMissingOnceAndFindsWhatIsThere) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  add_product("B", 3);
  Product listed;
  listed.code = listed.title = "P-B";
  listed.variants.emplace_back();
  listed.variants.front().sku = Sku("B");
  Json tree = to_json(listed);
  tree.find("variants")->as_array().front().set("available", 9);
  shop.list_by_hand(tree);

  start();
  come_to_rest();
  EXPECT_EQ(shop.listings().size(), 2u);
  EXPECT_EQ(there(shop, "A"), 5);
  EXPECT_EQ(there(shop, "B"), 3);
}

TEST_F(Engine, ASaleOnOneChannelLowersTheOtherAndNotItsOwnAgain) {
  auto& one = add_shop("one", {});
  auto& other = add_shop("other", {});
  add_product("A", 5);
  start();
  come_to_rest();

  pass(Duration(10000));
  ASSERT_TRUE(one.buy({{id(one, "A"), 2}}).has_value());
  deliver(one,
          R"({"deliveries": [{"kind": "event", "body": "{\"kind\": \"order\", \"subject\": \")" + one.orders().front().id + R"(\"}"}]})");
  const auto calls = come_to_rest();
  EXPECT_EQ(there(one, "A"), 3);
  EXPECT_EQ(there(other, "A"), 3);
  ASSERT_EQ(pushes(calls, "stock").size(), 1u);
  EXPECT_EQ(pushes(calls, "stock").front().channel, core->world().find("other")->no);
}

TEST_F(Engine, ABundleIsLoweredByItsComponents) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  add_product("K", 0, {{Sku("A"), 2}});
  start();
  come_to_rest();
  ASSERT_EQ(there(shop, "K"), 2);

  receive_goods("A", 3);
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 8);
  EXPECT_EQ(there(shop, "K"), 4);
}

TEST_F(Engine, ARefusedComparisonIsLookedAtBeforeItIsSentAgain) {
  auto& one = add_shop("one", comparing());
  auto& other = add_shop("other", {});
  add_product("A", 9);
  start();
  come_to_rest();
  ASSERT_TRUE(one.buy({{id(one, "A"), 2}}).has_value());  // unread: 7 stand there, 9 are believed
  ASSERT_TRUE(other.buy({{id(other, "A"), 1}}).has_value());
  pass(Duration(300000));

  std::vector<std::string> kinds;
  for (const auto& call : come_to_rest()) {
    if (call.channel == core->world().find("one")->no && (call.kind == Call::Kind::look || call.kind == Call::Kind::push))
      kinds.emplace_back(name_of(call.kind));
  }
  EXPECT_EQ(there(one, "A"), 6);
  EXPECT_EQ(there(other, "A"), 6);
  for (std::size_t i = 1; i < kinds.size(); ++i)
    EXPECT_FALSE(kinds[i] == "push" && kinds[i - 1] == "push") << "a push follows a push that was refused";
}

TEST_F(Engine, ADecreaseLeavesWhileARaiseWaitsForTheOrders) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  come_to_rest();
  pass(Duration(40000));
  shop.fail_next(1000, error(Fault::transient, "in trouble"));  // its orders cannot be read
  receive_goods("A", 5);
  for (auto& call : decided()) {
    EXPECT_NE(call.kind, Call::Kind::push);
    perform_and_answer(call);
  }
}

TEST_F(Engine, AnUnansweredWriteToAPlatformThatCannotBeLookedAtIsWrittenAgainWhenItHasSettled) {
  auto& shop = add_shop("shop", blind());
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -4);
  auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  const auto late = calls.front();
  answer(late, all_answered(late, error(Fault::unknown, "no answer")));
  pass(Duration(30000));
  come_to_rest();  // sent once more, and confirmed
  ASSERT_EQ(there(shop, "A"), 5);
  receive_goods("A", -2);
  come_to_rest();
  ASSERT_EQ(there(shop, "A"), 3);
  perform(late, connector_of(late));  // now the first one lands
  ASSERT_EQ(there(shop, "A"), 5);

  pass(Duration(60000));
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 3);
}

TEST_F(Engine, ARaiseThatNobodyCanLookAtLeavesRightBehindAnOrderRead) {
  auto& shop = add_shop("shop", blind());
  add_product("A", 9);
  start();
  come_to_rest();
  pass(Duration(60000));
  come_to_rest();
  pass(Duration(60000));
  ASSERT_TRUE(shop.buy({{id(shop, "A"), 1}}).has_value());  // nobody has read it
  receive_goods("A", 5);
  const auto writes = pushes(come_to_rest(), "stock");
  ASSERT_EQ(writes.size(), 1u);
  EXPECT_EQ(writes.front().intents.front().value, 13);
  EXPECT_EQ(there(shop, "A"), 13);
}

TEST_F(Engine, AnUnansweredRaiseByAChangeIsNotRepeatedBeforeItMustHaveSettled) {
  Terms terms;
  terms.facts.stock = StockWrites::delta;
  auto& shop = add_shop("shop", terms);
  add_product("A", 5);
  start();
  come_to_rest();
  receive_goods("A", 4);
  auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  answer(calls.front(), all_answered(calls.front(), error(Fault::unknown, "no answer")));
  pass(Duration(20000));
  EXPECT_TRUE(pushes(come_to_rest(), "stock").empty()) << "a look shows that it was not applied yet, and not that it never will be";
  perform(calls.front(), connector_of(calls.front()));
  pass(Duration(60000));
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 9);
}

TEST_F(Engine, ALookForAnotherReasonDoesNotPayTheOneThatIsOwedWhenAWriteHasSettled) {
  Terms terms;
  terms.facts.stock = StockWrites::delta;
  auto& shop = add_shop("shop", terms);
  add_product("A", 5);
  start();
  come_to_rest();
  receive_goods("A", -2);
  auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  answer(calls.front(), all_answered(calls.front(), error(Fault::unknown, "no answer")));
  pass(Duration(20000));
  for (bool refused = false; !refused;) {
    calls = decided();
    ASSERT_FALSE(calls.empty());
    for (auto& call : calls) {
      if (call.kind == Call::Kind::push) {
        refused = true;
        ASSERT_TRUE(shop.set_number(id(shop, "A"), 1).has_value());  // too few for the change: refused, and a look is owed at once
      }
      clock.pass(Duration(10));
      perform_and_answer(call);
    }
  }
  come_to_rest();
  EXPECT_NE(offer(shop, "A").owed_look_at, never);
}

TEST_F(Engine, AnUnansweredCreateIsLookedForAndNotRepeated) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  for (bool answered = false; !answered;) {
    for (auto& call : decided()) {
      if (call.kind != Call::Kind::push) {
        perform_and_answer(call);
        continue;
      }
      perform(call, connector_of(call));
      answer(call, all_answered(call, error(Fault::unknown, "no answer")));
      answered = true;
    }
  }
  for (int minute = 0; minute < 5; ++minute) {
    pass(Duration(60000));
    come_to_rest();
  }
  EXPECT_EQ(shop.listings().size(), 1u);
  EXPECT_EQ(offer(shop, "A").low, 9);
}

TEST_F(Engine, ARestartTakesWhatWasInTheAirForUnknown) {
  Terms terms;
  terms.facts.stock = StockWrites::delta;
  auto& shop = add_shop("shop", terms);
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -4);
  auto calls = decided();
  ASSERT_EQ(pushes({calls.begin(), calls.end()}, "stock").size(), 1u);
  perform(calls.front(), connector_of(calls.front()));  // applied, and nobody lives to hear of it

  start();
  EXPECT_EQ(offer(shop, "A").low, 5);
  EXPECT_EQ(offer(shop, "A").high, 9);
  const auto after = come_to_rest();
  EXPECT_TRUE(pushes(after, "stock").empty()) << "a change that may have been applied is not sent again before a look";
  EXPECT_EQ(offer(shop, "A").high, 5);
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Engine, ANumberThatIsRefusedIsNotSentAgainUntilItIsAnother) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  come_to_rest();
  shop.refuse("A", "not in this category");
  receive_goods("A", -1);
  EXPECT_EQ(pushes(come_to_rest(), "stock").size(), 1u);
  pass(Duration(600000));
  EXPECT_TRUE(pushes(come_to_rest(), "stock").empty());
  shop.accept("A");
  receive_goods("A", -1);
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 7);
}

TEST_F(Engine, AnOrderPaidAndCancelledUnseenRaisesTheNumberThatWasTakenOff) {
  Terms terms;
  terms.facts.gives_back = {GivesBack::unpaid_cancel};
  auto& shop = add_shop("shop", terms);
  shops.back()->config.reserve = ReserveAt::paid;  // the platform takes at placing, we reserve at payment: what it took is taken off
  add_product("A", 5);
  start();
  come_to_rest();
  const auto order = shop.buy({{id(shop, "A"), 1}});
  ASSERT_TRUE(order.has_value());
  pass(Duration(300000));
  come_to_rest();
  ASSERT_EQ(there(shop, "A"), 4);
  ASSERT_TRUE(shop.pay(*order).has_value());
  ASSERT_TRUE(shop.cancel(*order).has_value());  // paid: it is not given back
  pass(Duration(300000));
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Engine, AHandsEditIsPutRightByTheSweep) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  ASSERT_TRUE(shop.set_number(id(shop, "A"), 50).has_value());
  pass(Duration(3600000));
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Engine, ADocumentThatCannotBeReadIsParkedAndNotInTheWay) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  deliver(shop, R"({"deliveries": [{"kind": "order", "body": "{\"@id\": \"7\", \"lines\": 3}"}]})");
  ASSERT_TRUE(shop.buy({{id(shop, "A"), 2}}).has_value());
  pass(Duration(300000));
  come_to_rest();
  std::size_t parked = 0;
  std::int64_t unread = -1, orders = 0;
  write([&](store::Session& session) {
    const auto no = core->world().find("shop")->no;
    parked = store::parked_rows(session).size();
    unread = store::unread_rows(session, no);
    orders = store::count_orders(session, no);
  });
  EXPECT_EQ(parked, 1u);
  EXPECT_EQ(unread, 0);
  EXPECT_EQ(orders, 1);
}

TEST_F(Engine, NothingLeavesForAChannelThatOnlyObserves) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  core->world().find("shop")->released = false;
  for (const auto& call : come_to_rest()) EXPECT_NE(call.kind, Call::Kind::push);
  EXPECT_TRUE(shop.listings().empty());
}

TEST_F(Engine, WritesOfLongAgoAreForgottenSomeATurnButForTheNewest) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  const auto channel = core->world().find(shop.name())->no;
  write([&](store::Session& session) {
    for (int i = 0; i < 500; ++i) {
      store::Intent intent;
      intent.channel = channel;
      intent.aspect = "stock";
      intent.thing = store::find_variant(session, Sku("A"))->no.value;
      intent.committed_at = clock.now();
      store::finish_intent(session, store::add_intent(session, intent), "confirmed", "", clock.now());
    }
  });
  const auto kept = [&] {
    std::size_t count = 0;
    write([&](store::Session& session) {
      count = store::last_intents(session, channel, "stock", store::find_variant(session, Sku("A"))->no.value, 1000).size();
    });
    return count;
  };
  pass(std::chrono::hours(89 * 24));
  come_to_rest();
  const auto before = kept();
  EXPECT_GE(before, 500u) << "younger than 90 days";
  pass(std::chrono::hours(2 * 24));
  decided();  // the hourly tidying
  decided();
  EXPECT_GE(kept() + 200, before) << "a turn forgets so many at most";
  come_to_rest();
  for (int turn = 0; turn < 3; ++turn) decided();
  EXPECT_EQ(kept(), 20u);
}

}  // namespace
}  // namespace tally::engine
