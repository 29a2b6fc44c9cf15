#include "engine/belief.hpp"

#include <gtest/gtest.h>

namespace tally::engine {
namespace {

constexpr Duration margin{2000}, deadline{20000}, settle{60000}, at_once{0};

Time at(std::int64_t seconds) {
  return from_ms(1'767'225'600'000 + seconds * 1000);
}

/// [low, high], looked at from second 10 to 11.
Belief believed(Quantity low, Quantity high) {
  Belief belief;
  belief.low = low;
  belief.high = high;
  belief.anchor_from = at(10);
  belief.anchor_to = at(11);
  return belief;
}

void expect(const Belief& belief, Quantity low, Quantity high) {
  EXPECT_EQ(belief.low, low);
  EXPECT_EQ(belief.high, high);
}

TEST(Belief, AnOrderAfterTheLookLowersIt) {
  auto belief = believed(10, 10);
  own_step(belief, {2, at(20), at(20)}, margin);
  expect(belief, 8, 8);
}

TEST(Belief, AnOrderBeforeTheLookChangesNothingBecauseTheLookSawIt) {
  auto belief = believed(8, 8);
  own_step(belief, {2, at(5), at(5)}, margin);
  expect(belief, 8, 8);
}

TEST(Belief, WhatCameBackBeforeALookThatAgreedWasTakenByAnOrderThatNobodyHasRead) {
  auto belief = believed(4, 4);
  looked(belief, 4, at(10), at(11), long_ago, at_once, {});
  ASSERT_FALSE(belief.suspect);
  own_step(belief, {-2, at(5), at(5)}, margin);
  expect(belief, 4, 4);
  EXPECT_TRUE(belief.suspect) << "the look should have shown 6";
}

TEST(Belief, WhatCameBackBeforeANumberOfOursIsCoveredByIt) {
  auto belief = believed(4, 4);
  looked(belief, 4, at(10), at(11), long_ago, at_once, {});
  confirmed_absolute(belief, 7, at(20), at(21), {});
  own_step(belief, {-2, at(15), at(15)}, margin);
  expect(belief, 7, 7);
  EXPECT_FALSE(belief.suspect);
}

TEST(Belief, AnOrderInTheMarginOfTheLookOnlyWidensIt) {
  auto belief = believed(10, 10);
  own_step(belief, {2, at(12), at(12)}, margin);
  expect(belief, 8, 10);
}

TEST(Belief, AStepOfWhichNobodyKnowsWhetherItHappenedOnlyWidensIt) {
  auto belief = believed(10, 10);
  own_step(belief, {2, at(20), at(20), true}, margin);
  expect(belief, 8, 10);
  own_step(belief, {-3, at(20), at(20), true}, margin);
  expect(belief, 8, 13);
}

TEST(Belief, WhatComesBackRaisesIt) {
  auto belief = believed(5, 6);
  own_step(belief, {-2, at(30), at(31)}, margin);
  expect(belief, 7, 8);
}

TEST(Belief, AnAnswerToARelativeChangeShiftsWhatWasImportedMeanwhile) {
  auto belief = believed(9, 9);
  own_step(belief, {1, at(20), at(20)}, margin);  // imported while the change by 3 was in the air
  confirmed_change(belief, 3);
  expect(belief, 11, 11);
}

TEST(Belief, AnAnswerToAnAbsoluteNumberLeavesOpenWhetherOrdersImportedMeanwhileCameAfterIt) {
  auto belief = believed(9, 9);
  belief.suspect = true;
  confirmed_absolute(belief, 12, at(20), at(21), {2, -1});
  expect(belief, 10, 13);
  EXPECT_FALSE(belief.suspect);
  EXPECT_EQ(belief.anchor_from, at(20));
  EXPECT_EQ(belief.anchor_to, at(21));
}

TEST(Belief, AnUnansweredNumberWidensItAndOwesALook) {
  auto belief = believed(12, 12);
  unknown_absolute(belief, 9, at(20), settle, {});
  expect(belief, 9, 12);
  EXPECT_EQ(belief.owed_look_at, at(80));
  own_step(belief, {2, at(60), at(60)}, margin);
  expect(belief, 7, 12);  // it may land over that sale
}

TEST(Belief, ALookBeforeAnUnansweredNumberMustHaveLandedLeavesItsSalesOpenToo) {
  auto belief = believed(12, 12);
  ASSERT_TRUE(looked(belief, 9, at(25), at(26), at(20), Duration(0), {}));
  number_may_land(belief, 9, at(80));
  expect(belief, 9, 9);
  own_step(belief, {2, at(60), at(60)}, margin);
  expect(belief, 7, 9);
  own_step(belief, {1, at(90), at(90)}, margin);
  expect(belief, 6, 8);
}

TEST(Belief, AnUnansweredChangeWidensItInItsDirection) {
  auto belief = believed(10, 10);
  unknown_change(belief, -2, at(20), deadline, settle);
  expect(belief, 8, 10);
  unknown_change(belief, 5, at(21), deadline, settle);
  expect(belief, 8, 15);
  EXPECT_EQ(belief.owed_look_at, at(80));
}

TEST(Belief, ALookInsideVerifiesAndPaysTheOwedLook) {
  auto belief = believed(8, 10);
  belief.owed_look_at = at(25);
  ASSERT_TRUE(looked(belief, 9, at(30), at(31), at(15), at_once, {}));
  expect(belief, 9, 9);
  EXPECT_FALSE(belief.suspect);
  EXPECT_EQ(belief.verified_at, at(30));
  EXPECT_EQ(belief.owed_look_at, never);
}

TEST(Belief, ALookThatIsOwedLaterIsNotPaidByOneBefore) {
  auto belief = believed(8, 10);
  belief.owed_look_at = at(60);
  ASSERT_TRUE(looked(belief, 9, at(30), at(31), at(15), at_once, {}));
  EXPECT_EQ(belief.owed_look_at, at(60));
}

TEST(Belief, ALookOutsideIsSuspect) {
  auto belief = believed(10, 10);
  ASSERT_TRUE(looked(belief, 7, at(30), at(31), long_ago, at_once, {}));
  expect(belief, 7, 7);
  EXPECT_TRUE(belief.suspect);
}

TEST(Belief, ASecondLookThatRepeatsTheFirstDoesNotEndTheSuspicion) {
  auto belief = believed(10, 10);
  ASSERT_TRUE(looked(belief, 7, at(30), at(31), long_ago, at_once, {}));
  ASSERT_TRUE(looked(belief, 7, at(40), at(41), long_ago, at_once, {}));
  EXPECT_TRUE(belief.suspect);
}

TEST(Belief, ALookBesideAWriteIsVoid) {
  auto belief = believed(10, 10);
  EXPECT_FALSE(looked(belief, 3, at(30), at(31), at(30), at_once, {}));
  EXPECT_FALSE(looked(belief, 3, at(30), at(31), at(28), Duration(3000), {}));
  expect(belief, 10, 10);
  EXPECT_EQ(belief.owed_look_at, at(31));
}

TEST(Belief, OrdersImportedDuringALookAreNotSurelyInIt) {
  auto belief = believed(10, 10);
  ASSERT_TRUE(looked(belief, 10, at(30), at(33), long_ago, at_once, {2, 0}));
  expect(belief, 8, 10);
}

TEST(Belief, ALookAtAPlatformThatShowsOldNumbersCountsFromThen) {
  auto belief = believed(10, 10);
  ASSERT_TRUE(looked(belief, 10, at(30), at(31), long_ago, Duration(5000), {}));
  own_step(belief, {1, at(26), at(26)}, margin);  // placed before the look began, and not in it
  expect(belief, 9, 10);
}

TEST(Belief, DownIsAtOrBelowAllThatCanStandThere) {
  EXPECT_EQ(direction(believed(5, 5), 5), Direction::none);
  EXPECT_EQ(direction(believed(5, 5), 4), Direction::down);
  EXPECT_EQ(direction(believed(5, 9), 5), Direction::down);
  EXPECT_EQ(direction(believed(5, 9), 6), Direction::up);
  EXPECT_EQ(direction(believed(5, 5), 6), Direction::up);
  EXPECT_EQ(direction(believed(-2, 4), 0), Direction::down) << "none is no raise of what may be some";
  EXPECT_EQ(direction(believed(-2, 4), 1), Direction::up);
  EXPECT_EQ(direction(believed(-1, -1), 0), Direction::up);
  EXPECT_EQ(direction(believed(0, 0), 0), Direction::none);
}

TEST(Belief, AConflictOwesALookNow) {
  auto belief = believed(5, 5);
  conflicted(belief, at(50));
  EXPECT_EQ(belief.owed_look_at, at(50));
  expect(belief, 5, 5);
}

}  // namespace
}  // namespace tally::engine
