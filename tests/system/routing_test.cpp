// The merchant's rules say from where an order is sent.
#include "support/street.hpp"

#include <algorithm>

namespace tally::tests {
namespace {

TEST(Routing, AnOrderIsSentFromWhereItsCountrysRuleSaysAndExplainNamesTheRule) {
  // Given goods in two places, and a rule for one country,
  Street street({platform("shop", "woocommerce")});
  write_file(street.file("config/tallyd.yaml"), content_of(street.file("config/tallyd.yaml")) +
                                                    "locations: { main: {}, north: {} }\n"
                                                    "routing:\n  - { country: [DE, AT], from: north }\n");
  street.write_channel("shop");
  street.open();
  street.import(three_products());
  street.done({"stock", "receive", "TEE", "6", "--location", "north"});
  street.release({"shop"});

  // when somebody of that country buys,
  const Json order = street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 2}, {"state", "paid"}}));
  const std::string id = order.find("id")->scalar_text();
  ASSERT_TRUE(street.soon([&] { return street.available("TEE") == 14; }));

  // then it is reserved there, though the channel's first place has it too, and the order's story names the rule.
  const Json story = street.done({"explain", "--order", id, "--channel", "shop"});
  const auto says = [&](const std::string& text) {
    const auto& steps = story.find("steps")->as_array();
    return std::any_of(steps.begin(), steps.end(), [&](const Json& step) { return step.text_or("text").find(text) != std::string::npos; });
  };
  EXPECT_TRUE(says("TEE at north: order, on hand +0, reserved +2")) << story.pretty();
  EXPECT_TRUE(says("routed by the rule 'country DE, AT: from north'")) << story.pretty();
  EXPECT_EQ(street.channel("shop").integer_or("unusual", -1), 0);
}

}  // namespace
}  // namespace tally::tests
