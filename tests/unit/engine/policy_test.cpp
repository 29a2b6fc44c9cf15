// What a channel's policy lets happen to its listings. Numbers and prices follow under each of them but `observe`.
#include "market.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;
using memory::Terms;

class Policies : public Market {
 protected:
  memory::Platform& shop_with(Policy policy) {
    Terms terms;
    terms.facts.actions.insert("retire_listing");
    auto& shop = add_shop("shop", terms);
    shops.front()->config.policy = policy;
    for (const char* sku : {"A", "B"}) add_product(sku, 5);
    begin();
    return shop;
  }
  /// As an import would, of one product.
  void change(const std::string& sku, const std::function<void(Product&)>& how) {
    pass(1min);
    write([&](store::Session& session) {
      const auto variant = store::find_variant(session, Sku(sku));
      auto product = store::get_product(session, variant->product)->product;
      how(product);
      const auto put = store::put_product(session, product, clock.now());
      const Why why{"import", false, 0};
      mark_aspect(session, no("shop"), "content", variant->product.value, why, clock.now());
      mark_aspect(session, no("shop"), "price", variant->no.value, why, clock.now());
      mark_stock(session, core->world(), {put.moved.begin(), put.moved.end()}, why, clock.now());
    });
  }
  void rename(const std::string& sku) {
    change(sku, [](Product& product) { product.title += " now", product.variants.front().price = Money{1100, Currency{"EUR"}}; });
  }
  void end(const std::string& sku) {
    change(sku, [](Product& product) { product.state = product.variants.front().state = SaleState::ended; });
  }
  static const memory::Listing& of(const memory::Platform& shop, const std::string& code) {
    return *std::ranges::find_if(shop.listings(), [&](const auto& listing) { return listing.content.text_or("code") == code; });
  }
  Json plan() {
    return person([](Engine& engine) { return engine.plan("shop"); });
  }
  std::vector<std::string> planned() {
    std::vector<std::string> actions;
    const Json all = plan();
    for (const auto& item : all.find("items")->as_array()) actions.push_back(item.text_or("action"));
    return actions;
  }
};

TEST_F(Policies, ObserveWritesNothing) {
  auto& shop = shop_with(Policy::observe);
  EXPECT_TRUE(shop.listings().empty());
  EXPECT_THAT(planned(), testing::ElementsAre("create", "create"));
}

TEST_F(Policies, CreateOnlyMakesListingsAndLeavesTheirTextsAndTheirEndToTheChannel) {
  auto& shop = shop_with(Policy::create_only);
  ASSERT_EQ(shop.listings().size(), 2u);
  rename("A");
  EXPECT_THAT(planned(), testing::ElementsAre("price"));
  live(2h);
  EXPECT_EQ(of(shop, "P-A").content.text_or("title"), "P-A");
  EXPECT_EQ(of(shop, "P-A").offers.front().price.find("amount")->scalar_text(), "11");
  end("B");
  live(2h);
  EXPECT_FALSE(of(shop, "P-B").ended);
  EXPECT_EQ(there(shop, "B"), 0) << "it is not for sale any more all the same";
}

TEST_F(Policies, NoRetireChangesListingsAndEndsNone) {
  auto& shop = shop_with(Policy::no_retire);
  rename("A");
  live(2h);
  EXPECT_EQ(of(shop, "P-A").content.text_or("title"), "P-A now");
  end("B");
  EXPECT_THAT(planned(), testing::Not(testing::Contains("retire")));
  live(2h);
  EXPECT_FALSE(of(shop, "P-B").ended);
  EXPECT_EQ(there(shop, "B"), 0);
}

TEST_F(Policies, FullEndsTheListingOfAProductThatHasEndedOnce) {
  auto& shop = shop_with(Policy::full);
  end("B");
  EXPECT_THAT(planned(), testing::Contains("retire"));
  const Json shown = plan();
  EXPECT_EQ(shown.find("totals")->as_array().front().integer_or("retires"), 1);
  const auto calls = live(2h);
  EXPECT_TRUE(of(shop, "P-B").ended);
  EXPECT_FALSE(of(shop, "P-A").ended);
  EXPECT_EQ(std::ranges::count_if(calls,
                                  [](const Call& call) {
                                    return !call.changes.empty() && call.changes.front().action == channel::ActionKind::retire_listing;
                                  }),
            1);
  EXPECT_THAT(planned(), testing::IsEmpty());
}

TEST_F(Policies, EndingsOfTooManyAreHeld) {
  auto& shop = shop_with(Policy::full);
  for (int i = 0; i < 30; ++i) add_product("S" + std::to_string(i), 5);
  write([&](store::Session& session) {
    for (int i = 0; i < 30; ++i)
      mark_aspect(session, no("shop"), "content", store::find_variant(session, Sku("S" + std::to_string(i)))->product.value,
                  {"import", true, 0}, clock.now());
  });
  live(2h);
  ASSERT_EQ(shop.listings().size(), 32u);
  for (int i = 0; i < 30; ++i) end("S" + std::to_string(i));
  live(30min);
  EXPECT_EQ(std::ranges::count_if(shop.listings(), &memory::Listing::ended), 10) << "within an hour, more than that waits for a person";
}

}  // namespace
}  // namespace tally::engine
