// Buffers that follow sales.
#include "engine/sales_buffer.hpp"

#include "stock_house.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

TEST(SalesBufferRule, IsWhatSellsWhileASaleElsewhereIsNotKnown) {
  const SalesBuffer day{24h, 0ms, 1000};
  EXPECT_EQ(buffer_for(288, day, 5min), 1);
  EXPECT_EQ(buffer_for(289, day, 5min), 2) << "rounded up";
  EXPECT_EQ(buffer_for(1, day, 1s), 1);
  EXPECT_EQ(buffer_for(0, day, 5min), 0);
  EXPECT_EQ(buffer_for(10, day, 0ms), 0);
  EXPECT_EQ(buffer_for(1'000'000'000, day, 24h), 1000) << "at most so many";
}

TEST(SalesBufferRule, RisesAtOnceAndFallsOnlyByMoreThanOneA24) {
  EXPECT_EQ(settled_buffer(2, 3), 3);
  EXPECT_EQ(settled_buffer(3, 2), 3);
  EXPECT_EQ(settled_buffer(3, 1), 1);
  EXPECT_EQ(settled_buffer(3, 3), 3);
}

class SalesBuffers : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    add_shop("one", {});
    add_shop("other", {});
    rules("one").stock.follows = SalesBuffer{24h, 1h, 1000};
  }
  void sell(Quantity units) { order("other", std::to_string(++sold_), "paid", {{"A", units}}); }
  int sold_ = 0;
};

TEST_F(SalesBuffers, AreComputedEveryFiveMinutesWithoutAnythingElseHappeningA24) {
  add_product("A", 100);
  add_product("B", 100);
  open();
  come_to_rest();
  clear_marks();
  sell(48);
  clear_marks();
  EXPECT_EQ(number("one", "A").buffer, 0);
  pass(5min);
  ring();
  EXPECT_EQ(number("one", "A").buffer, 2);
  EXPECT_EQ(number("one", "A").number, 50);
  EXPECT_EQ(number("other", "A").number, 52) << "only where the rule says so";
  EXPECT_TRUE(marked("one", "A"));
  EXPECT_FALSE(marked("other", "A"));
  EXPECT_FALSE(marked("one", "B")) << "only what was sold";
  clear_marks();
  pass(25h);
  ring();
  EXPECT_EQ(number("one", "A").buffer, 0) << "nothing was sold in the window";
  EXPECT_TRUE(marked("one", "A"));
}

TEST_F(SalesBuffers, DoNotFlipWithSalesThatWaverA24) {
  add_product("A", 1000);
  open();
  come_to_rest();
  sell(40);
  pass(12h);
  sell(8);  // 48 a day: exactly 2
  pass(5min);
  ring();
  ASSERT_EQ(number("one", "A").buffer, 2);
  int flips = 0;
  Quantity before = 2;
  for (int i = 0; i < 20; ++i) {
    pass(5min);
    if (i % 2 == 0) order("other", "wave", "paid", {{"A", 1}});
    if (i % 2 == 1) order("other", "wave", "cancelled", {{"A", 1}});
    ring();
    const Quantity now = number("one", "A").buffer;
    flips += now == before ? 0 : 1;
    before = now;
  }
  EXPECT_EQ(flips, 1) << "it rises once, and stays";
}

TEST_F(SalesBuffers, OfABundleAreThoseOfItsComponents) {
  add_product("A", 100);
  add_product("K", 0, {{Sku("A"), 2}});
  open();
  sell(72);  // 3 an hour
  pass(5min);
  ring();
  EXPECT_EQ(number("one", "A").buffer, 3);
  EXPECT_EQ(number("one", "K").buffer, 2);
  EXPECT_EQ(number("one", "K").number, 12);
}

TEST_F(SalesBuffers, ReckonWithTheLongestOrderReadOfTheOthersWhereNobodySaysTheDelay) {
  rules("one").stock.follows = SalesBuffer{24h, 0ms, 1000};
  rules("other").orders_every = 2h;
  add_product("A", 100);
  open();
  sell(24);
  pass(5min);
  ring();
  EXPECT_EQ(number("one", "A").buffer, 2);
}

TEST_F(SalesBuffers, EndWithTheRule) {
  add_product("A", 100);
  open();
  sell(48);
  pass(5min);
  ring();
  ASSERT_EQ(number("one", "A").buffer, 2);
  rules("one").stock.follows.reset();
  open();
  ring();
  EXPECT_EQ(number("one", "A").buffer, 0);
  rules("one").stock.follows = SalesBuffer{24h, 1h, 1000};
  rules("one").stock.buffer = 5;
  open();
  ring();
  EXPECT_EQ(number("one", "A").buffer, 5) << "at least so much";
}

}  // namespace
}  // namespace tally::engine
