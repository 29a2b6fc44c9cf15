// The connector file of WooCommerce, against answers as a shop gives them.
#include "unit/rest/stage.hpp"

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Change;
using channel::Event;
using channel::Want;

const std::vector<http::Header> one_page{{"x-wp-totalpages", "1"}};

std::vector<Change> stock_changes(int count) {
  std::vector<Change> changes;
  for (int i = 0; i < count; ++i) {
    changes.push_back({"k" + std::to_string(i),
                       ActionKind::set_stock,
                       Json::object({{"@id", std::to_string(40 + i)}, {"sku", "S" + std::to_string(i)}, {"available", i}}),
                       {}});
  }
  return changes;
}

TEST(WooStock, ABatchCarriesItsErrorsInsideA200) {
  Stage stage("woocommerce");
  stage.platform.answers(
      "POST", "/wp-json/wc/v3/products/batch", 200,
      "{'update':[{'id':40,'stock_quantity':0},{'id':41,'error':{'code':'woocommerce_rest_product_invalid_id','message':'Invalid ID.'}},"
      "{'id':42,'error':{'code':'odd','message':'Not today.'}}]}");
  const auto results = stage.connector().push(stock_changes(3));
  ASSERT_EQ(results.size(), 3U);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().fault, Fault::missing);
  EXPECT_EQ(results[2].error().fault, Fault::rejected);
  EXPECT_NE(results[2].error().what.find("Not today."), std::string::npos);
  EXPECT_EQ(results[2].error().where, "shop: set_stock");
  const Json sent = stage.platform.sent(0);
  EXPECT_EQ(sent.find("update")->as_array().size(), 3U);
  EXPECT_EQ(text_at(sent, "/update/2/stock_quantity"), "2");
}

TEST(WooStock, MoreThanABatchHoldsGoesInSeveral) {
  Stage stage("woocommerce");
  std::string hundred = "{'update':[", one = "{'update':[{'id':140}]}";
  for (int i = 0; i < 100; ++i) hundred += std::string(i ? "," : "") + "{'id':" + std::to_string(40 + i) + "}";
  stage.platform.answers("POST", "/products/batch", 200, hundred + "]}").answers("POST", "/products/batch", 200, one);
  const auto results = stage.connector().push(stock_changes(101));
  ASSERT_EQ(results.size(), 101U);
  for (const auto& result : results) EXPECT_TRUE(result);
}

TEST(WooStock, AnAnswerWithAnotherNumberOfEntriesIsNotUnderstood) {
  Stage stage("woocommerce");
  stage.platform.answers("POST", "/products/batch", 200, "{'update':[{'id':40}]}");
  const auto results = stage.connector().push(stock_changes(2));
  EXPECT_EQ(results[0].error().fault, Fault::broken);
  EXPECT_EQ(results[1].error().fault, Fault::broken);
}

TEST(WooStock, AShopInTroubleMayHaveTakenTheNumber) {
  Stage stage("woocommerce");
  stage.platform.answers("POST", "/products/batch", 500, "{'code':'internal_server_error','message':'critical'}");
  EXPECT_EQ(stage.connector().push(stock_changes(1)).front().error().fault, Fault::unknown);
}

TEST(WooStock, AWriteWithoutAnswerIsUnknown) {
  Stage stage("woocommerce");
  stage.platform.fails("POST", "/products/batch", Fault::unknown).fails("POST", "/products/batch", Fault::transient);
  EXPECT_EQ(stage.connector().push(stock_changes(1)).front().error().fault, Fault::unknown);
  EXPECT_EQ(stage.connector().push(stock_changes(1)).front().error().fault, Fault::transient);
}

TEST(WooStock, APageOfHtmlBehindA200IsNotUnderstood) {
  Stage stage("woocommerce");
  stage.platform.answers("POST", "/products/batch", 200, "<html>Please log in</html>");
  const auto result = stage.connector().push(stock_changes(1)).front();
  EXPECT_EQ(result.error().fault, Fault::broken);
  EXPECT_NE(result.error().what.find("Please log in"), std::string::npos);
}

