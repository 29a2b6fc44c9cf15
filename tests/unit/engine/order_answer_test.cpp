// Agreeing to what a buyer asked the platform for: which command does it, and what becomes of it.
#include "engine/order_answer.hpp"
#include "engine/order_facts.hpp"
#include "engine/order_wish.hpp"
#include "model/claim.hpp"

#include <gtest/gtest.h>

namespace tally::engine {
namespace {

const Time now = from_ms(1'762'000'000'000);

Channel channel() {
  Channel made;
  made.config.name = "mini";
  made.config.connector = "wechat-shop";
  made.facts.actions = {"confirm_shipment", "refund"};
  made.facts.refunds_only_asked = true;
  return made;
}

/// Three of A were sold for 30.00 and have left.
Order sold() {
  Order order;
  order.id = "7";
  order.state = OrderState::shipped;
  order.currency = Currency{"CNY"};
  order.total = Money{3000, order.currency};
  OrderLine line;
  line.id = "1";
  line.sku = Sku("A");
  line.quantity = 3;
  line.amount = line.discounted = order.total;
  order.lines = {line};
  return order;
}

AfterSale asked(const char* id, AfterSaleKind kind, AfterSaleState state = AfterSaleState::asked) {
  AfterSale sale;
  sale.id = id;
  sale.kind = kind;
  sale.state = state;
  sale.amount = Money{1000, Currency{"CNY"}};
  sale.lines = {{"1", 1, std::nullopt, false}};
  return sale;
}

Result<store::OrderTask> wish(const Order& order, const std::string& json) {
  return task_of(*Json::parse(json), order, channel(), now);
}

Quantity returned(const Order& order, const store::OrderTask& task) {
  const Order both = with_tasks(order, {task});
  return count_of(both, both.lines.front()).returned;
}

TEST(OrderAnswer, NothingIsPaidBackThatNobodyAskedFor) {
  for (const char* kind : {R"({"kind": "refund"})", R"({"kind": "cancel"})"}) {
    Order order = sold();
    order.state = OrderState::paid;
    const auto refused = wish(order, kind);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::rejected);
    EXPECT_NE(refused.error().text().find("pays back only what a buyer asked it for"), std::string::npos) << refused.error().text();
    EXPECT_NE(refused.error().todo.find("the buyer asks for it"), std::string::npos);
  }
}

TEST(OrderAnswer, ARefundAgreesToMoneyThatWasAskedForAndMovesNoGoods) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::refund)};
  const auto task = wish(order, R"({"kind": "refund", "reason": "sorry"})");
  ASSERT_TRUE(task) << task.error().text();
  EXPECT_EQ(task->kind, "refund");
  EXPECT_EQ(task->remote, "s1");
  EXPECT_EQ(task->document.text_or("@id"), "s1");
  EXPECT_EQ(task->document.text_or("answer"), "refund");
  EXPECT_EQ(returned(order, *task), 0);
}

TEST(OrderAnswer, ACancellationAgreesToMoneyForWhatHasNotLeft) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::cancel)};
  const auto left = wish(order, R"({"kind": "cancel"})");
  ASSERT_FALSE(left);
  EXPECT_NE(left.error().text().find("has left"), std::string::npos) << left.error().text();
  order.state = OrderState::paid;
  const auto task = wish(order, R"({"kind": "cancel"})");
  ASSERT_TRUE(task) << task.error().text();
  EXPECT_EQ(task->kind, "refund");
  EXPECT_EQ(task->document.text_or("answer"), "cancel");
}

TEST(OrderAnswer, ABuyerWhoWaitsIsAPersonsBusinessUntilItIsAnswered) {
  Order order = sold();
  EXPECT_FALSE(awaited_of(order, channel()));
  order.after_sales = {asked("s1", AfterSaleKind::return_)};
  auto awaited = awaited_of(order, channel());
  ASSERT_TRUE(awaited);
  EXPECT_EQ(awaited->reason, "the buyer asks to send goods back");
  EXPECT_EQ(awaited->todo, "`tallyd order return 7 --channel mini` agrees");
  auto agreed = wish(order, R"({"kind": "return"})");
  ASSERT_TRUE(agreed);
  EXPECT_FALSE(awaited_of(with_tasks(order, {*agreed}), channel()));
  order.after_sales.front().state = AfterSaleState::sent_back;
  awaited = awaited_of(order, channel());
  ASSERT_TRUE(awaited);
  EXPECT_EQ(awaited->reason, "the buyer has sent goods back");
}

