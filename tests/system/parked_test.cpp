// What cannot be done waits with its reason where `status` shows it, and nothing else stops.
#include "base/crypto.hpp"
#include "support/street.hpp"

#include <httplib.h>

namespace tally::tests {
namespace {

Json with_forbidden_word(Json entry) {
  entry.find("secrets")->set("forbidden_word", "Magic");
  return entry;
}

TEST(UnknownSku, HoldsTheOrderUntilItIsImported) {
  // Given a shop where somebody has entered a product by hand that we have never heard of,
  Json shop = platform("shop", "woocommerce");
  shop.set("auth", "basic");
  Street street({shop});
  street.write_channel("shop");
  street.open();
  street.import(three_products());
  street.release({"shop"});
  httplib::Client owner(street.url("shop"));
  owner.set_basic_auth("ck_test", "cs_test");
  const Json product = Json::object({{"name", "Scarf"},
                                     {"type", "simple"},
                                     {"status", "publish"},
                                     {"sku", "SCARF"},
                                     {"regular_price", "15.00"},
                                     {"manage_stock", true},
                                     {"stock_quantity", 6}});
  const auto made = owner.Post("/wp-json/wc/v3/products", product.dump(), "application/json");
  ASSERT_TRUE(made);
  ASSERT_EQ(made->status, 201) << made->body;

  // when it is sold together with one of ours,
  const Json order = street.tell("shop", "buy",
                                 Json::object({{"lines", Json::Array{Json::object({{"sku", "SCARF"}, {"quantity", 2}}),
                                                                     Json::object({{"sku", "TEE"}, {"quantity", 1}})}},
                                               {"state", "paid"}}));
  ASSERT_EQ(order.find("refused"), nullptr) << order.dump();

  // then the order is held for that reason, what is ours is reserved, and other orders go on.
  ASSERT_TRUE(street.soon([&] { return !street.problem("SCARF").is_null(); }));
  EXPECT_EQ(street.problem("SCARF").text_or("channel"), "shop");
  EXPECT_EQ(street.channel("shop").integer_or("held_orders"), 1);
  EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 9; }));
  street.tell("shop", "buy", Json::object({{"sku", "MUG"}, {"quantity", 1}, {"state", "paid"}}));
  EXPECT_TRUE(street.soon([&] { return street.available("MUG") == 4; }));

  // When the SKU is imported, the order claims its units, and nobody has to look at it any more.
  street.import("code,title,category,sku,price,stock\nSCARF,Scarf,Clothes,SCARF,15.00,6\n");
  EXPECT_TRUE(street.soon([&] { return street.available("SCARF") == 4; }));
  EXPECT_TRUE(street.soon([&] { return street.channel("shop").integer_or("held_orders") == 0; }));
  EXPECT_TRUE(street.soon([&] { return street.problem("SCARF").is_null(); }));
  EXPECT_EQ(street.available("TEE"), 9) << "and what was claimed before is not claimed again";
}

TEST(RefusedProduct, IsParkedWithTheReasonWhileOthersGoOn) {
  // Given two platforms that do not like a word,
  Street street({with_forbidden_word(platform("mini", "wechat-shop")), with_forbidden_word(platform("market", "douyin")),
                 platform("shop", "woocommerce")});
  for (const auto* name : {"mini", "market", "shop"}) street.write_channel(name);
  street.open();
  street.import(three_products() + "HAT,Magic hat,A hat,Clothes,https://pictures.example.com/hat.jpg,HAT,25.00,3\n");
  for (const auto* name : {"mini", "market", "shop"}) street.done({"channel", "release", name});

  // when the catalogue is listed, the others are there with their stock,
  for (const auto* name : {"mini", "market", "shop"}) {
    for (const auto& [sku, units] : {std::pair{"TEE", 10}, {"MUG", 5}, {"CAP", 7}})
      EXPECT_TRUE(street.soon([&] { return street.shown(name, sku) == units && street.offer(name, sku).text_or("status") == "live"; }))
          << name << " " << sku;
  }
  EXPECT_TRUE(street.soon([&] { return street.shown("shop", "HAT") == 3; })) << "the third platform has nothing against it";

  // the refused one is parked on both, by name and with the platform's own reason,
  for (const std::string name : {"mini", "market"}) {
    const auto refusal = [&]() -> Json {
      const Json status = street.status();
      for (const Json& problem : status.find("problems")->as_array()) {
        if (problem.text_or("channel") == name && problem.text_or("thing") == "HAT") return problem;
      }
      return {};
    };
    ASSERT_TRUE(street.soon([&] { return !refusal().is_null(); })) << name;
    EXPECT_FALSE(refusal().text_or("reason").empty()) << name;
    EXPECT_FALSE(refusal().text_or("todo").empty()) << name;
    EXPECT_EQ(street.channel(name).integer_or("parked"), 1) << name;
    EXPECT_NE(street.offer(name, "HAT").text_or("status"), "live") << name;
  }
  EXPECT_FALSE(street.problem("Magic").is_null()) << "the word that the platform complained of";

  // and an order elsewhere still lowers what is listed there.
  street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 2}, {"state", "paid"}}));
  for (const auto* name : {"mini", "market"}) EXPECT_TRUE(street.soon([&] { return street.shown(name, "TEE") == 8; })) << name;

  // A corrected title is tried again.
  street.import(
      "code,title,description,category,image,sku,price,stock\nHAT,Wool hat,A "
      "hat,Clothes,https://pictures.example.com/hat.jpg,HAT,25.00,3\n");
  for (const auto* name : {"mini", "market"}) {
    EXPECT_TRUE(street.soon([&] { return street.offer(name, "HAT").text_or("status") == "live" && street.shown(name, "HAT") == 3; }))
        << name;
    EXPECT_TRUE(street.soon([&] { return street.channel(name).integer_or("parked") == 0; })) << name;
  }
}

TEST(BlankStockCell, IsNotZero) {
  Street street({platform("shop", "woocommerce")});
  street.write_channel("shop");
  street.open();
  street.import(three_products());
  street.release({"shop"});
  ASSERT_EQ(street.available("TEE"), 10);

  // A file with a new price, a blank cell, and a written zero: two different things.
  street.import("code,title,category,sku,price,stock\nTEE,Tee,Clothes,TEE,21.00,\nMUG,Mug,Clothes,MUG,9.50,0\n");
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "TEE").text_or("price") == "21.00" && street.shown("shop", "MUG") == 0; }));
  EXPECT_EQ(street.available("TEE"), 10);
  EXPECT_EQ(street.available("MUG"), 0);
  EXPECT_EQ(street.shown("shop", "TEE"), 10);

  // The same where the column is missing altogether.
  street.import("code,title,category,sku,price\nTEE,Tee,Clothes,TEE,22.00\n");
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "TEE").text_or("price") == "22.00"; }));
  EXPECT_EQ(street.available("TEE"), 10);
  EXPECT_EQ(street.shown("shop", "TEE"), 10);
}

}  // namespace
}  // namespace tally::tests
