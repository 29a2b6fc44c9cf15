// Writes of which nobody knows whether they were done, that are done late, or that overlap with something else.
#include "market.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using channel::StockWrites;
using memory::Terms;
using namespace std::chrono_literals;
using testing::HasSubstr;

class InDoubt : public Market {
 protected:
  /// The one write that leaves now.
  Call the_write() {
    const auto calls = decided();
    EXPECT_EQ(calls.size(), 1u);
    return calls.empty() ? Call{} : calls.front();
  }
  void unanswered(const Call& call) { answer(call, all_answered(call, error(Fault::unknown, "no answer"))); }
  static bool is_of_numbers(const Call& call) { return call.kind == Call::Kind::push || call.kind == Call::Kind::look; }
};

TEST_F(InDoubt, ATimedOutWriteThatLandsBehindALaterOneIsFound) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  start();
  come_to_rest();
  receive_goods("A", -1);
  const Call late = the_write();
  unanswered(late);
  receive_goods("A", -6);
  live(5s);
  ASSERT_EQ(there(shop, "A"), 3);
  perform(late, connector_of(late));
  ASSERT_EQ(there(shop, "A"), 9);
  live(2min);
  EXPECT_EQ(there(shop, "A"), 3) << "a confirmed write does not pay the look that the one before it owes";
}

TEST_F(InDoubt, WhatTheProcessBeforeHadSentMayLandBehindTheWritesOfThisOne) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  start();
  come_to_rest();
  receive_goods("A", -1);
  const Call late = the_write();
  start();
  receive_goods("A", -6);
  live(5s);
  ASSERT_EQ(there(shop, "A"), 3);
  perform(late, connector_of(late));
  ASSERT_EQ(there(shop, "A"), 9);
  live(2min);
  EXPECT_EQ(there(shop, "A"), 3);
}

TEST_F(InDoubt, ADecreaseBelowAllThatMayStandThereDoesNotWaitForTheLook) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  begin();
  receive_goods("A", 3);
  bool lost = false;
  live(1s, [&](const Call& call) {
    if (call.kind != Call::Kind::push) return perform(call, connector_of(call));
    lost = true;
    return all_answered(call, error(Fault::unknown, "no answer"));
  });
  ASSERT_TRUE(lost);
  ASSERT_EQ(offer(shop, "A").low, 9);
  ASSERT_EQ(offer(shop, "A").high, 12);
  receive_goods("A", -8);
  const auto calls = live(5s);
  const auto first = std::find_if(calls.begin(), calls.end(), is_of_numbers);
  ASSERT_NE(first, calls.end());
  EXPECT_EQ(first->kind, Call::Kind::push);
  EXPECT_EQ(there(shop, "A"), 4);
  EXPECT_NE(offer(shop, "A").owed_look_at, never) << "the raise may still land";
}

class LostChange : public InDoubt, public ::testing::WithParamInterface<bool> {};

TEST_P(LostChange, IsToldFromASaleByTheOrdersReadBehindTheLook) {
  Terms terms;
  terms.facts.stock = StockWrites::delta;
  auto& shop = add_shop("shop", terms);
  add_product("A", 10);
  begin();
  receive_goods("A", -2);
  const Call change = the_write();
  buy(shop, "A", 2);
  if (GetParam()) perform(change, connector_of(change));
  unanswered(change);
  live(20min);
  EXPECT_EQ(there(shop, "A"), 6);
  EXPECT_EQ(written(shop, "A").size(), 1u) << "once, whether the first arrived or not";
}

INSTANTIATE_TEST_SUITE_P(ArrivedOrNot, LostChange, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Arrived" : "NeverArrived"; });

TEST_F(InDoubt, ALookThatStillShowsTheOldNumberIsLagAndNoDrift) {
  Terms slow;
  slow.number_lag = slow.facts.read_after_write = Duration(3min);
  auto& shop = add_shop("shop", slow);
  add_product("A", 10);
  begin();
  live(10min);
  receive_goods("A", -6);
  live(1min);
  ASSERT_EQ(written(shop, "A"), Numbers{4});
  core->lane(no("shop"))->hurry();  // a sweep that sees 10
  live(30min);
  EXPECT_EQ(written(shop, "A"), Numbers{4});
  EXPECT_EQ(told("drift.suspected"), 0);
}

TEST_F(InDoubt, AnEchoOfOurOwnWriteIsNotAnsweredWithAnotherOne) {
  auto& shop = add_shop("shop", {});
  std::vector<std::string> echoes;
  shop.announce = [&](const std::string& body) { echoes.push_back(body); };
  add_product("A", 10);
  begin();
  live(2h);
  echoes.clear();
  receive_goods("A", -1);
  live(1s);
  ASSERT_EQ(echoes.size(), 1u);
  for (int again = 0; again < 3; ++again) deliver(shop, echoes.front());
  const auto calls = live(10min);
  EXPECT_TRUE(pushes(calls, "stock").empty());
  EXPECT_LE(count(calls, Call::Kind::look), 1u);
}

TEST_F(InDoubt, AChangeThatComesDuringAWriteIsNotClearedWithItsMark) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  start();
  come_to_rest();
  receive_goods("A", -1);
  const Call write = the_write();
  receive_goods("A", -1);
  perform_and_answer(write);
  live(1s);
  EXPECT_EQ(written(shop, "A"), (Numbers{9, 8}));
}

TEST_F(InDoubt, AReadingThatTakesLongKeepsNoDecreaseBackAndOneSeatStaysFreeForIt) {
  Terms comparing;
  comparing.facts.compare_and_set = true;
  comparing.facts.concurrency = 2;
  auto& shop = add_shop("shop", comparing);
  add_product("A", 10);
  add_product("B", 10);
  begin();
  pass(2h);
  const auto reading = decided();
  ASSERT_EQ(reading.size(), 1u) << "a list of orders, or of listings, that takes its time";
  receive_goods("B", 5);
  EXPECT_TRUE(decided().empty()) << "a raise waits for it";
  receive_goods("A", -4);
  const Call decrease = the_write();
  ASSERT_EQ(decrease.kind, Call::Kind::push);
  receive_goods("B", -8);
  EXPECT_TRUE(decided().empty()) << "two seats, and both are taken";
  perform_and_answer(decrease);
  EXPECT_EQ(there(shop, "A"), 6);
}

TEST_F(InDoubt, ATokenThatExpiredIsToldWithWhatToDoAndStopsNoOtherChannel) {
  auto& shop = add_shop("shop", {});
  auto& other = add_shop("other", {});
  add_product("A", 10);
  begin();
  shop.fail_next(1000, error(Fault::unauthorized, "the token has expired"));
  receive_goods("A", -4);
  const auto calls = live(10min);
  EXPECT_EQ(there(other, "A"), 6);
  EXPECT_EQ(there(shop, "A"), 10);
  EXPECT_LE(std::count_if(calls.begin(), calls.end(), [&](const Call& call) { return call.channel == no("shop"); }), 2);
  const auto rows = problems();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.front().kind, "channel");
  EXPECT_EQ(rows.front().thing, "shop");
  EXPECT_THAT(rows.front().reason, HasSubstr("the token has expired"));
  EXPECT_THAT(rows.front().todo, HasSubstr("tallyd reload"));

  shop.fail_next(0, {});
  start();  // with a new one
  live(2min);
  EXPECT_EQ(there(shop, "A"), 6);
  EXPECT_TRUE(problems().empty());
}

}  // namespace
}  // namespace tally::engine
