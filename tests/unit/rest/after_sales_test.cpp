// What buyers ask for after the sale: read with their orders, listed beside them, agreed to.
#include "unit/rest/stage.hpp"

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Want;

constexpr const char* wechat_token = "{'access_token':'T','expires_in':7200}";
constexpr const char* douyin_token = "{'code':10000,'data':{'access_token':'A','refresh_token':'R','expires_in':604800}}";
constexpr const char* wechat_order =
    "{'errcode':0,'order':{'order_id':'3705','status':30,'update_time':1761999000,'order_detail':{'product_infos':[{'product_id':'10',"
    "'sku_id':'20','sku_code':'A','sku_cnt':2}]},'aftersale_detail':{'aftersale_order_list':[{'aftersale_order_id':'2001','status':"
    "'MERCHANT_PROCESSING'}]}}}";
constexpr const char* wechat_sale =
    "{'errcode':0,'after_sale_order':{'after_sale_order_id':'2001','order_id':'3705','type':'RETURN','status':'MERCHANT_WAIT_RECEIPT',"
    "'update_time':1761999500,'refund_info':{'amount':5900},'product_info':{'product_id':'10','sku_id':'20','count':1}}}";

Want one(const std::string& id) {
  Want want;
  want.things = {Json::object({{"@id", id}})};
  return want;
}

Json tree_of(Stage& stage, const channel::Document& document) {
  const auto events = stage.connector().parse(document, Json());
  EXPECT_TRUE(events) << (events ? "" : events.error().text());
  if (!events) return {};
  EXPECT_TRUE(events->front().doubts.empty()) << events->front().doubts.front();
  return events->front().tree;
}

TEST(WeChatAfterSales, AreReadWithTheirOrder) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, wechat_token)
      .answers("POST", "/order/get", 200, wechat_order)
      .answers("POST", "/aftersale/getaftersaleorder", 200, wechat_sale);
  const auto page = stage.connector().read_orders(one("3705"));
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(2), "/after_sale_order_id"), "2001");
  const Json tree = tree_of(stage, page->documents.at(0));
  EXPECT_EQ(text_at(tree, "/after_sales/0/@id"), "2001");
  EXPECT_EQ(text_at(tree, "/after_sales/0/kind"), "return");
  EXPECT_EQ(text_at(tree, "/after_sales/0/state"), "sent_back");
  EXPECT_EQ(text_at(tree, "/after_sales/0/lines/0/line/offer/@id"), "20");
  EXPECT_EQ(text_at(tree, "/after_sales/0/lines/0/quantity"), "1");
}

TEST(WeChatAfterSales, ThatTheShopDoesNotGiveStayAsTheyWereKnown) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, wechat_token)
      .answers("POST", "/order/get", 200, wechat_order)
      .answers("POST", "/aftersale/getaftersaleorder", 200, wechat_sale)
      .answers("POST", "/order/get", 200, wechat_order)
      .answers("POST", "/aftersale/getaftersaleorder", 502, "<h1>Bad Gateway</h1>");
  const auto whole = stage.connector().read_orders(one("3705"));
  const auto lacking = stage.connector().read_orders(one("3705"));
  ASSERT_TRUE(whole && lacking) << lacking.error().text();
  EXPECT_EQ(lacking->documents.at(0).headers.at(channel::lacks_header), "the channel did not give its aftersale_order_list");
  const auto events = stage.connector().parse(lacking->documents.at(0), tree_of(stage, whole->documents.at(0)));
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(text_at(events->front().tree, "/after_sales/0/@id"), "2001");
  EXPECT_EQ(text_at(events->front().tree, "/lines/0/sku"), "A");
}

TEST(WeChatAfterSales, AnOrderIsReadThoughOneOfThemIsGone) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, wechat_token)
      .answers("POST", "/order/get", 200, wechat_order)
      .answers("POST", "/aftersale/getaftersaleorder", 200, "{'errcode':10021050,'errmsg':'no such after-sale'}");
  const auto page = stage.connector().read_orders(one("3705"));
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(text_at(tree_of(stage, page->documents.at(0)), "/after_sales"), "(nothing)");
}

