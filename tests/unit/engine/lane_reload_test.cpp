// Answers that come after a pause or a reload.
#include "long_day.hpp"

namespace tally::engine {
namespace {

using channel::StockWrites;
using memory::Terms;

class Reload : public LongDay {
 protected:
  static Terms by_change() {
    Terms terms;
    terms.facts.stock = StockWrites::delta;
    return terms;
  }
  Call push_in_the_air() {
    auto calls = decided();
    EXPECT_EQ(calls.size(), 1u);
    EXPECT_EQ(calls.front().kind, Call::Kind::push);
    return calls.front();
  }
  void reload(std::vector<ChannelSetup> channels) { ASSERT_TRUE(core->set_channels(config(), std::move(channels)).has_value()); }
};

TEST_F(Reload, AnAnswerFromBeforeItIsTakenByTheSameLane) {
  auto& shop = add_shop("shop", by_change());
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -4);
  const Call push = push_in_the_air();
  reload(setups());
  EXPECT_TRUE(pushes(come_to_rest(), "stock").empty()) << "one change of a thing is in the air at a time";
  perform_and_answer(push);
  EXPECT_EQ(offer(shop, "A").low, 5);
  EXPECT_EQ(offer(shop, "A").high, 5);
  EXPECT_TRUE(pushes(come_to_rest(), "stock").empty());
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Reload, AnAnswerFromBeforeTheChannelWasTakenOutIsNotTakenByTheLaneThatCameAfter) {
  auto& shop = add_shop("shop", by_change());
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -4);
  const Call push = push_in_the_air();
  reload({});
  reload(setups());
  ASSERT_EQ(offer(shop, "A").low, 5);
  ASSERT_EQ(offer(shop, "A").high, 9);

  perform_and_answer(push);
  EXPECT_EQ(core->lane(no("shop"))->state().calls_out, 0u);
  EXPECT_EQ(offer(shop, "A").low, 5) << "it was unknown to this lane, and is looked at";
  EXPECT_EQ(offer(shop, "A").high, 9);
  live(Duration(120000));
  EXPECT_EQ(there(shop, "A"), 5);
  EXPECT_EQ(offer(shop, "A").low, 5);
  EXPECT_EQ(offer(shop, "A").high, 5);
  EXPECT_EQ(intents("shop", "stock", "A").size(), 1u);
}

TEST_F(Reload, ARefusalOfTheOldCredentialsDoesNotPauseTheChannelAgain) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  add_product("B", 9);
  start();
  come_to_rest();
  receive_goods("A", -1);
  receive_goods("B", -1);
  auto calls = decided();
  ASSERT_EQ(pushes({calls.begin(), calls.end()}, "stock").size(), 2u);
  const Error refused = error(Fault::unauthorized, "the key was withdrawn");
  pass(Duration(10));
  answer(calls.front(), all_answered(calls.front(), refused));
  ASSERT_FALSE(core->world().find("shop")->paused.empty());
  ASSERT_TRUE(decided().empty());

  pass(Duration(10));
  reload(setups());  // with new ones
  ASSERT_TRUE(core->world().find("shop")->paused.empty());
  answer(calls.back(), all_answered(calls.back(), refused));
  EXPECT_TRUE(core->world().find("shop")->paused.empty()) << core->world().find("shop")->paused;
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 8);
  EXPECT_EQ(there(shop, "B"), 8);
}

TEST_F(Reload, AnAnswerToAPausedChannelIsSettled) {
  auto& shop = add_shop("shop", by_change());
  add_product("A", 9);
  add_product("B", 9);
  start();
  come_to_rest();
  receive_goods("A", -1);
  receive_goods("B", -1);
  auto calls = decided();
  ASSERT_EQ(calls.size(), 2u);
  answer(calls.front(), all_answered(calls.front(), error(Fault::unauthorized, "the key was withdrawn")));
  perform_and_answer(calls.back());
  EXPECT_EQ(offer(shop, "B").low, 8);
  EXPECT_EQ(offer(shop, "B").high, 8);
  pass(Duration(10));
  core->lane(no("shop"))->hurry();
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 8);
  EXPECT_EQ(there(shop, "B"), 8);
}

TEST_F(Reload, ThatCannotBeStoredLeavesEverythingAsItWas) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  come_to_rest();
  add_shop("second", {});
  disk->fill(1);  // the rows of the channels are written, what the new lane begins with is not
  EXPECT_FALSE(core->set_channels(config(), setups()).has_value());
  disk->make_room();
  EXPECT_EQ(core->world().channels.size(), 1u);
  receive_goods("A", -4);
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 5);
}

}  // namespace
}  // namespace tally::engine
