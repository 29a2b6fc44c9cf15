#include "pretend.hpp"

namespace tally::sandbox {
namespace {

/// Signs as a plain-HTTP client of WooCommerce must; written apart from the sandbox's own verification.
class WooClient {
 public:
  explicit WooClient(const std::string& origin) : origin_(origin), client_(origin) {}

  Said get(const std::string& path, std::map<std::string, std::string> query = {}) {
    return said(client_.Get(target("GET", path, std::move(query)).c_str()));
  }
  Said post(const std::string& path, const Json& body) {
    return said(client_.Post(target("POST", path, {}).c_str(), body.dump(), "application/json"));
  }
  Said put(const std::string& path, const Json& body) {
    return said(client_.Put(target("PUT", path, {}).c_str(), body.dump(), "application/json"));
  }
  Said remove(const std::string& path) { return said(client_.Delete(target("DELETE", path, {{"force", "true"}}).c_str())); }
  Said raw(const std::string& target) { return said(client_.Get(target.c_str())); }

  std::string target(const std::string& method, const std::string& path, std::map<std::string, std::string> query) {
    query["oauth_consumer_key"] = "ck_sandbox";
    query["oauth_nonce"] = nonce.empty() ? "n" + std::to_string(++count_) : nonce;
    query["oauth_signature_method"] = "HMAC-SHA256";
    query["oauth_timestamp"] = std::to_string(to_ms(SystemClock().now()) / 1000 + shift_s);
    std::string joined;
    for (const auto& [name, value] : query) {
      joined += (joined.empty() ? "" : "&") + crypto::url_encode(name) + "=" + crypto::url_encode(value);
    }
    const std::string whole = "/wp-json/wc/v3" + path;
    const std::string base = method + "&" + crypto::url_encode(origin_ + whole) + "&" + crypto::url_encode(joined);
    const std::string signature = crypto::base64(crypto::hmac(crypto::Digest::sha256, secret + "&", base));
    return whole + "?" + joined + "&oauth_signature=" + crypto::url_encode(signature);
  }

  std::string nonce, secret = "cs_sandbox";
  std::int64_t shift_s = 0;

 private:
  std::string origin_;
  httplib::Client client_;
  int count_ = 0;
};

Json simple(const std::string& sku, int quantity) {
  return Json::object({{"name", "Mug " + sku},
                       {"type", "simple"},
                       {"sku", sku},
                       {"regular_price", "12.50"},
                       {"manage_stock", true},
                       {"stock_quantity", quantity}});
}

class WooCommerceSandbox : public ::testing::Test {
 protected:
  Pretend shop{json(R"({"name": "shop", "dialect": "woocommerce", "limit": {"requests": 1000, "window_ms": 1000}})")};
  WooClient client{shop.origin};
};

TEST_F(WooCommerceSandbox, refuses_what_is_not_signed_with_the_shops_secret) {
  EXPECT_EQ(client.get("/products").status, 200);

  client.secret = "another";
  const Said forged = client.get("/products");
  EXPECT_EQ(forged.status, 401);
  EXPECT_EQ(forged.json().text_or("code"), "woocommerce_rest_authentication_error");
}

TEST_F(WooCommerceSandbox, refuses_an_old_timestamp_and_a_nonce_used_twice) {
  client.shift_s = -16 * 60;
  EXPECT_EQ(client.get("/products").status, 401);

  client.shift_s = 0;
  client.nonce = "once";
  EXPECT_EQ(client.get("/products").status, 200);
  EXPECT_EQ(client.get("/products").status, 401);
}

TEST_F(WooCommerceSandbox, refuses_a_query_changed_after_signing) {
  EXPECT_EQ(client.raw(client.target("GET", "/products", {{"page", "1"}}) + "&per_page=5").status, 401);
}

TEST_F(WooCommerceSandbox, refuses_basic_keys_over_plain_http) {
  httplib::Client basic(shop.origin);
  basic.set_basic_auth("ck_sandbox", "cs_sandbox");
  EXPECT_EQ(said(basic.Get("/wp-json/wc/v3/products")).status, 401);
}

TEST(WooCommerceSandboxOverTls, takes_basic_keys_when_told_to_play_that_part) {
  Pretend shop(json(R"({"name": "shop", "dialect": "woocommerce", "auth": "basic"})"));
  httplib::Client client(shop.origin);
  client.set_basic_auth("ck_sandbox", "cs_sandbox");
  EXPECT_EQ(said(client.Get("/wp-json/wc/v3/products")).status, 200);
  client.set_basic_auth("ck_sandbox", "wrong");
  EXPECT_EQ(said(client.Get("/wp-json/wc/v3/products")).status, 401);
}

TEST_F(WooCommerceSandbox, says_how_many_pages_there_are) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.post("/products", simple("P" + std::to_string(i), 1)).status, 201);

