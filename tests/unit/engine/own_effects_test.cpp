#include "engine/own_effects.hpp"

#include <gtest/gtest.h>

namespace tally::engine {
namespace {

using channel::Capabilities;
using channel::GivesBack;
using channel::Takes;

const VariantNo sold{7};
const LocationNo shelf{1};

Time at(std::int64_t seconds) {
  return from_ms(1'767'225'600'000 + seconds * 1000);
}

Capabilities takes(Takes when, std::set<GivesBack> gives_back = {}) {
  Capabilities facts;
  facts.takes = when;
  facts.gives_back = std::move(gives_back);
  return facts;
}

/// One line of the variant, placed at second 100.
Order order_of(Quantity quantity, OrderState state) {
  Order order;
  order.id = "1";
  order.state = state;
  OrderLine line;
  line.id = "1";
  line.quantity = quantity;
  order.lines.push_back(line);
  order.placed_at = order.changed_at = at(100);
  return order;
}

const std::vector<ResolvedLine> resolved{{"1", sold, {{sold, 1, shelf}}}};

OwnEffects first_seen(const Capabilities& facts, const Order& order, ReserveAt reserve = ReserveAt::placed) {
  return own_effects(facts, order, order, resolved, claim_of(order, resolved, reserve, false), nullptr, at(1000));
}

OwnEffects seen_again(const Capabilities& facts, const Order& order, Quantity taken_before, Time before,
                      ReserveAt reserve = ReserveAt::placed, bool sure = true) {
  const TakenBefore taken{taken_before == 0 ? Units{} : Units{{sold, taken_before}}, before, sure};
  return own_effects(facts, order, order, resolved, claim_of(order, resolved, reserve, false), &taken, at(1000));
}

Quantity add_back_of(const OwnEffects& effects) {
  const auto found = effects.add_back.find(sold);
  return found == effects.add_back.end() ? 0 : found->second;
}

Quantity net(const OwnEffects& effects) {
  Quantity sum = 0;
  for (const auto& [variant, step] : effects.steps) sum += step.taken;
  return sum;
}

TEST(OwnEffects, WhatIsPaidBackUnsentReturnsToTheNumberWhereACancelledOrderDoes) {
  Order order = order_of(3, OrderState::paid);
  order.paid_at = at(100);
  AfterSale unsent;
  unsent.id = "s";
  unsent.kind = AfterSaleKind::cancel;
  unsent.state = AfterSaleState::done;
  unsent.lines = {{"1", 1, std::nullopt, false}};
  order.after_sales = {unsent};
  settle_after_sales(order);
  const auto returns = seen_again(takes(Takes::placed, {GivesBack::paid_cancel}), order, 3, at(100));
  EXPECT_EQ(net(returns), -1);
  EXPECT_EQ(add_back_of(returns), 0);
  const auto keeps = seen_again(takes(Takes::placed), order, 3, at(100));
  EXPECT_EQ(net(keeps), 0);
}

TEST(OwnEffects, APlatformThatTakesAtPlacingHasTakenWhatWeReserve) {
  const auto effects = first_seen(takes(Takes::placed), order_of(2, OrderState::pending));
  ASSERT_EQ(effects.steps.size(), 1u);
  EXPECT_EQ(effects.steps[0].second.taken, 2);
  EXPECT_EQ(effects.steps[0].second.from, at(100));
  EXPECT_EQ(effects.steps[0].second.to, at(100));
  EXPECT_FALSE(effects.steps[0].second.unsure);
  EXPECT_EQ(add_back_of(effects), 0);
}

TEST(OwnEffects, AQuantityThatNoOrderHasTakesNothingOffItsOwnChannel) {
  for (const auto when : {Takes::placed, Takes::paid}) {
    const auto effects = first_seen(takes(when), order_of(99'999'999'999, OrderState::paid));
    EXPECT_TRUE(effects.steps.empty());
    EXPECT_EQ(add_back_of(effects), 0);
  }
}

TEST(OwnEffects, OfAnOrderThatIsHeldWithoutAWordOfItsPaymentNobodyKnowsWhetherItWasTaken) {
  Order order = order_of(2, OrderState::held);
  const auto unknown = first_seen(takes(Takes::paid), order);
  ASSERT_EQ(unknown.steps.size(), 1u);
  EXPECT_TRUE(unknown.steps[0].second.unsure);
  order.payment = PaymentState::pending;
  EXPECT_TRUE(first_seen(takes(Takes::paid), order).steps.at(0).second.unsure) << "held by the platform, and not paid";
  order.paid_at = at(100);
  EXPECT_FALSE(first_seen(takes(Takes::paid), order).steps.at(0).second.unsure);
}

TEST(OwnEffects, WhatWasUnsureMayHaveBeenTakenOnlyNowOrNever) {
  const auto known = seen_again(takes(Takes::paid), order_of(2, OrderState::paid), 2, at(100), ReserveAt::placed, false);
  ASSERT_EQ(known.steps.size(), 1u);
  EXPECT_EQ(known.steps[0].second.taken, 2);
  EXPECT_TRUE(known.steps[0].second.unsure);
  const auto never_paid = seen_again(takes(Takes::paid), order_of(2, OrderState::pending), 2, at(100), ReserveAt::placed, false);
  ASSERT_EQ(never_paid.steps.size(), 1u);
  EXPECT_EQ(never_paid.steps[0].second.taken, -2);
  EXPECT_TRUE(never_paid.steps[0].second.unsure) << "nothing comes back that was never taken";
}

TEST(OwnEffects, OfALineThatMovesOtherGoodsByHandNothingIsWaitedFor) {
  auto moved = resolved;
  moved.front().by_hand = VariantNo(77);
  moved.front().parts = {{VariantNo(77), 1, shelf}};
  for (const auto when : {Takes::placed, Takes::paid, Takes::shipped}) {
    const Order order = order_of(2, OrderState::paid);
    const auto effects = own_effects(takes(when), order, order, moved, claim_of(order, moved, ReserveAt::placed, false), nullptr, at(1000));
    EXPECT_EQ(add_back_of(effects), 0);
    EXPECT_EQ(net(effects), when == Takes::shipped ? 0 : 2) << "of the offer that it was sold from";
  }
}

TEST(OwnEffects, WhatWeReserveBeforeThePlatformTakesItIsAddedBack) {
  EXPECT_EQ(add_back_of(first_seen(takes(Takes::paid), order_of(2, OrderState::pending))), 2);
  EXPECT_EQ(add_back_of(first_seen(takes(Takes::shipped), order_of(2, OrderState::paid))), 2);
}

TEST(OwnEffects, WhatThePlatformTookAndWeDoNotReserveIsTakenOff) {
  EXPECT_EQ(add_back_of(first_seen(takes(Takes::placed), order_of(2, OrderState::pending), ReserveAt::paid)), -2);
}

TEST(OwnEffects, APlatformThatTakesNothingNeedsAPush) {
  const auto effects = first_seen(takes(Takes::never), order_of(2, OrderState::paid));
  EXPECT_TRUE(effects.steps.empty());
  EXPECT_EQ(add_back_of(effects), 0);
}

TEST(OwnEffects, AParcelOfHalfTheOrderMovesNothingWhereThePlatformTookAllAtPlacing) {
  auto order = order_of(2, OrderState::part_shipped);
  order.shipments.push_back({"s", "", "", "", {{"1", 1, std::nullopt, false}}, at(120)});
  order.changed_at = at(120);
  const auto effects = seen_again(takes(Takes::placed), order, 2, at(100));
  EXPECT_TRUE(effects.steps.empty());
  EXPECT_EQ(add_back_of(effects), 0);
}

TEST(OwnEffects, AParcelOfHalfTheOrderTakesHalfWhereTheNumberIsWhatLiesThere) {
  auto order = order_of(2, OrderState::part_shipped);
  order.shipments.push_back({"s", "", "", "", {{"1", 1, std::nullopt, false}}, at(120)});
  order.changed_at = at(120);
  const auto effects = seen_again(takes(Takes::shipped), order, 0, at(100));
  EXPECT_EQ(net(effects), 1);
  EXPECT_EQ(add_back_of(effects), 1);
}

TEST(OwnEffects, AnOrderFirstSeenCancelledIsReplayedStepByStep) {
  auto order = order_of(2, OrderState::cancelled);
  order.cancelled_at = order.changed_at = at(120);
  const auto effects = first_seen(takes(Takes::placed, {GivesBack::unpaid_cancel}), order);
  ASSERT_EQ(effects.steps.size(), 2u);
  EXPECT_EQ(effects.steps[0].second.taken, 2);
  EXPECT_EQ(effects.steps[0].second.to, at(100));
  EXPECT_EQ(effects.steps[1].second.taken, -2);
  EXPECT_EQ(effects.steps[1].second.from, at(120));
}

TEST(OwnEffects, ACancelWithoutGivingBackLeavesTheNumberLow) {
  auto order = order_of(2, OrderState::cancelled);
  order.cancelled_at = order.changed_at = at(120);
  const auto effects = seen_again(takes(Takes::placed), order, 2, at(100));
  EXPECT_TRUE(effects.steps.empty());
  EXPECT_EQ(effects.taken.at(sold), 2);
  EXPECT_EQ(add_back_of(effects), 0);
}

TEST(OwnEffects, PaidAndCancelledBetweenTwoReadingsIsBothSteps) {
  auto order = order_of(2, OrderState::cancelled);
  order.paid_at = at(110);
  order.cancelled_at = order.changed_at = at(120);
  const auto effects = seen_again(takes(Takes::paid, {GivesBack::paid_cancel}), order, 0, at(100));
  ASSERT_EQ(effects.steps.size(), 2u);
  EXPECT_EQ(effects.steps[0].second.taken, 2);
  EXPECT_EQ(effects.steps[0].second.from, at(110));
  EXPECT_EQ(effects.steps[1].second.taken, -2);
}

TEST(OwnEffects, PaidAndCancelledByAClockThatWasSetBackSinceItWasPlacedAreBothStepsAndUnsure) {
  auto facts = takes(Takes::by_state);
  facts.takes_in = {{"pending", false}, {"processing", true}, {"cancelled", false}};
  auto order = order_of(2, OrderState::cancelled);
  order.platform_state = "cancelled";
  order.paid_at = at(70);
  order.cancelled_at = order.changed_at = at(80);
  const TakenBefore pending{{}, at(100), true, true};
  const auto effects = own_effects(facts, order, order, resolved, {}, &pending, at(600));
  ASSERT_EQ(effects.steps.size(), 2u);
  EXPECT_EQ(effects.steps[0].second.taken, 2);
  EXPECT_EQ(effects.steps[1].second.taken, -2);
  EXPECT_TRUE(effects.steps[0].second.unsure && effects.steps[1].second.unsure) << "a write may lie between the two";
}

TEST(OwnEffects, EditedAndThenCancelledGivesBackTheEditedQuantity) {
  auto order = order_of(3, OrderState::cancelled);  // it had been 2
  order.cancelled_at = order.changed_at = at(120);
  const auto effects = seen_again(takes(Takes::placed, {GivesBack::unpaid_cancel}), order, 2, at(100));
  ASSERT_EQ(effects.steps.size(), 2u);
  EXPECT_EQ(effects.steps[0].second.taken, 1);
  EXPECT_EQ(effects.steps[1].second.taken, -3);
}

TEST(OwnEffects, ANoteOnAnOrderCancelledLongAgoMovesNothing) {
  auto order = order_of(2, OrderState::cancelled);
  order.cancelled_at = at(120);
  order.changed_at = at(500);
  EXPECT_TRUE(seen_again(takes(Takes::placed, {GivesBack::unpaid_cancel}), order, 0, at(300)).steps.empty());
}

TEST(OwnEffects, AWordThatTheTableDoesNotKnowLeavesTheStepUnsure) {
  auto facts = takes(Takes::by_state);
  facts.takes_in = {{"on-hold", true}};
  auto order = order_of(2, OrderState::paid);
  order.platform_state = "odd";
  const auto effects = first_seen(facts, order);
  ASSERT_EQ(effects.steps.size(), 1u);
  EXPECT_TRUE(effects.steps[0].second.unsure);
}

TEST(OwnEffects, ALineThatWentAwayIsGivenBack) {
  auto order = order_of(2, OrderState::paid);
  order.lines.clear();
  const auto effects = seen_again(takes(Takes::placed), order, 2, at(100));
  EXPECT_EQ(net(effects), -2);
  EXPECT_TRUE(effects.taken.empty());
}

}  // namespace
}  // namespace tally::engine
