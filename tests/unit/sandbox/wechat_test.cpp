#include "pretend.hpp"

namespace tally::sandbox {
namespace {

const std::string aes_key = "sandboxsandboxsandboxsandboxsandboxsandboxA";
const std::string app_id = "wxsandbox00000001";

class WeChatSandbox : public ::testing::Test {
 protected:
  explicit WeChatSandbox(const std::string& more = R"("audit_ms": 60)")
      : shop(json(R"({"name": "mini", "dialect": "wechat-shop", )" + more + "}")), client(shop.origin) {}

  Json call(const std::string& path, const Json& body, bool with_token = true) {
    if (with_token && token.empty()) token = ask_token().text_or("access_token");
    return said(client.Post(path + (with_token ? "?access_token=" + token : ""), body.dump(), "application/json")).json();
  }
  Json ask_token(bool fresh = false) {
    return call(
        "/cgi-bin/stable_token",
        Json::object({{"grant_type", "client_credential"}, {"appid", app_id}, {"secret", "wechat_sandbox"}, {"force_refresh", fresh}}),
        false);
  }
  static std::int64_t code(const Json& answer) { return answer.integer_or("errcode", -999); }
  Json about(const std::string& product) { return Json::object({{"product_id", product}}); }

  /// Written, not audited yet.
  std::string add(const std::string& sku, int stock) {
    const Json picture = call("/shop/ec/basics/img/upload", Json::object({{"img_url", "http://merchant.example/1.jpg"}}));
    Json body = Json::object({{"out_product_id", "OUT-" + sku}, {"title", "T " + sku}});
    body.set("head_imgs", Json::array().push_back(*picture.at("/pic_file/img_url")));
    body.set("skus", Json::array().push_back(Json::object({{"sku_code", sku}, {"sale_price", 5900}, {"stock_num", stock}})));
    last_written = body;
    return call("/channels/ec/product/add", body).at("/data/product_id")->as_string();
  }
  bool audited(const std::string& product) {
    return eventually([&] { return call("/channels/ec/product/get", about(product)).at("/product/edit_status")->integer().value() == 4; });
  }
  /// On sale; the SKU's id.
  std::string on_sale(const std::string& sku, int stock) {
    product = add(sku, stock);
    EXPECT_TRUE(audited(product));
    EXPECT_EQ(code(call("/channels/ec/product/listing", about(product))), 0);
    return call("/channels/ec/product/get", about(product)).at("/product/skus/0/sku_id")->as_string();
  }
  Json stock(const std::string& sku_id, int way, int num) {
    return call("/channels/ec/product/stock/update",
                Json::object({{"product_id", product}, {"sku_id", sku_id}, {"diff_type", way}, {"num", num}}));
  }