TEST(OrderAnswer, AReturnAgreesFirstThatGoodsMayComeThenThatTheyAreHere) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::return_)};
  const auto may_come = wish(order, R"({"kind": "return"})");
  ASSERT_TRUE(may_come) << may_come.error().text();
  EXPECT_EQ(may_come->kind, "agree");
  EXPECT_EQ(may_come->document.text_or("answer"), "agree");
  EXPECT_EQ(returned(order, *may_come), 0) << "nothing has come back yet";
  EXPECT_FALSE(shows(order, *may_come));

  order.after_sales.front().state = AfterSaleState::agreed;
  EXPECT_TRUE(shows(order, *may_come));
  const auto too_early = wish(order, R"({"kind": "return"})");
  ASSERT_FALSE(too_early);
  EXPECT_NE(too_early.error().text().find("does not know yet"), std::string::npos) << too_early.error().text();

  order.after_sales.front().state = AfterSaleState::sent_back;
  auto done_before = *may_come;
  done_before.state = "confirmed";
  auto here = wish(with_tasks(order, {done_before}), R"({"kind": "return"})");
  ASSERT_TRUE(here) << here.error().text();
  EXPECT_EQ(here->kind, "refund");
  EXPECT_EQ(here->document.text_or("answer"), "receive");
  EXPECT_EQ(returned(order, *here), 1) << "they lie on the shelf whatever the platform takes to pay";

  order.after_sales.front().state = AfterSaleState::done;
  complete(order);
  EXPECT_TRUE(shows(order, *here));
  here->state = "confirmed";
  EXPECT_EQ(returned(order, *here), 1) << "and lie there once";
}

TEST(OrderAnswer, GoodsThatAreReceivedOfAPartShippedOrderCancelNothingOfTheRest) {
  // given: one of three was sent, and the buyer has sent it back
  Order order = sold();
  order.state = OrderState::part_shipped;
  order.shipments = {{"", "", "", "", {{"1", 1, std::nullopt, false}}, std::nullopt}};
  order.after_sales = {asked("s1", AfterSaleKind::return_, AfterSaleState::sent_back)};
  // when: it is received
  const auto here = wish(order, R"({"kind": "return"})");
  ASSERT_TRUE(here) << here.error().text();
  // then: it is on the shelf, before and after the platform pays, and the other two are still to leave
  for (const auto state : {AfterSaleState::sent_back, AfterSaleState::done}) {
    order.after_sales.front().state = state;
    settle_after_sales(order);
    const Order both = with_tasks(order, {*here});
    const LineCount count = count_of(both, both.lines.front());
    EXPECT_EQ(count.returned, 1);
    EXPECT_EQ(count.cancelled, 0);
    EXPECT_EQ(count.open(), 2);
  }
}

TEST(OrderAnswer, AnAnswerUnderWayIsNotGivenTwice) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::refund), asked("s2", AfterSaleKind::return_)};
  auto money = wish(order, R"({"kind": "refund"})"), goods = wish(order, R"({"kind": "return"})");
  ASSERT_TRUE(money && goods);
  money->no = 1, goods->no = 2;
  const Order both = with_tasks(order, {*money, *goods});
  EXPECT_FALSE(wish(both, R"({"kind": "refund"})"));
  EXPECT_FALSE(wish(both, R"({"kind": "return"})"));
  money->state = goods->state = "confirmed";
  money->sent_at = goods->sent_at = now;
  EXPECT_FALSE(wish(with_tasks(order, {*money, *goods}), R"({"kind": "return"})")) << "the order was not read since";
  order.after_sales.back().at = now + Duration(1000);
  EXPECT_TRUE(wish(with_tasks(order, {*money, *goods}), R"({"kind": "return"})")) << "the buyer asks anew";
  money->state = "refused";
  EXPECT_TRUE(wish(with_tasks(order, {*money, *goods}), R"({"kind": "refund"})"));
  EXPECT_TRUE(with_tasks(order, {*money}).refunds.empty()) << "refused, nothing was paid";
}

TEST(OrderAnswer, OneThatThePlatformPaysIsDone) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::refund)};
  const auto task = wish(order, R"({"kind": "refund"})");
  ASSERT_TRUE(task);
  EXPECT_FALSE(shows(order, *task));
  order.after_sales.front().state = AfterSaleState::paying;
  EXPECT_TRUE(shows(order, *task));
}

TEST(OrderAnswer, OfSeveralItMustBeSaidWhich) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::refund), asked("s2", AfterSaleKind::cancel)};
  const auto which = wish(order, R"({"kind": "refund"})");
  ASSERT_FALSE(which);
  EXPECT_NE(which.error().text().find("s1, s2"), std::string::npos) << which.error().text();
  const auto second = wish(order, R"({"kind": "refund", "after_sale": "s2"})");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->remote, "s2");
  EXPECT_FALSE(wish(order, R"({"kind": "refund", "after_sale": "s3"})"));
  EXPECT_FALSE(wish(order, R"({"kind": "refund", "after_sale": "s2", "amount": "1"})")) << "it is agreed to as it was asked for";
}

TEST(OrderAnswer, AReturnThatAnswersNobodyIsBookedOnly) {
  Order order = sold();
  order.after_sales = {asked("s1", AfterSaleKind::return_, AfterSaleState::over)};
  const auto task = wish(order, R"({"kind": "return", "lines": [{"sku": "A", "quantity": 1}]})");
  ASSERT_TRUE(task) << task.error().text();
  EXPECT_EQ(task->state, "done");
  EXPECT_EQ(returned(order, *task), 1);
}

}  // namespace
}  // namespace tally::engine
