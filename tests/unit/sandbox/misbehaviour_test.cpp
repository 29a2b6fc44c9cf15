#include "pretend.hpp"

#include <atomic>

namespace tally::sandbox {
namespace {

/// A shop behind Basic keys: the shortest requests there are.
class Misbehaviour : public ::testing::Test {
 protected:
  explicit Misbehaviour(const std::string& limit = R"({"requests": 10000, "window_ms": 1000})")
      : shop(json(R"({"name": "shop", "dialect": "woocommerce", "auth": "basic", "limit": )" + limit + "}")), client(shop.origin) {
    client.set_basic_auth("ck_sandbox", "cs_sandbox");
    client.set_keep_alive(true);
  }
  Said list() { return said(client.Get("/wp-json/wc/v3/products")); }
  Said make(const std::string& sku) {
    const Json product = Json::object({{"name", sku}, {"sku", sku}, {"regular_price", "5"}, {"manage_stock", true}, {"stock_quantity", 5}});
    return said(client.Post("/wp-json/wc/v3/products", product.dump(), "application/json"));
  }
  Pretend shop;
  httplib::Client client;
};

class Limited : public Misbehaviour {
 protected:
  Limited() : Misbehaviour(R"({"requests": 3, "window_ms": 400})") {}
};

TEST_F(Limited, a_request_beyond_the_limit_is_refused_counted_and_remembered) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(list().status, 200);
  const Said refused = list();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.find("Retry-After")->second, "1");
  EXPECT_EQ(shop.look("counters").integer_or("over_limit"), 1);
  EXPECT_EQ(shop.look("counters").integer_or("requests"), 4);

  EXPECT_TRUE(eventually([&] { return list().status == 200; })) << "the window moves on";
  EXPECT_GE(shop.look("counters").integer_or("over_limit"), 1);
}

TEST_F(Misbehaviour, a_lost_request_changes_nothing_and_gets_no_answer) {
  shop.misbehave("lose_percent", 100);
  EXPECT_EQ(make("MUG").status, 0);
  EXPECT_TRUE(shop.offer("MUG").is_null());
  EXPECT_EQ(shop.look("counters").integer_or("requests"), 0);
}

TEST_F(Misbehaviour, a_lost_reply_leaves_the_change_behind) {
  shop.misbehave("lose_reply_percent", 100);
  bool cut = false, refused = false;
  for (int i = 0; i < 20; ++i) {
    const std::string sku = "MUG-" + std::to_string(i);
    const int status = make(sku).status;
    (status == 0 ? cut : refused) = true;
    EXPECT_TRUE(status == 0 || status == 502);
    EXPECT_EQ(shop.shown(sku), 5);
  }
  EXPECT_TRUE(cut && refused);
}

TEST_F(Misbehaviour, garbage_is_no_json_and_the_change_has_happened) {
  shop.misbehave("garbage_percent", 100);
  for (int i = 0; i < 6; ++i) {
    const Said answer = make("MUG-" + std::to_string(i));
    EXPECT_EQ(answer.status, 201);
    EXPECT_FALSE(Json::parse(answer.body));
    EXPECT_EQ(shop.shown("MUG-" + std::to_string(i)), 5);
  }
}

TEST_F(Misbehaviour, too_many_and_trouble_are_said_before_anything_happens) {
  shop.misbehave("error_429_percent", 100);
  EXPECT_EQ(make("MUG").status, 429);
  shop.misbehave("error_429_percent", 0);
  shop.misbehave("error_5xx_percent", 100);
  EXPECT_EQ(make("MUG").status, 500);
  shop.misbehave("error_5xx_percent", 0);
  EXPECT_EQ(shop.look("counters").integer_or("over_limit"), 0) << "a pretended limit is not one of ours";
  EXPECT_EQ(make("MUG").status, 201);
}