TEST(WeChatAfterSales, AreListedDayByDayBehindTheOrders) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, wechat_token)
      .answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':[],'next_key':'','has_more':false}");
  Want want;
  want.since = stage.clock.at - Duration(36LL * 3600 * 1000);
  const auto orders = stage.connector().read_orders(want);
  ASSERT_TRUE(orders) << orders.error().text();
  ASSERT_FALSE(orders->cursor.empty()) << "an after-sale does not move its order's time of change";

  stage.clock.at += Duration(5000);  // the reading ends where it was to end when it began
  stage.platform
      .answers("POST", "/getaftersalelist", 200, "{'errcode':0,'after_sale_order_id_list':['2001'],'next_key':'','has_more':false}")
      .answers("POST", "/getaftersaleorder", 200, wechat_sale)
      .answers("POST", "/order/get", 200, wechat_order)
      .answers("POST", "/getaftersaleorder", 200, wechat_sale);
  Want next;
  next.cursor = orders->cursor;
  const auto first_day = stage.connector().read_orders(next);
  ASSERT_TRUE(first_day) << first_day.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(2), "/begin_update_time"), "1761870400");
  EXPECT_EQ(text_at(stage.platform.sent(2), "/end_update_time"), "1761956800");
  EXPECT_EQ(text_at(stage.platform.sent(4), "/order_id"), "3705");
  ASSERT_EQ(first_day->documents.size(), 1U);
  EXPECT_EQ(text_at(tree_of(stage, first_day->documents.front()), "/@id"), "3705");

  stage.platform.answers("POST", "/getaftersalelist", 200, "{'errcode':0,'after_sale_order_id_list':[],'next_key':'','has_more':false}");
  next.cursor = first_day->cursor;
  const auto second_day = stage.connector().read_orders(next);
  ASSERT_TRUE(second_day) << second_day.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(6), "/begin_update_time"), "1761956800");
  EXPECT_EQ(text_at(stage.platform.sent(6), "/end_update_time"), "1762000000");
  EXPECT_TRUE(second_day->cursor.empty());
}

TEST(WeChatAfterSales, AgreeingNamesTheStepAndADoubtfulAnswerIsNotRepeated) {
  Stage stage("wechat-shop");
  stage.recipe.settings.set("return_address", 123);
  stage.platform.answers("POST", "/stable_token", 200, wechat_token).answers("POST", "/aftersale/acceptapply", 200, "{'errcode':0}");
  ASSERT_TRUE(stage.push(ActionKind::refund, json("{'@id':'2001','answer':'agree','order':{'@id':'3705'}}")));
  EXPECT_EQ(stage.platform.sent(1), json("{'after_sale_order_id':'2001','accept_type':1,'address_id':'123'}"));
  stage.platform.answers("POST", "/aftersale/acceptapply", 200, "{'errcode':0}");
  ASSERT_TRUE(stage.push(ActionKind::refund, json("{'@id':'2001','answer':'receive','order':{'@id':'3705'}}")));
  EXPECT_EQ(stage.platform.sent(2), json("{'after_sale_order_id':'2001','accept_type':2}"));
  stage.platform.answers("POST", "/aftersale/acceptapply", 502, "<h1>Bad Gateway</h1>");
  EXPECT_EQ(stage.push(ActionKind::refund, json("{'@id':'2001','answer':'receive'}")).error().fault, Fault::unknown);
}

TEST(WeChatAfterSales, WithoutAnAddressTheRefusalSaysWhatToDo) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, wechat_token)
      .answers("POST", "/aftersale/acceptapply", 200, "{'errcode':10021060,'errmsg':'address_id is missing'}");
  const auto result = stage.push(ActionKind::refund, json("{'@id':'2001','answer':'agree'}"));
  EXPECT_EQ(result.error().fault, Fault::rejected);
  EXPECT_NE(result.error().todo.find("return_address"), std::string::npos) << result.error().text();
}

constexpr const char* douyin_sales =
    "{'code':10000,'data':{'total':1,'items':[{'aftersale_info':{'aftersale_id':'7001','aftersale_type':2,'aftersale_status':6,"
    "'refund_amount':5900,'update_time':1761999500},'order_info':{'shop_order_id':'6920','related_order_info':[{'sku_order_id':'6921',"
    "'aftersale_item_num':1}]},'text_part':{'reason_text':'late'}}]}}";

