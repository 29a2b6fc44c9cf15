// What waits for a person, and what a person has left alone, in the words and the end of a command.
#include "desk.hpp"

namespace tally::cli::test {
namespace {

class KeptBack : public CliTest {};

TEST_F(KeptBack, AHeldOrderThatIsToBeSentEndsWithEight) {
  with_daemon().refuse("/api/v1/order-tasks", 422, "held", "order ship: the order is held: review: big order (`tallyd order release 7`)");
  EXPECT_EQ(tallyd({"order", "ship", "7", "--carrier", "dhl", "--tracking", "T1"}), exit_guard);
  EXPECT_NE(err.str().find("review: big order"), std::string::npos) << err.str();
}

TEST_F(KeptBack, ALineOfUnknownGoodsIsSaidToSellASku) {
  with_daemon().answer(
      "/api/v1/orders/remap",
      R"({"channel":"shop","id":"7","state":"paid","holds":[],"lines":[{"line":"1","sku":"A","said":"ghost","quantity":2}]})");
  EXPECT_EQ(tallyd({"order", "remap", "7", "--line", "ghost", "--sku", "A"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("A (there: ghost)")) << out.str();
}

TEST_F(KeptBack, APlanOfWhichTheRestIsLeftAloneEndsWithNoneToDoAndSaysSo) {
  with_daemon().answer("/api/v1/plan",
                       R"({"empty":true,"digest":"d","items":[],"left_alone":[{"channel":"shop","sku":"A","left_by":"ada"}],)"
                       R"("totals":[{"channel":"shop","left_alone":1}]})");
  EXPECT_EQ(tallyd({"plan"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("shop: 1 left alone by a person")) << out.str();
  EXPECT_TRUE(printed("but for what a person left alone")) << out.str();
}

}  // namespace
}  // namespace tally::cli::test