TEST(WooStock, TheShopSaysHowLongToWait) {
  Stage stage("woocommerce");
  stage.platform.answers("POST", "/products/batch", 429, "<h1>Too Many Requests</h1>", {{"retry-after", "17"}});
  const auto result = stage.connector().push(stock_changes(1)).front();
  EXPECT_EQ(result.error().fault, Fault::throttled);
  EXPECT_EQ(result.error().retry_after, Duration(17000));
}

TEST(WooErrors, ABare404IsNoMissingThing) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders/7", 404, "<html>not here</html>")
      .answers("GET", "/orders/7", 404, "{'code':'rest_no_route','message':'No route'}");
  stage.platform.answers("GET", "/orders/7", 404, "{'code':'woocommerce_rest_shop_order_invalid_id','message':'Invalid ID.'}");
  Want want{Want::What::orders, {}, {}, {}, {json("{'@id':'7'}")}};
  EXPECT_EQ(stage.connector().read_orders(want).error().fault, Fault::broken);
  EXPECT_EQ(stage.connector().read_orders(want).error().fault, Fault::broken);
  EXPECT_EQ(stage.connector().read_orders(want).error().fault, Fault::missing);
}

TEST(WooErrors, NoSecretIsEverShown) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders/7", 401, "{'code':'x','message':'cs_y is no secret of ck_x'}")
      .answers("GET", "/orders/7", 418, "cs_y and ck_x\r\nforged: line");
  Want want{Want::What::orders, {}, {}, {}, {json("{'@id':'7'}")}};
  const auto refused = stage.connector().read_orders(want), odd = stage.connector().read_orders(want);
  EXPECT_EQ(refused.error().fault, Fault::unauthorized);
  for (const auto& text : {refused.error().text(), odd.error().text()}) {
    EXPECT_EQ(text.find("cs_y"), std::string::npos) << text;
    EXPECT_EQ(text.find("ck_x"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  }
}

TEST(WooErrors, NothingOfAnOrderIsShown) {
  Stage stage("woocommerce");
  const std::string body = "Notice: undefined index in theme.php\n{\"id\":1001,\"billing\":{\"first_name\":\"Canary\"}}";
  const std::vector<http::Header> html{{"content-type", "text/html"}};
  stage.platform.answers("GET", "/orders/1001", 200, body, html).answers("GET", "/orders/1001", 418, body);
  stage.platform.answers("GET", "/orders?", 200, body, html).answers("GET", "/orders?", 500, body, html);
  const Want one{Want::What::orders, {}, {}, {}, {json("{'@id':'1001'}")}};
  std::vector<Error> errors{stage.connector().read_orders(one).error(), stage.connector().read_orders(one).error()};
  Want placed;
  placed.by_placed = true;
  placed.what = Want::What::orders;
  errors.push_back(stage.connector().read_orders({}).error());
  errors.push_back(stage.connector().read_orders(placed).error());
  const Json fields = json(
      "{'carrier':'dhl','tracking':'T1','mark':'m1','amount':{'amount':5,'currency':'EUR'},'reason':'broken','order':{'@id':'1001',"
      "'state':'shipped','shipments':[{'carrier':'dhl','tracking':'T1','mark':'m1','lines':[]}]}}");
  for (const auto action : {ActionKind::confirm_shipment, ActionKind::cancel_order, ActionKind::refund}) {
    stage.platform.answers(action == ActionKind::refund ? "POST" : "PUT", "/orders/1001", 200, body, html);
    const auto result = stage.push(action, fields);
    ASSERT_FALSE(result) << static_cast<int>(action);
    errors.push_back(result.error());
  }
  EXPECT_TRUE(stage.platform.script.empty());
  for (const auto& error : errors) {
    EXPECT_EQ(error.text().find("Canary"), std::string::npos) << error.text();
    EXPECT_NE(error.what.find(std::to_string(body.size()) + " bytes of "), std::string::npos) << error.text();
  }
  EXPECT_NE(errors.front().what.find("bytes of text/html"), std::string::npos) << errors.front().what;
}

TEST(WooErrors, NothingOfAnOrderIsShownThatFailedInsideTheAnswer) {
  Stage stage("woocommerce");
  const std::string begin = "refund:       { ";
  stage.recipe.text.replace(stage.recipe.text.find(begin), begin.size(), begin + "failed: { list: /failures, match: whole }, ");
  stage.platform.answers("POST", "/orders/7/refunds", 200, "{'failures':[{'to':'Canary'}]}");
  const auto result = stage.push(ActionKind::refund, json("{'amount':{'amount':5,'currency':'EUR'},'order':{'@id':'7'}}"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text().find("Canary"), std::string::npos) << result.error().text();
  EXPECT_NE(result.error().what.find("15 bytes of application/json"), std::string::npos) << result.error().text();
}

TEST(WooErrors, WhatShouldListTheFailuresAndIsNoListIsNoSuccess) {
  Stage stage("woocommerce");
  const std::string begin = "refund:       { ";
  stage.recipe.text.replace(stage.recipe.text.find(begin), begin.size(), begin + "failed: { list: /failures, match: whole }, ");
  stage.platform.answers("POST", "/orders/7/refunds", 200, "{'failures':'two of them'}");
  const auto result = stage.push(ActionKind::refund, json("{'amount':{'amount':5,'currency':'EUR'},'order':{'@id':'7'}}"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::broken);
}

TEST(WooErrors, AReadingThatWasCutOffDidNothing) {
  Stage stage("woocommerce");
  stage.platform.fails("GET", "/orders", Fault::unknown);
  EXPECT_EQ(stage.connector().read_orders({}).error().fault, Fault::transient);
}

TEST(WooAuth, BasicOverTlsAndSignedOverPlainHttp) {
  Stage basic("woocommerce"), plain("woocommerce");
  basic.platform.answers("GET", "/orders", 200, "[]", one_page);
  plain.platform.answers("GET", "/orders", 200, "[]", one_page);
  plain.recipe.auth = "oauth1";
  plain.recipe.settings.set("url", "http://127.0.0.1:8080");
  ASSERT_TRUE(basic.connector().read_orders({}));
  ASSERT_TRUE(plain.connector().read_orders({}));
  const auto& headers = basic.platform.requests.front().headers;
  EXPECT_TRUE(std::find(headers.begin(), headers.end(), http::Header{"Authorization", "Basic Y2tfeDpjc195"}) != headers.end());
  const std::string& url = plain.platform.requests.front().url;
  EXPECT_NE(url.find("oauth_signature_method=HMAC-SHA256"), std::string::npos);
  EXPECT_NE(url.find("oauth_timestamp=1762000000"), std::string::npos);
  EXPECT_NE(url.find("oauth_signature="), std::string::npos);
  EXPECT_EQ(url.find("cs_y"), std::string::npos);
}

Json shirt() {
  return json(
      "{'code':'SHIRT','title':'Shirt','state':'live','categories':[{'name':'Tops','path':['Men','Tops']}],"
      "'options':[{'name':'Size','values':['S','M']}],"
      "'variants':[{'sku':'SHIRT-S','state':'live','price':{'amount':20,'currency':'EUR'},'available':3,'option_values':[{'name':'Size','"
      "value':'S'}]},"
      "{'sku':'SHIRT-M','state':'live','price':{'amount':20,'currency':'EUR'},'available':4,'option_values':[{'name':'Size','value':'M'}]}]"
      "}");
}

/// Up to the two requests that write: not there, the category's parent is there, the category is made.
void expect_preparations(Stage& stage) {
  stage.platform.answers("GET", "/products?sku=SHIRT&", 200, "[]").answers("GET", "/products?sku=SHIRT-S&", 200, "[]");
  stage.platform.answers("GET", "/products/categories?search=Men&parent=0", 200, "[{'id':8,'name':'Men&amp;Women'},{'id':9,'name':'Men'}]");
  stage.platform.answers("GET", "/products/categories?search=Tops&parent=9", 200, "[]");
  stage.platform.answers("POST", "/products/categories", 201, "{'id':10,'name':'Tops','parent':9}");
}

TEST(WooListing, AProductIsFoundFirstThenMadeWithItsVariations) {
  Stage stage("woocommerce");
  expect_preparations(stage);
  stage.platform.answers("POST", "/wp-json/wc/v3/products", 201,
                         "{'id':50,'name':'Shirt','type':'variable','sku':'SHIRT','variations':[]}");
  stage.platform.answers("POST", "/products/50/variations/batch", 200,
                         "{'create':[{'id':51,'sku':'SHIRT-S','manage_stock':true},{'id':52,'sku':'SHIRT-M','manage_stock':true}]}");
  const auto applied = stage.push(ActionKind::put_listing, shirt());
  ASSERT_TRUE(applied) << applied.error().text();
  EXPECT_EQ(text_at(applied->learned, "/@id"), "50");
  EXPECT_EQ(text_at(applied->learned, "/variants/0/sku"), "SHIRT-S");
  EXPECT_EQ(text_at(applied->learned, "/variants/0/@id"), "51");
  EXPECT_EQ(text_at(applied->learned, "/variants/1/@id"), "52");
  EXPECT_EQ(text_at(applied->learned, "/categories/0/@id"), "10");
  ASSERT_TRUE(applied->shown.has_value());
  EXPECT_FALSE(applied->ticket.has_value());

  EXPECT_EQ(text_at(stage.platform.sent(4), "/parent"), "9");
  const Json product = stage.platform.sent(5), batch = stage.platform.sent(6);
  EXPECT_EQ(product.find("variations"), nullptr) << "a part with a step of its own is left out of the whole";
  EXPECT_EQ(text_at(product, "/categories/0/id"), "10");
  ASSERT_EQ(batch.find("create")->as_array().size(), 2U);
  EXPECT_EQ(text_at(batch, "/create/0/regular_price"), "20.00");
  EXPECT_EQ(batch.find("update"), nullptr);
}

TEST(WooListing, WhatIsThereAlreadyIsNotMadeOnceMore) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/products?sku=SHIRT&", 200, "[]");
  stage.platform.answers("GET", "/products?sku=SHIRT-S&", 200, "[{'id':51,'type':'variation','parent_id':50,'sku':'SHIRT-S'}]");
  const auto applied = stage.push(ActionKind::put_listing, shirt());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().fault, Fault::conflict);
  EXPECT_NE(applied.error().what.find("50"), std::string::npos);
  EXPECT_TRUE(stage.platform.script.empty());
}

TEST(WooListing, ACreateThatTheShopBrokeOnIsUnknown) {
  for (const unsigned status : {500U, 502U}) {
    Stage stage("woocommerce");
    expect_preparations(stage);
    stage.platform.answers("POST", "/products", status, "oops");
    Json product = shirt();
    // The category learnt on the way does not hide the doubt.
    EXPECT_EQ(stage.push(ActionKind::put_listing, product).error().fault, Fault::unknown);
  }
}

TEST(WooListing, WhatWasLearntIsNotLostWhenALaterStepFails) {
  Stage stage("woocommerce");
  expect_preparations(stage);
  stage.platform.answers("POST", "/products", 201, "{'id':50,'name':'Shirt','type':'variable','sku':'SHIRT'}");
  stage.platform.answers("POST", "/products/50/variations/batch", 429, "slow", {{"retry-after", "9"}});
  const auto first = stage.push(ActionKind::put_listing, shirt());
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(text_at(first->learned, "/@id"), "50");
  ASSERT_TRUE(first->ticket.has_value());
  EXPECT_EQ(*first->again_at, stage.clock.at + Duration(9000));

  stage.platform.answers("POST", "/products/50/variations/batch", 200,
                         "{'create':[{'id':51,'sku':'SHIRT-S','manage_stock':true},{'id':52,'sku':'SHIRT-M','manage_stock':true}]}");
  const auto second = stage.push(ActionKind::put_listing, shirt(), first->ticket);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(text_at(second->learned, "/variants/1/@id"), "52");
  EXPECT_FALSE(second->ticket.has_value());
  EXPECT_EQ(text_at(stage.platform.sent(7), "/create/0/stock_quantity"), "3")
      << "the number is said: the shop does not have the variation yet";
}

TEST(WooListing, ARefusalIsToldOnceWhatWasLearntIsKept) {
  Stage stage("woocommerce");
  expect_preparations(stage);
  stage.platform.answers("POST", "/products", 201, "{'id':50,'name':'Shirt','type':'variable','sku':'SHIRT'}");
  const char* refusal =
      "{'create':[{'id':51,'sku':'SHIRT-S','manage_stock':true},{'id':0,'error':{'code':'bad_weight','message':'Weight?'}}]}";
  stage.platform.answers("POST", "/variations/batch", 200, refusal);
  const auto first = stage.push(ActionKind::put_listing, shirt());
  ASSERT_TRUE(first);
  EXPECT_EQ(text_at(first->learned, "/variants/0/@id"), "51");
  stage.platform.answers(
      "POST", "/variations/batch", 200,
      "{'create':[{'id':0,'error':{'code':'bad_weight','message':'Weight?'}}],'update':[{'id':51,'sku':'SHIRT-S','manage_stock':true}]}");
  const auto second = stage.push(ActionKind::put_listing, shirt(), first->ticket);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::rejected);
  EXPECT_NE(second.error().what.find("Weight?"), std::string::npos);
}

