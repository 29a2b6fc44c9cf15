// Money that goes back moves no goods: what has left the shelf stays out until somebody says that it lies there again.
#include "support/street.hpp"

#include <thread>

namespace tally::tests {
namespace {

TEST(Refund, OfAnOrderThatHasLeftPutsNothingBackOnTheShelf) {
  Street street({platform("mini", "wechat-shop")});
  street.write_channel("mini");
  street.enter_hook("mini");
  street.open();
  street.import(three_products());
  street.release({"mini"});
  ASSERT_TRUE(street.soon([&] { return street.shown("mini", "TEE") == 10; }));
  const auto state_is = [&](const std::string& state) {
    const Json orders = street.done({"order", "list", "--channel", "mini"});
    const auto& items = orders.find("items")->as_array();
    return items.size() == 1 && items.front().text_or("state") == state;
  };

  // That platform's clock knows seconds only: what left in the second of the import's count would be covered by it.
  std::this_thread::sleep_for(milliseconds(1100));
  const std::string id = street.tell("mini", "buy", Json::object({{"sku", "TEE"}, {"quantity", 2}})).text_or("id");
  street.tell("mini", "orders/" + id + "/ship", Json::object());
  ASSERT_TRUE(street.soon([&] { return state_is("shipped"); }));
  ASSERT_EQ(street.available("TEE"), 8);

  street.tell("mini", "orders/" + id + "/refund", Json::object({{"restock", false}}));
  ASSERT_TRUE(street.soon([&] { return state_is("refunded"); }));
  EXPECT_EQ(street.available("TEE"), 8) << "two have left, and nobody has seen them again";
}

}  // namespace
}  // namespace tally::tests
