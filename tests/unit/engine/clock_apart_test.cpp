#include "engine/clock_apart.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

constexpr Duration second{1000};

Time at(Duration since) {
  return from_ms(1'767'225'600'000) + since;
}

TEST(ClockApart, IsNothingWhereTheAnswerMayHaveBeenGivenByOurs) {
  ClockApart clock;
  EXPECT_FALSE(clock.told(at(0s), at(200ms), at(900ms), second));
  EXPECT_EQ(clock.ahead, Duration(0));
  EXPECT_EQ(clock.doubt, Duration(0));
}

TEST(ClockApart, IsKnownWithinASecondAndTheWayOfTheAnswer) {
  ClockApart clock;
  EXPECT_TRUE(clock.told(at(1h), at(0s), at(500ms), second));
  EXPECT_LE(clock.ahead - clock.doubt, Duration(1h));
  EXPECT_GE(clock.ahead + clock.doubt, Duration(1h));
  EXPECT_LE(clock.doubt, Duration(1500));
  EXPECT_FALSE(clock.told(at(1h + 10s), at(10s), at(10s + 100ms), second)) << "as known";
  EXPECT_TRUE(clock.told(at(20min), at(20min), at(20min + 1s), second)) << "it was set right";
  EXPECT_EQ(clock.ahead, Duration(0));
}

TEST(ClockApart, ASlowAnswerThatAnyClockMayHaveGivenTellsNothingNew) {
  ClockApart clock;
  ASSERT_TRUE(clock.told(at(-5s), at(0s), at(100ms), second));
  const auto known = clock.ahead;
  EXPECT_FALSE(clock.told(at(20min), at(20min + 1s), at(20min + 6s), second));
  EXPECT_LE(clock.ahead - clock.doubt, Duration(-5s));
  EXPECT_GE(clock.ahead + clock.doubt, Duration(-5s));
  EXPECT_NEAR(clock.ahead.count(), known.count(), 1500);
}

TEST(ClockApart, OfAPlatformThatAnswersByTwoClocksIsAsWideAsTheyAreApart) {
  ClockApart clock;
  int surprises = 0;
  for (int i = 0; i < 100; ++i) {
    const Time now = at(i * 1s);
    surprises += clock.told(i % 2 == 0 ? now : now + 30s, now, now + 100ms, second) ? 1 : 0;
    if (i < 2) continue;
    EXPECT_LE(clock.ahead - clock.doubt, Duration(0));
    EXPECT_GE(clock.ahead + clock.doubt, Duration(30s));
  }
  EXPECT_LE(surprises, 2);
}

TEST(ClockApart, IsNothingWithinWhatThePlatformDeclares) {
  ClockApart clock;
  EXPECT_FALSE(clock.told(at(40s), at(0s), at(1s), Duration(30s)));
  EXPECT_EQ(clock.ahead, Duration(0));
  EXPECT_EQ(clock.doubt, Duration(0));
}

TEST(ClockApart, MovesWithOurs) {
  ClockApart clock;
  clock.moved(Duration(-1h));
  EXPECT_EQ(clock.ahead, Duration(1h));
  EXPECT_EQ(clock.ours(at(1h)), at(0s));
  clock.moved(Duration(1h));
  EXPECT_EQ(clock.ahead, Duration(0));
  EXPECT_EQ(clock.doubt, Duration(0));
}

}  // namespace
}  // namespace tally::engine
