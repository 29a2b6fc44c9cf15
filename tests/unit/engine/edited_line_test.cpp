// Lines that a channel corrects under their old ids, or that it numbers by their place in the order.
#include "stock_house.hpp"

namespace tally::engine {
namespace {

class EditedLine : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    add_shop("till", {});
    add_product("RED", 9);
    add_product("BLUE", 9);
    StockHouse::open();
  }
  /// The same order a minute later.
  void again(const Lines& lines, const std::function<void(Json&)>& more = {}) {
    pass(Duration(60000));
    order("till", "1", "paid", lines, clock.now(), more);
  }
  Quantity reserved(const std::string& sku) { return at(sku, "main").reserved; }
};

TEST_F(EditedLine, ACorrectedReceiptDoesNotKeepTheOldGoods) {
  again({{"RED", 2}});
  ASSERT_EQ(reserved("RED"), 2);
  again({{"BLUE", 2}});
  EXPECT_EQ(reserved("RED"), 0);
  EXPECT_EQ(reserved("BLUE"), 2);
  again({{"RED", 1}});
  EXPECT_EQ(reserved("RED"), 1);
  EXPECT_EQ(reserved("BLUE"), 0);
}

TEST_F(EditedLine, ALineThatMovesUpIsNotTheOneThatStoodThere) {
  again({{"RED", 2}, {"BLUE", 3}});
  again({{"BLUE", 3}});
  EXPECT_EQ(reserved("RED"), 0);
  EXPECT_EQ(reserved("BLUE"), 3);
}

TEST_F(EditedLine, ACorrectionToGoodsThatNobodyKnowsHoldsTheOrderAndKeepsNothing) {
  again({{"RED", 2}});
  again({{"GREEN", 2}});
  EXPECT_EQ(reserved("RED"), 0);
  EXPECT_FALSE(platform_order(order_row("till", "1")).holds.empty());
}

TEST_F(EditedLine, AnotherOfferUnderTheSameIdIsResolvedAnew) {
  add_product("SET", 0, {{Sku("RED"), 2}});
  const auto offered_as = [](const std::string& id) {
    return [id](Json& tree) { tree.find("lines")->as_array().front().set("offer", Json::object({{"@id", id}})); };
  };
  again({{"SET", 1}}, offered_as("o1"));
  ASSERT_EQ(reserved("RED"), 2);
  add_product("SET", 0, {{Sku("BLUE"), 1}});
  again({{"SET", 1}}, offered_as("o2"));
  EXPECT_EQ(reserved("RED"), 0);
  EXPECT_EQ(reserved("BLUE"), 1);
}

TEST_F(EditedLine, ABundleThatChangedMeanwhileKeepsWhatWasSold) {
  add_product("SET", 0, {{Sku("RED"), 2}});
  again({{"SET", 1}});
  ASSERT_EQ(reserved("RED"), 2);
  add_product("SET", 0, {{Sku("BLUE"), 1}});
  again({{" SET ", 2}});
  EXPECT_EQ(reserved("RED"), 4) << "the same SKU, however it is written";
  EXPECT_EQ(reserved("BLUE"), 0);
}

TEST_F(EditedLine, TwoLinesOfOneOfferLeaveInTheParcelThatNamesTheOffer) {
  again({{"RED", 2}, {"RED", 3}});
  ASSERT_EQ(reserved("RED"), 5);
  pass(Duration(60000));
  order("till", "1", "shipped", {{"RED", 2}, {"RED", 3}}, clock.now(), [](Json& tree) {
    const Json offer = Json::object({{"@id", "o1"}});
    for (auto& line : tree.find("lines")->as_array()) line.set("offer", offer);
    const Json part = Json::object({{"line", Json::object({{"offer", offer}})}, {"quantity", 5}});
    tree.set("shipments", Json::Array{Json::object({{"@id", "p1"}, {"lines", Json::Array{part}}})});
  });
  EXPECT_EQ(at("RED", "main"), (Effect{.on_hand = 4, .reserved = 0}));
}

}  // namespace
}  // namespace tally::engine
