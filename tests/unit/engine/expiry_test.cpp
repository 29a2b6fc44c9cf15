// Reservations of pending orders that run out.
#include "stock_house.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class PendingReservation : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    add_shop("one", {});
    add_shop("other", {});
    rules("one").reserve = ReserveAt::placed;
    rules("one").reserve_for = 30min;
  }
};

TEST_F(PendingReservation, RunsOutAsAnEventAndMarksTheOthersB8A24) {
  add_product("A", 5);
  open();
  come_to_rest();
  order("one", "1", "pending", {{"A", 2}});
  EXPECT_EQ(at("A", "main").reserved, 2);
  EXPECT_EQ(number("other", "A").number, 3);
  clear_marks();
  pass(29min);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 2);
  pass(1min);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 0);
  EXPECT_EQ(number("other", "A").number, 5);
  EXPECT_TRUE(marked("other", "A"));
  EXPECT_EQ(told("order.expired"), 1);
}

TEST_F(PendingReservation, WhoseChannelIsAwayRunsOutWhenItIsBack) {
  add_product("A", 5);
  open();
  order("one", "1", "pending", {{"A", 2}});
  auto away = std::move(shops.front());
  shops.erase(shops.begin());
  open();
  pass(31min);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 2) << "nobody can say what it claims";
  shops.insert(shops.begin(), std::move(away));
  open();
  pass(1h);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 0);
}

TEST_F(PendingReservation, ThatRanOutIsClaimedAgainByALatePaymentB8) {
  add_product("A", 5);
  open();
  const Time placed = clock.now();
  order("one", "1", "pending", {{"A", 2}}, placed);
  pass(31min);
  ring();
  order("one", "1", "pending", {{"A", 3}}, placed);
  EXPECT_EQ(at("A", "main").reserved, 0) << "an edit does not bring it back";
  pass(1h);
  order("one", "1", "paid", {{"A", 3}}, placed);
  EXPECT_EQ(at("A", "main").reserved, 3);
  EXPECT_TRUE(oversells().empty());
}

TEST_F(PendingReservation, ALatePaymentForWhatWasSoldMeanwhileIsAnOversellB8) {
  add_product("A", 2);
  open();
  const Time placed = clock.now();
  order("one", "1", "pending", {{"A", 2}}, placed);
  pass(31min);
  ring();
  order("other", "2", "paid", {{"A", 2}});
  pass(1min);
  order("one", "1", "paid", {{"A", 2}}, placed);
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_EQ(oversells().front().short_by, 2);
  EXPECT_EQ(oversells().front().other_order, order_row("other", "2").no);
}

TEST_F(PendingReservation, IsNotMadeWhereTheChannelReservesAtPaymentB8) {
  rules("one").reserve = ReserveAt::paid;
  add_product("A", 5);
  open();
  order("one", "1", "pending", {{"A", 2}});
  EXPECT_EQ(at("A", "main").reserved, 0);
  order("one", "1", "paid", {{"A", 2}});
  EXPECT_EQ(at("A", "main").reserved, 2);
}

TEST_F(PendingReservation, OfAPaidOrderDoesNotRunOutB8) {
  add_product("A", 5);
  open();
  const Time placed = clock.now();
  order("one", "1", "pending", {{"A", 2}}, placed);
  pass(1min);
  order("one", "1", "paid", {{"A", 2}}, placed);
  pass(24h);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 2);
  EXPECT_EQ(told("order.expired"), 0);
}

TEST_F(PendingReservation, RunsOutOnceHoweverTheClockJumpsB8) {
  add_product("A", 5);
  open();
  order("one", "1", "pending", {{"A", 2}});
  pass(-2h);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 2) << "back in time it lasts";
  pass(26h);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 0);
  pass(-26h);
  ring();
  pass(52h);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 0);
  EXPECT_EQ(told("order.expired"), 1);
}

TEST_F(PendingReservation, OfAPlatformWhoseClockIsAheadLastsNoLongerB8) {
  add_product("A", 5);
  open();
  order("one", "1", "pending", {{"A", 2}}, clock.now() + 8h);  // local time, written as if it were UTC
  pass(30min);
  ring();
  EXPECT_EQ(at("A", "main").reserved, 0);
}

TEST_F(PendingReservation, IsNotMadeForAnAbandonedOrderThatIsFirstSeenLateB8) {
  add_product("A", 5);
  open();
  come_to_rest();
  clear_marks();
  order("one", "1", "pending", {{"A", 2}}, clock.now() - 24h);
  EXPECT_EQ(at("A", "main").reserved, 0);
  EXPECT_EQ(number("other", "A").number, 5) << "nothing leaves for it, down and up again";
  EXPECT_TRUE(oversells().empty());
}

TEST_F(PendingReservation, EndsWhenItIsDueNotWithTheNextMinuteA24) {
  add_product("A", 5);
  open();
  come_to_rest();
  order("one", "1", "pending", {{"A", 2}});
  come_to_rest();
  const auto next = core->turn([](Call) {});
  ASSERT_TRUE(next.has_value());
  EXPECT_LE(*next, clock.now() + 30min);
  pass(30min - 5s);
  for (auto& call : decided()) perform_and_answer(call);
  const auto soon = core->turn([](Call) {});
  ASSERT_TRUE(soon.has_value());
  EXPECT_LE(*soon, clock.now() + 5s);
}

}  // namespace
}  // namespace tally::engine
