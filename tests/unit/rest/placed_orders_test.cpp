// The order list by the time of placing, as each platform is asked for it: what the hourly comparison reads.
#include "stage.hpp"

namespace tally::rest::test {
namespace {

using channel::Want;

Want placed_in_an_hour() {
  Want want;
  want.what = Want::What::orders;
  want.by_placed = true;
  want.since = *parse_iso("2025-11-01T10:00:00Z");
  want.until = *parse_iso("2025-11-01T11:00:00Z");
  return want;
}

TEST(PlacedOrders, OfWooCommerceAreAskedForBetweenTwoMomentsInUtc) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders?", 200, "[{'id':7,'date_created_gmt':'2025-11-01T10:30:00','refunds':[]}]",
                         {{"x-wp-totalpages", "1"}});
  const auto page = stage.connector().read_orders(placed_in_an_hour());
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->documents.size(), 1U);
  EXPECT_TRUE(page->cursor.empty());
  const std::string& url = stage.platform.requests.front().url;
  for (const char* part : {"after=2025-11-01T10%3A00%3A00", "before=2025-11-01T11%3A00%3A00", "dates_are_gmt=true", "orderby=date"})
    EXPECT_NE(url.find(part), std::string::npos) << part << " in " << url;
  EXPECT_EQ(url.find("modified_after"), std::string::npos) << url;
}

TEST(PlacedOrders, OfDouyinAreAskedForByTheTimeOfCreating) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200,
                         "{'code':10000,'data':{'access_token':'t','refresh_token':'r','expires_in':604800}}");
  stage.platform.answers("POST", "/order/searchList", 200, "{'code':10000,'data':{'total':1,'shop_order_list':[{'order_id':'2'}]}}");
  const auto page = stage.connector().read_orders(placed_in_an_hour());
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->documents.size(), 1U);
  EXPECT_EQ(text_at(stage.platform.sent(1), "/create_time_start"), "1761991200");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/create_time_end"), "1761994800");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/update_time_start"), "(nothing)");
}

TEST(PlacedOrders, OfWeChatAreAskedForByOneRangeAndReadOneByOne) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'t','expires_in':7200}");
  stage.platform.answers("POST", "/channels/ec/order/list/get", 200, "{'errcode':0,'order_id_list':['9'],'next_key':'','has_more':false}");
  stage.platform.answers("POST", "/channels/ec/order/get", 200, "{'errcode':0,'order':{'order_id':'9','create_time':1761991300}}");
  const auto page = stage.connector().read_orders(placed_in_an_hour());
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->documents.size(), 1U);
  EXPECT_EQ(text_at(stage.platform.sent(1), "/create_time_range/start_time"), "1761991200");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/create_time_range/end_time"), "1761994800");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/update_time_range"), "(nothing)");
}

TEST(PlacedOrders, AreAFactOfThePlatformsThatCanListThem) {
  for (const char* name : {"woocommerce", "douyin", "wechat-shop"}) {
    Stage stage(name);
    EXPECT_TRUE(stage.connector().capabilities().lists_placed_orders) << name;
  }
}

}  // namespace
}  // namespace tally::rest::test
