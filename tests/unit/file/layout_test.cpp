#include "connectors/file/zone.hpp"
#include "till.hpp"

#include <gmock/gmock.h>

namespace tally::file {
namespace {

using testing::HasSubstr;

class Layout : public Till {};

TEST_F(Layout, DeclaresEveryFactOfTheTill) {
  const auto& facts = connector_->capabilities();
  EXPECT_EQ(facts.stock, channel::StockWrites::absolute);
  EXPECT_EQ(facts.takes, channel::Takes::never);
  EXPECT_FALSE(facts.can_look);
  EXPECT_TRUE(facts.has_order_list);
  EXPECT_EQ(facts.order_overlap, Duration(0));
  EXPECT_EQ(facts.nightly_overlap, Duration(0)) << "a file is read once";
  EXPECT_FALSE(facts.changed_at_trusted) << "a receipt that comes again replaces the one before";
  EXPECT_FALSE(facts.compare_and_set);
  EXPECT_FALSE(facts.idempotency_key);
  EXPECT_TRUE(facts.actions.contains("set_stock"));
  EXPECT_FALSE(facts.actions.contains("refund"));
}

TEST_F(Layout, SaysAllThatIsWrongAtOnce) {
  settings_ = Json::object({{"time_zone", "Mars/Base"}, {"encoding", "latin1"}});
  Complaints complaints;
  auto bad = recipe(complaints);
  bad.text =
      "connector: till\nover: files\nfolders: { sales: ../up, counts: counts }\nfacts: { stock: delta, takes: never, orders: { list: yes } "
      "}\nfolder: x\n";
  EXPECT_EQ(make(bad, ports(), complaints), nullptr);
  const auto text = text_of(complaints);
  EXPECT_THAT(text, HasSubstr("connector.yaml:3:"));
  EXPECT_THAT(text, HasSubstr("'../up'"));
  EXPECT_THAT(text, HasSubstr("'offers'"));
  EXPECT_THAT(text, HasSubstr("'stock' must be one of absolute, none"));
  EXPECT_THAT(text, HasSubstr("'folder'"));
  EXPECT_THAT(text, HasSubstr("channels.d/shop-till.yaml"));
  EXPECT_THAT(text, HasSubstr("`folder` is missing"));
  EXPECT_THAT(text, HasSubstr("Mars/Base"));
  EXPECT_THAT(text, HasSubstr("latin1"));
}

TEST_F(Layout, HasNoDoorForWebhooks) {
  const auto door = connector_->authenticate({});
  ASSERT_FALSE(door);
  EXPECT_EQ(door.error().fault, Fault::not_found);
}

TEST(ATillsTime, WithoutAZoneIsThatOfItsChannel) {
  const auto at = [](std::string_view text, std::string_view zone) {
    const auto time = time_of(text, *Zone::parse(zone));
    return time ? format_iso(*time) : time.error().text();
  };
  EXPECT_EQ(at("2026-01-02T03:04:05", ""), "2026-01-02T03:04:05Z");
  EXPECT_EQ(at("2026-01-02 03:04:05", "+08:00"), "2026-01-01T19:04:05Z");
  EXPECT_EQ(at("2026/1/2 3:04", "-0530"), "2026-01-02T08:34:00Z");
  EXPECT_EQ(at("2026-01-02T03:04:05+02:00", "+08:00"), "2026-01-02T01:04:05Z") << "its own zone wins";
  EXPECT_THAT(at("2026-02-30 10:00", ""), HasSubstr("not a time"));
  EXPECT_THAT(at("10:00", ""), HasSubstr("not a time"));
  for (const char* half :
       {"2026-11-21T18:2", "2026-11-21 18:", "2026-11-21 18:02:3", "2026/11/21 9:5", "2026-11-21T18", "2026-11-21T18:02:30+0"})
    EXPECT_THAT(at(half, ""), HasSubstr("not a time")) << "half written";
  EXPECT_FALSE(Zone::parse("../../etc/passwd"));
  EXPECT_FALSE(Zone::parse("+8:61"));
}

TEST(ATillsDay, IsTheDateOnItsOwnClock) {
  const auto day = [](std::string_view text, std::string_view zone) {
    const auto there = *Zone::parse(zone);
    return day_of(text, *time_of(text, there), there);
  };
  EXPECT_EQ(day("2026-11-22 00:30", "+08:00"), "2026-11-22");
  EXPECT_EQ(day("2026-11-21T23:30:00Z", "+08:00"), "2026-11-22") << "a till that writes UTC";
  EXPECT_EQ(day("2026-11-22T00:30:00+08:00", ""), "2026-11-22") << "its own zone wins";
  EXPECT_EQ(day("2026-11-22 00:30", "-05:00"), "2026-11-22");
  EXPECT_EQ(day("2026-11-22T03:30:00Z", "-05:00"), "2026-11-21");
}

TEST(ATillsDay, FollowsSummerTime) {
  const auto zone = Zone::parse("Europe/Berlin");
  if (!zone) GTEST_SKIP() << "this system has no time zone data";
  EXPECT_EQ(zone->day_of(*parse_iso("2026-07-14T22:30:00Z")), "2026-07-15");
  EXPECT_EQ(zone->day_of(*parse_iso("2026-01-14T22:30:00Z")), "2026-01-14");
}

TEST(ATillsTime, FollowsSummerTime) {
  const auto zone = Zone::parse("Europe/Berlin");
  if (!zone) GTEST_SKIP() << "this system has no time zone data";
  const auto at = [&](std::string_view text) { return format_iso(*time_of(text, *zone)); };
  EXPECT_EQ(at("2026-01-15 12:00"), "2026-01-15T11:00:00Z");
  EXPECT_EQ(at("2026-07-15 12:00"), "2026-07-15T10:00:00Z");
  EXPECT_EQ(at("2026-03-29 01:59"), "2026-03-29T00:59:00Z");
  EXPECT_EQ(at("2026-03-29 02:30"), "2026-03-29T01:30:00Z") << "an hour that does not exist";
  EXPECT_EQ(at("2026-03-29 03:00"), "2026-03-29T01:00:00Z");
  EXPECT_EQ(at("2026-10-25 02:30"), "2026-10-25T00:30:00Z") << "the first of the two";
  EXPECT_EQ(at("2026-10-25 03:00"), "2026-10-25T02:00:00Z");
}

}  // namespace
}  // namespace tally::file
