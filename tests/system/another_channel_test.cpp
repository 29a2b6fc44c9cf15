// Another channel is one more file, not another program.
#include "support/street.hpp"

namespace tally::tests {
namespace {

TEST(AnotherChannel, IsAddedToARunningDaemonByOneFile) {
  // Given a merchant with four channels that show the catalogue,
  Street street({platform("shop", "woocommerce"), platform("mini", "wechat-shop"), platform("market", "douyin"), platform("till", "till"),
                 platform("outlet", "woocommerce")});
  const std::vector<std::string> four{"shop", "mini", "market", "till"};
  for (const auto& name : four) street.write_channel(name);
  street.open();
  street.import(three_products());
  street.release(four);
  for (const auto& name : four) EXPECT_EQ(street.shown(name, "TEE"), 10) << name;
  const pid_t process = street.daemon().id();

  // when one new file is dropped and the configuration is read again,
  street.write_channel("outlet");
  const Json applied = street.done({"reload"});
  EXPECT_TRUE(applied.bool_or("applied"));
  EXPECT_EQ(applied.at("/channels/added")->dump(), R"(["outlet"])");

  // then the new channel only looks,
  ASSERT_TRUE(street.soon([&] { return street.channel("outlet").integer_or("waiting_for_release") >= 3; }));
  EXPECT_EQ(street.channel("outlet").text_or("policy"), "observe");
  EXPECT_EQ(street.tallyd({"plan", "--channel", "outlet"}).code, 2);
  EXPECT_EQ(street.ask("outlet", "offers").find("offers")->as_array().size(), 0u);

  // until it is released: then the catalogue is there,
  street.release({"outlet"});
  EXPECT_EQ(street.shown("outlet", "TEE"), 10);
  EXPECT_EQ(street.shown("outlet", "MUG"), 5);
  EXPECT_EQ(street.shown("outlet", "CAP"), 7);

  // and an order there lowers the number everywhere, by the same process as before.
  street.tell("outlet", "buy", Json::object({{"sku", "TEE"}, {"quantity", 3}, {"state", "paid"}}));
  for (const auto& name : four) ASSERT_TRUE(street.soon([&] { return street.shown(name, "TEE") == 7; })) << name;
  EXPECT_TRUE(street.daemon().runs());
  EXPECT_EQ(street.daemon().id(), process);
}

}  // namespace
}  // namespace tally::tests
