// What the simulation found, each by its own name.
#include "house.hpp"

namespace tally::engine {
namespace {

using channel::Takes;
using memory::Terms;

class Found : public House {
 protected:
  static Quantity there(const memory::Platform& platform, const std::string& sku) {
    const auto* offer = platform.offer_of_sku(sku);
    return offer ? offer->number : -1;
  }
  /// Orders are read again.
  void later() {
    pass(Duration(600000));
    come_to_rest();
    pass(Duration(1000));
    come_to_rest();
  }
};

TEST_F(Found, AnOrderThatIsCancelledBeforeThePlatformTookItAddsNothingBackForEver) {
  Terms terms;
  terms.facts.takes = Takes::shipped;
  auto& shop = add_shop("shop", terms);
  add_product("A", 9);
  start();
  come_to_rest();
  later();
  const auto order = shop.buy({{shop.offer_of_sku("A")->id, 2}});
  ASSERT_TRUE(order.has_value());
  ASSERT_TRUE(shop.pay(*order).has_value());
  later();
  ASSERT_EQ(there(shop, "A"), 9);  // on hand: it takes when it ships
  ASSERT_TRUE(shop.cancel(*order).has_value());
  later();
  receive_goods("A", 1);
  later();
  EXPECT_EQ(there(shop, "A"), 10);
}

TEST_F(Found, AChannelThatWasTakenOutHearsOfWhatChangedMeanwhile) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  come_to_rest();
  later();
  ASSERT_TRUE(core->set_channels(core->world().config, {}).has_value());
  receive_goods("A", -4);
  ASSERT_TRUE(core->set_channels(core->world().config, {{shops.front()->config, shops.front()->connector}}).has_value());
  come_to_rest();
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Found, AWriteThatNobodyAnsweredMayLandAfterALookThatDidNotShowIt) {
  Terms terms;
  terms.facts.stock = channel::StockWrites::delta;
  auto& shop = add_shop("shop", terms);
  add_product("A", 9);
  start();
  come_to_rest();
  receive_goods("A", -2);
  const auto in_the_air = decided();
  ASSERT_EQ(in_the_air.size(), 1u);
  ASSERT_EQ(in_the_air.front().kind, Call::Kind::push);
  ASSERT_TRUE(core->set_channels(core->world().config, {}).has_value());
  ASSERT_TRUE(core->set_channels(core->world().config, {{shops.front()->config, shops.front()->connector}}).has_value());
  come_to_rest();
  perform(in_the_air.front(), connector_of(in_the_air.front()));
  write([&](store::Session& session) {
    const auto offer = store::find_offer(session, in_the_air.front().channel, store::find_variant(session, Sku("A"))->no);
    EXPECT_LE(offer->low, there(shop, "A"));
    EXPECT_GE(offer->high, there(shop, "A"));
  });
  later();
  EXPECT_EQ(there(shop, "A"), 7);
}

TEST_F(Found, AProductThatIsListedByHandBeforeWeKnowItIsNotListedTwice) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  come_to_rest();
  Product late;
  late.code = late.title = "P-B";
  late.variants.emplace_back().sku = Sku("B");
  late.variants.front().price = Money{1000, Currency{"EUR"}};
  shop.list_by_hand(to_json(late));
  come_to_rest();
  add_product("B", 3);
  write([&](store::Session& session) {
    for (const auto& channel : core->world().channels)
      mark_aspect(session, channel->no, "content", store::find_variant(session, Sku("B"))->product.value, {"import", false, 0},
                  clock.now());
  });
  later();
  EXPECT_EQ(std::count_if(shop.listings().begin(), shop.listings().end(),
                          [](const memory::Listing& listing) { return listing.content.text_or("code") == "P-B"; }),
            1);
  EXPECT_EQ(there(shop, "B"), 3);
}

}  // namespace
}  // namespace tally::engine