TEST_F(Misbehaviour, webhooks_can_be_lost_and_told_twice) {
  Ear ear;
  make("MUG");
  shop.tell("hook", Json::object({{"url", ear.url()}}));
  const auto created = [&] {
    const auto all = ear.heard();
    return std::count_if(all.begin(), all.end(), [](const Heard& one) { return one.header("X-WC-Webhook-Topic") == "order.created"; });
  };
  shop.misbehave("duplicate_percent", 100);
  shop.buy("MUG");
  EXPECT_TRUE(eventually([&] { return created() == 2; }));
  shop.misbehave("webhooks_lost_percent", 100);
  const std::string lost = shop.buy("MUG").text_or("id");
  shop.misbehave("webhooks_lost_percent", 0);
  shop.misbehave("duplicate_percent", 0);
  const std::string told = shop.buy("MUG").text_or("id");
  EXPECT_TRUE(eventually([&] { return created() == 3; }));
  const auto all = ear.heard();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Heard& one) { return one.body.find("\"id\":" + told) != std::string::npos; }));
  EXPECT_TRUE(std::none_of(all.begin(), all.end(), [&](const Heard& one) { return one.body.find("\"id\":" + lost) != std::string::npos; }));
}

TEST_F(Misbehaviour, of_many_shoppers_at_once_only_as_many_are_served_as_there_are_units) {
  make("MUG");
  std::vector<std::thread> shoppers;
  std::atomic<int> served{0};
  const std::string control = shop.control;
  for (int i = 0; i < 12; ++i) {
    shoppers.emplace_back([&] {
      httplib::Client one(control);
      const Said answer = said(one.Post("/platforms/shop/buy", R"({"sku": "MUG"})", "application/json"));
      if (!answer.json().text_or("id").empty()) ++served;
    });
  }
  for (auto& shopper : shoppers) shopper.join();
  EXPECT_EQ(served, 5);
  EXPECT_EQ(shop.shown("MUG"), 0);
}

TEST_F(Misbehaviour, an_unknown_fault_is_refused_with_the_name_that_was_meant) {
  const Json answer = shop.tell("misbehave", json(R"({"loose_percent": 5})"));
  EXPECT_NE(answer.text_or("error").find("lose_percent"), std::string::npos);
  EXPECT_FALSE(shop.tell("misbehave", json(R"({"lose_percent": 101})")).text_or("error").empty());
}

TEST_F(Misbehaviour, every_number_that_was_shown_is_remembered_with_its_cause) {
  make("MUG");
  const std::string order = shop.buy("MUG", 2).text_or("id");
  shop.tell("orders/" + order + "/cancel");
  shop.tell("edit", json(R"({"sku": "MUG", "field": "quantity", "value": 9})"));
  const Json counters = shop.look("counters");
  std::vector<std::string> causes;
  for (const Json& move : counters.find("stock_history")->as_array()) {
    causes.push_back(move.text_or("cause") + " " + move.find("quantity")->number_text());
  }
  EXPECT_EQ(causes, (std::vector<std::string>{"write 5", "sale 3", "cancel 5", "edit 9"}));
  const Json later = shop.look("counters?after=" + counters.find("cursor")->number_text());
  EXPECT_TRUE(later.find("stock_history")->as_array().empty());
  const Json sold = shop.look("sold");
  EXPECT_EQ(sold.at("/sold/MUG/sold")->integer().value(), 2);
  EXPECT_EQ(sold.at("/sold/MUG/net")->integer().value(), 0);
}

TEST_F(Misbehaviour, a_person_edits_a_product_in_the_shops_own_pages) {
  make("MUG");
  shop.tell("edit", json(R"({"sku": "MUG", "field": "title", "value": "By hand"})"));
  shop.tell("edit", json(R"({"sku": "MUG", "field": "price", "value": "9.99"})"));
  const Json product = list().json();
  EXPECT_EQ(product.at("/0/name")->as_string(), "By hand");
  EXPECT_EQ(product.at("/0/regular_price")->as_string(), "9.99");
  EXPECT_FALSE(shop.tell("edit", json(R"({"sku": "MUG", "field": "colour", "value": "x"})")).text_or("error").empty());
}

}  // namespace
}  // namespace tally::sandbox
