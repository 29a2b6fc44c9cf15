// What buyers ask for after the sale, and what it does to refunds and stock once it is done.
#include "model/claim.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

constexpr VariantNo shirt(1);
constexpr LocationNo main_store(1);
const std::vector<ResolvedLine> resolved{{"a", shirt, {{shirt, 1, main_store}}}};

/// One line of `ordered`, of which `shipped` have left.
Order order(Quantity ordered, Quantity shipped) {
  Order made;
  made.id = "1";
  made.state = shipped == 0 ? OrderState::paid : shipped < ordered ? OrderState::part_shipped : OrderState::shipped;
  OrderLine line;
  line.id = "a";
  line.quantity = ordered;
  made.lines = {line};
  if (shipped > 0) made.shipments.push_back({"", "", "", "", {{"a", shipped, std::nullopt, false}}, std::nullopt});
  return made;
}

AfterSale sale(const char* id, AfterSaleKind kind, AfterSaleState state, Quantity units) {
  AfterSale made;
  made.id = id;
  made.kind = kind;
  made.state = state;
  made.lines = {{"a", units, std::nullopt, false}};
  return made;
}

Effect effect(Order order) {
  complete(order);
  const Claim claim = claim_of(order, resolved, ReserveAt::placed, false);
  return claim.empty() ? Effect{} : claim.begin()->second;
}

TEST(AfterSales, move_nothing_before_they_are_done) {
  for (const auto state :
       {AfterSaleState::asked, AfterSaleState::agreed, AfterSaleState::sent_back, AfterSaleState::paying, AfterSaleState::over}) {
    Order asked = order(3, 3);
    asked.after_sales = {sale("s", AfterSaleKind::return_, state, 1)};
    EXPECT_EQ(effect(asked), (Effect{-3, 0}));
    complete(asked);
    EXPECT_TRUE(asked.refunds.empty());
  }
}

TEST(AfterSales, goods_that_were_sent_back_are_on_the_shelf_and_money_alone_puts_nothing_there) {
  Order back = order(3, 3);
  back.after_sales = {sale("s", AfterSaleKind::return_, AfterSaleState::done, 1)};
  EXPECT_EQ(effect(back), (Effect{-2, 0}));
  back.after_sales.front().kind = AfterSaleKind::refund;
  EXPECT_EQ(effect(back), (Effect{-3, 0}));
  back.after_sales.front().kind = AfterSaleKind::other;
  EXPECT_EQ(effect(back), (Effect{-3, 0})) << "an exchange is for a person to book";
}

TEST(AfterSales, what_is_paid_back_unsent_frees_its_reservation) {
  Order paid = order(3, 0);
  paid.after_sales = {sale("s", AfterSaleKind::cancel, AfterSaleState::done, 2)};
  EXPECT_EQ(effect(paid), (Effect{0, 1}));
}

TEST(AfterSales, what_came_back_of_a_part_shipped_order_leaves_the_rest_to_be_sent) {
  Order part = order(3, 2);
  part.after_sales = {sale("s", AfterSaleKind::return_, AfterSaleState::done, 1)};
  part.lines.front().refunded = 1;
  EXPECT_EQ(effect(part), (Effect{-1, 1}));
  complete(part);
  EXPECT_EQ(count_of(part, part.lines.front()).open(), 1);
}

TEST(AfterSales, are_refunds_under_their_own_ids_once_however_often_the_order_is_read) {
  Order read = order(3, 3);
  read.refunds = {{"by-hand", "", std::nullopt, {}, std::nullopt}};
  read.after_sales = {sale("s", AfterSaleKind::return_, AfterSaleState::done, 1)};
  complete(read);
  complete(read);
  ASSERT_EQ(read.refunds.size(), 2u);
  EXPECT_EQ(read.refunds[0].id, "by-hand");
  EXPECT_EQ(read.refunds[1].id, "s");
  EXPECT_TRUE(read.refunds[1].lines.front().restocked);
  read.after_sales.front().state = AfterSaleState::over;  // the platform took its word back
  complete(read);
  EXPECT_EQ(read.refunds.size(), 1u);
}

}  // namespace
}  // namespace tally
