// What each line of a refund is paid back with.
#include "engine/order_wish.hpp"

#include <gtest/gtest.h>

namespace tally::engine {
namespace {

class RefundLines : public ::testing::Test {
 protected:
  void SetUp() override {
    channel.config.name = "shop";
    channel.facts.actions.insert("refund");
    order.currency = euro;
    order.tax_included = true;
    order.state = OrderState::paid;
    for (const auto minor : {1000, 1000, 1000}) {
      OrderLine line;
      line.id = std::to_string(order.lines.size() + 1);
      line.sku = Sku("S" + line.id);
      line.quantity = 1;
      line.amount = Money{minor, euro};
      order.lines.push_back(line);
    }
    order.total = Money{3000, euro};
  }
  /// In cents, line by line.
  std::vector<std::int64_t> shares(const std::string& json) {
    const auto task = task_of(*Json::parse(json), order, channel, from_ms(1'767'225'600'000));
    EXPECT_TRUE(task.has_value()) << task.error().text();
    std::vector<std::int64_t> all;
    const Json* lines = task ? task->document.find("lines") : nullptr;
    if (!lines) return all;
    for (const auto& line : lines->as_array()) all.push_back(Money::of(*line.find("amount")->find("amount")->decimal(), euro)->minor);
    return all;
  }

  const Currency euro{"EUR"};
  Channel channel;
  Order order;
};

using Cents = std::vector<std::int64_t>;

TEST_F(RefundLines, OfASmallerAmountAreNotWorthTheWholeLine) {
  EXPECT_EQ(shares(R"({"kind": "refund", "lines": [{"line": "1"}], "amount": "5"})"), (Cents{500}));
  EXPECT_EQ(shares(R"({"kind": "refund", "lines": [{"line": "1"}]})"), (Cents{1000}));
  EXPECT_EQ(shares(R"({"kind": "refund", "lines": [{"line": "1"}], "amount": "15"})"), (Cents{1000})) << "more than the goods";
}

TEST_F(RefundLines, SumUpToTheAmountAlthoughItCannotBeDivided) {
  EXPECT_EQ(shares(R"({"kind": "refund", "restock": true, "amount": "20.00"})"), (Cents{666, 667, 667}));
  EXPECT_EQ(shares(R"({"kind": "refund", "restock": true, "amount": "0.02"})"), (Cents{0, 1, 1}));
}

TEST_F(RefundLines, AreNoMoreThanWhatIsLeftOfThePayment) {
  Refund before;
  before.amount = Money{2400, euro};
  order.refunds.push_back(before);
  EXPECT_EQ(shares(R"({"kind": "refund", "lines": [{"line": "1"}, {"line": "2"}]})"), (Cents{300, 300}));
  EXPECT_EQ(shares(R"({"kind": "refund"})"), (Cents{200, 200, 200}));
}

TEST_F(RefundLines, AreNotPaidBackTwice) {
  const auto refused = [&](const char* json) {
    const auto task = task_of(*Json::parse(json), order, channel, from_ms(1'767'225'600'000));
    return task ? std::string() : task.error().text();
  };
  Refund refund;
  refund.amount = Money{1000, euro};
  refund.lines = {{"1", 1, {}}};
  order.refunds.push_back(refund);
  for (const char* kind : {"refund", "cancel"}) {
    const std::string wish = std::string(R"({"kind": ")") + kind + R"(", "lines": [{"sku": "S1", "quantity": 1}])";
    EXPECT_NE(refused((wish + "}").c_str()).find("money for 1 of 1 S1 has gone back already"), std::string::npos) << kind;
    EXPECT_EQ(refused((wish + R"(, "amount": "2"})").c_str()), "") << "what a person names is paid";
  }
  EXPECT_EQ(refused(R"({"kind": "refund", "lines": [{"sku": "S2", "quantity": 1}]})"), "");
  EXPECT_EQ(shares(R"({"kind": "refund"})").size(), 3u) << "what is left of the payment";
}

TEST_F(RefundLines, WaitUntilWhatWentBackAlreadyIsKnown) {
  order.holds = {"the channel did not give its refunds"};
  const auto task = task_of(*Json::parse(R"({"kind": "refund"})"), order, channel, from_ms(1'767'225'600'000));
  ASSERT_FALSE(task.has_value());
  EXPECT_NE(task.error().text().find("is not known now: the channel did not give its refunds"), std::string::npos);
}

TEST_F(RefundLines, ShareWithATaxThatComesOnTop) {
  order.tax_included = false;
  for (auto& line : order.lines) line.tax = Money{200, euro};
  order.total = Money{3600, euro};
  EXPECT_EQ(shares(R"({"kind": "refund", "lines": [{"line": "1"}, {"line": "2"}], "amount": "12"})"), (Cents{500, 500}));
}

TEST_F(RefundLines, OfHugeAmountsDoNotOverflow) {
  const std::int64_t huge = 3'000'000'000'000'000;
  for (auto& line : order.lines) line.amount = Money{huge, euro};
  order.total = Money{3 * huge, euro};
  EXPECT_EQ(shares(R"({"kind": "refund", "restock": true, "amount": "45000000000000.00"})"), (Cents(3, huge / 2)));
}

TEST_F(RefundLines, AreNotPaidWithOneCentMoreBecauseTheAmountWasRounded) {
  const auto refusal = [&](const std::string& amount) {
    const auto task = task_of(Json::object({{"kind", "refund"}, {"amount", amount}}), order, channel, from_ms(1'767'225'600'000));
    return task ? "taken" : task.error().text();
  };
  for (const auto* amount : {"1.999", "1.001", "0.014"})
    EXPECT_NE(refusal(amount).find("more digits behind the point than EUR has (write at most 2)"), std::string::npos) << refusal(amount);
  for (const auto* amount : {"1e1", "1E-1"}) EXPECT_NE(refusal(amount).find("is no amount"), std::string::npos) << amount;
  for (const auto* amount : {"1.99", "1.990", "2"}) EXPECT_EQ(refusal(amount), "taken");
}

}  // namespace
}  // namespace tally::engine
