// Webhooks that come many times at once, that are acknowledged a moment before the end of the process, and that do not come any more.
#include "base/crypto.hpp"
#include "support/street.hpp"

#include <httplib.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace tally::tests {
namespace {

class Webhooks : public ::testing::Test {
 protected:
  Webhooks() {
    // Lists are read when a person asks: what arrives came by the door.
    for (const auto* name : {"shop", "other"}) street.write_channel(name, "orders: { every: 1h }\nsweep: 1h\n");
    street.open();
    street.import(three_products());
    street.release({"shop", "other"});
  }
  static std::string order(int id, int quantity) {
    return R"({"id":)" + std::to_string(id) + R"(,"number":")" + std::to_string(id) +
           R"(","status":"processing","currency":"CNY","date_created_gmt":"2026-01-01T00:00:00","date_modified_gmt":"2026-01-01T00:00:00","refunds":[],)"
           R"("line_items":[{"id":1,"product_id":0,"variation_id":0,"quantity":)" +
           std::to_string(quantity) + R"(,"sku":"TEE"}]})";
  }
  int deliver(const std::string& body) {
    httplib::Client client("127.0.0.1", street.hook_port());
    const httplib::Headers headers{{"X-WC-Webhook-Topic", "order.updated"},
                                   {"X-WC-Webhook-Signature", crypto::base64(crypto::hmac(crypto::Digest::sha256, "wh_test", body))}};
    const auto answer = client.Post("/hooks/shop", headers, body, "application/json");
    return answer ? answer->status : 0;
  }
  std::size_t orders() { return street.done({"order", "list", "--channel", "shop"}).find("items")->as_array().size(); }

  Street street{{platform("shop", "woocommerce"), platform("other", "woocommerce")}};
};

TEST_F(Webhooks, TheSameManyTimesAtOnceIsOneOrder) {
  std::atomic<int> taken{0};
  std::vector<std::thread> senders;
  for (int i = 0; i < 16; ++i) {
    senders.emplace_back([&] {
      for (int again = 0; again < 4; ++again) taken += deliver(order(4711, 3)) == 200 ? 1 : 0;
    });
  }
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(taken, 64) << "each is acknowledged, or the platform would send it again";
  EXPECT_TRUE(street.soon([&] { return street.shown("other", "TEE") == 7; }));
  EXPECT_EQ(orders(), 1u);
  EXPECT_EQ(street.available("TEE"), 7);
}

TEST_F(Webhooks, WhatWasAcknowledgedIsThereThoughTheProcessEndedBehindTheAnswer) {
  for (int kill = 1; kill <= 3; ++kill) {
    ASSERT_EQ(deliver(order(100 + kill, 1)), 200);
    street.daemon().signal(SIGKILL);
    ASSERT_TRUE(eventually([&] { return !street.daemon().runs(); }, seconds(10)));
    street.open();
    EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 10 - kill; })) << "after end " << kill;
  }
  EXPECT_EQ(orders(), 3u);
}

class SilencedWebhooks : public ::testing::Test {
 protected:
  void begin(const std::string& list) {
    street.write_channel("shop", "orders: { every: " + list + " }\n");
    street.write_channel("other");
    street.open();
    street.import(three_products());
    street.release({"shop", "other"});
    owner.set_basic_auth("ck_test", "cs_test");
    ASSERT_TRUE(street.soon([&] { return telling_of_orders().size() == 2; })) << "the daemon enters its webhooks by itself";
  }
  std::string buy(const char* sku) {
    const Json order = street.tell("shop", "buy", Json::object({{"sku", sku}, {"quantity", 1}, {"state", "unpaid"}}));
    street.tell("shop", "orders/" + order.text_or("id") + "/pay", Json::object());
    return order.text_or("id");
  }
  /// The ids of those that tell of orders and are switched on. Asked so rarely that the shop's 50 requests a second are left to the daemon.
  std::vector<std::string> telling_of_orders() {
    std::this_thread::sleep_for(milliseconds(200));
    const auto answer = owner.Get("/wp-json/wc/v3/webhooks?per_page=100");
    if (!answer || answer->status != 200) {
      ADD_FAILURE() << "the shop does not say which webhooks it has: " << (answer ? answer->body : httplib::to_string(answer.error()));
      return {};
    }
    const auto hooks = Json::parse(answer->body);
    std::vector<std::string> active;
    for (const Json& hook : hooks->as_array()) {
      const std::string topic = hook.text_or("topic");
      if ((topic == "order.created" || topic == "order.updated") && hook.text_or("status") == "active")
        active.push_back(hook.find("id")->number_text());
    }
    return active;
  }
  /// Whether anything that we know of the order was sent to our door.
  bool came_by_webhook(const std::string& order) {
    const Ended told = street.tallyd({"explain", "--order", order, "--channel", "shop"});
    return told.out.find("sent to our door") != std::string::npos;
  }
  static Json shop() {
    Json shop = platform("shop", "woocommerce");
    shop.set("auth", "basic");
    return shop;
  }

  Street street{{shop(), platform("other", "woocommerce")}};
  httplib::Client owner{street.url("shop")};
};

TEST_F(SilencedWebhooks, OrdersAreReadFromTheListOnceAndComeByTheRevivedAgain) {
  begin("1h");  // read at the start, and then no more
  buy("TEE");
  ASSERT_TRUE(street.soon([&] { return street.available("TEE") == 9; }));

  // Nobody is at the door for longer than the shop has patience.
  street.daemon().stop();
  for (int i = 0; i < 7; ++i) {
    buy("TEE");
    std::this_thread::sleep_for(milliseconds(100));  // what still waits is told once
  }
  ASSERT_TRUE(eventually([&] { return telling_of_orders().empty(); }, seconds(20)));
  street.open();
  EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 2; })) << "they came by the list";
  ASSERT_TRUE(street.soon([&] { return telling_of_orders().size() == 2; }));
  const auto order = buy("MUG");
  EXPECT_TRUE(street.soon([&] { return street.available("MUG") == 4; }));
  EXPECT_TRUE(came_by_webhook(order));
  EXPECT_TRUE(street.soon([&] { return street.shown("other", "TEE") == 2 && street.shown("other", "MUG") == 4; }));
}

TEST_F(SilencedWebhooks, AreDoubtedAndRevivedWhenOnlyTheListBroughtAnOrder) {
  begin("2s");
  for (const auto& id : telling_of_orders()) owner.Put("/wp-json/wc/v3/webhooks/" + id, R"({"status":"disabled"})", "application/json");
  ASSERT_TRUE(telling_of_orders().empty());

  std::this_thread::sleep_for(seconds(2));  // the shop's times are whole seconds: later than what is known of the webhooks
  const auto missed = buy("TEE");
  EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 9; })) << "it comes by the list";
  EXPECT_FALSE(came_by_webhook(missed));
  ASSERT_TRUE(street.soon([&] { return telling_of_orders().size() == 2; }, seconds(90))) << "long before the hour is over";
  const Json shop = street.channel("shop");
  const Json* webhooks = shop.find("webhooks");
  ASSERT_TRUE(webhooks) << shop.pretty();
  EXPECT_EQ(webhooks->integer_or("active"), 5);
  EXPECT_EQ(webhooks->integer_or("revived"), 2);
  EXPECT_FALSE(webhooks->text_or("revived_at").empty());

  const auto told = buy("MUG");
  EXPECT_TRUE(street.soon([&] { return came_by_webhook(told); }));
  EXPECT_TRUE(street.soon([&] { return street.available("MUG") == 4; }));
}

}  // namespace
}  // namespace tally::tests