  Pretend shop;
  httplib::Client client;
  std::string token, product;
  Json last_written;
};

TEST_F(WeChatSandbox, knows_its_own_tokens_and_no_others) {
  EXPECT_EQ(code(call("/channels/ec/product/list/get", json(R"({"page_size": 10})"))), 0);
  token = "stolen";
  EXPECT_EQ(code(call("/channels/ec/product/list/get", json(R"({"page_size": 10})"))), 40001);
  EXPECT_EQ(code(said(client.Get("/channels/ec/product/list/get")).json()), 43002);
}

TEST_F(WeChatSandbox, hands_out_the_running_token_again_unless_a_fresh_one_is_asked_for) {
  const std::string first = ask_token().text_or("access_token");
  EXPECT_EQ(ask_token().text_or("access_token"), first);
  const std::string second = ask_token(true).text_or("access_token");
  EXPECT_NE(second, first);
  token = first;
  EXPECT_EQ(code(call("/channels/ec/product/list/get", json(R"({"page_size": 10})"))), 0) << "the old one overlaps";
}

class WeChatShortTokens : public WeChatSandbox {
 protected:
  WeChatShortTokens() : WeChatSandbox(R"("token_life_ms": 150)") {}
};

TEST_F(WeChatShortTokens, an_expired_token_says_so) {
  token = ask_token().text_or("access_token");
  EXPECT_TRUE(eventually([&] { return code(call("/channels/ec/product/list/get", json(R"({"page_size": 10})"))) == 42001; }));
}

TEST_F(WeChatSandbox, a_product_is_audited_and_must_be_listed_before_its_stock_moves) {
  product = add("RED", 5);
  EXPECT_EQ(call("/channels/ec/product/get", about(product)).at("/product/edit_status")->integer().value(), 2);
  ASSERT_TRUE(audited(product));
  const std::string sku = call("/channels/ec/product/get", about(product)).at("/product/skus/0/sku_id")->as_string();
  EXPECT_EQ(code(stock(sku, 1, 1)), 10020289);
  EXPECT_EQ(code(call("/channels/ec/product/listing", about(product))), 0);
  EXPECT_EQ(code(stock(sku, 1, 1)), 0);
  EXPECT_EQ(shop.shown("RED"), 6);
}

TEST_F(WeChatSandbox, stock_moves_by_changes_and_never_below_zero) {
  const std::string sku = on_sale("RED", 5);
  EXPECT_EQ(code(stock(sku, 2, 2)), 0);
  EXPECT_EQ(code(stock(sku, 2, 4)), 10020219);
  EXPECT_EQ(code(stock(sku, 1, 0)), 10020218);
  EXPECT_EQ(code(stock(sku, 3, 8)), 0);
  const Json read = call("/channels/ec/product/stock/get", Json::object({{"product_id", product}, {"sku_id", sku}}));
  EXPECT_EQ(read.at("/data/total_num")->integer().value(), 8);
  EXPECT_EQ(code(call("/channels/ec/product/stock/get", Json::object({{"product_id", product}, {"sku_id", "1"}}))), 10020052);
}

TEST_F(WeChatSandbox, stock_waits_while_an_update_is_audited_and_an_update_moves_no_stock) {
  const std::string sku = on_sale("RED", 5);
  shop.buy("RED", 2);
  Json update = last_written;
  update.set("product_id", product);
  update.set("title", "New words");
  update.find("skus")->as_array()[0].set("sku_id", sku);
  update.find("skus")->as_array()[0].erase("sale_price");
  EXPECT_EQ(code(call("/channels/ec/product/update", update)), 0);
  EXPECT_EQ(code(stock(sku, 1, 1)), 10020217);
  EXPECT_EQ(shop.offer("RED").text_or("title"), "T RED") << "the old words stay on sale meanwhile";
  ASSERT_TRUE(audited(product));
  EXPECT_EQ(shop.offer("RED").text_or("title"), "New words");
  EXPECT_EQ(shop.shown("RED"), 3);
  EXPECT_EQ(shop.offer("RED").text_or("price"), "59.00") << "what is left out stays";
}

TEST_F(WeChatSandbox, a_price_changes_without_an_audit) {
  const std::string sku = on_sale("RED", 5);
  Json change = about(product);
  change.set("skus", Json::array().push_back(Json::object({{"sku_id", sku}, {"sale_price", 4900}})));
  EXPECT_EQ(code(call("/channels/ec/product/auditfree", change)), 0);
  EXPECT_EQ(shop.offer("RED").text_or("price"), "49.00");
}

TEST_F(WeChatSandbox, placing_takes_the_unit_and_only_an_unpaid_cancel_gives_it_back) {
  on_sale("RED", 2);
  const std::string unpaid = shop.buy("RED", 1, "unpaid").text_or("id");
  EXPECT_EQ(shop.shown("RED"), 1);
  shop.tell("orders/" + unpaid + "/cancel");
  EXPECT_EQ(shop.shown("RED"), 2);

  const std::string paid = shop.buy("RED", 2).text_or("id");
  EXPECT_EQ(shop.buy("RED").text_or("refused"), "sold out");
  EXPECT_EQ(shop.tell("orders/" + paid + "/cancel").text_or("state"), "refunded");
  EXPECT_EQ(shop.shown("RED"), 0);
  EXPECT_EQ(call("/channels/ec/order/get", Json::object({{"order_id", paid}})).at("/order/status")->integer().value(), 200);
}

TEST_F(WeChatSandbox, pages_orders_by_a_key_that_belongs_to_its_question) {
  on_sale("RED", 9);
  std::vector<std::string> bought, listed;
  for (int i = 0; i < 5; ++i) bought.push_back(shop.buy("RED").text_or("id"));
  const std::int64_t now = to_ms(SystemClock().now()) / 1000;
  Json body = Json::object({{"update_time_range", Json::object({{"start_time", now - 600}, {"end_time", now + 600}})}, {"page_size", 2}});
  Json page;
  do {
    page = call("/channels/ec/order/list/get", body);
    for (const Json& id : page.find("order_id_list")->as_array()) listed.push_back(id.as_string());
    body.set("next_key", *page.find("next_key"));
  } while (page.bool_or("has_more"));
  EXPECT_EQ(listed, bought);

  body.set("update_time_range", Json::object({{"start_time", now - 700}, {"end_time", now}}));
  EXPECT_EQ(code(call("/channels/ec/order/list/get", body)), 606006);
  body.erase("next_key");
  body.set("update_time_range", Json::object({{"start_time", now - 8 * 86'400}, {"end_time", now}}));
  EXPECT_NE(code(call("/channels/ec/order/list/get", body)), 0);
}

class WeChatCrowded : public WeChatSandbox {
 protected:
  WeChatCrowded() : WeChatSandbox(R"("audit_ms": 20, "secrets": {"most_orders_in_a_window": "2"})") {}
};

TEST_F(WeChatCrowded, a_window_with_too_many_orders_must_shrink) {
  on_sale("RED", 9);
  for (int i = 0; i < 3; ++i) shop.buy("RED");
  const std::int64_t now = to_ms(SystemClock().now()) / 1000;
  const Json body =
      Json::object({{"update_time_range", Json::object({{"start_time", now - 600}, {"end_time", now + 600}})}, {"page_size", 100}});
  EXPECT_EQ(code(call("/channels/ec/order/list/get", body)), 31042);
}

TEST_F(WeChatSandbox, parcels_ship_an_order_in_parts) {
  const std::string sku = on_sale("RED", 9);
  const std::string order = shop.buy("RED", 3).text_or("id");
  const auto send = [&](int count, const std::string& carrier) {
    Json parcel = Json::object({{"delivery_id", carrier}, {"waybill_id", "SF1"}, {"deliver_type", 1}});
    parcel.set("product_infos", Json::array().push_back(Json::object({{"product_id", product}, {"sku_id", sku}, {"product_cnt", count}})));
    return code(
        call("/channels/ec/order/delivery/send", Json::object({{"order_id", order}, {"delivery_list", Json::array().push_back(parcel)}})));
  };
  const auto status = [&] {
    return call("/channels/ec/order/get", Json::object({{"order_id", order}})).at("/order/status")->integer().value();
  };
  EXPECT_NE(send(1, "nobody"), 0);
  EXPECT_EQ(send(1, "SF"), 0);
  EXPECT_EQ(status(), 21);
  EXPECT_NE(send(3, "SF"), 0);
  EXPECT_EQ(send(2, "SF"), 0);
  EXPECT_EQ(status(), 30);
}

TEST_F(WeChatSandbox, what_a_driver_sells_leaves_in_a_parcel_and_a_refund_does_not_hide_it) {
  const std::string sku = on_sale("RED", 9);
  Json wish = json(R"({"lines": [{"sku": "RED", "quantity": 3, "price": "2.50"}]})");
  const std::string order = shop.tell("sell", wish).at("/order/id")->as_string();
  shop.tell("return", json(R"({"lines": [{"line": 0, "quantity": 3}]})").set("order", order));
  const Json told = call("/channels/ec/order/get", Json::object({{"order_id", order}}));
  EXPECT_EQ(told.at("/order/status")->integer().value(), 200);
  const Json* parcels = told.at("/order/order_detail/delivery_info/delivery_product_info");
  ASSERT_EQ(parcels->as_array().size(), 1u);
  EXPECT_EQ(parcels->at("/0/product_infos/0/sku_id")->as_string(), sku);
  EXPECT_EQ(parcels->at("/0/product_infos/0/product_cnt")->integer().value(), 3);
}

class WeChatPush : public WeChatSandbox {
 protected:
  WeChatPush() {
    ear.set_reply(receive(200));
    shop.tell("hook", Json::object({{"url", ear.url()}}));
    EXPECT_TRUE(ear.wait_for([](const Heard& heard) { return heard.method == "GET"; }));
  }
  static std::function<void(const Heard&, httplib::Response&)> receive(int status) {
    return [status](const Heard& heard, httplib::Response& response) {
      response.status = heard.method == "GET" ? 200 : status;
      response.set_content(heard.method == "GET" ? heard.param("echostr") : "success", "text/plain");
    };
  }
  static std::string signature(std::vector<std::string> parts) {
    std::sort(parts.begin(), parts.end());
    std::string joined;
    for (const auto& part : parts) joined += part;
    return crypto::hex(crypto::digest(crypto::Digest::sha1, joined));
  }
  static std::string opened(const Heard& heard) {
    const auto text = crypto::wechat_decrypt(aes_key, app_id, json(heard.body).text_or("Encrypt"));
    return text ? *text : "";
  }
  std::optional<Json> event(const std::string& name) {
    const auto heard = ear.wait_for([&](const Heard& one) { return one.method == "POST" && json(opened(one)).text_or("Event") == name; });
    return heard ? std::optional(json(opened(*heard))) : std::nullopt;
  }
  Ear ear;
};

TEST_F(WeChatPush, greets_with_a_signed_echo_first) {
  const auto greeting = ear.wait_for([](const Heard& heard) { return heard.method == "GET"; });
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->param("signature"), signature({"push_sandbox", greeting->param("timestamp"), greeting->param("nonce")}));
}

TEST_F(WeChatPush, an_event_is_encrypted_and_signed_over_its_ciphertext) {
  on_sale("RED", 5);
  shop.buy("RED");
  const auto heard = ear.wait_for([](const Heard& one) { return one.method == "POST"; });
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->body.find("channels_ec"), std::string::npos);
  EXPECT_EQ(heard->param("msg_signature"),
            signature({"push_sandbox", heard->param("timestamp"), heard->param("nonce"), json(heard->body).text_or("Encrypt")}));
}

TEST_F(WeChatPush, an_orders_id_is_a_number_above_2_to_the_53_in_one_event_and_text_in_the_next) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED").text_or("id");
  const auto placed = event("channels_ec_order_new"), paid = event("channels_ec_order_pay");
  ASSERT_TRUE(placed && paid);
  ASSERT_TRUE(placed->at("/order_info/order_id")->is_number());
  EXPECT_EQ(placed->at("/order_info/order_id")->number_text(), id);
  EXPECT_EQ(paid->at("/order_info/order_id")->as_string(), id);
  EXPECT_GT(id.size(), 16u);
}

TEST_F(WeChatPush, an_audit_is_told_and_what_fails_is_sent_again) {
  ear.set_reply(receive(500));
  add("RED", 1);
  EXPECT_TRUE(eventually([&] {
    const auto all = ear.heard();
    return std::count_if(all.begin(), all.end(), [](const Heard& one) { return one.method == "POST"; }) >= 3;
  }));
  EXPECT_TRUE(event("product_spu_audit"));
}

TEST_F(WeChatPush, an_after_sale_is_told_at_every_step_and_goods_need_the_merchants_word_twice) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED", 2).text_or("id");
  EXPECT_FALSE(shop.tell("orders/" + id + "/ask", json(R"({"kind": "goods"})")).text_or("error").empty()) << "nothing has left";
  shop.tell("orders/" + id + "/ship");
  const Json before = call("/channels/ec/order/get", Json::object({{"order_id", id}}));
  shop.tell("orders/" + id + "/ask", json(R"({"kind": "goods", "quantity": 1})"));
  const auto told = event("channels_ec_aftersale_update");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->at("/finder_shop_aftersale_status_update/order_id")->as_string(), id);
  const std::string sale = told->at("/finder_shop_aftersale_status_update/after_sale_order_id")->as_string();
  const auto status = [&] {
    return call("/channels/ec/aftersale/getaftersaleorder", Json::object({{"after_sale_order_id", sale}}))
        .at("/after_sale_order/status")
        ->as_string();
  };
  const auto accept = [&](int type, const std::string& address) {
    Json body = Json::object({{"after_sale_order_id", sale}, {"accept_type", type}});
    if (!address.empty()) body.set("address_id", address);
    return code(call("/channels/ec/aftersale/acceptapply", body));
  };
  EXPECT_EQ(status(), "MERCHANT_PROCESSING");
  EXPECT_EQ(accept(2, ""), 10020001) << "the goods are not here";
  EXPECT_EQ(accept(1, ""), 10021060);
  EXPECT_EQ(accept(1, "12"), 0);
  EXPECT_EQ(status(), "USER_WAIT_RETURN");
  shop.tell("orders/" + id + "/send-back");
  EXPECT_EQ(status(), "MERCHANT_WAIT_RECEIPT");
  const Json waiting = call("/channels/ec/order/get", Json::object({{"order_id", id}}));
  EXPECT_EQ(waiting.at("/order/update_time")->number_text(), before.at("/order/update_time")->number_text());
  EXPECT_EQ(waiting.at("/order/aftersale_detail/on_aftersale_order_cnt")->integer().value(), 1);
  EXPECT_EQ(accept(2, ""), 0);
  EXPECT_EQ(status(), "MERCHANT_RETURN_SUCCESS");
  EXPECT_EQ(accept(2, ""), 10020001) << "once";
  EXPECT_EQ(shop.shown("RED"), 3) << "what goes back is not for sale by itself";

