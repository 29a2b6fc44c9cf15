// A buyer asks the platform for money or sends goods back; the merchant agrees with one command, and the stock follows the goods.
#include "support/street.hpp"

namespace tally::tests {
namespace {

class AfterSales : public ::testing::Test {
 protected:
  AfterSales() {
    for (const auto* name : {"mini", "market"}) street.write_channel(name);
    street.enter_hook("mini");  // the other one tells of nothing: its lists are read
    street.open();
    street.import(three_products());
    street.release({"mini", "market"});
  }

  /// The state of the order's only after-sale, as we know it.
  std::string after_sale(const std::string& channel, const std::string& id) {
    const Ended shown = street.tallyd({"order", "show", id, "--channel", channel});
    const Json order = shown.json();
    const Json* sales = shown.code == 0 ? order.find("after_sales") : nullptr;
    return sales && sales->as_array().size() == 1 ? sales->as_array().front().text_or("state") : "";
  }
  /// The only after-sale comes to that state.
  ::testing::AssertionResult comes_to(const std::string& channel, const std::string& id, const std::string& state) {
    return street.soon([&] { return after_sale(channel, id) == state; });
  }
  ::testing::AssertionResult available(const std::string& sku, std::int64_t units) {
    return street.soon(
        [&] { return street.available(sku) == units && street.shown("mini", sku) == units && street.shown("market", sku) == units; });
  }
  /// Tells the channel, which takes it.
  void agree(const std::string& command, const std::string& channel, const std::string& id) {
    const Json answer = street.done({"order", command, id, "--channel", channel});
    const auto task = static_cast<std::size_t>(answer.find("tasks")->as_array().size()) - 1;
    EXPECT_TRUE(street.soon([&] {
      const Json order = street.done({"order", "show", id, "--channel", channel});
      return order.find("tasks")->as_array().at(task).text_or("state") == "confirmed";
    })) << channel;
  }
  std::size_t paid_back(const std::string& channel, const std::string& id) {
    const Json all = street.ask(channel, "orders");
    for (const Json& order : all.find("orders")->as_array()) {
      if (order.text_or("id") == id) return order.find("refunds")->as_array().size();
    }
    return 0;
  }

  Street street{{platform("mini", "wechat-shop"), platform("market", "douyin")}};
};

TEST_F(AfterSales, GoodsGoBackAndAreOnTheShelfOnceOnBothPlatforms) {
  std::int64_t there = 10;
  for (const std::string channel : {"mini", "market"}) {
    const std::string id = street.tell(channel, "buy", Json::object({{"sku", "TEE"}, {"quantity", 2}})).text_or("id");
    street.tell(channel, "orders/" + id + "/ship", Json::object({{"carrier", channel == "mini" ? "SF" : "shunfeng"}}));
    ASSERT_TRUE(available("TEE", there - 2)) << channel;

    street.tell(channel, "orders/" + id + "/ask", Json::object({{"kind", "goods"}, {"quantity", 1}}));
    ASSERT_TRUE(comes_to(channel, id, "asked")) << channel;
    EXPECT_EQ(street.problem("the buyer asks to send goods back").text_or("todo"),
              "`tallyd order return " + id + " --channel " + channel + "` agrees");
    agree("return", channel, id);
    ASSERT_TRUE(comes_to(channel, id, "agreed")) << channel;
    EXPECT_EQ(street.available("TEE"), there - 2) << "nothing has come back yet";
    EXPECT_TRUE(street.problem("the buyer asks").is_null());
    EXPECT_NE(street.tallyd({"order", "return", id, "--channel", channel}).code, 0);

    street.tell(channel, "orders/" + id + "/send-back", Json::object());
    ASSERT_TRUE(comes_to(channel, id, "sent_back")) << channel;
    agree("return", channel, id);
    ASSERT_TRUE(comes_to(channel, id, "done")) << channel;
    EXPECT_EQ(paid_back(channel, id), 1u);
    there -= 1;
    EXPECT_TRUE(available("TEE", there)) << channel;
  }
}

TEST_F(AfterSales, MoneyBeforeSendingFreesTheUnitAndMoneyAfterItMovesNothing) {
  for (const std::string channel : {"mini", "market"}) {
    const std::string sku = channel == "mini" ? "MUG" : "CAP";
    const std::int64_t all = channel == "mini" ? 5 : 7;
    const std::string unsent = street.tell(channel, "buy", Json::object({{"sku", sku}, {"quantity", 2}})).text_or("id");
    ASSERT_TRUE(street.soon([&] { return street.available(sku) == all - 2; }));
    const Ended nobody_asked = street.tallyd({"order", "refund", unsent, "--channel", channel});
    EXPECT_NE(nobody_asked.code, 0);
    EXPECT_NE((nobody_asked.out + nobody_asked.err).find("pays back only what a buyer asked it for"), std::string::npos)
        << nobody_asked.err;

    street.tell(channel, "orders/" + unsent + "/ask", Json::object({{"kind", "money"}, {"quantity", 1}}));
    ASSERT_TRUE(comes_to(channel, unsent, "asked")) << channel;
    agree("refund", channel, unsent);
    ASSERT_TRUE(comes_to(channel, unsent, "done")) << channel;
    EXPECT_TRUE(available(sku, all - 1)) << channel;

    street.tell(channel, "orders/" + unsent + "/ship", Json::object({{"quantity", 1}, {"carrier", channel == "mini" ? "SF" : "shunfeng"}}));
    ASSERT_TRUE(street.soon([&] {
      const Json lines = *street.done({"order", "show", unsent, "--channel", channel}).find("lines");
      return lines.as_array().front().integer_or("shipped") == 1;
    })) << channel;
    EXPECT_TRUE(available(sku, all - 1)) << channel;

    const std::string sent = street.tell(channel, "buy", Json::object({{"sku", sku}, {"quantity", 1}})).text_or("id");
    street.tell(channel, "orders/" + sent + "/ship", Json::object({{"carrier", channel == "mini" ? "SF" : "shunfeng"}}));
    ASSERT_TRUE(available(sku, all - 2)) << channel;
    street.tell(channel, "orders/" + sent + "/ask", Json::object({{"kind", "money"}, {"amount", 100}}));
    ASSERT_TRUE(comes_to(channel, sent, "asked")) << channel;
    agree("refund", channel, sent);
    ASSERT_TRUE(comes_to(channel, sent, "done")) << channel;
    EXPECT_EQ(paid_back(channel, sent), 1u);
    EXPECT_TRUE(available(sku, all - 2)) << channel;
  }
}

}  // namespace
}  // namespace tally::tests
