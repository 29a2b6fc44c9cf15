// The merchant's rules for orders that a person is to look at.
#include "engine/review.hpp"

#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Order an_order() {
  Order order;
  order.id = "1";
  order.state = OrderState::paid;
  order.currency = Currency{"EUR"};
  order.total = Money{100'000, order.currency};
  order.ship_to.country = "DE";
  order.buyer.email = "Eve@Mailinator.COM";
  order.lines.emplace_back();
  order.lines.back().sku = Sku("A");
  order.lines.back().quantity = 20;
  order.lines.emplace_back();
  order.lines.back().sku = Sku("B");
  order.lines.back().quantity = 1;
  return order;
}

bool holds(const ReviewRule& rule, const Order& order = an_order(), const KnownBuyer& buyer = {true, false, false}) {
  return meets(rule, "shop", order, buyer);
}

TEST(ReviewRule, goes_by_an_amount_above_the_limit_in_its_own_currency) {
  const Currency eur{"EUR"}, usd{"USD"};
  EXPECT_TRUE(holds({.name = "r", .total_above = {Money{99'999, eur}}}));
  EXPECT_FALSE(holds({.name = "r", .total_above = {Money{100'000, eur}}}));
  EXPECT_FALSE(holds({.name = "r", .total_above = {Money{1, usd}}}));
  EXPECT_TRUE(holds({.name = "r", .total_above = {Money{1, usd}, Money{1, eur}}}));
}

TEST(ReviewRule, goes_by_where_it_is_to_be_sent) {
  EXPECT_TRUE(holds({.name = "r", .countries = {"AT", "DE"}}));
  EXPECT_FALSE(holds({.name = "r", .countries = {"AT"}}));
  EXPECT_TRUE(holds({.name = "r", .other_than = {"AT"}}));
  EXPECT_FALSE(holds({.name = "r", .other_than = {"AT", "DE"}}));
  Order nowhere = an_order();
  nowhere.ship_to.country.clear();
  EXPECT_FALSE(holds({.name = "r", .other_than = {"AT"}}, nowhere)) << "where it goes is not known";
}

TEST(ReviewRule, goes_by_the_buyer) {
  EXPECT_TRUE(holds({.name = "r", .email_domains = {"mailinator.com"}}));
  EXPECT_FALSE(holds({.name = "r", .email_domains = {"inator.com"}}));
  EXPECT_TRUE(holds({.name = "r", .new_buyer = true}));
  EXPECT_FALSE(holds({.name = "r", .new_buyer = true}, an_order(), {true, true, false}));
  EXPECT_TRUE(holds({.name = "r", .first_order = true}, an_order(), {true, true, false}));
  EXPECT_FALSE(holds({.name = "r", .first_order = true}, an_order(), {true, true, true}));
  EXPECT_FALSE(holds({.name = "r", .new_buyer = true}, an_order(), {false, false, false})) << "nobody says who it is";
}

TEST(ReviewRule, asks_everything_of_one_line) {
  EXPECT_TRUE(holds({.name = "r", .skus = {"B"}}));
  EXPECT_TRUE(holds({.name = "r", .quantity_above = 19}));
  EXPECT_FALSE(holds({.name = "r", .quantity_above = 20}));
  EXPECT_FALSE(holds({.name = "r", .skus = {"B"}, .quantity_above = 19})) << "there are twenty of the other";
  EXPECT_TRUE(holds({.name = "r", .skus = {"C", "A"}, .quantity_above = 19}));
}

TEST(ReviewRule, asks_for_all_of_its_conditions_and_goes_by_the_channel) {
  EXPECT_TRUE(holds({.name = "r", .countries = {"DE"}, .channels = {"shop"}}));
  EXPECT_FALSE(holds({.name = "r", .countries = {"DE"}, .channels = {"other"}}));
  EXPECT_FALSE(holds({.name = "r", .countries = {"AT"}, .channels = {"shop"}}));
}

class Review : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    for (const char* name : {"one", "two"}) add_shop(name, {});
    add_product("A", 50);
  }
  std::vector<std::string> holds_of(const std::string& on, const std::string& id) { return platform_order(order_row(on, id)).holds; }
  std::vector<std::string> problems() {
    std::vector<std::string> texts;
    write([&](store::Session& session) {
      for (const auto& problem : store::problems(session, 100)) texts.push_back(problem.reason + " | " + problem.todo);
    });
    return texts;
  }
  Result<std::vector<std::string>> release(const std::string& on, const std::string& id) {
    Result<std::vector<std::string>> still = std::vector<std::string>();
    const auto written = store->write([&](store::Session& session) -> Result<void> {
      still = release_order(session, core->world(), store::find_order(session, channel(on).no, id)->no, "ada");
      return {};
    });
    EXPECT_TRUE(written.has_value());
    return still;
  }
  static std::function<void(Json&)> from(const std::string& email) {
    return [email](Json& tree) { tree.set("buyer", Json::object({{"email", email}})); };
  }
};

TEST_F(Review, AnOrderThatMeetsARuleWaitsAndStaysReservedUntilAPersonLetsItGo) {
  config.review = {{.name = "many of one", .quantity_above = 9}};
  open();
  const Time placed = clock.now();
  order("one", "1", "paid", {{"A", 10}}, placed);
  EXPECT_THAT(holds_of("one", "1"), ElementsAre("review: many of one"));
  EXPECT_EQ(at("A", "main").reserved, 10);
  EXPECT_EQ(order_row("one", "1").state, "paid") << "a hold stands beside the state";
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("held: review: many of one | ")));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("tallyd order release 1 --channel one")));

  const auto still = release("one", "1");
  ASSERT_TRUE(still.has_value()) << still.error().text();
  EXPECT_THAT(*still, IsEmpty());
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(at("A", "main").reserved, 10);
  EXPECT_EQ(told("order.released"), 1);
  pass(Duration(60000));
  order("one", "1", "paid", {{"A", 12}}, placed);
  EXPECT_THAT(holds_of("one", "1"), IsEmpty()) << "a released order is not held by the same rule again";
  EXPECT_EQ(release("one", "1").error().fault, Fault::rejected);
}

TEST_F(Review, ACancelledOrderGivesItsUnitsBackAndNeedsNobody) {
  config.review = {{.name = "many of one", .quantity_above = 9}};
  open();
  const Time placed = clock.now();
  order("one", "1", "paid", {{"A", 10}}, placed);
  pass(Duration(60000));
  order("one", "1", "cancelled", {{"A", 10}}, placed);
  EXPECT_THAT(holds_of("one", "1"), IsEmpty());
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(at("A", "main").reserved, 0);
}

TEST_F(Review, WhatHasLeftAlreadyIsNotHeld) {
  config.review = {{.name = "many of one", .quantity_above = 9}};
  open();
  order("one", "old", "shipped", {{"A", 10}});
  EXPECT_THAT(holds_of("one", "old"), IsEmpty());
}

TEST_F(Review, ABuyerIsNewOnceAndFirstOnEachChannel) {
  config.review = {{.name = "new", .new_buyer = true}, {.name = "first", .first_order = true}};
  open();
  order("one", "1", "paid", {{"A", 1}}, clock.now(), from("ada@example.com"));
  order("two", "2", "paid", {{"A", 1}}, clock.now(), from("Ada@example.com"));
  order("two", "3", "paid", {{"A", 1}}, clock.now(), from("ada@example.com"));
  order("two", "4", "paid", {{"A", 1}});
  EXPECT_THAT(holds_of("one", "1"), ElementsAre("review: new", "review: first"));
  EXPECT_THAT(holds_of("two", "2"), ElementsAre("review: first"));
  EXPECT_THAT(holds_of("two", "3"), IsEmpty());
  EXPECT_THAT(holds_of("two", "4"), IsEmpty()) << "nobody says who it is";
  pass(Duration(60000));
  order("one", "1", "paid", {{"A", 2}}, clock.now(), from("ada@example.com"));
  EXPECT_THAT(holds_of("one", "1"), ElementsAre("review: new", "review: first")) << "later orders do not make it an older buyer's";
}

TEST_F(Review, WhatThePlatformHoldsItselfIsReserved) {
  open();
  order("one", "1", "held", {{"A", 3}});
  EXPECT_EQ(at("A", "main").reserved, 3);
  EXPECT_EQ(order_row("one", "1").state, "held");
}

}  // namespace
}  // namespace tally::engine
