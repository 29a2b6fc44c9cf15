// What counts as oversold, and how it is named.
#include "engine/oversell.hpp"

#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Oversold : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    config.locations = {{"main", ""}, {"shelf", ""}};
    config.locations[1].counted_by = "till";
    add_shop("till", {});
    add_shop("shop", {});
    rules("till").locations = {"shelf"};
    rules("shop").locations = {"main"};
    add_product("A", 5);
    add_product("B", 5);
    open();
    pass(1min);
  }
  void a_stands_there_as(Quantity number) {
    write([&](store::Session& session) {
      store::OfferRow offer;
      offer.channel = channel("shop").no;
      offer.variant = store::find_variant(session, Sku("A"))->no;
      offer.low = offer.high = number;
      store::put_offer(session, offer);
    });
  }
  std::vector<store::ProblemRow> shelf_problems() {
    std::vector<store::ProblemRow> rows;
    write([&](store::Session& session) { rows = store::problems(session, 100); });
    std::erase_if(rows, [](const auto& row) { return row.kind != "shelf"; });
    return rows;
  }
};

TEST_F(Oversold, ASaleFromAShelfThatWasNeverCountedIsNotAndTheShelfIsNamedOnceUntilItIsCounted) {
  order("till", "1", "completed", {{"A", 1}});
  order("till", "2", "completed", {{"A", 2}, {"B", 1}});
  EXPECT_EQ(at("A", "shelf").on_hand, -3);
  EXPECT_THAT(oversells(), IsEmpty());
  ASSERT_THAT(shelf_problems(), SizeIs(1));
  EXPECT_EQ(shelf_problems().front().thing, "shelf");
  EXPECT_THAT(shelf_problems().front().todo, HasSubstr("stock count"));
  // when: the shelf is counted, and more is sold than lies there
  pass(1min);
  ASSERT_TRUE(count("A", "shelf", 2, clock.now()));
  EXPECT_THAT(shelf_problems(), IsEmpty());
  pass(1min);
  order("till", "3", "completed", {{"A", 3}});
  ASSERT_THAT(oversells(), SizeIs(1));
  EXPECT_EQ(oversells().front().short_by, 1);
  EXPECT_THAT(shelf_problems(), IsEmpty());
}

TEST_F(Oversold, AWarehouseThatNoChannelCountsIsOversoldAsBefore) {
  order("shop", "1", "paid", {{"A", 6}});
  EXPECT_THAT(oversells(), SizeIs(1));
}

TEST_F(Oversold, WhatAChannelSellsBeyondAllThatItShowedNoBufferWouldHavePrevented) {
  a_stands_there_as(5);
  pass(1min);
  order("shop", "1", "paid", {{"A", 9000}});
  ASSERT_THAT(oversells(), SizeIs(1));
  EXPECT_EQ(oversells().front().rule, "none: shop sold 8995 more than was known to stand there; let it sell no back-orders");
}

TEST_F(Oversold, WhatAPersonSaidThatALineSellsNoBufferOfItWouldHavePrevented) {
  a_stands_there_as(0);
  order("shop", "1", "paid", {{"A", 5}});
  pass(1min);
  order("shop", "2", "paid", {{"ghost", 2}});
  write([&](store::Session& session) {
    const auto row = store::find_order(session, channel("shop").no, "2");
    ASSERT_TRUE(row.has_value());
    EXPECT_TRUE(remap_line(session, core->world(), row->no, "", "A", "ada").has_value());
  });
  ASSERT_THAT(oversells(), SizeIs(1));
  EXPECT_EQ(oversells().front().short_by, 2);
  EXPECT_EQ(oversells().front().rule, "none: shop sold it under another name, and a person said what it is; give it its SKU there");
}

TEST_F(Oversold, APairOfOrdersIsRecordedOnceHoweverOftenOneOfThemComesBack) {
  const Time placed = clock.now();
  order("shop", "1", "paid", {{"A", 4}}, placed);
  order("till", "2", "paid", {{"B", 1}}, placed);
  order("shop", "3", "paid", {{"A", 3}}, placed);
  ASSERT_THAT(oversells(), SizeIs(1));
  for (int time = 0; time < 2; ++time) {
    for (const char* flipped : {"3", "1"}) {
      pass(1min);
      const Lines lines{{"A", flipped == std::string("3") ? 3 : 4}};
      order("shop", flipped, "cancelled", lines, placed);
      pass(1min);
      order("shop", flipped, "paid", lines, placed);
    }
  }
  ASSERT_EQ(at("A", "main").reserved, 7) << "both are there again";
  ASSERT_THAT(oversells(), SizeIs(1));
  EXPECT_EQ(oversells().front().short_by, 2);
  EXPECT_EQ(told("oversold"), 1);
  // when: a third order takes of the same goods
  order("shop", "4", "paid", {{"A", 1}}, placed);
  EXPECT_THAT(oversells(), SizeIs(2));
}

TEST_F(Oversold, AChannelWhoseClockIsAheadIsKnownAtOnceAndNotBeforeItSold) {
  order("shop", "1", "paid", {{"A", 6}}, clock.now() + 1h);
  ASSERT_THAT(oversells(), SizeIs(1));
  EXPECT_EQ(oversells().front().delay, Duration(0));
}

TEST_F(Oversold, AnOrderOfARemovedChannelIsStillNamed) {
  order("shop", "17", "paid", {{"A", 6}});
  const OrderNo no = order_row("shop", "17").no;
  const auto name = [&] {
    std::string found;
    write([&](store::Session& session) { found = order_name(session, core->world(), no); });
    return found;
  };
  EXPECT_EQ(name(), "shop/17");
  const auto gone = std::move(shops.back());
  shops.pop_back();
  open();
  EXPECT_EQ(name(), "(removed channel)/17");
}

}  // namespace
}  // namespace tally::engine