  const Said page = client.get("/products", {{"per_page", "2"}, {"page", "3"}, {"orderby", "id"}, {"order", "asc"}});
  EXPECT_EQ(page.json().as_array().size(), 1u);
  EXPECT_EQ(page.json().at("/0/sku")->as_string(), "P4");
  EXPECT_EQ(page.headers.find("X-WP-Total")->second, "5");
  EXPECT_EQ(page.headers.find("X-WP-TotalPages")->second, "3");
  EXPECT_EQ(client.get("/products", {{"per_page", "101"}}).status, 400);
}

TEST_F(WooCommerceSandbox, refuses_a_sku_twice_and_names_its_holder) {
  const Json first = client.post("/products", simple("MUG", 3)).json();
  const Said second = client.post("/products", simple("MUG", 3));
  EXPECT_EQ(second.status, 400);
  EXPECT_EQ(second.json().text_or("code"), "product_invalid_sku");
  EXPECT_EQ(second.json().at("/data/resource_id")->integer().value(), first.integer_or("id"));
}

TEST_F(WooCommerceSandbox, a_batch_answers_200_with_its_errors_inside_at_their_places) {
  const Json mug = client.post("/products", simple("MUG", 3)).json();
  Json update = Json::array();
  update.push_back(Json::object({{"id", 999999}, {"stock_quantity", 1}}));
  update.push_back(Json::object({{"id", *mug.find("id")}, {"manage_stock", true}, {"stock_quantity", 9}}));

  const Said answer = client.post("/products/batch", Json::object({{"update", update}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json().at("/update/0/error/code")->as_string(), "woocommerce_rest_product_invalid_id");
  EXPECT_EQ(answer.json().at("/update/1/stock_quantity")->integer().value(), 9);
  EXPECT_EQ(shop.shown("MUG"), 9);
}

TEST_F(WooCommerceSandbox, a_batch_of_more_than_a_hundred_is_refused_whole) {
  Json update = Json::array();
  for (int i = 0; i < 101; ++i) update.push_back(Json::object({{"id", i}}));
  const Said answer = client.post("/products/batch", Json::object({{"update", update}}));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.json().text_or("code"), "woocommerce_rest_request_entity_too_large");
}

TEST_F(WooCommerceSandbox, variations_are_found_by_sku_and_written_beside_simple_products) {
  const Json shirt = client.post("/products", json(R"({"name": "Shirt", "type": "variable", "sku": "SHIRT"})")).json();
  const std::string path = "/products/" + shirt.find("id")->number_text();
  const Said made = client.post(path + "/variations/batch",
                                json(
                                    R"({"create": [{"sku": "SHIRT-S", "regular_price": "10", "manage_stock": true, "stock_quantity": 2},
                          {"sku": "SHIRT", "regular_price": "1"}]})"));
  EXPECT_EQ(made.json().at("/create/1/error/code")->as_string(), "product_invalid_sku");

  const Json found = client.get("/products", {{"sku", "SHIRT-S"}}).json();
  ASSERT_EQ(found.as_array().size(), 1u);
  EXPECT_EQ(found.at("/0/type")->as_string(), "variation");
  EXPECT_EQ(*found.at("/0/parent_id"), *shirt.find("id"));
  Json update = Json::array();
  update.push_back(Json::object({{"id", *found.at("/0/id")}, {"regular_price", "15.00"}, {"sale_price", "12.00"}}));
  client.post("/products/batch", Json::object({{"update", update}}));
  EXPECT_EQ(shop.offer("SHIRT-S").text_or("price"), "12.00");
}

TEST_F(WooCommerceSandbox, a_price_must_be_text) {
  Json product = simple("MUG", 1);
  product.set("regular_price", json("12.5"));
  EXPECT_EQ(client.post("/products", product).status, 400);
}

