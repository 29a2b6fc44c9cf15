#include "pretend.hpp"

namespace tally::sandbox {
namespace {

const std::string app_key = "7000000000000000001";
const std::string secret = "douyin_sandbox";

class DouyinSandbox : public ::testing::Test {
 protected:
  explicit DouyinSandbox(const std::string& more = R"("audit_ms": 60)")
      : shop(json(R"({"name": "market", "dialect": "douyin", "limit": {"requests": 1000, "window_ms": 1000}, )" + more + "}")),
        client(shop.origin) {}

  /// Signs `signed_body` and sends `body`.
  Json send(const std::string& path, const std::string& body, const std::string& signed_body, std::int64_t shift_s = 0) {
    std::string method = path.substr(1);
    std::replace(method.begin(), method.end(), '/', '.');
    const std::string timestamp = std::to_string(to_ms(SystemClock().now()) / 1000 + shift_s);
    const std::string base =
        secret + "app_key" + app_key + "method" + method + "param_json" + signed_body + "timestamp" + timestamp + "v2" + secret;
    const std::string sign = crypto::hex(crypto::hmac(crypto::Digest::sha256, secret, base));
    return said(client.Post(path + "?app_key=" + app_key + "&method=" + method + "&access_token=" + token + "&timestamp=" + timestamp +
                                "&v=2&sign_method=hmac-sha256&sign=" + sign,
                            body, "application/json"))
        .json();
  }
  Json call(const std::string& path, const Json& body) {
    if (token.empty() && path != "/token/create") {
      const Json made = call("/token/create", json(R"({"code": "", "grant_type": "authorization_self", "shop_id": "4463798"})"));
      token = made.at("/data/access_token")->as_string();
      renewal = made.at("/data/refresh_token")->as_string();
    }
    const std::string text = body.dump_sorted();
    return send(path, text, text);
  }
  static std::int64_t code(const Json& answer) { return answer.integer_or("code", -1); }

