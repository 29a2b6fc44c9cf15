// The store cannot commit for a while: nothing is lost by it, and nothing is sent blindly a second time.
#include "long_day.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

using channel::StockWrites;
using memory::Terms;

class Outage : public LongDay {
 protected:
  static Terms by_change() {
    Terms terms;
    terms.facts.stock = StockWrites::delta;
    return terms;
  }
  /// The one call of this kind that is to leave now; the others are answered.
  Call the(Call::Kind kind) {
    for (int round = 0; round < 20; ++round) {
      for (auto& call : decided()) {
        if (call.kind == kind) return call;
        perform_and_answer(call);
      }
    }
    ADD_FAILURE() << "no " << name_of(kind) << " leaves";
    return {};
  }
  void answer_while_the_disk_is_full(const Call& call) {
    Outcome outcome = perform(call, connector_of(call));
    disk->fill();
    EXPECT_FALSE(core->finish(call, std::move(outcome)).has_value());
  }
  std::int64_t orders_of(const std::string& channel) {
    std::int64_t count = 0;
    write([&](store::Session& session) { count = store::count_orders(session, no(channel)); });
    return count;
  }
};

TEST_F(Outage, AnOrderThatCouldNotBeStoredIsReadAgainAtOnce) {
  auto& shop = add_shop("shop", {});
  auto& other = add_shop("other", {});
  add_product("A", 5);
  start();
  come_to_rest();
  ASSERT_TRUE(shop.buy({{id(shop, "A"), 2}}).has_value());
  pass(Duration(300000));
  for (const auto& call : decided()) {
    if (call.kind != Call::Kind::read_orders || call.channel != no("shop")) {
      perform_and_answer(call);
      continue;
    }
    answer_while_the_disk_is_full(call);
    disk->make_room();
  }
  ASSERT_EQ(orders_of("shop"), 0);

  live(Duration(5000));
  EXPECT_EQ(orders_of("shop"), 1) << "what was read is not remembered before it is stored";
  EXPECT_EQ(there(other, "A"), 3);
}

TEST_F(Outage, AChangeWhoseAnswerCouldNotBeStoredIsLookedAtAndNotSentAgain) {
  auto& shop = add_shop("shop", by_change());
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -4);
  const Call push = the(Call::Kind::push);
  answer_while_the_disk_is_full(push);
  ASSERT_EQ(there(shop, "A"), 5);

  EXPECT_FALSE(core->turn([](const Call&) { ADD_FAILURE() << "a call leaves while nothing can be stored"; }).has_value());
  disk->make_room();
  const auto after = live(Duration(120000));
  EXPECT_GE(count(after, Call::Kind::look), 1u);
  EXPECT_TRUE(pushes(after, "stock").empty()) << "it had been applied";
  EXPECT_EQ(there(shop, "A"), 5);
  ASSERT_EQ(intents("shop", "stock", "A").size(), 1u);
  EXPECT_EQ(intents("shop", "stock", "A").front().outcome, "unknown");
  EXPECT_EQ(offer(shop, "A").low, 5);
  EXPECT_EQ(offer(shop, "A").high, 5);
}

TEST_F(Outage, AListingWhoseCreationCouldNotBeStoredIsFoundAndNotCreatedTwice) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  const Call push = the(Call::Kind::push);
  ASSERT_EQ(push.intents.front().aspect, "content");
  answer_while_the_disk_is_full(push);
  disk->make_room();
  live(Duration(300000));
  EXPECT_EQ(shop.listings().size(), 1u);
  EXPECT_EQ(offer(shop, "A").low, 9);
}

TEST_F(Outage, NothingLeavesWithoutItsIntent) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -4);
  disk->fill();
  EXPECT_FALSE(core->turn([](const Call& call) { EXPECT_NE(call.kind, Call::Kind::push); }).has_value());
  EXPECT_EQ(there(shop, "A"), 9);
  disk->make_room();
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Outage, ASweepThatCouldNotBeStoredIsNotPutOffToTheNextHour) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  pass(Duration(3590000));
  come_to_rest();
  ASSERT_TRUE(shop.set_number(id(shop, "A"), 50).has_value());
  pass(Duration(10000));
  answer_while_the_disk_is_full(the(Call::Kind::sweep));
  disk->make_room();
  live(Duration(60000));
  EXPECT_EQ(there(shop, "A"), 5);
}

}  // namespace
}  // namespace tally::engine
