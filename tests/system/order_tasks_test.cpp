// Orders on their way out: what is shipped, cancelled and paid back here is so on the platform once, whatever becomes of its answers.
#include "support/street.hpp"

namespace tally::tests {
namespace {

class OrderTasks : public ::testing::Test {
 protected:
  OrderTasks() {
    for (const auto* name : {"shop", "mini"}) street.write_channel(name);
    street.open();
    street.import(three_products());
    street.release({"shop", "mini"});
  }

  std::string bought(const std::string& name, const std::string& sku, std::int64_t quantity) {
    const Json order = street.tell(name, "buy", Json::object({{"sku", sku}, {"quantity", quantity}}));
    const std::string id = order.text_or("id");
    EXPECT_TRUE(street.soon([&] { return street.tallyd({"order", "show", id, "--channel", name}).code == 0; })) << order.dump();
    return id;
  }
  Json there(const std::string& name, const std::string& id) {
    const Json all = street.ask(name, "orders");
    for (const Json& order : all.find("orders")->as_array()) {
      if (order.text_or("id") == id) return order;
    }
    return {};
  }
  std::size_t parcels(const std::string& name, const std::string& id) { return there(name, id).find("parcels")->as_array().size(); }
  void lose_answers(const std::string& name, std::int64_t percent) {
    street.tell(name, "misbehave", Json::object({{"lose_reply_percent", percent}}));
  }
  std::string task_state(const std::string& id, std::size_t task) {
    const Json order = street.done({"order", "show", id});
    return order.find("tasks")->as_array().at(task).text_or("state");
  }

  Street street{{platform("shop", "woocommerce"), platform("mini", "wechat-shop")}};
};

TEST_F(OrderTasks, AParcelWhoseAnswerWasLostIsAtTheShopOnceWithTheCarriersNameThere) {
  const std::string id = bought("shop", "TEE", 3);
  ASSERT_TRUE(street.soon([&] { return street.shown("mini", "TEE") == 7; }));
  lose_answers("shop", 100);
  street.done({"order", "ship", id, "--line", "TEE=2", "--carrier", "dhl", "--tracking", "JJD01"});
  ASSERT_TRUE(street.soon([&] { return parcels("shop", id) == 1; }));
  lose_answers("shop", 0);
  ASSERT_TRUE(street.soon([&] { return task_state(id, 0) == "confirmed"; }, seconds(60)));
  const Json first = there("shop", id);
  EXPECT_EQ(first.text_or("state"), "paid") << "a part of the order does not complete it";
  const Json& parcel = first.find("parcels")->as_array().at(0);
  EXPECT_EQ(parcel.text_or("carrier"), "DHL");
  EXPECT_EQ(parcel.text_or("tracking"), "JJD01");
  EXPECT_EQ(parcel.at("/lines/0/quantity")->integer().value(), 2);

  street.done({"order", "ship", id, "--carrier", "dhl", "--tracking", "JJD02"});
  ASSERT_TRUE(street.soon([&] { return task_state(id, 1) == "confirmed"; }));
  EXPECT_EQ(parcels("shop", id), 2u);
  EXPECT_EQ(there("shop", id).text_or("state"), "shipped");
  ASSERT_TRUE(street.soon([&] { return street.done({"order", "show", id}).text_or("platform_state") == "completed"; }));
  EXPECT_EQ(street.available("TEE"), 7) << "what left has left once";
  EXPECT_EQ(street.shown("mini", "TEE"), 7);
}

TEST_F(OrderTasks, OnAPlatformThatTakesAParcelTwiceItIsLookedForBeforeItIsSentAgain) {
  const std::string id = bought("mini", "MUG", 2);
  lose_answers("mini", 100);
  street.done({"order", "ship", id, "--line", "MUG=1", "--carrier", "sf", "--tracking", "SF01"});
  ASSERT_TRUE(street.soon([&] { return parcels("mini", id) == 1; }));
  lose_answers("mini", 0);
  ASSERT_TRUE(street.soon([&] { return task_state(id, 0) == "confirmed"; }, seconds(60)));
  EXPECT_EQ(parcels("mini", id), 1u);
  EXPECT_EQ(there("mini", id).at("/parcels/0/carrier")->as_string(), "SF");
  EXPECT_EQ(there("mini", id).text_or("state"), "part-shipped");
  EXPECT_EQ(street.done({"order", "show", id}).at("/lines/0/open")->integer().value(), 1);
}

TEST_F(OrderTasks, ACarrierWithoutASpellingThereIsRefusedWithTheKnownOnes) {
  const std::string id = bought("mini", "MUG", 1);
  const auto refused = street.tallyd({"order", "ship", id, "--carrier", "pigeon", "--tracking", "P1"});
  EXPECT_NE(refused.code, 0);
  EXPECT_NE((refused.out + refused.err).find("sf"), std::string::npos) << refused.out << refused.err;
  EXPECT_EQ(parcels("mini", id), 0u);
}

TEST_F(OrderTasks, WhatIsPaidBackAndOnTheShelfAgainIsForSaleEverywhere) {
  const std::string id = bought("shop", "TEE", 3);
  street.done({"order", "ship", id, "--carrier", "dhl", "--tracking", "JJD03"});
  ASSERT_TRUE(street.soon([&] { return there("shop", id).text_or("state") == "shipped" && street.shown("mini", "TEE") == 7; }));
  street.done({"order", "refund", id, "--line", "TEE=1", "--restock", "--reason", "too small", "--by-hand"});
  ASSERT_TRUE(street.soon([&] { return task_state(id, 1) == "confirmed"; }));
  EXPECT_EQ(there("shop", id).at("/refunds/0/amount")->as_string(), "19.90");
  EXPECT_EQ(there("shop", id).at("/refunds/0/lines/0/quantity")->integer().value(), 1);
  EXPECT_TRUE(street.soon([&] { return street.shown("mini", "TEE") == 8 && street.shown("shop", "TEE") == 8; }));
  EXPECT_TRUE(street.soon([&] { return street.status().bool_or("converged"); }));
  EXPECT_EQ(there("shop", id).find("refunds")->as_array().size(), 1u);
  EXPECT_EQ(street.available("TEE"), 8);
}

TEST_F(OrderTasks, ACancelledOrderIsForSaleElsewhereAtOnceAndCancelledAtItsShop) {
  const std::string id = bought("shop", "CAP", 4);
  ASSERT_TRUE(street.soon([&] { return street.shown("mini", "CAP") == 3; }));
  street.done({"order", "cancel", id, "--reason", "the buyer asked"});
  EXPECT_EQ(street.available("CAP"), 7);
  EXPECT_TRUE(street.soon([&] { return there("shop", id).text_or("state") == "cancelled"; }));
  EXPECT_TRUE(street.soon([&] { return street.shown("mini", "CAP") == 7 && street.shown("shop", "CAP") == 7; }));
  EXPECT_TRUE(street.soon([&] { return street.status().bool_or("converged"); }));
}

}  // namespace
}  // namespace tally::tests