TEST(WooListing, AnUpdateSaysNothingOfPriceAndStock) {
  Stage stage("woocommerce");
  Json known = json(
      "{'@id':'44','@known':true,'code':'MUG','title':'Mug','state':'live','variants':[{'@id':'44','@known':true,'sku':'MUG',"
      "'price':{'amount':9.9,'currency':'EUR'},'available':4}]}");
  stage.platform.answers("PUT", "/products/44", 200,
                         "{'id':44,'name':'Mug','type':'simple','sku':'MUG','regular_price':'9.90','stock_quantity':1}");
  const auto applied = stage.push(ActionKind::put_listing, known);
  ASSERT_TRUE(applied) << applied.error().text();
  const Json sent = stage.platform.sent(0);
  EXPECT_EQ(sent.find("regular_price"), nullptr);
  EXPECT_EQ(sent.find("stock_quantity"), nullptr);
  EXPECT_EQ(sent.text_or("name"), "Mug");
  EXPECT_EQ(stage.platform.requests.size(), 1U);
}

TEST(WooPrice, TravelsInABatchLikeStock) {
  Stage stage("woocommerce");
  stage.platform.answers("POST", "/products/batch", 200, "{'update':[{'id':45}]}");
  ASSERT_TRUE(
      stage.push(ActionKind::set_price, json("{'@id':'45','sku':'A','price':{'amount':12.5,'currency':'EUR'},'listing':{'@id':'44'}}")));
  EXPECT_EQ(text_at(stage.platform.sent(0), "/update/0/regular_price"), "12.50");
}

