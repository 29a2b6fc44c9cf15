// Numbers of parcels and telephones.
#include "model/parcel.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(PhoneEnd, IsOfTheNumberItselfAndOnlyWhereItIsShown) {
  EXPECT_EQ(phone_end("+86 138-0013-5678"), "5678");
  EXPECT_EQ(phone_end("138****5678"), "5678");
  EXPECT_EQ(phone_end("13800135678转9021"), "5678");
  EXPECT_EQ(phone_end("1380013****"), "");
  EXPECT_EQ(phone_end(""), "");
}

TEST(TrackingNumber, IsTheSameHoweverItIsTyped) {
  EXPECT_EQ(plain_tracking("yt 88-0001"), "YT880001");
}

}  // namespace
}  // namespace tally
