// When a platform's day begins, also where the clocks are put forward or back.
#include "base/zone.hpp"

#include <gtest/gtest.h>

using namespace tally;

namespace {

Time at(const char* text) {
  const auto time = parse_iso(text);
  EXPECT_TRUE(time) << text;
  return time ? *time : long_ago;
}

Span day(const char* starts, const char* moment) {
  const auto start = DayStart::parse(starts);
  EXPECT_TRUE(start) << (start ? "" : start.error().text());
  return start ? start->day_of(at(moment)) : Span{};
}

TEST(Zone, ADayOfLosAngelesBeginsInTheMorningOfLondon) {
  const Span span = day("00:00 America/Los_Angeles", "2026-01-15T07:59:59Z");
  EXPECT_EQ(format_iso(span.begin), "2026-01-14T08:00:00Z");
  EXPECT_EQ(format_iso(span.end), "2026-01-15T08:00:00Z");
  EXPECT_EQ(format_iso(day("00:00 America/Los_Angeles", "2026-01-15T08:00:00Z").begin), "2026-01-15T08:00:00Z");
}

TEST(Zone, ADayInWhichTheClocksArePutForwardHas23HoursAndOneInWhichTheyArePutBack25) {
  const Span spring = day("00:00 America/Los_Angeles", "2026-03-08T12:00:00Z"),
             autumn = day("00:00 America/Los_Angeles", "2026-11-01T12:00:00Z");
  EXPECT_EQ(spring.end - spring.begin, std::chrono::hours(23));
  EXPECT_EQ(format_iso(spring.begin), "2026-03-08T08:00:00Z");
  EXPECT_EQ(autumn.end - autumn.begin, std::chrono::hours(25));
  EXPECT_EQ(format_iso(autumn.end), "2026-11-02T08:00:00Z");
}

TEST(Zone, AnHourThatTheClocksSkipIsTheMomentAtWhichTheyArePutForward) {
  EXPECT_EQ(format_iso(day("02:30 America/Los_Angeles", "2026-03-08T12:00:00Z").begin), "2026-03-08T10:00:00Z");
}

TEST(Zone, OfAnHourThatComesTwiceItIsTheFirst) {
  EXPECT_EQ(format_iso(day("01:30 America/Los_Angeles", "2026-11-01T20:00:00Z").begin), "2026-11-01T08:30:00Z");
}

TEST(Zone, DaysFollowEachOtherWithoutAGapAllYear) {
  const auto start = DayStart::parse("01:30 Europe/London");
  ASSERT_TRUE(start);
  Span span = start->day_of(at("2026-01-01T12:00:00Z"));
  for (int i = 0; i < 400; ++i) {
    EXPECT_EQ(start->day_of(span.end - Duration(1)).begin, span.begin);
    const Span next = start->day_of(span.end);
    ASSERT_EQ(next.begin, span.end);
    span = next;
  }
}

TEST(Zone, WhatIsNoHourOfAPlaceIsRefused) {
  for (const char* text : {"", "00:00", "24:00 UTC", "0:00 UTC", "00:60 UTC", "America/Los_Angeles", "00-00 UTC"})
    EXPECT_FALSE(DayStart::parse(text)) << text;
  const auto nowhere = DayStart::parse("00:00 America/Los_Angles");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().what.find("America/Los_Angles"), std::string::npos) << nowhere.error().text();
}

}  // namespace
