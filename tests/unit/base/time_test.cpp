#include "base/time.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

using namespace tally;

namespace {

TEST(Time, reads_rfc_3339_with_any_offset_and_fraction) {
  EXPECT_EQ(to_ms(*parse_iso("1970-01-01T00:00:00Z")), 0);
  EXPECT_EQ(to_ms(*parse_iso("2026-01-02T03:04:05.678+08:00")), 1767294245678);
  EXPECT_EQ(*parse_iso("2026-01-02T03:04:05+08:00"), *parse_iso("2026-01-01T19:04:05Z"));
  EXPECT_EQ(*parse_iso("2026-01-02 03:04:05-0330"), *parse_iso("2026-01-02T06:34:05z"));
  EXPECT_EQ(to_ms(*parse_iso("2022-07-13T20:30:59.037339943Z")) % 1000, 37);
  EXPECT_EQ(*parse_iso("2024-02-29T23:59:60Z"), *parse_iso("2024-03-01T00:00:00Z")) << "a leap second falls on the next minute";
  EXPECT_LT(to_ms(*parse_iso("1969-12-31T23:59:59.999Z")), 0);
}

TEST(Time, refuses_a_time_without_a_zone_because_guessing_one_loses_orders) {
  const auto time = parse_iso("2026-01-02T03:04:05");
  ASSERT_FALSE(time);
  EXPECT_NE(time.error().todo.find("zone"), std::string::npos);
  EXPECT_TRUE(parse_naive("2026-01-02T03:04:05"));
  EXPECT_FALSE(parse_naive("2026-01-02T03:04:05Z"));
}

TEST(Time, refuses_days_and_hours_that_do_not_exist_and_any_other_shape) {
  for (const char* text :
       {"", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-1-1T00:00:00Z", "2026-01-01Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00 Z", " 2026-01-01T00:00:00Z", "26-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_iso(text)) << text;
  }
}

TEST(Time, writes_what_it_reads) {
  for (const char* text :
       {"2026-01-02T03:04:05.678Z", "2026-12-31T23:59:59Z", "1969-07-20T20:17:40Z", "0001-01-01T00:00:00Z", "2026-01-02T03:04:05.070Z"}) {
    EXPECT_EQ(format_iso(*parse_iso(text)), text);
  }
  EXPECT_EQ(format_naive(*parse_naive("2026-01-02 03:04:05.9")), "2026-01-02T03:04:05");
}

TEST(Time, the_ends_of_the_scale_can_be_written_too) {
  EXPECT_EQ(format_iso(never), "never");
  EXPECT_EQ(format_iso(long_ago), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_naive(never), "9999-12-31T23:59:59");
  EXPECT_EQ(format_naive(Time::min()), "0000-01-01T00:00:00");
}

TEST(Time, reads_and_writes_http_dates) {
  EXPECT_EQ(*parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT"), *parse_iso("2026-10-21T07:28:00Z"));
  EXPECT_EQ(*parse_http_date("Wed, 1 Oct 2026 07:28:00 +0200"), *parse_iso("2026-10-01T05:28:00Z"));
  EXPECT_EQ(*parse_http_date("21 Oct 2026 07:28:00 GMT"), *parse_iso("2026-10-21T07:28:00Z"));
  EXPECT_EQ(format_http_date(*parse_iso("2026-10-21T07:28:00Z")), "Wed, 21 Oct 2026 07:28:00 GMT");
  for (const char* text : {"", "120", "Wed 21 Oct 2026 07:28:00 GMT", "Wed, 32 Oct 2026 07:28:00 GMT", "Wed, 21 Okt 2026 07:28:00 GMT",
                           "Wed, 21 Oct 2026 07:28:00"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(Duration, always_says_its_unit) {
  EXPECT_EQ(*parse_duration("250ms"), Duration(250));
  EXPECT_EQ(*parse_duration("30s"), Duration(30'000));
  EXPECT_EQ(*parse_duration("5m"), Duration(300'000));
  EXPECT_EQ(*parse_duration("2h"), Duration(7'200'000));
  EXPECT_EQ(*parse_duration("7d"), Duration(604'800'000));
  EXPECT_EQ(*parse_duration("0s"), Duration(0));
  for (const char* text : {"", "5", "s", "-5s", "1.5h", "5 s", "5M", "5min", "99999999999999999999s", "40000d", "5ss"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, is_written_in_the_largest_unit_that_says_it_exactly) {
  for (const char* text : {"250ms", "90s", "5m", "25h", "7d", "0s"}) EXPECT_EQ(format_duration(*parse_duration(text)), text);
  EXPECT_EQ(format_duration(Duration(-120'000)), "-2m");
}

TEST(SystemClock, goes_on_and_never_back) {
  const SystemClock clock;
  const Duration before = clock.since_start();
  EXPECT_GT(before, Duration(0));
  EXPECT_GE(clock.since_start(), before);
  EXPECT_GT(clock.now(), *parse_iso("2024-01-01T00:00:00Z"));
}

TEST(SystemClock, names_the_machines_start_as_the_kernel_or_the_service_does) {
  const SystemClock clock;
  unsetenv("TALLYD_BOOT_ID");
  EXPECT_EQ(clock.start().size(), 32u) << clock.start();
  EXPECT_EQ(clock.start(), clock.start());
  setenv("TALLYD_BOOT_ID", "0123456789abcdef0123456789abcdef", 1);
  EXPECT_EQ(clock.start(), "0123456789abcdef0123456789abcdef");
  unsetenv("TALLYD_BOOT_ID");

  std::ifstream file(std::string(TALLYD_SOURCE_DIR) + "/systemd/tallyd.service");
  const std::string unit{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(unit, testing::HasSubstr("\nEnvironment=TALLYD_BOOT_ID=%b\n")) << "it hides the kernel's files from the daemon";
}

}  // namespace