TEST_F(WooCommerceSandbox, keeps_other_peoples_meta_data_and_hosts_pictures_itself) {
  Json product = simple("MUG", 1);
  product.set("meta_data", json(R"([{"key": "_brand", "value": "A"}, {"key": "_other", "value": "kept"}])"));
  product.set("images", json(R"([{"src": "http://merchant.example/mug.jpg", "alt": "A mug"}])"));
  const Json made = client.post("/products", product).json();
  const std::string path = "/products/" + made.find("id")->number_text();

  const Json after = client.put(path, json(R"({"meta_data": [{"key": "_brand", "value": "B"}]})")).json();
  EXPECT_EQ(after.at("/meta_data/0/value")->as_string(), "B");
  EXPECT_EQ(after.at("/meta_data/1/value")->as_string(), "kept");
  EXPECT_TRUE(made.at("/images/0/src")->as_string().starts_with(shop.origin));
}

TEST_F(WooCommerceSandbox, the_last_unit_is_sold_once) {
  client.post("/products", simple("MUG", 1));
  EXPECT_FALSE(shop.buy("MUG").text_or("id").empty());
  EXPECT_EQ(shop.buy("MUG").text_or("refused"), "sold out");
  EXPECT_EQ(shop.shown("MUG"), 0);
}

TEST_F(WooCommerceSandbox, an_order_written_over_rest_oversells_without_complaint) {
  const Json mug = client.post("/products", simple("MUG", 1)).json();
  Json order = json(R"({"status": "processing"})");
  order.set("line_items", Json::array().push_back(Json::object({{"product_id", *mug.find("id")}, {"quantity", 71}})));
  EXPECT_EQ(client.post("/orders", order).status, 201);
  EXPECT_EQ(shop.shown("MUG"), -70);
}

TEST_F(WooCommerceSandbox, pending_takes_no_stock_on_hold_does_and_cancelling_puts_it_back) {
  client.post("/products", simple("MUG", 5));
  const std::string pending = shop.buy("MUG", 2, "unpaid").text_or("id");
  EXPECT_EQ(shop.shown("MUG"), 5);
  EXPECT_EQ(client.put("/orders/" + pending, json(R"({"status": "on-hold"})")).status, 200);
  EXPECT_EQ(shop.shown("MUG"), 3);
  EXPECT_EQ(client.put("/orders/" + pending, json(R"({"status": "cancelled"})")).status, 200);
  EXPECT_EQ(shop.shown("MUG"), 5);
}

TEST_F(WooCommerceSandbox, a_checkout_that_waits_for_its_payment_holds_its_units) {
  client.post("/products", simple("MUG", 1));
  const Json waiting = shop.buy("MUG", 1, "unpaid");
  EXPECT_EQ(shop.buy("MUG").text_or("refused"), "sold out");
  shop.tell("orders/" + waiting.text_or("id") + "/cancel");
  EXPECT_FALSE(shop.buy("MUG").text_or("id").empty());
}

TEST_F(WooCommerceSandbox, lists_orders_changed_since_in_utc) {
  client.post("/products", simple("MUG", 5));
  const Json order = shop.buy("MUG", 2);
  const Time now = SystemClock().now();

  const auto since = [&](Duration back) {
    return client
        .get("/orders", {{"modified_after", format_naive(from_ms(to_ms(now - back) / 1000 * 1000))},
                         {"dates_are_gmt", "true"},
                         {"orderby", "modified"},
                         {"order", "asc"}})
        .json();
  };
  ASSERT_EQ(since(Duration(60'000)).as_array().size(), 1u);
  EXPECT_EQ(since(Duration(60'000)).at("/0/line_items/0/sku")->as_string(), "MUG");
  EXPECT_EQ(since(Duration(60'000)).at("/0/total")->as_string(), "25.00");
  EXPECT_EQ(since(Duration(-60'000)).as_array().size(), 0u);
  EXPECT_EQ(client.get("/orders/77").json().text_or("code"), "woocommerce_rest_shop_order_invalid_id");
  EXPECT_EQ(order.text_or("state"), "paid");
}

TEST_F(WooCommerceSandbox, a_refund_is_read_with_negative_quantities_and_restocks_only_when_asked) {
  client.post("/products", simple("MUG", 5));
  const std::string id = shop.buy("MUG", 2).text_or("id");
  const Json order = client.get("/orders/" + id).json();
  Json refund = json(R"({"amount": "12.50", "reason": "broken", "api_restock": false})");
  refund.set("line_items", Json::array().push_back(
                               Json::object({{"id", *order.at("/line_items/0/id")}, {"quantity", 1}, {"refund_total", json("12.5")}})));
  EXPECT_EQ(client.post("/orders/" + id + "/refunds", refund).status, 201);

  const Json read = client.get("/orders/" + id + "/refunds").json();
  EXPECT_EQ(read.at("/0/amount")->as_string(), "12.50");
  EXPECT_EQ(read.at("/0/line_items/0/quantity")->integer().value(), -1);
  EXPECT_EQ(read.at("/0/line_items/0/total")->as_string(), "-12.50");
  EXPECT_EQ(read.at("/0/line_items/0/meta_data/0/value")->as_string(), order.at("/line_items/0/id")->number_text());
  EXPECT_EQ(shop.shown("MUG"), 3);
}

class WooCommerceWebhooks : public WooCommerceSandbox {
 protected:
  Json subscribe(const std::string& topic) {
    return client.post("/webhooks", Json::object({{"name", "t"}, {"topic", topic}, {"delivery_url", ear.url()}, {"secret", "wh"}})).json();
  }
  static bool about(const Heard& heard, const std::string& topic) { return heard.header("X-WC-Webhook-Topic") == topic; }
  Ear ear;
};

TEST_F(WooCommerceWebhooks, pings_unsigned_and_then_signs_what_it_tells) {
  client.post("/products", simple("MUG", 5));
  const Json hook = subscribe("order.created");
  EXPECT_TRUE(ear.wait_for([&](const Heard& heard) { return heard.body == "webhook_id=" + hook.find("id")->number_text(); }));

  const Json order = shop.buy("MUG");
  const auto heard = ear.wait_for([](const Heard& one) { return about(one, "order.created"); });
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->header("X-WC-Webhook-Signature"), crypto::base64(crypto::hmac(crypto::Digest::sha256, "wh", heard->body)));
  EXPECT_EQ(json(heard->body).find("id")->number_text(), order.text_or("id"));
}

TEST_F(WooCommerceWebhooks, two_deliveries_of_one_second_carry_the_same_id) {
  client.post("/products", simple("MUG", 50));
  subscribe("order.created");
  for (int i = 0; i < 6; ++i) shop.buy("MUG");
  std::vector<std::string> ids;
  EXPECT_TRUE(eventually([&] {
    ids.clear();
    for (const Heard& one : ear.heard()) {
      if (about(one, "order.created")) ids.push_back(one.header("X-WC-Webhook-Delivery-ID"));
    }
    return ids.size() == 6;
  }));
  std::sort(ids.begin(), ids.end());
  EXPECT_NE(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST_F(WooCommerceWebhooks, goes_quiet_after_more_than_five_failures_and_never_repeats) {
  client.post("/products", simple("MUG", 50));
  const Json hook = subscribe("order.created");
  ear.set_reply([](const Heard&, httplib::Response& response) { response.status = 500; });
  const std::string path = "/webhooks/" + hook.find("id")->number_text();
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(client.get(path).json().text_or("status"), "active");
    shop.buy("MUG");
    EXPECT_TRUE(eventually([&] {
      const auto all = ear.heard();
      return std::count_if(all.begin(), all.end(), [](const Heard& one) { return about(one, "order.created"); }) == i + 1;
    }));
  }
  EXPECT_TRUE(eventually([&] { return client.get(path).json().text_or("status") == "disabled"; }));
  EXPECT_EQ(client.put(path, json(R"({"status": "active"})")).json().text_or("status"), "active");
}

TEST_F(WooCommerceWebhooks, one_that_was_switched_on_again_goes_quiet_with_the_next_failure_unless_one_arrived) {
  client.post("/products", simple("MUG", 50));
  const Json hook = subscribe("order.created");
  const std::string path = "/webhooks/" + hook.find("id")->number_text();
  const auto status = [&] { return client.get(path).json().text_or("status"); };
  const auto told = [&] {
    const auto all = ear.heard();
    return std::count_if(all.begin(), all.end(), [](const Heard& one) { return about(one, "order.created"); });
  };
  const auto buy = [&] {
    const auto before = told();
    shop.buy("MUG");
    EXPECT_TRUE(eventually([&] { return told() == before + 1; }));
  };
  ear.set_reply([](const Heard&, httplib::Response& response) { response.status = 500; });
  for (int i = 0; i < 6; ++i) buy();
  ASSERT_TRUE(eventually([&] { return status() == "disabled"; }));
  client.put(path, json(R"({"status": "active"})"));
  buy();
  EXPECT_TRUE(eventually([&] { return status() == "disabled"; }));

  client.put(path, json(R"({"status": "active"})"));
  ear.set_reply([](const Heard&, httplib::Response& response) { response.status = 200; });
  buy();
  ear.set_reply([](const Heard&, httplib::Response& response) { response.status = 500; });
  buy();
  EXPECT_FALSE(eventually([&] { return status() == "disabled"; }, Duration(500)));
}

TEST_F(WooCommerceWebhooks, our_own_write_comes_back_as_an_echo) {
  const Json mug = client.post("/products", simple("MUG", 5)).json();
  subscribe("product.updated");
  client.put("/products/" + mug.find("id")->number_text(), json(R"({"stock_quantity": 5})"));
  const auto heard = ear.wait_for([](const Heard& one) { return about(one, "product.updated"); });
  ASSERT_TRUE(heard);
  EXPECT_EQ(json(heard->body).integer_or("stock_quantity"), 5);
}

}  // namespace
}  // namespace tally::sandbox
