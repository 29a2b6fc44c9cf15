#include "base/units.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(WholeUnits, AreDigitsWithAMinusAtMost) {
  EXPECT_EQ(*whole_units("1000"), 1000);
  EXPECT_EQ(*whole_units("-3"), -3);
  EXPECT_EQ(*whole_units("007"), 7);
}

TEST(WholeUnits, AreNotGuessedFromSeparatorsOrExponents) {
  for (const char* text : {"1.000", "1,000", "1 000", "1e9", "1e2", "2.5", "2.0", "+3", "", "-", "--1", " 1", "1 ", "0x10"}) {
    const auto units = whole_units(text);
    ASSERT_FALSE(units) << text << " was read as " << *units;
    EXPECT_EQ(units.error().todo, "write whole units without separators") << text;
  }
}

TEST(WholeUnits, BeyondWhatCanBeCountedAreRefused) {
  EXPECT_FALSE(whole_units("99999999999999999999"));
  EXPECT_FALSE(whole_units("-99999999999999999999"));
}

}  // namespace
}  // namespace tally
