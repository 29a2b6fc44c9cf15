// The five platforms written out beside the repository: what of them this compiler takes, and exactly what it refuses.
#include "model/order.hpp"
#include "shared.hpp"

namespace tally::mapping {
namespace {

/// The complaints without file and place, one a line.
std::string complaints_of(const std::string& name, const std::string& settings, const std::string& tables) {
  const auto path = source_folder() / "../shared/examples" / (name + ".mapping.yaml");
  ChannelContext context;
  context.settings = json(settings);
  if (!tables.empty()) context.overlay = overlay(tables);
  Complaints complaints;
  const auto mapping = Mapping::compile(name, file_text(path), name, context, {}, complaints);
  if (mapping) {
    EXPECT_EQ(text_of(mapping->run_tests()), "");
  }
  std::string all;
  for (const Complaint& each : complaints) all += each.what + "\n";
  return all;
}

class Examples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(source_folder() / "../shared/examples")) GTEST_SKIP() << "the examples are not beside the repository";
  }
};

TEST_F(Examples, woocommerce_lacks_only_the_carriers) {
  EXPECT_EQ(complaints_of("woocommerce", R"({"weight_unit":"kg"})", ""), "there is no table 'carriers'; add it under tables:\n");
  EXPECT_EQ(complaints_of("woocommerce", R"({"weight_unit":"kg"})", "tables: { carriers: { dhl: DHL } }"), "");
}

TEST_F(Examples, shopify_lacks_only_the_carriers) {
  EXPECT_EQ(complaints_of("shopify", "{}", ""), "there is no table 'carriers'; add it under tables:\n");
  EXPECT_EQ(complaints_of("shopify", "{}", "tables: { carriers: { dhl: DHL } }"), "");
}

TEST_F(Examples, wechat_shop_has_a_row_that_is_no_state_and_a_table_too_few) {
  EXPECT_EQ(complaints_of("wechat-shop", "{}", ""),
            "table 'on_sale', for 'state': 'new' is no word of ours\n"
            "there is no table 'aftersale'; add it under tables:\n");
  EXPECT_EQ(complaints_of("wechat-shop", "{}", "tables: { on_sale: { new: ~ }, aftersale: { open: USER_WAIT_RETURN } }"), "");
}

TEST_F(Examples, douyin_is_complete) {
  EXPECT_EQ(complaints_of("douyin", "{}", ""), "");
}

TEST_F(Examples, amazon_lacks_the_kinds_of_its_events) {
  const std::string settings = R"({"marketplace":"A1","locale":"de_DE"})";
  EXPECT_EQ(complaints_of("amazon", settings, ""), "there is no table 'kinds'; add it under tables:\n");
  EXPECT_EQ(complaints_of("amazon", settings, "tables: { kinds: { order: ORDER_CHANGE, listing: LISTINGS_ITEM_STATUS_CHANGE } }"), "");
}

TEST_F(Examples, the_recorded_woocommerce_order_adds_up) {
  // given an order as the platform's manual shows it
  const auto made = compile(*shipped_text("woocommerce"));
  const Json sample = json(file_text(source_folder() / "../shared/channels/samples/order_woo.json"));
  // when
  const Read tree = read(made, "order", sample);
  auto order = order_from_json(tree.tree);
  // then
  ASSERT_TRUE(order) << order.error().text();
  EXPECT_TRUE(tree.doubts.empty());
  EXPECT_EQ(complete(*order), std::vector<std::string>{});
  EXPECT_EQ(order->state, OrderState::paid);
  EXPECT_EQ(order->platform_state, "processing");
  EXPECT_EQ(order->lines.at(0).offer, (OfferRef{"45", "44"}));
  EXPECT_EQ(order->total->text(), "53.31 EUR");
  EXPECT_EQ(order->ship_to.postcode, "41001");
}

}  // namespace
}  // namespace tally::mapping