std::string order_with(const std::string& state) {
  return "{'carrier':'dhl','tracking':'T1','mark':'m1','order':{'@id':'7','state':'" + state +
         "','shipments':[{'carrier':'dhl','tracking':'T1','mark':'m1','lines':[{'quantity':1,'line':{'@id':'901'}}]}]}}";
}

TEST(WooShipment, TheLastParcelCompletesTheOrder) {
  Stage stage("woocommerce");
  stage.platform.answers("PUT", "/orders/7", 200, "{'id':7,'status':'completed'}");
  const auto applied = stage.push(ActionKind::confirm_shipment, json(order_with("shipped")));
  ASSERT_TRUE(applied) << applied.error().text();
  EXPECT_EQ(stage.platform.sent(0).text_or("status"), "completed");
  EXPECT_EQ(text_at(stage.platform.sent(0), "/meta_data/0/value/0/custom_tracking_provider"), "DHL");
}

TEST(WooShipment, APartialShipmentDoesNotCompleteTheOrder) {
  Stage stage("woocommerce");
  stage.platform.answers("PUT", "/orders/7", 200, "{'id':7,'status':'processing'}");
  const auto applied = stage.push(ActionKind::confirm_shipment, json(order_with("part_shipped")));
  ASSERT_TRUE(applied) << applied.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(0), "/status"), "(nothing)");
  EXPECT_EQ(text_at(stage.platform.sent(0), "/meta_data/0/value/0/products_list/0/item_id"), "901");
}

