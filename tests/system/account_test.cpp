// A channel is one account: another one under its name is refused, because the ids that are known are the first one's.
#include "support/street.hpp"

namespace tally::tests {
namespace {

/// The shop's file, with the address of another shop.
std::string at_the_other(Street& street) {
  std::string text = content_of(street.channel_file("shop"));
  return text.replace(text.find(street.url("shop")), street.url("shop").size(), street.url("other"));
}

TEST(Account, AnotherOneUnderTheSameNameIsRefusedAndTheOldOneGoesOn) {
  Street street({platform("shop", "woocommerce"), platform("other", "woocommerce")});
  street.write_channel("shop");
  street.open();
  street.import(three_products());
  street.release({"shop"});
  const std::string good = content_of(street.channel_file("shop"));

  write_file(street.channel_file("shop"), at_the_other(street));
  const Ended refused = street.tallyd({"reload"});
  EXPECT_EQ(refused.code, 4) << refused.out;
  EXPECT_NE(refused.out.find("channels.d/shop.yaml:2:6: "), std::string::npos) << refused.out;
  for (const std::string& shop : {street.url("shop"), street.url("other")})
    EXPECT_NE(refused.out.find(shop.substr(shop.find("127."))), std::string::npos) << refused.out;
  EXPECT_NE(refused.out.find("tallyd channel moved shop"), std::string::npos) << refused.out;
  street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 1}, {"state", "paid"}}));
  EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 9; })) << "the account that ran goes on";
  EXPECT_TRUE(street.offer("other", "TEE").is_null());
  EXPECT_EQ(street.tallyd({"channel", "moved", "shop"}).code, 7) << "never under a daemon that runs";

  street.daemon().stop();
  const Ended started = street.tallyd({"run"});
  EXPECT_EQ(started.code, 4) << started.out;
  EXPECT_NE(started.out.find("channels.d/shop.yaml:2:6: "), std::string::npos) << started.out;
  EXPECT_FALSE(started.json().find("error")->text_or("what").empty());

  write_file(street.channel_file("shop"), good);
  street.open();
  EXPECT_TRUE(street.soon([&] { return street.shown("shop", "TEE") == 9; }));
}

TEST(Account, ThatOnlyMovedKeepsItsIdsAndObservesUntilItIsReleased) {
  Street street({platform("shop", "woocommerce"), platform("other", "woocommerce")});
  street.write_channel("shop");
  street.open();
  street.import(three_products());
  street.release({"shop"});
  const Ended locked = street.tallyd({"run"});
  EXPECT_EQ(locked.code, 7);
  EXPECT_EQ(locked.json().find("error")->text_or("fault"), "locked") << locked.out;
  street.daemon().stop();
  EXPECT_EQ(street.tallyd({"channel", "moved", "shop"}).code, 1) << "it did not move";

  write_file(street.channel_file("shop"), at_the_other(street));
  const Json moved = street.done({"channel", "moved", "shop"});
  EXPECT_NE(moved.text_or("before"), moved.text_or("after"));
  street.open();
  street.done({"stock", "receive", "TEE", "4", "--reason", "delivery"});
  EXPECT_TRUE(street.soon([&] { return street.channel("shop").integer_or("waiting_for_release") > 0; }));
}

TEST(Account, IsTheShopsNumberAndNotWhatTheMappingReads) {
  Street street({platform("mini", "wechat-shop")});
  street.write_channel("mini");
  street.open();
  street.import(three_products());
  street.release({"mini"});
  const std::string good = content_of(street.channel_file("mini"));
  const auto with = [&](const std::string& piece, const std::string& other) {
    std::string text = good;
    write_file(street.channel_file("mini"), text.replace(text.find(piece), piece.size(), other));
    return street.tallyd({"reload"});
  };
  const Ended another = with("appid: ", "appid: other-");
  EXPECT_EQ(another.code, 4) << another.out;
  EXPECT_NE(another.out.find("and this says wechat-shop, appid other-wxtest000000000001"), std::string::npos) << another.out;
  const Ended address = with("return_address: 77", "return_address: 78");
  EXPECT_EQ(address.code, 0) << address.out << address.err;
}

TEST(Account, OfAChannelWithoutHistoryMayChange) {
  Street street({platform("shop", "woocommerce"), platform("other", "woocommerce")});
  street.write_channel("shop");
  street.open();
  write_file(street.channel_file("shop"), at_the_other(street));
  EXPECT_TRUE(street.done({"reload"}).bool_or("applied"));
  street.import(three_products());
  street.release({"shop"});
  EXPECT_EQ(street.shown("other", "TEE"), 10);
}

}  // namespace
}  // namespace tally::tests
