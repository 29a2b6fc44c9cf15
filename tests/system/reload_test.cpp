// An invalid file never replaces what runs.
#include "support/street.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace tally::tests {
namespace {

class Reload : public ::testing::Test {
 protected:
  void SetUp() override {
    street.write_channel("shop");
    good = content_of(street.channel_file("shop"));
    street.open();
    street.import(three_products());
    street.release({"shop"});
    ASSERT_EQ(street.shown("shop", "TEE"), 10);
  }

  /// Where a line that is added to the good file stands, as complaints name it.
  std::string place_of_addition(int column = 1) const {
    return "shop.yaml:" + std::to_string(std::count(good.begin(), good.end(), '\n') + 1) + ":" + std::to_string(column);
  }
  void add(const std::string& line) { write_file(street.channel_file("shop"), good + line + "\n"); }
  std::int64_t buy_one_and_wait() {
    const auto before = street.available("TEE").value_or(0);
    street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 1}, {"state", "paid"}}));
    EXPECT_TRUE(street.soon([&] { return street.available("TEE") == before - 1; })) << "the configuration that ran goes on";
    return before - 1;
  }

  Street street{{platform("shop", "woocommerce")}};
  std::string good;
};

TEST_F(Reload, RefusesAnInvalidFileByPlaceAndGoesOn) {
  add("stok: { buffer: 3 }");
  const Ended refused = street.tallyd({"reload"});
  EXPECT_EQ(refused.code, 4) << refused.out << refused.err;
  const std::string said = refused.out + refused.err;
  EXPECT_NE(said.find("channels.d/" + place_of_addition()), std::string::npos) << said;
  EXPECT_NE(said.find("stok"), std::string::npos) << said;
  EXPECT_NE(said.find("stock"), std::string::npos) << "it says what was probably meant: " << said;
  buy_one_and_wait();

  write_file(street.channel_file("shop"), good);
  EXPECT_TRUE(street.done({"reload"}).bool_or("applied"));
}

TEST_F(Reload, RefusesAMappingThatNamesAnUnknownField) {
  add("mapping: { extends: woocommerce, price: { id: \"${@id}\", regular_price: \"${prise | decimal}\" } }");
  const Ended refused = street.tallyd({"reload"});
  EXPECT_EQ(refused.code, 4) << refused.out << refused.err;
  const std::string said = refused.out + refused.err, place = place_of_addition();
  EXPECT_NE(said.find("channels.d/" + place.substr(0, place.rfind(':') + 1)), std::string::npos) << said;
  EXPECT_NE(said.find("prise"), std::string::npos) << said;
  buy_one_and_wait();
}

TEST_F(Reload, TellsAllThatIsWrongAtOnce) {
  add("swepp: 5s\npolicy: ful");
  write_file(street.channel_file("outlet"), "connector: woocomerce\nurl: http://127.0.0.1:9\nlocations: [attic]\n");
  const Ended refused = street.tallyd({"reload"});
  EXPECT_EQ(refused.code, 4) << refused.out << refused.err;
  const std::string said = refused.out + refused.err;
  for (const std::string& complaint : {"channels.d/" + place_of_addition(), std::string("'ful'"), std::string("outlet.yaml:3:")})
    EXPECT_NE(said.find(complaint), std::string::npos) << complaint << " is not in " << said;
  EXPECT_TRUE(street.channel("outlet").is_null());
}

TEST_F(Reload, IsTheSameOnSighup) {
  add("sweeeep: 5s");
  street.daemon().signal(SIGHUP);
  ASSERT_TRUE(street.soon([&] { return street.daemon_log().find("channels.d/" + place_of_addition()) != std::string::npos; }));
  EXPECT_TRUE(street.daemon().runs());
  const auto left = buy_one_and_wait();

  add("stock: { buffer: 3 }");
  street.daemon().signal(SIGHUP);
  EXPECT_TRUE(street.soon([&] { return street.shown("shop", "TEE") == left - 3; })) << "the valid file is taken over";
}

TEST_F(Reload, OfAWrongPriceRuleHoldsItWholeAndARightOneIsThereAtOnce) {
  std::string slow = good;  // without a sweep that would find it meanwhile
  slow.replace(slow.find("sweep: 2s"), 9, "sweep: 1h");
  write_file(street.channel_file("shop"), slow + "price: { add: 900% }\n");
  ASSERT_TRUE(street.done({"reload"}).bool_or("applied"));
  const auto held = [&] {
    const auto plan = Json::parse(street.tallyd({"plan", "--channel", "shop", "--json"}).out);
    std::size_t count = 0;
    if (!plan || !plan->find("items")) return count;
    for (const auto& item : plan->find("items")->as_array()) count += item.text_or("action") == "price" && item.bool_or("held") ? 1 : 0;
    return count;
  };
  EXPECT_TRUE(street.soon([&] { return held() == 3; })) << "each of the three";
  EXPECT_EQ(street.offer("shop", "TEE").text_or("price"), "19.90");
  // when: it is corrected
  write_file(street.channel_file("shop"), slow + "price: { add: 10% }\n");
  ASSERT_TRUE(street.done({"reload"}).bool_or("applied"));
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "TEE").text_or("price") == "21.89"; }));
  EXPECT_TRUE(street.soon([&] { return street.offer("shop", "MUG").text_or("price") == "10.45"; }));
}

TEST_F(Reload, ReadsOrdersAtTheChannelsOwnPaceAgainWhenTheFileNamesNoBudgetMore) {
  const auto pace = [&] {
    const Json shop = street.channel("shop");
    const Json* every = shop.at("/webhooks/orders_every_s");
    return every ? every->integer().value() : 0;
  };
  const auto own = pace();
  ASSERT_LT(own, 1800);
  std::string connector = content_of(std::filesystem::path(TALLYD_SOURCE_DIR) / "connectors/woocommerce/connector.yaml");
  const std::string limits = "limits: {";
  connector.insert(connector.find(limits) + limits.size(), " budgets: [{ name: list, operations: [read_orders], most: 2, every: 1h }],");
  const auto file = street.file("config/connectors/woocommerce/connector.yaml");
  std::filesystem::create_directories(file.parent_path());
  write_file(file, connector);
  ASSERT_TRUE(street.done({"reload"}).bool_or("applied"));
  EXPECT_EQ(pace(), 1800);
  std::filesystem::remove(file);
  ASSERT_TRUE(street.done({"reload"}).bool_or("applied"));
  EXPECT_EQ(pace(), own);
}

}  // namespace
}  // namespace tally::tests