TEST(WooShipment, OneWithoutAnswerIsUnknown) {
  Stage stage("woocommerce");
  stage.platform.fails("PUT", "/orders/7", Fault::unknown);
  EXPECT_EQ(stage.push(ActionKind::confirm_shipment, json(order_with("shipped"))).error().fault, Fault::unknown);
}

TEST(WooShipment, TheChannelsOwnNameOfACarrierGoesFirst) {
  Stage stage("woocommerce");
  stage.tables = "tables: { carriers: { dhl: DHL Freight, velo: Velo Kurier } }";
  EXPECT_TRUE(stage.connector().capabilities().carriers.contains("velo"));
  EXPECT_TRUE(stage.connector().capabilities().carriers.contains("gls"));
  stage.platform.answers("PUT", "/orders/7", 200, "{'id':7}");
  ASSERT_TRUE(stage.push(ActionKind::confirm_shipment, json(order_with("shipped"))));
  EXPECT_EQ(text_at(stage.platform.sent(0), "/meta_data/0/value/0/custom_tracking_provider"), "DHL Freight");
}

TEST(WooRefund, OneThatMayHaveBeenPaidIsNotPaidAgain) {
  Stage stage("woocommerce");
  stage.platform.answers("POST", "/orders/7/refunds", 500, "{'code':'x','message':'gateway'}");
  const Json refund = json("{'amount':{'amount':5,'currency':'EUR'},'reason':'broken','order':{'@id':'7'}}");
  EXPECT_EQ(stage.push(ActionKind::refund, refund).error().fault, Fault::unknown);
}

