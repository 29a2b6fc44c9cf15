// The rules of stock as a merchant writes them.
#include "configuration.hpp"

namespace tally::settings {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Configuration, a_buffer_that_follows_sales_and_a_quota_reach_their_values) {
  given("channels.d/shop.yaml", R"(
connector: x
stock:
  buffer: { follows: sales, at_least: 1, at_most: 20, window: 12h, delay: 5m }
  quotas:
    TEE-M: { units: 20, from: 2026-11-27T00:00:00+01:00, until: "2026-11-28T00:00:00+01:00" }
)");
  const Settings settings = loaded();
  const StockRule& stock = settings.channels.at(0).stock;
  EXPECT_EQ(stock.buffer, 1);
  ASSERT_TRUE(stock.follows.has_value());
  EXPECT_EQ(stock.follows->at_most, 20);
  EXPECT_EQ(stock.follows->window, Duration(12h));
  EXPECT_EQ(stock.follows->delay, Duration(5min));
  ASSERT_EQ(stock.quotas.size(), 1u);
  EXPECT_EQ(stock.quotas[0].sku, "TEE-M");
  EXPECT_EQ(stock.quotas[0].units, 20);
  EXPECT_EQ(format_iso(stock.quotas[0].from), "2026-11-26T23:00:00Z");
  EXPECT_EQ(stock.quotas[0].until - stock.quotas[0].from, Duration(24h));
}

TEST_F(Configuration, a_quota_needs_moments_with_their_zone_in_their_order) {
  given("channels.d/shop.yaml",
        "connector: x\nstock:\n  quotas:\n    A: { units: 1, from: 2026-11-27T00:00:00, until: 2026-11-28T00:00:00Z }\n"
        "    B: { units: 1, from: 2026-11-28T00:00:00Z, until: 2026-11-27T00:00:00Z }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("shop.yaml:4:26: 'from' must be a moment with its zone"),
                                        HasSubstr("shop.yaml:5:5: the quota of 'B' ends before it begins")));
}

TEST_F(Configuration, a_shelf_that_counts_what_is_free_and_one_that_a_platform_holds_reach_their_values) {
  given("tallyd.yaml", "locations:\n  main: { counted_by: erp, counts: free, knows_after: 15m }\n  fba: { held_by: amazon }\n  own: {}\n");
  given("channels.d/erp.yaml", "connector: x\n");
  given("channels.d/amazon.yaml", "connector: x\n");
  const Settings settings = loaded();
  EXPECT_TRUE(settings.locations.at(0).counts_free);
  EXPECT_EQ(settings.locations.at(0).knows_after, Duration(15min));
  EXPECT_EQ(settings.locations.at(1).held_by, "amazon");
  EXPECT_EQ(settings.channels.at(0).id.text, "amazon");
  EXPECT_EQ(settings.channels.at(0).locations.size(), 3u);
  EXPECT_EQ(settings.channels.at(1).locations.size(), 2u) << "what a platform holds is no other channel's";
}

TEST_F(Configuration, what_a_platform_holds_cannot_be_sold_by_another_channel) {
  given("tallyd.yaml", "locations: { main: {}, fba: { held_by: amazon }, transit: {} }\n");
  given("channels.d/amazon.yaml", "connector: x\n");
  given("channels.d/shop.yaml", "connector: x\nlocations: [main, fba]\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("what lies at 'fba' is held by amazon's platform"),
                                        HasSubstr("'transit' is where goods under way lie")));
}

}  // namespace
}  // namespace tally::settings