std::string douyin_order(int after_sale_status) {
  return "{'code':10000,'data':{'shop_order_detail':{'order_id':'6920','order_status':2,'update_time':1761999000,'sku_order_list':["
         "{'order_id':'6921','item_num':1,'after_sale_info':{'after_sale_status':" +
         std::to_string(after_sale_status) + "}}]}}}";
}

TEST(DouyinAfterSales, AreAskedForOnlyWhereALineHasOne) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, douyin_token).answers("POST", "/order/orderDetail", 200, douyin_order(0));
  const auto without = stage.connector().read_orders(one("6920"));
  ASSERT_TRUE(without) << without.error().text();
  EXPECT_EQ(text_at(tree_of(stage, without->documents.at(0)), "/after_sales"), "(nothing)");

  stage.platform.answers("POST", "/order/orderDetail", 200, douyin_order(6)).answers("POST", "/afterSale/List", 200, douyin_sales);
  const auto with = stage.connector().read_orders(one("6920"));
  ASSERT_TRUE(with) << with.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(3), "/order_id"), "6920");
  const Json tree = tree_of(stage, with->documents.at(0));
  EXPECT_EQ(text_at(tree, "/lines/0/@id"), "6921") << "what was fetched stands beside the lines, not in their place";
  EXPECT_EQ(text_at(tree, "/after_sales/0/kind"), "cancel");
  EXPECT_EQ(text_at(tree, "/after_sales/0/state"), "asked");
  EXPECT_EQ(text_at(tree, "/after_sales/0/lines/0/line/@id"), "6921");
}

TEST(DouyinAfterSales, ThatTheShopDoesNotGiveLeaveTheOrderItsLines) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, douyin_token)
      .answers("POST", "/order/orderDetail", 200, douyin_order(6))
      .answers("POST", "/afterSale/List", 502, "<h1>Bad Gateway</h1>");
  const auto page = stage.connector().read_orders(one("6920"));
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->documents.at(0).headers.at(channel::lacks_header), "the channel did not give its after_sales");
  const Json tree = tree_of(stage, page->documents.at(0));
  EXPECT_EQ(text_at(tree, "/lines/0/@id"), "6921");
  EXPECT_EQ(text_at(tree, "/lines/0/quantity"), "1");
}

TEST(DouyinAfterSales, AreListedBehindTheOrders) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, douyin_token)
      .answers("POST", "/order/searchList", 200, "{'code':10000,'data':{'total':0,'shop_order_list':[]}}");
  Want want;
  want.since = stage.clock.at - Duration(3600'000);
  const auto orders = stage.connector().read_orders(want);
  ASSERT_TRUE(orders) << orders.error().text();
  stage.platform.answers("POST", "/afterSale/List", 200, douyin_sales)
      .answers("POST", "/order/orderDetail", 200, douyin_order(6))
      .answers("POST", "/afterSale/List", 200, douyin_sales);
  want.cursor = orders->cursor;
  const auto sales = stage.connector().read_orders(want);
  ASSERT_TRUE(sales) << sales.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(2), "/update_start_time"), "1761996400");
  EXPECT_EQ(text_at(stage.platform.sent(3), "/shop_order_id"), "6920");
  ASSERT_EQ(sales->documents.size(), 1U);
  EXPECT_EQ(text_at(tree_of(stage, sales->documents.front()), "/after_sales/0/@id"), "7001");
  EXPECT_TRUE(sales->cursor.empty());
}

TEST(DouyinAfterSales, AgreeingNamesTheStep) {
  Stage stage("douyin");
  stage.recipe.settings.set("return_address", 77);
  stage.platform.answers("POST", "/token/create", 200, douyin_token);
  for (const auto& [answer, body] : std::vector<std::pair<std::string, const char*>>{
           {"agree", "{'type':101,'items':[{'aftersale_id':'7001','logistics':{'receiver_address_id':77}}]}"},
           {"receive", "{'type':111,'items':[{'aftersale_id':'7001'}]}"},
           {"refund", "{'type':201,'items':[{'aftersale_id':'7001'}]}"}}) {
    stage.platform.answers("POST", "/afterSale/operate", 200, "{'code':10000,'data':{'items':[]}}");
    ASSERT_TRUE(stage.push(ActionKind::refund, Json::object({{"@id", "7001"}, {"answer", answer}})));
    EXPECT_EQ(stage.platform.sent(stage.platform.requests.size() - 1), json(body)) << answer;
  }
}

}  // namespace
}  // namespace tally::rest::test