TEST(WooSubscription, TheDeadAreRevivedAndTheMissingMade) {
  Stage stage("woocommerce");
  stage.recipe.settings.set("hook_url", "https://hooks.example.com/hooks/shop");
  stage.platform.answers("GET", "/webhooks", 200,
                         "[{'id':1,'topic':'order.created','delivery_url':'https://hooks.example.com/hooks/shop','status':'active'},"
                         "{'id':2,'topic':'order.updated','delivery_url':'https://hooks.example.com/hooks/shop','status':'disabled'},"
                         "{'id':3,'topic':'order.deleted','delivery_url':'https://elsewhere.example.com/','status':'active'}]",
                         {{"x-wp-totalpages", "1"}});
  stage.platform.answers("PUT", "/webhooks/2", 200, "{'id':2}");
  for (int i = 0; i < 3; ++i) stage.platform.answers("POST", "/webhooks", 201, "{'id':9}");
  ASSERT_TRUE(stage.push(ActionKind::subscribe, Json::object()));
  const Json made = stage.platform.sent(2);
  EXPECT_EQ(made.text_or("topic"), "order.deleted");
  EXPECT_EQ(made.text_or("secret"), "wh_secret");
  EXPECT_EQ(made.text_or("delivery_url"), "https://hooks.example.com/hooks/shop");
}

std::string order(int id, const std::string& modified, const std::string& refunds = "[]") {
  return "{'id':" + std::to_string(id) + ",'status':'processing','currency':'EUR','date_modified_gmt':'" + modified +
         "','total':'5.00','line_items':[{'id':1,'product_id':44,'variation_id':0,'quantity':1,'subtotal':'5.00','total':'5.00','total_tax'"
         ":'0.00','sku':'MUG'}],'refunds':" +
         refunds + "}";
}

