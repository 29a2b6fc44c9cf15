// What people are told of budgets that are used up: by the status, and by the story of a number that waits.
#include "engine/budgets.hpp"
#include "engine/engine.hpp"
#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using channel::Budget;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Budget budget_of(const char* name, std::set<std::string, std::less<>> operations, std::int64_t most, std::int64_t keep,
                 const char* entity = "") {
  Budget budget;
  budget.name = name;
  budget.operations = std::move(operations);
  budget.most = most;
  budget.keep = keep;
  budget.every = Duration(3600000);
  budget.entity = entity;
  return budget;
}

class ToldOfBudgets : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    for (const char* name : {"one", "two"}) add_shop(name, {});
    add_product("A", 10);
    open();
    come_to_rest();
    ASSERT_TRUE(budgets.open(*store).has_value());
  }
  /// From now on the first shop publishes them; so many requests leave.
  void publish(std::vector<Budget> all) {
    meter = budgets.for_channel("one")(all);
    shops.front()->connector = std::make_shared<memory::MemoryConnector>(*shops.front()->platform, budgets.for_channel("one")(all));
  }
  void use(int times, const std::string& operation, const std::string& id = "", bool urgent = false) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(meter->take({operation, urgent, [&](const std::string&) { return id; }}).has_value());
  }
  Json told(const std::function<Result<Json>(Engine&)>& ask) {
    Engine engine(*store, clock, Log(), config, 2, "test", {});
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, shop->connector});
    EXPECT_TRUE(engine.set_channels(config, std::move(setups)).has_value());
    const auto answer = ask(engine);
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer ? *answer : Json::object();
  }
  Json status() {
    return told([](Engine& engine) { return engine.status(); });
  }
  std::string story(const std::string& aspect = "stock") {
    return told([&](Engine& engine) { return engine.explain("A", "one", aspect); }).text_or("text");
  }

  Budgets budgets{clock};
  std::unique_ptr<channel::Meter> meter;
};

TEST_F(ToldOfBudgets, TheStatusNamesAllThatAreUsedUpAndFirstThoseThatKeepUrgentWorkWaiting) {
  publish({budget_of("all", {}, 10, 5), budget_of("price-x", {"set_stock"}, 2, 1)});
  use(3, "read_listings");
  use(1, "set_stock");
  use(1, "set_stock", "", true);
  const Json shop = status().find("channels")->as_array().front();
  const auto& spent = shop.find("budgets_spent")->as_array();
  ASSERT_EQ(spent.size(), 2u);
  EXPECT_EQ(spent[0].text_or("budget"), "price-x");
  EXPECT_TRUE(spent[0].bool_or("kept_too"));
  EXPECT_EQ(spent[1].text_or("budget"), "all");
  EXPECT_FALSE(spent[1].bool_or("kept_too"));
  EXPECT_THAT(shop.text_or("reason"), StartsWith("the budget 'price-x' (2 every 1h) is used up; it opens at "));
  EXPECT_THAT(shop.text_or("reason"), HasSubstr("; the budget 'all' (10 every 1h) is used up, but for the 5 that are kept"));
}

TEST_F(ToldOfBudgets, AHundredListingsThatAreUsedUpHideNoBudgetOfTheAccount) {
  publish({budget_of("revisions", {"put_listing"}, 2, 1, "@id"), budget_of("prices", {"set_price"}, 1, 0)});
  for (int i = 0; i < 100; ++i) use(1, "put_listing", std::to_string(i));
  use(1, "set_price");
  const Json shop = status().find("channels")->as_array().front();
  EXPECT_EQ(shop.find("budgets_spent")->as_array().size(), 32u);
  EXPECT_THAT(shop.text_or("reason"), StartsWith("the budget 'prices' "));
  EXPECT_THAT(shop.text_or("reason"), HasSubstr("; and 27 more"));
}

TEST_F(ToldOfBudgets, TheStatusOfATrackerNamesWhatIsUsedUp) {
  memory::Terms terms;
  terms.facts.tracks_parcels = true;
  terms.facts.reads_orders = false;
  auto& parcels = add_shop("parcels", terms);
  const std::vector<Budget> looks{budget_of("looks", {"read_parcel"}, 1, 0)};
  ASSERT_TRUE(budgets.for_channel("parcels")(looks)->take({"read_parcel"}).has_value());
  shops.back()->connector = std::make_shared<memory::MemoryConnector>(parcels, budgets.for_channel("parcels")(looks));
  const Json all = status();
  ASSERT_TRUE(all.find("trackers"));
  const Json& tracker = all.find("trackers")->as_array().front();
  EXPECT_EQ(tracker.text_or("name"), "parcels");
  ASSERT_EQ(tracker.find("budgets_spent")->as_array().size(), 1u);
  EXPECT_EQ(tracker.find("budgets_spent")->as_array().front().text_or("budget"), "looks");
  EXPECT_THAT(tracker.text_or("reason"), StartsWith("the budget 'looks' (1 every 1h) is used up; it opens at "));
}

TEST_F(ToldOfBudgets, ANumberThatWaitsNamesTheBudgetThatItWaitsForAndWhenThatOpens) {
  publish({budget_of("stock writes", {"set_stock"}, 1, 0), budget_of("prices", {"set_price"}, 1, 0)});
  order("two", "7", "paid", {{"A", 2}}, clock.now());
  EXPECT_THAT(story(), Not(HasSubstr("the budget")));
  use(1, "set_stock");
  use(1, "set_price");
  EXPECT_THAT(story(), HasSubstr("it waits to be pushed, because of order 7 of two (then paid); the budget 'stock writes' (1 every 1h) is "
                                 "used up; it opens at 2"));
  EXPECT_THAT(story(), Not(HasSubstr("'prices'")));
}

TEST_F(ToldOfBudgets, ANumberWaitsForTheBudgetOfItsOwnOfferAndOfNoOther) {
  publish({budget_of("revisions", {"set_stock"}, 1, 0, "@id")});
  order("two", "7", "paid", {{"A", 2}}, clock.now());
  use(1, "set_stock", "of another");
  EXPECT_THAT(story(), Not(HasSubstr("the budget")));
  use(1, "set_stock", shops.front()->platform->offer_of_sku("A")->id);
  EXPECT_THAT(story(), HasSubstr("the budget 'revisions' (1 every 1h) is used up for "));
}

}  // namespace
}  // namespace tally::engine
