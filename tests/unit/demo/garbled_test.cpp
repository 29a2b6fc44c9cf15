#include "demo/judge.hpp"

#include <gmock/gmock.h>

namespace tally::demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GarbledRows, AreThoseThatThePretendTillWroteAndNoOthers) {
  const auto status = Json::parse(R"({"problems":[
    {"channel":"till","aspect":"inbox","thing":"7","reason":"sales/a.csv: line 3 was refused: sku: blank"},
    {"channel":"till","aspect":"inbox","thing":"8","reason":"sales/b.csv: line 2 was refused: sold_at: 'x' is not a time"},
    {"channel":"shop","aspect":"inbox","thing":"9","reason":"line 3 was refused: sku: blank"},
    {"channel":"till","aspect":"order","thing":"R-1","reason":"held: line 3 of a.csv was refused: sku: blank"}]})");
  ASSERT_TRUE(status.has_value());
  EXPECT_THAT(garbled_rows(*status), ElementsAre("7"));
  EXPECT_THAT(garbled_rows(Json::object()), IsEmpty());
}

}  // namespace
}  // namespace tally::demo
