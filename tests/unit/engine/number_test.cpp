#include "engine/number.hpp"

#include "house.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

TEST(ShownNumber, IsTheShareLessTheBufferWithinTheCap) {
  EXPECT_EQ(shown_of(10, {}), 10);
  EXPECT_EQ(shown_of(10, {.buffer = 3, .share = Decimal(1), .cap = std::nullopt}), 7);
  EXPECT_EQ(shown_of(9, {.buffer = 0, .share = Decimal::of(5, 1), .cap = std::nullopt}), 4);
  EXPECT_EQ(shown_of(10, {.buffer = 1, .share = Decimal(1), .cap = 5}), 5);
}

TEST(ShownNumber, IsNeverBelowZero) {
  EXPECT_EQ(shown_of(2, {.buffer = 3, .share = Decimal(1), .cap = std::nullopt}), 0);
  EXPECT_EQ(shown_of(-4, {}), 0);
}

class StockNumberOfAChannel : public House {
 protected:
  void SetUp() override {
    House::SetUp();
    write([&](store::Session& session) {
      main_ = store::open_location(session, "main");
      till_ = store::open_location(session, "till");
    });
    channel_.no = ChannelNo(1);
    channel_.locations = {main_};
  }
  VariantNo variant(const std::string& sku) {
    VariantNo no;
    write([&](store::Session& session) { no = store::find_variant(session, Sku(sku))->no; });
    return no;
  }
  void put(const std::string& sku, LocationNo location, Quantity on_hand) {
    write([&](store::Session& session) {
      const auto no = store::find_variant(session, Sku(sku))->no;
      append_change(session, no, location, "adjust", on_hand, "test:" + std::to_string(++causes_), "", clock.now(), clock.now());
    });
  }
  StockNumber number(const std::string& sku) {
    StockNumber result;
    const auto no = variant(sku);
    write([&](store::Session& session) { result = stock_number(session, channel_, no); });
    return result;
  }

  Channel channel_;
  LocationNo main_, till_;
  int causes_ = 0;
};

TEST_F(StockNumberOfAChannel, OwesADeficitAtOneLocationToTheOthers) {
  add_product("A", 5);
  channel_.locations = {main_, till_};
  put("A", till_, -2);
  EXPECT_EQ(number("A").number, 3);
}

TEST_F(StockNumberOfAChannel, TakesAtLeastNothingFromAShelfThatAChannelCounts) {
  add_product("A", 5);
  channel_.locations = {main_, till_};
  channel_.counted = {till_};
  put("A", till_, -2);
  EXPECT_EQ(number("A").number, 5);
}

TEST_F(StockNumberOfAChannel, LeavesOutTheShelfThatTheChannelCountsItself) {
  add_product("A", 5);
  channel_.locations = {main_, till_};
  channel_.counted = {till_};
  channel_.own_shelf = till_;
  put("A", till_, 4);
  EXPECT_EQ(number("A").number, 5);
}

TEST_F(StockNumberOfAChannel, OfABundleIsTheLeastOfItsComponents) {
  add_product("A", 7);
  add_product("B", 2);
  add_product("K", 0, {{Sku("A"), 3}, {Sku("B"), 1}});
  EXPECT_EQ(number("K").number, 2);
  put("B", main_, -3);
  EXPECT_EQ(number("K").available, -1);
  EXPECT_EQ(number("K").number, 0);
}

TEST_F(StockNumberOfAChannel, AddsBackWhatItsOwnOrdersHaveNotTakenThere) {
  add_product("A", 5);
  const auto no = variant("A");
  write([&](store::Session& session) { store::set_add_back(session, channel_.no, no, OrderNo(1), 2); });
  EXPECT_EQ(number("A").shown, 5);
  EXPECT_EQ(number("A").number, 7);
  write([&](store::Session& session) { store::set_add_back(session, channel_.no, no, OrderNo(1), -9); });
  EXPECT_EQ(number("A").number, 0);
}

Variant priced(std::int64_t cents) {
  Variant variant;
  variant.price = Money{cents, Currency{"EUR"}};
  return variant;
}

TEST(OfferPrice, FollowsTheChannelsRule) {
  Channel channel;
  channel.config.price.factor = Decimal::of(11, 1);
  channel.config.price.round_to = Decimal::of(99, 2);
  EXPECT_EQ(price_by_rule(channel, priced(1000)).text(), "11.99 EUR");
  EXPECT_EQ(price_by_rule(channel, priced(1090)).text(), "11.99 EUR");
}

TEST(OfferPrice, IsRefusedRatherThanWrong) {
  Channel channel;
  EXPECT_FALSE(price_by_rule(channel, Variant{}).refused.empty());
  EXPECT_FALSE(price_by_rule(channel, priced(0)).refused.empty());
  channel.config.currency = "CNY";
  EXPECT_FALSE(price_by_rule(channel, priced(1000)).refused.empty());
  channel.config.currency = "EUR";
  channel.config.price.floor = PriceLimit{Decimal::of(12, 1), true};
  auto variant = priced(1000);
  variant.cost = Money{900, Currency{"EUR"}};
  EXPECT_FALSE(price_by_rule(channel, variant).refused.empty());
}

TEST(OfferPrice, AboveTheCeilingOrBelowTheFloorIsNeverSent) {
  Channel channel;
  auto variant = priced(1000);
  variant.cost = Money{400, Currency{"EUR"}};
  channel.config.price.ceiling = PriceLimit{Decimal(2), true};
  EXPECT_EQ(price_by_rule(channel, variant).refused, "its price 10.00 EUR is above the ceiling (cost times 2)");
  channel.config.price.ceiling = PriceLimit{Decimal(10)};
  EXPECT_EQ(price_by_rule(channel, variant).refused, "");
  channel.config.price.floor = PriceLimit{Decimal::of(1001, 2)};
  EXPECT_EQ(price_by_rule(channel, variant).refused, "its price 10.00 EUR is below the floor (10.01)");
}

TEST(OfferPrice, HasNoLimitByACostThatIsNotKnown) {
  Channel channel;
  channel.config.price.floor = PriceLimit{Decimal(2), true};
  channel.config.price.ceiling = PriceLimit{Decimal(3), true};
  EXPECT_EQ(price_by_rule(channel, priced(1000)).refused, "");
}

TEST(OfferPrice, LeavesOutAPriceBeforeTheSaleThatIsNotAboveIt) {
  auto variant = priced(1000);
  variant.compare_at = Money{900, Currency{"EUR"}};
  EXPECT_EQ(price_by_rule(Channel{}, variant).text(), "10.00 EUR");
  variant.compare_at = Money{1500, Currency{"EUR"}};
  EXPECT_EQ(price_by_rule(Channel{}, variant).text(), "10.00 EUR/15.00 EUR");
}

}  // namespace
}  // namespace tally::engine