  const std::int64_t now = to_ms(SystemClock().now()) / 1000;
  const Json listed =
      call("/channels/ec/aftersale/getaftersalelist", Json::object({{"begin_update_time", now - 60}, {"end_update_time", now + 60}}));
  EXPECT_EQ(listed.at("/after_sale_order_id_list/0")->as_string(), sale);
  EXPECT_EQ(
      code(call("/channels/ec/aftersale/getaftersalelist", Json::object({{"begin_update_time", now - 90'000}, {"end_update_time", now}}))),
      10020004);
}

TEST_F(WeChatSandbox, a_shopper_thinks_better_of_it_and_the_merchant_can_agree_no_more) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED", 2).text_or("id");
  shop.tell("orders/" + id + "/ask", json(R"({"kind": "money", "quantity": 1})"));
  shop.tell("orders/" + id + "/withdraw");
  const Json order = call("/channels/ec/order/get", Json::object({{"order_id", id}}));
  EXPECT_EQ(order.at("/order/aftersale_detail/aftersale_order_list/0/status")->as_string(), "USER_CANCELD");
  const Json sale = *order.at("/order/aftersale_detail/aftersale_order_list/0/aftersale_order_id");
  EXPECT_EQ(code(call("/channels/ec/aftersale/acceptapply", Json::object({{"after_sale_order_id", sale}}))), 10020001);
  EXPECT_TRUE(shop.look("orders").at("/orders/0/refunds")->as_array().empty());
}

TEST_F(WeChatPush, a_refund_is_an_after_sale_order_of_its_own) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED", 2).text_or("id");
  shop.tell("orders/" + id + "/refund", json(R"({"quantity": 1})"));
  const auto told = event("channels_ec_aftersale_update");
  ASSERT_TRUE(told);
  const Json body = Json::object({{"after_sale_order_id", *told->at("/finder_shop_aftersale_status_update/after_sale_order_id")}});
  const Json sale = call("/channels/ec/aftersale/getaftersaleorder", body);
  EXPECT_EQ(sale.at("/after_sale_order/order_id")->as_string(), id);
  EXPECT_EQ(sale.at("/after_sale_order/product_info/count")->integer().value(), 1);
}

}  // namespace
}  // namespace tally::sandbox
