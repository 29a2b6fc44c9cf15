// One thing that goes wrong among many: a refusal, a limit half way through a batch, raises that wait, the end of the process.
#include "long_day.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <future>
#include <utility>

namespace tally::engine {
namespace {

using channel::StockWrites;
using memory::Terms;

class Queue : public LongDay {
 protected:
  static Terms changes_by_the_dozen() {
    Terms terms;
    terms.facts.stock = StockWrites::delta;
    terms.facts.stock_batch = 12;
    return terms;
  }
  std::vector<std::string> refused_things() {
    std::vector<std::string> things;
    write([&](store::Session& session) {
      for (const auto& problem : store::problems(session, 100)) things.push_back(problem.kind + " " + problem.thing);
    });
    return things;
  }
};

TEST_F(Queue, AProductThatIsRefusedIsParkedAndTheOthersAreListed) {
  auto& shop = add_shop("shop", {});
  shop.refuse("B", "not in this category");
  for (const auto* sku : {"A", "B", "C", "D"}) add_product(sku, 5);
  start();
  const auto calls = live(Duration(3600000));
  EXPECT_EQ(shop.listings().size(), 3u);
  EXPECT_EQ(there(shop, "B"), -1);
  EXPECT_EQ(refused_things(), std::vector<std::string>{"content P-B"});
  EXPECT_EQ(pushes(calls, "content").size(), 4u) << "what was refused is not sent again";
}

TEST_F(Queue, AProductInAnotherCurrencyIsNotListedAtTheSameFigure) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.currency = "CNY";
  add_product("A", 5);
  start();
  EXPECT_TRUE(pushes(live(Duration(3600000)), "content").empty());
  EXPECT_TRUE(shop.listings().empty());
  EXPECT_EQ(refused_things(), std::vector<std::string>{"content P-A"});
}

TEST_F(Queue, WhatNobodyCountedIsLeftAsItStandsThereUntilItIsCounted) {
  auto& shop = add_shop("shop", {});
  Product product;
  product.code = product.title = "P-A";
  product.variants.emplace_back().sku = Sku("A");
  product.variants.front().price = Money{1000, Currency{"EUR"}};
  write([&](store::Session& session) { store::put_product(session, product, clock.now()); });
  shop.list_by_hand(to_json(product));
  ASSERT_TRUE(shop.set_number(id(shop, "A"), 50).has_value());
  start();
  EXPECT_TRUE(pushes(live(Duration(3600000)), "stock").empty());
  EXPECT_EQ(there(shop, "A"), 50);
  EXPECT_EQ(refused_things(), std::vector<std::string>{"stock A"}) << "a person is told";
  receive_goods("A", 7);
  live(Duration(3600000));
  EXPECT_EQ(there(shop, "A"), 7);
  EXPECT_TRUE(refused_things().empty());
}

TEST_F(Queue, WhatIsCountedElsewhereIsNoneHere) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  ASSERT_EQ(there(shop, "A"), 5);
  shops.back()->config.locations = {"outlet"};
  auto config = core->world().config;
  config.locations.push_back({"outlet", ""});
  ASSERT_TRUE(core->set_channels(config, setups()).has_value());
  live(Duration(3600000));
  EXPECT_EQ(there(shop, "A"), 0) << "the channel sells from a shelf where it never lay";
}

TEST_F(Queue, AContentThatConflictsAgainAndAgainIsParkedWithThePlatformsWords) {
  add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  write([&](store::Session& session) {
    const auto row = store::find_variant(session, Sku("A"))->product;
    auto product = store::get_product(session, row)->product;
    product.title = "Another";
    store::put_product(session, product, clock.now());
    mark_aspect(session, no("shop"), "content", row.value, {"import", false, 0}, clock.now());
  });
  const auto calls = live(Duration(24 * 3600000), [&](const Call& call) {
    if (call.kind != Call::Kind::push) return perform(call, connector_of(call));
    return all_answered(call, error(Fault::conflict, "the SKU stands elsewhere"));
  });
  EXPECT_LE(pushes(calls, "content").size(), 3u);
  EXPECT_EQ(refused_things(), std::vector<std::string>{"content P-A"});
}