  Json add(const std::string& sku, int stock) {
    const Json picture =
        call("/material/uploadImageSync", json(R"({"url": "http://merchant.example/1.jpg", "folder_id": "0", "material_name": "1"})"));
    Json skus = Json::array();
    for (const char* size : {"S", "M"}) {
      Json one = json(R"({"price": 5900})");
      one.set("sell_properties", Json::array().push_back(Json::object({{"property_name", "Size"}, {"value_name", size}})));
      one.set("stock_num", stock);
      one.set("code", sku + "-" + size);
      skus.push_back(one);
    }
    written = Json::object({{"name", "Shirt"},
                            {"outer_product_id", "OUT-" + sku},
                            {"pic", picture.at("/data/byte_url")->as_string()},
                            {"spec_prices_v2", skus.dump()}});
    return call("/product/addV2", written);
  }
  /// On sale with SKUs SKU-S and SKU-M; the product's id.
  std::string on_sale(const std::string& sku, int stock) {
    product = add(sku, stock).at("/data/product_id")->number_text();
    EXPECT_TRUE(eventually([&] { return detail().at("/data/check_status")->integer().value() == 3; }));
    return product;
  }
  Json detail() { return call("/product/detail", Json::object({{"product_id", product}})); }
  std::string sku_id(int place) { return detail().at("/data/spec_prices/" + std::to_string(place) + "/sku_id")->number_text(); }
  Json sync(const std::string& sku, int change, const std::string& key) {
    return call(
        "/sku/syncStock",
        Json::object({{"product_id", product}, {"sku_id", sku}, {"incremental", true}, {"idempotent_id", key}, {"stock_num", change}}));
  }

  Pretend shop;
  httplib::Client client;
  std::string token, renewal, product;
  Json written;
};

TEST_F(DouyinSandbox, verifies_the_signature_over_the_body_as_sent) {
  const std::string body = R"({"page":1,"size":10})";
  EXPECT_EQ(code(call("/product/listV2", json(body))), 10000);
  EXPECT_EQ(send("/product/listV2", R"({"page":1,"size":11})", body).text_or("sub_code"), "isv.signature-invalid");
  EXPECT_EQ(send("/product/listV2", R"({"page":1, "size":10})", body).text_or("sub_code"), "isv.signature-invalid");
  EXPECT_EQ(send("/product/listV2", body, body, -3600).text_or("sub_code"), "isv.timestamp-invalid");
}

TEST_F(DouyinSandbox, wants_the_keys_of_the_body_sorted) {
  call("/product/listV2", json("{}"));
  const std::string body = R"({"size":10,"page":1})";
  EXPECT_EQ(send("/product/listV2", body, body).text_or("sub_code"), "isv.parameter-format-invalid");
}

TEST_F(DouyinSandbox, a_refresh_token_works_once) {
  call("/product/listV2", json("{}"));
  const Json body = Json::object({{"grant_type", "refresh_token"}, {"refresh_token", renewal}});
  EXPECT_EQ(code(call("/token/refresh", body)), 10000);
  EXPECT_EQ(code(call("/token/refresh", body)), 40003);
  token = "stolen";
  EXPECT_EQ(call("/product/listV2", json("{}")).text_or("sub_code"), "isv.access-token-not-existed");
}

class DouyinShortTokens : public DouyinSandbox {
 protected:
  DouyinShortTokens() : DouyinSandbox(R"("token_life_ms": 150)") {}
};

TEST_F(DouyinShortTokens, an_expired_token_says_so) {
  call("/product/listV2", json("{}"));
  EXPECT_TRUE(eventually([&] { return call("/product/listV2", json("{}")).text_or("sub_code") == "isv.access-token-expired"; }));
}

TEST_F(DouyinSandbox, a_product_goes_on_sale_when_its_audit_has_passed) {
  const Json made = add("RED", 5);
  ASSERT_EQ(code(made), 10000);
  EXPECT_EQ(shop.buy("RED-S").text_or("refused"), "not on sale");
  product = made.at("/data/product_id")->number_text();
  EXPECT_TRUE(eventually([&] { return detail().at("/data/check_status")->integer().value() == 3; }));
  EXPECT_EQ(detail().at("/data/spec_prices/1/spec_detail_name1")->as_string(), "M");
  EXPECT_FALSE(shop.buy("RED-S").text_or("id").empty());
}

TEST_F(DouyinSandbox, the_same_idempotent_id_changes_the_stock_once) {
  on_sale("RED", 5);
  const std::string sku = sku_id(0);
  EXPECT_EQ(code(sync(sku, -2, "evt-1")), 10000);
  EXPECT_EQ(code(sync(sku, -2, "evt-1")), 10000);
  EXPECT_EQ(shop.shown("RED-S"), 3);
  EXPECT_NE(code(sync(sku, -4, "evt-2")), 10000);
  EXPECT_EQ(code(sync(sku, -1, "")), 40002);
  const Json read = call("/sku/stockNum", Json::object({{"sku_id", sku}}));
  EXPECT_EQ(read.at("/data/stock_num")->integer().value(), 3);
}

TEST_F(DouyinSandbox, a_stock_batch_is_all_or_nothing) {
  on_sale("RED", 5);
  Json list = Json::array();
  list.push_back(Json::object({{"sku_id", sku_id(0)}, {"stock_num", -1}}));
  list.push_back(Json::object({{"sku_id", sku_id(1)}, {"stock_num", -6}}));
  EXPECT_NE(code(call("/sku/syncStockBatch", Json::object({{"incremental", true}, {"idempotent_id", "b"}, {"sku_sync_list", list}}))),
            10000);
  EXPECT_EQ(shop.shown("RED-S"), 5);
}

TEST_F(DouyinSandbox, an_edit_keeps_the_skus_and_their_numbers) {
  on_sale("RED", 5);
  const std::string before = sku_id(0);
  shop.buy("RED-S", 2);
  written.set("product_id", product);
  written.set("name", "New words");
  EXPECT_EQ(code(call("/product/editV2", written)), 10000);
  EXPECT_TRUE(eventually([&] { return shop.offer("RED-S").text_or("title") == "New words"; }));
  EXPECT_EQ(sku_id(0), before);
  EXPECT_EQ(shop.shown("RED-S"), 3);
  EXPECT_EQ(code(call("/sku/editPrice", Json::object({{"product_id", product}, {"sku_id", before}, {"price", 4900}}))), 10000);
  EXPECT_EQ(shop.offer("RED-S").text_or("price"), "49.00");
}

TEST_F(DouyinSandbox, pages_of_orders_count_from_zero) {
  on_sale("RED", 9);
  std::vector<std::string> bought, listed;
  for (int i = 0; i < 3; ++i) bought.push_back(shop.buy("RED-S").text_or("id"));
  for (int page = 0; page < 2; ++page) {
    const Json answer =
        call("/order/searchList", Json::object({{"size", 2}, {"page", page}, {"order_by", "create_time"}, {"order_asc", true}}));
    EXPECT_EQ(answer.at("/data/total")->integer().value(), 3);
    for (const Json& order : answer.at("/data/shop_order_list")->as_array()) listed.push_back(order.text_or("order_id"));
  }
  EXPECT_EQ(listed, bought);
  const Json ship = Json::object({{"order_id", bought[0]}, {"company_code", "shunfeng"}, {"logistics_code", "SF1"}});
  EXPECT_EQ(code(call("/order/logisticsAdd", ship)), 10000);
  const Json order = call("/order/orderDetail", Json::object({{"shop_order_id", bought[0]}}));
  EXPECT_EQ(order.at("/data/shop_order_detail/order_status")->integer().value(), 3);
}

TEST_F(DouyinSandbox, the_last_unit_is_sold_once_and_an_unpaid_cancel_gives_it_back) {
  on_sale("RED", 1);
  const std::string order = shop.buy("RED-S", 1, "unpaid").text_or("id");
  EXPECT_EQ(shop.buy("RED-S").text_or("refused"), "sold out");
  shop.tell("orders/" + order + "/cancel");
  EXPECT_EQ(shop.shown("RED-S"), 1);
}

TEST_F(DouyinSandbox, a_paid_order_that_is_cancelled_or_refunded_before_shipping_gives_its_units_back) {
  on_sale("RED", 4);
  shop.tell("orders/" + shop.buy("RED-S", 2).text_or("id") + "/cancel");
  EXPECT_EQ(shop.shown("RED-S"), 4);
  const std::string refunded = shop.buy("RED-S", 2).text_or("id");
  shop.tell("orders/" + refunded + "/refund");
  EXPECT_EQ(shop.shown("RED-S"), 4);
  const std::string shipped = shop.buy("RED-S", 2).text_or("id");
  shop.tell("orders/" + shipped + "/ship");
  shop.tell("orders/" + shipped + "/refund");
  EXPECT_EQ(shop.shown("RED-S"), 2);
}

TEST_F(DouyinSandbox, an_edit_of_words_only_leaves_the_prices_alone) {
  on_sale("RED", 4);
  Json skus = json(written.text_or("spec_prices_v2"));
  for (Json& sku : skus.as_array()) sku.erase("price");
  Json edit = Json::object({{"product_id", product}, {"name", "Words"}, {"spec_prices_v2", Json::object({{"list", skus}}).dump()}});
  EXPECT_EQ(code(call("/product/editV2", edit)), 10000);
  EXPECT_TRUE(eventually([&] { return shop.offer("RED-S").text_or("title") == "Words"; }));
  EXPECT_EQ(shop.offer("RED-S").text_or("price"), "59.00");
  skus.as_array()[0].find("sell_properties")->as_array()[0].set("value_name", "XL");
  edit.set("spec_prices_v2", skus.dump());
  EXPECT_TRUE(eventually([&] { return detail().at("/data/check_status")->integer().value() == 3; }));
  EXPECT_EQ(code(call("/product/editV2", edit)), 40003) << "a new SKU needs a price";
}

class DouyinPush : public DouyinSandbox {
 protected:
  explicit DouyinPush(const std::string& more = R"("audit_ms": 20)") : DouyinSandbox(more) {
    ear.set_reply(receive(R"({"code":0,"msg":"success"})"));
    shop.tell("hook", Json::object({{"url", ear.url()}}));
    EXPECT_TRUE(ear.wait_for([](const Heard& heard) { return json(heard.body).at("/0/tag")->as_string() == "0"; }));
  }
  static std::function<void(const Heard&, httplib::Response&)> receive(const std::string& answer) {
    return [answer](const Heard&, httplib::Response& response) { response.set_content(answer, "application/json"); };
  }
  std::optional<Json> message(const std::string& tag) {
    std::optional<Json> found;
    eventually([&] {
      for (const Heard& heard : ear.heard()) {
        const Json batch = json(heard.body);
        for (const Json& one : batch.as_array()) {
          if (one.text_or("tag") == tag) found = one;
        }
      }
      return found.has_value();
    });
    return found;
  }
  Ear ear;
};

TEST_F(DouyinPush, signs_batches_with_md5_over_app_id_body_and_secret) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED-S").text_or("id");
  const auto placed = message("100"), paid = message("110");
  ASSERT_TRUE(placed && paid);
  EXPECT_EQ(json(placed->text_or("data")).find("p_id")->number_text(), id) << "a number here";
  EXPECT_EQ(json(paid->text_or("data")).text_or("p_id"), id) << "and text there";
  for (const Heard& heard : ear.heard()) {
    EXPECT_EQ(heard.header("event-sign"), crypto::hex(crypto::digest(crypto::Digest::md5, app_key + heard.body + secret)));
    EXPECT_EQ(heard.header("app-id"), app_key);
  }
}

TEST_F(DouyinPush, an_after_sale_is_told_and_listed_and_agreed_to_by_the_number_of_the_step) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED-S", 2).text_or("id");
  shop.tell("orders/" + id + "/ship", json(R"({"carrier": "shunfeng"})"));
  shop.tell("orders/" + id + "/ask", json(R"({"kind": "goods", "quantity": 1})"));
  const auto asked = message("200");
  ASSERT_TRUE(asked);
  EXPECT_EQ(json(asked->text_or("data")).find("p_id")->number_text(), id);
  const std::string sale = json(asked->text_or("data")).find("aftersale_id")->number_text();
  const auto listed = [&] { return call("/afterSale/List", Json::object({{"order_id", id}, {"page", 0}, {"size", 10}})); };
  const auto status = [&] { return listed().at("/data/items/0/aftersale_info/aftersale_status")->integer().value(); };
  const auto operate = [&](int type, Json item) {
    item.set("aftersale_id", sale);
    return code(call("/afterSale/operate", Json::object({{"type", type}, {"items", Json::array().push_back(std::move(item))}})));
  };
  EXPECT_EQ(listed().at("/data/items/0/aftersale_info/aftersale_type")->integer().value(), 0);
  EXPECT_EQ(listed().at("/data/items/0/order_info/related_order_info/0/aftersale_item_num")->integer().value(), 1);
  EXPECT_EQ(operate(201, Json::object()), 50002) << "it is not about money alone";
  EXPECT_EQ(operate(101, Json::object()), 40002) << "where to?";
  EXPECT_EQ(operate(101, json(R"({"logistics": {"receiver_address_id": 12}})")), 10000);
  EXPECT_TRUE(message("202"));
  EXPECT_EQ(operate(111, Json::object()), 50002) << "nothing is here yet";
  shop.tell("orders/" + id + "/send-back");
  EXPECT_EQ(status(), 11);
  EXPECT_EQ(operate(111, Json::object()), 10000);
  EXPECT_EQ(status(), 12);
  EXPECT_TRUE(message("206"));
  EXPECT_EQ(shop.shown("RED-S"), 3);
  const Json order = call("/order/orderDetail", Json::object({{"shop_order_id", id}}));
  EXPECT_EQ(order.at("/data/shop_order_detail/sku_order_list/0/after_sale_info/after_sale_status")->integer().value(), 12);
}

TEST_F(DouyinSandbox, money_before_sending_gives_the_unit_back_and_is_of_another_type_than_after) {
  on_sale("RED", 5);
  const std::string id = shop.buy("RED-S", 2).text_or("id");
  shop.tell("orders/" + id + "/ask", json(R"({"kind": "money", "quantity": 1})"));
  const Json listed = call("/afterSale/List", Json::object({{"order_id", id}, {"page", 0}, {"size", 10}}));
  EXPECT_EQ(listed.at("/data/items/0/aftersale_info/aftersale_type")->integer().value(), 2);
  Json item = Json::object({{"aftersale_id", *listed.at("/data/items/0/aftersale_info/aftersale_id")}});
  EXPECT_EQ(code(call("/afterSale/operate", Json::object({{"type", 201}, {"items", Json::array().push_back(std::move(item))}}))), 10000);
  EXPECT_EQ(shop.shown("RED-S"), 4);
  const std::string other = shop.buy("RED-S", 1).text_or("id");
  EXPECT_EQ(call("/afterSale/List", Json::object({{"order_id", other}, {"page", 0}, {"size", 10}})).at("/data/total")->integer().value(),
            0);
}

TEST_F(DouyinPush, repeats_until_the_body_says_code_0) {
  on_sale("RED", 5);
  ear.set_reply(receive(R"({"code":40041,"msg":"no"})"));
  shop.buy("RED-S");
  const auto times = [&] {
    const auto all = ear.heard();
    return std::count_if(all.begin(), all.end(), [](const Heard& one) { return one.body.find("\"110\"") != std::string::npos; });
  };
  EXPECT_TRUE(eventually([&] { return times() >= 2; }));
  ear.set_reply(receive(R"({"code":0,"msg":"success"})"));
  EXPECT_TRUE(eventually([&] { return shop.look("counters").integer_or("webhooks_sent") >= 2; }));
}

class DouyinKeyedPush : public DouyinPush {
 protected:
  DouyinKeyedPush() : DouyinPush(R"("audit_ms": 20, "secrets": {"push_sign_method": "hmac-sha256"})") {}
};

TEST_F(DouyinKeyedPush, signs_with_a_keyed_digest_where_the_merchant_chose_so) {
  const Heard probe = ear.heard().front();
  EXPECT_EQ(probe.header("sign-method"), "hmac-sha256");
  EXPECT_EQ(probe.header("event-sign"), crypto::hex(crypto::hmac(crypto::Digest::sha256, secret, app_key + probe.body + secret)));
}

}  // namespace
}  // namespace tally::sandbox