TEST(WooOrders, AFullPageIsFollowedByTheListFromItsLastMomentOn) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders", 200, "[" + order(1, "2025-11-01T10:00:00") + "," + order(2, "2025-11-01T11:00:00") + "]",
                         {{"x-wp-totalpages", "2"}, {"date", "Sat, 01 Nov 2025 12:26:41 GMT"}});
  Want want;
  want.what = Want::What::orders;
  want.since = *parse_iso("2025-11-01T09:00:00Z");
  const auto first = stage.connector().read_orders(want);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->documents.size(), 2U);
  EXPECT_EQ(first->documents[0].kind, "order");
  EXPECT_EQ(*first->server_time, *parse_iso("2025-11-01T12:26:41Z"));
  EXPECT_NE(stage.platform.requests[0].url.find("modified_after=2025-11-01T09%3A00%3A00"), std::string::npos)
      << stage.platform.requests[0].url;
  ASSERT_FALSE(first->cursor.empty());
  // Order 1 is changed meanwhile and moves to the end: page 2 by number would now begin behind order 3.
  stage.platform.answers("GET", "/orders", 200, "[" + order(2, "2025-11-01T11:00:00") + "," + order(3, "2025-11-01T11:30:00") + "]",
                         {{"x-wp-totalpages", "1"}});
  want.cursor = first->cursor;
  const auto second = stage.connector().read_orders(want);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_TRUE(second->cursor.empty());
  EXPECT_NE(stage.platform.requests[1].url.find("modified_after=2025-11-01T10%3A59%3A59"), std::string::npos);
  EXPECT_NE(stage.platform.requests[1].url.find("page=1"), std::string::npos);
}

TEST(WooOrders, AFullPageOfOneSecondIsCountedOn) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders", 200, "[" + order(1, "2025-11-01T09:00:01") + "," + order(2, "2025-11-01T09:00:01") + "]",
                         {{"x-wp-totalpages", "2"}});
  Want want;
  want.what = Want::What::orders;
  want.since = *parse_iso("2025-11-01T09:00:00Z");
  const auto first = stage.connector().read_orders(want);
  stage.platform.answers("GET", "page=2", 200, "[" + order(3, "2025-11-01T09:00:01") + "]", {{"x-wp-totalpages", "2"}});
  want.cursor = first->cursor;
  EXPECT_TRUE(stage.connector().read_orders(want)->cursor.empty());
}

TEST(WooOrders, RefundsComeWholeAndWhereThereAreNoneNothingIsAsked) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/orders", 200,
                         "[" + order(1, "2025-11-01T10:00:00") + "," + order(2, "2025-11-01T11:00:00", "[{'id':9,'total':'-5.00'}]") + "]",
                         one_page);
  stage.platform.answers("GET", "/orders/2/refunds", 200, "[{'id':9,'amount':'5.00','reason':'broken','line_items':[]}]");
  const auto page = stage.connector().read_orders({});
  ASSERT_TRUE(page) << page.error().text();
  const auto events = stage.connector().parse(page->documents[1], Json());
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(events->front().what, Event::What::order);
  EXPECT_EQ(events->front().platform_state, "processing");
  EXPECT_EQ(text_at(events->front().tree, "/refunds/0/reason"), "broken");
  EXPECT_EQ(*events->front().changed_at, *parse_iso("2025-11-01T11:00:00Z"));
}

TEST(WooOrders, OneWhoseRefundsAreNotGivenIsReadWithoutThemAndSaysSo) {
  for (const int status : {404, 500}) {
    Stage stage("woocommerce");
    stage.platform.answers(
        "GET", "/orders", 200,
        "[" + order(1, "2025-11-01T10:00:00") + "," + order(2, "2025-11-01T11:00:00", "[{'id':9,'total':'-5.00'}]") + "]", one_page);
    stage.platform.answers("GET", "/orders/2/refunds", status, "{'code':'x','message':'none'}");
    const auto page = stage.connector().read_orders({});
    ASSERT_TRUE(page) << page.error().text();
    ASSERT_EQ(page->documents.size(), 2U);
    EXPECT_FALSE(page->documents[0].headers.contains(channel::lacks_header));
    EXPECT_EQ(page->documents[1].headers.at(channel::lacks_header), "the channel did not give its refunds");
    const auto events = stage.connector().parse(page->documents[1], Json());
    ASSERT_TRUE(events) << events.error().text();
    const Json* refunds = events->front().tree.find("refunds");
    EXPECT_TRUE(!refunds || refunds->empty()) << refunds->dump();
    EXPECT_EQ(text_at(events->front().tree, "/lines/0/sku"), "MUG");
  }
}