TEST_F(Queue, AHandOnAListingIsSeenWhileManyOthersAreBeingMade) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.sweep_every = Duration(1000);
  add_product("A", 5);
  start();
  come_to_rest();
  for (int i = 0; i < 300; ++i) {
    const std::string sku = "N" + std::to_string(100 + i);
    add_product(sku, 5);
    write([&](store::Session& session) {
      mark_aspect(session, no("shop"), "content", store::find_variant(session, Sku(sku))->product.value, {"import", false, 0}, clock.now());
    });
  }
  ASSERT_TRUE(shop.set_title(shop.listings().front().id, "by hand").has_value());
  std::size_t made = 0;
  for (const auto& call : live(Duration(20000))) {
    if (call.kind != Call::Kind::push || call.changes.front().action != channel::ActionKind::put_listing) continue;
    if (call.intents.front().thing == 1) break;
    ++made;
  }
  EXPECT_LT(made, 200u) << "the title is put back between two new listings, not behind the last";
}

TEST_F(Queue, ANumberThatIsRefusedDoesNotStopTheOthersOfItsBatch) {
  auto& shop = add_shop("shop", changes_by_the_dozen());
  for (const auto* sku : {"A", "B", "C", "D"}) add_product(sku, 5);
  start();
  come_to_rest();
  shop.refuse("B", "it is being looked at");
  for (const auto* sku : {"A", "B", "C", "D"}) receive_goods(sku, -2);
  ASSERT_EQ(pushes(come_to_rest(), "stock").size(), 1u);
  EXPECT_EQ(there(shop, "B"), 5);
  for (const auto* sku : {"A", "C", "D"}) EXPECT_EQ(there(shop, sku), 3) << sku;
  EXPECT_EQ(refused_things(), std::vector<std::string>{"stock B"});
}

TEST_F(Queue, WhatWasTakenBeforeALimitIsNotSentAgainAndTheRestGoesLater) {
  auto& shop = add_shop("shop", changes_by_the_dozen());
  const std::vector<std::string> skus{"A", "B", "C", "D", "E"};
  for (const auto& sku : skus) add_product(sku, 9);
  start();
  come_to_rest();
  for (const auto& sku : skus) receive_goods(sku, -2);
  const auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  const auto& push = calls.front();
  ASSERT_EQ(push.changes.size(), 5u);
  Outcome outcome;
  outcome.applied = connector_of(push).push(std::span(push.changes).first(2));
  Error limit = error(Fault::throttled, "429");
  limit.retry_after = Duration(7000);
  outcome.applied.resize(5, limit);
  answer(push, std::move(outcome));
  ASSERT_EQ(there(shop, "A"), 7);
  ASSERT_EQ(there(shop, "C"), 9);

  EXPECT_TRUE(live(Duration(6000)).empty()) << "before the platform's time";
  const auto later = pushes(live(Duration(5000)), "stock");
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later.front().changes.size(), 3u);
  for (const auto& sku : skus) EXPECT_EQ(there(shop, sku), 7) << sku;
  EXPECT_EQ(intents("shop", "stock", "A").size(), 1u);
  EXPECT_EQ(intents("shop", "stock", "E").size(), 2u);
}

