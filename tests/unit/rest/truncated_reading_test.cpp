// Readings that are not whole and say that they are; times and amounts of which a shop shows more than one.
#include "unit/rest/stage.hpp"

#include "model/order.hpp"

namespace tally::rest::test {
namespace {

using channel::Page;
using channel::Want;

Result<Page> orders_of(Stage& stage) {
  Want want;
  want.what = Want::What::orders;
  want.since = stage.clock.at - Duration(3600000);
  return stage.connector().read_orders(want);
}

std::string woo_order(const std::string& more) {
  return "{'id':7,'status':'processing','currency':'EUR','refunds':[]," + more + "}";
}

void expect_broken(const Result<Page>& page) {
  ASSERT_FALSE(page) << "it is taken for a complete reading of " << page->documents.size() << " documents";
  EXPECT_EQ(page.error().fault, Fault::broken) << page.error().text();
}

TEST(TruncatedReading, AnEmptyPageWithMoreBehindItIsNoEnd) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders", 200, "[]", {{"x-wp-totalpages", "3"}});
  expect_broken(orders_of(stage));
  stage.platform.answers("GET", "/orders", 200, "[]", {{"x-wp-totalpages", "0"}})
      .answers("GET", "/orders", 200, "[]", {{"x-wp-totalpages", "1"}});
  for (int either = 0; either < 2; ++either) {
    const auto none = orders_of(stage);
    ASSERT_TRUE(none) << none.error().text();
    EXPECT_TRUE(none->cursor.empty());
  }
}

TEST(TruncatedReading, AListOfNothingThatCountsSomeIsNoEnd) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'T1','expires_in':7200}");
  stage.platform.answers("POST", "/product/list/get", 200, "{'errcode':0,'product_ids':[],'next_key':'','total_num':12}");
  expect_broken(stage.connector().read_listings({}));
  stage.platform.answers("POST", "/product/list/get", 200, "{'errcode':0,'product_ids':[],'next_key':'','total_num':0}");
  EXPECT_TRUE(stage.connector().read_listings({}));
}

TEST(TruncatedReading, MoreIsPromisedAndNobodySaysWhere) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'T1','expires_in':7200}");
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':[],'has_more':true}");
  expect_broken(orders_of(stage));
}

TEST(TruncatedReading, AnAnswerThatIsNoListIsNoReading) {
  for (const char* body : {"{'message':'Down for maintenance'}", "{}", "null", "'text'", "7"}) {
    Stage stage("woocommerce");
    std::string text = body;
    for (char& c : text) c = c == '\'' ? '"' : c;
    stage.platform.answers("GET", "/orders", 200, text, {{"x-wp-totalpages", "1"}});
    SCOPED_TRACE(body);
    expect_broken(orders_of(stage));
  }
}

TEST(TruncatedReading, AnAnswerThatWasCutInTheMiddleIsNoReading) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders", 200, "[" + woo_order("'line_items':[]") + ",{'id':8,'stat", {{"x-wp-totalpages", "1"}});
  expect_broken(orders_of(stage));
}

/// A shop in Berlin in the night of 26 October 2025, in which 02:30 comes twice: half an hour passes, and its own clock goes back.
TEST(ShopLocalTimes, AreNotReadAcrossTheEndOfSummerTime) {
  const auto changed = [](const std::string& local, const std::string& utc) {
    Stage stage("woocommerce");
    stage.platform.answers(
        "GET", "/orders", 200,
        "[" +
            woo_order("'date_modified':'" + local + "','date_modified_gmt':'" + utc +
                      "','date_created':'2025-10-26T02:10:00','date_created_gmt':'2025-10-26T00:10:00',"
                      "'line_items':[{'id':1,'product_id':44,'variation_id':0,'quantity':1,'total':'5.00','sku':'MUG'}]") +
            "]",
        {{"x-wp-totalpages", "1"}});
    const auto page = orders_of(stage);
    EXPECT_TRUE(page) << page.error().text();
    const auto events = stage.connector().parse(page->documents.front(), Json());
    EXPECT_TRUE(events) << events.error().text();
    EXPECT_EQ(events->front().tree.text_or("placed_at"), "2025-10-26T00:10:00Z");
    return *events->front().changed_at;
  };
  const Time paid = changed("2025-10-26T02:45:00", "2025-10-26T00:45:00"),
             cancelled = changed("2025-10-26T02:15:00", "2025-10-26T01:15:00");
  EXPECT_EQ(cancelled - paid, std::chrono::minutes(30)) << "by its own clock it was cancelled before it was paid";
}

/// Goods of 100.00 with a coupon of 20.00 at 19 %.
std::vector<std::string> complaints_about(const std::string& tax, const std::string& total) {
  Stage stage("woocommerce");
  stage.platform.answers(
      "GET", "/orders", 200,
      "[" +
          woo_order("'date_modified_gmt':'2025-11-01T12:00:00','shipping_total':'0.00','discount_total':'20.00','total_tax':'" + tax +
                    "','total':'" + total +
                    "','line_items':[{'id':1,'product_id':44,'variation_id':0,'quantity':2,'subtotal':'100.00','total':'80.00',"
                    "'total_tax':'" +
                    tax + "','sku':'MUG'}]") +
          "]",
      {{"x-wp-totalpages", "1"}});
  const auto page = orders_of(stage);
  EXPECT_TRUE(page) << page.error().text();
  const auto events = stage.connector().parse(page->documents.front(), Json());
  EXPECT_TRUE(events) << events.error().text();
  auto order = order_from_json(events->front().tree);
  EXPECT_TRUE(order) << order.error().text();
  const auto said = complete(*order);
  EXPECT_EQ(order->lines.front().discount, (Money{2000, {"EUR"}}));
  EXPECT_EQ(order->lines.front().discounted, (Money{8000, {"EUR"}}));
  EXPECT_EQ(order->tax, Money::of(*Decimal::parse(tax), {"EUR"}).value());
  return said;
}

TEST(DiscountTax, IsThatOfWhatIsPaidAndOneOfTheFullPriceIsSaidWithTheDifference) {
  EXPECT_TRUE(complaints_about("15.20", "95.20").empty());
  const auto wrong = complaints_about("19.00", "95.20");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_NE(wrong.front().find("off by -3.80 EUR"), std::string::npos) << wrong.front();
  const auto cent = complaints_about("15.21", "95.20");
  ASSERT_EQ(cent.size(), 1U);
  EXPECT_NE(cent.front().find("off by -0.01 EUR"), std::string::npos) << cent.front();
}

}  // namespace
}  // namespace tally::rest::test
