// An order of which nobody told: its webhook was lost and the list of changes does not show it. The comparison with the channel's list of
// what was placed brings it, and a rule of the merchant's holds it for a person.
#include "base/time.hpp"
#include "support/street.hpp"

#include <sqlite3.h>

namespace tally::tests {
namespace {

/// In the middle of the newest hour that is over for an hour or more.
std::int64_t placed_at_ms() {
  constexpr std::int64_t hour = 3'600'000;
  const std::int64_t now = to_ms(SystemClock().now());
  return (now - hour) / hour * hour - hour / 2;
}

/// As if no hour had been compared yet.
void forget_comparison(const std::filesystem::path& store) {
  sqlite3* opened = nullptr;
  ASSERT_EQ(sqlite3_open(store.c_str(), &opened), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(opened, "DELETE FROM cursor WHERE kind = 'comparison'", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(opened);
}

class Comparison : public ::testing::TestWithParam<const char*> {};

TEST_P(Comparison, AnOrderMissingWithoutErrorIsFoundFetchedAndTold) {
  Street street({platform("shop", GetParam()), platform("other", "woocommerce")});
  for (const auto* name : {"shop", "other"}) street.write_channel(name);
  street.open();
  street.import(three_products());
  street.release({"shop", "other"});
  ASSERT_TRUE(street.soon([&] { return !street.channel("shop").text_or("compared_through").empty(); })) << "hours without orders are whole";

  street.daemon().stop();
  forget_comparison(street.file("config/tally.db"));
  const Json lost =
      street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 3}, {"untold", true}, {"placed_at_ms", placed_at_ms()}}));
  const std::string id = lost.text_or("id");
  ASSERT_FALSE(id.empty()) << lost.dump();
  street.open();
  EXPECT_TRUE(street.soon([&] { return street.tallyd({"order", "show", id, "--channel", "shop"}).code == 0; }, seconds(40)));
  EXPECT_TRUE(street.soon([&] { return street.shown("other", "TEE") == 7; }));
  EXPECT_EQ(street.channel("shop").integer_or("orders_missed"), 1);
  EXPECT_NE(street.daemon_log().find("orders were missed"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(On, Comparison, ::testing::Values("woocommerce", "wechat-shop", "douyin"));

}  // namespace
}  // namespace tally::tests