TEST_F(Queue, AnOrdersDecreaseIsNotBehindHundredsOfRaisesThatWait) {
  add_shop("shop", {});
  start();
  constexpr std::int64_t waiting = 300;
  constexpr std::size_t looked_at_in_a_step = 256;
  write([&](store::Session& session) {
    for (std::int64_t thing = 1; thing <= waiting; ++thing)
      mark_aspect(session, no("shop"), "stock", thing, {"receipt:1", false, 0}, clock.now());
    mark_aspect(session, no("shop"), "stock", waiting + 1, {"order:1:1", true, 0}, clock.now() + Duration(1000));
    const auto due = store::due_marks(session, no("shop"), "stock", clock.now() + Duration(1000), looked_at_in_a_step);
    ASSERT_EQ(due.size(), looked_at_in_a_step);
    EXPECT_EQ(due.front().thing, waiting + 1);
    EXPECT_EQ(due.back().thing, static_cast<std::int64_t>(looked_at_in_a_step) - 1);
  });
}

TEST_F(Queue, GoesOnAfterTheProcessEndedInTheMiddleOfEverything) {
  Terms terms = changes_by_the_dozen();
  terms.facts.stock_batch = 1;
  auto& shop = add_shop("shop", terms);
  auto& other = add_shop("other", {});
  for (const auto* sku : {"A", "B", "C"}) add_product(sku, 9);
  start();
  come_to_rest();

  // A document that cannot be read, with an order behind it that is stored and not applied;
  deliver(shop, R"({"deliveries": [{"kind": "order", "body": "{\"@id\": \"7\", \"lines\": 3}"}]})");
  const auto order = shop.buy({{id(shop, "C"), 2}});
  ASSERT_TRUE(order.has_value());
  deliver(shop, R"({"deliveries": [{"kind": "event", "body": "{\"kind\": \"order\", \"subject\": \")" + *order + R"(\"}"}]})");
  // a change that was applied without an answer, and one that never arrived;
  receive_goods("A", -4);
  receive_goods("B", -4);
  auto calls = decided();
  auto writes = pushes({calls.begin(), calls.end()}, "stock");
  std::erase_if(writes, [&](const Call& call) { return call.channel != no("shop"); });
  ASSERT_FALSE(writes.empty());
  perform(writes.front(), connector_of(writes.front()));
  // a channel that backs off;
  for (const auto& call : calls) {
    if (call.channel == no("other")) answer(call, all_answered(call, error(Fault::transient, "in trouble")));
  }
  // an import that nobody closed.
  std::int64_t batch = 0;
  write([&](store::Session& session) {
    batch = store::open_batch(session, "test", clock.now());
    const auto variant = store::find_variant(session, Sku("B"));
    const std::string cause = "import:" + std::to_string(batch);
    append_count(session, variant->no, store::open_location(session, "main"), 7, clock.now(), cause, "", clock.now());
    mark_stock(session, core->world(), {variant->no}, {cause, false, batch}, clock.now());
  });

  core.reset();
  pass(Duration(1000));
  {
    Engine engine(*store, clock, Log(), config(), 2, "test", {});
    ASSERT_TRUE(engine.set_channels(config(), setups()).has_value());
    std::promise<void> beat;
    engine.on_beat = [&, beaten = false]() mutable {
      if (!std::exchange(beaten, true)) beat.set_value();
    };
    engine.start();
    beat.get_future().wait();
    engine.stop();
  }
  write([&](store::Session& session) { EXPECT_TRUE(store::unclosed_batches(session).empty()); });
  start();
  live(Duration(300000));
  for (const auto* platform : {&shop, &other}) {
    EXPECT_EQ(there(*platform, "A"), 5) << platform->name();
    EXPECT_EQ(there(*platform, "B"), 7) << platform->name();
    EXPECT_EQ(there(*platform, "C"), 7) << platform->name();
  }
  write([&](store::Session& session) {
    EXPECT_EQ(store::count_orders(session, no("shop")), 1);
    EXPECT_EQ(store::unread_rows(session, no("shop")), 0);
    EXPECT_EQ(store::parked_rows(session).size(), 1u);
    EXPECT_TRUE(store::open_intents(session, no("shop")).empty());
    EXPECT_FALSE(store::next_due_mark(session, no("shop")).has_value());
  });
}

}  // namespace
}  // namespace tally::engine