TEST(WooOrders, APlatformInTroubleStopsThePageAndIsNotTakenForOrdersWithoutRefunds) {
  Stage stage("woocommerce");
  std::string list;
  for (int id = 1; id <= 6; ++id) list += (list.empty() ? "" : ",") + order(id, "2025-11-01T10:00:00", "[{'id':9,'total':'-5.00'}]");
  stage.platform.answers("GET", "/orders?", 200, "[" + list + "]", one_page);
  for (int id = 1; id <= 4; ++id)
    stage.platform.answers("GET", "/orders/" + std::to_string(id) + "/refunds", 500, "{'code':'x','message':'gateway'}");
  const auto page = stage.connector().read_orders({});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().fault, Fault::transient);
}

TEST(WooOrders, ACursorThatIsNotOursIsRefused) {
  Stage stage("woocommerce");
  Want want;
  want.what = Want::What::orders;
  want.cursor = "page2";
  EXPECT_EQ(stage.connector().read_orders(want).error().fault, Fault::invalid);
}

TEST(WooListings, AVariationsFullDocumentStandsInTheIdsPlace) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/products?", 200,
                         "[{'id':44,'type':'simple','sku':'MUG','name':'Mug','variations':[]},{'id':50,'type':'variable','sku':'SHIRT','"
                         "name':'Shirt','variations':[51,52]}]",
                         {{"x-wp-totalpages", "3"}});
  stage.platform.answers("GET", "/products/50/variations", 200, "[{'id':51,'sku':'SHIRT-S','manage_stock':true,'stock_quantity':3}]",
                         {{"x-wp-totalpages", "2"}});
  stage.platform.answers("GET", "page=2", 200, "[{'id':52,'sku':'SHIRT-M','manage_stock':true,'stock_quantity':4}]",
                         {{"x-wp-totalpages", "2"}});
  const auto page = stage.connector().read_listings({});
  ASSERT_TRUE(page) << page.error().text();
  ASSERT_EQ(page->documents.size(), 2U);
  EXPECT_FALSE(page->cursor.empty());
  const auto events = stage.connector().parse(page->documents[1], Json());
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(events->front().what, Event::What::listing);
  EXPECT_EQ(text_at(events->front().tree, "/variants/1/sku"), "SHIRT-M");
  EXPECT_EQ(text_at(events->front().tree, "/variants/1/available"), "4");
}

TEST(WooListings, AThingWithoutAnIdIsFoundByItsSku) {
  Stage stage("woocommerce");
  stage.platform.answers("GET", "/products?sku=SHIRT-S&", 200, "[{'id':51,'type':'variation','parent_id':50}]");
  stage.platform.answers("GET", "/products/50", 200, "{'id':50,'type':'variable','sku':'SHIRT','variations':[]}");
  Want want;
  want.things = {json("{'sku':'SHIRT-S'}")};
  const auto page = stage.connector().read_listings(want);
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->documents.size(), 1U);
}

TEST(WooLooks, ManyAtOnceBySkuAndMatchedById) {
  Stage stage("woocommerce");
  stage.platform.answers(
      "GET", "/products?sku=MUG%2CSHIRT-S%2CGONE", 200,
      "[{'id':51,'sku':'SHIRT-S','stock_quantity':3},{'id':44,'sku':'MUG','stock_quantity':-2},{'id':99,'sku':'GONE','stock_quantity':7}]");
  Want want;
  want.what = Want::What::stock;
  want.things = {json("{'sku':'MUG','@id':'44','listing':{'@id':'44'}}"), json("{'sku':'SHIRT-S','@id':'51','listing':{'@id':'50'}}"),
                 json("{'sku':'GONE','@id':'60'}")};
  const auto page = stage.connector().read_listings(want);
  ASSERT_TRUE(page) << page.error().text();
  ASSERT_EQ(page->documents.size(), 2U) << "what has the SKU and another id is another thing";
  const auto level = stage.connector().parse(page->documents[0], Json());
  ASSERT_TRUE(level);
  EXPECT_EQ(level->front().what, Event::What::level);
  EXPECT_EQ(level->front().tree.text_or("sku"), "MUG");
  EXPECT_EQ(level->front().tree.integer_or("available"), -2);
  EXPECT_EQ(text_at(level->front().tree, "/listing/@id"), "44");
}

}  // namespace
}  // namespace tally::rest::test
