// Goods of an order move when their parcel left or their return came, also when one document tells of all of them.
#include "stock_house.hpp"

namespace tally::engine {
namespace {

struct Moved {
  Quantity units;
  Time at;
};

class GoodsMoments : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    add_shop("shop", {});
    add_product("A", 10);
    open();
    start_ = clock.now();
    order("shop", "1", "paid", {{"A", 3}}, start_);
    pass(Duration(hour * 10));
  }
  Time after(int hours) const { return start_ + Duration(hours * hour); }
  static Json facts(const std::vector<Moved>& moved, bool restocked) {
    Json list = Json::array();
    for (const auto& each : moved) {
      Json ref = Json::object({{"line", Json::object({{"@id", "1"}})}, {"quantity", each.units}});
      if (restocked) ref.set("restocked", true);
      list.push_back(Json::object(
          {{"@id", std::to_string(list.as_array().size() + 1)}, {"at", format_iso(each.at)}, {"lines", Json::Array{std::move(ref)}}}));
    }
    return list;
  }
  /// What the channel says now of the order.
  void says(const std::string& state, const std::vector<Moved>& parcels, const std::vector<Moved>& returns = {}) {
    pass(Duration(1000));
    order("shop", "1", state, {{"A", 3}}, start_, [&](Json& tree) {
      tree.set("shipments", facts(parcels, false));
      tree.set("refunds", facts(returns, true));
    });
  }
  std::size_t movements() {
    const auto no = variant("A");
    std::size_t count = 0;
    write([&](store::Session& session) { count = store::movements_of(session, no, 1000).size(); });
    return count;
  }

  static constexpr Duration::rep hour = 3600000;
  Time start_;
  int notes_ = 0;
};

TEST_F(GoodsMoments, OfTwoParcelsReadAtOnceACountBetweenThemHasOnlyTheFirst) {
  ASSERT_TRUE(count("A", "main", 8, after(2)));
  says("shipped", {{2, after(1)}, {1, after(3)}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
}

TEST_F(GoodsMoments, ACountBetweenTwoParcelsThatComesAfterThemTakesOffTheSecond) {
  says("shipped", {{2, after(1)}, {1, after(3)}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
  ASSERT_TRUE(count("A", "main", 8, after(2)));
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
}

TEST_F(GoodsMoments, OfAParcelAndItsReturnReadAtOnceACountBetweenThemHasOnlyTheParcel) {
  ASSERT_TRUE(count("A", "main", 7, after(2)));
  says("shipped", {{3, after(1)}}, {{1, after(3)}});
  EXPECT_EQ(at("A", "main"), (Effect{8, 0}));
}

TEST_F(GoodsMoments, GoodsThatLeftAndCameBackBetweenTwoReadingsStillMovedTwice) {
  ASSERT_TRUE(count("A", "main", 7, after(2)));
  says("shipped", {{3, after(1)}}, {{3, after(3)}});
  EXPECT_EQ(at("A", "main"), (Effect{10, 0})) << "counted without them, and they came back";
}

TEST_F(GoodsMoments, AParcelThatTheChannelTakesBackIsTakenBackAtItsOwnMoment) {
  says("part_shipped", {{2, after(1)}});
  ASSERT_TRUE(count("A", "main", 10, after(2)));
  EXPECT_EQ(at("A", "main"), (Effect{10, 1}));
  says("paid", {});
  EXPECT_EQ(at("A", "main"), (Effect{10, 3})) << "they lay there when it was counted";
  const auto no = variant("A");
  const auto where = place("main");
  write([&](store::Session& session) { EXPECT_EQ(store::reserved_as_of(session, no, where, after(1)), 3) << "no sale of the day after"; });
}

TEST_F(GoodsMoments, AMomentThatTheChannelCorrectsMovesNothing) {
  says("part_shipped", {{2, after(1)}});
  ASSERT_TRUE(count("A", "main", 8, after(2)));
  const auto before = movements();
  says("part_shipped", {{2, after(3)}});
  EXPECT_EQ(at("A", "main"), (Effect{8, 1}));
  EXPECT_EQ(movements(), before);
  says("shipped", {{2, after(3)}, {1, after(4)}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0})) << "only the second parcel is new";
}

TEST_F(GoodsMoments, GoodsWithoutAMomentMoveWhenTheOrderChangedAndOnceOnly) {
  const auto all_left = [&] {
    order("shop", "1", "shipped", {{"A", 3}}, start_, [this](Json& tree) { tree.set("note", std::to_string(++notes_)); });
  };
  all_left();
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
  const auto before = movements();
  ASSERT_TRUE(count("A", "main", 7, clock.now()));
  pass(Duration(hour));
  all_left();
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
  says("shipped", {{2, after(1)}, {1, after(3)}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0})) << "now their moments are named: they have left already";
  EXPECT_EQ(movements(), before + 1) << "the count alone";
}

TEST_F(GoodsMoments, AParcelThatIsDatedBeforeItsOrderIsInNoCountOfThatMorning) {
  // given: a count in the morning, before the order; when: its parcel is dated midnight
  says("shipped", {{3, after(-9)}});
  // then
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
}

TEST_F(GoodsMoments, AParcelOfWhichTheDayAloneIsKnownIsInNoCountBeforeItWasEntered) {
  // given: a count in the morning of what lies there and is promised
  ASSERT_TRUE(count("A", "main", 10, after(2)));
  // when: the parcel of the afternoon is entered in the shop, which keeps its day
  order("shop", "1", "shipped", {{"A", 3}}, start_, [&](Json& tree) {
    Json parcels = facts({{3, after(1)}}, false);
    Json& parcel = parcels.as_array().front();
    parcel.set("day", parcel.text_or("at"));
    parcel.erase("at");
    tree.set("shipments", std::move(parcels));
  });
  // then
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
}

TEST_F(GoodsMoments, WhatLeftWithoutAParcelStaysGoneWhenTheOrderIsRefundedOrCancelled) {
  // given: a parcel of one of three, and the order completed
  says("part_shipped", {{1, after(1)}});
  says("completed", {{1, after(1)}});
  ASSERT_EQ(at("A", "main"), (Effect{7, 0}));
  // when: money goes back
  for (const char* ended : {"refunded", "cancelled"}) {
    says(ended, {{1, after(1)}});
    // then
    EXPECT_EQ(at("A", "main"), (Effect{7, 0})) << ended;
  }
}

TEST_F(GoodsMoments, WhatLeftWithoutAParcelStaysGoneWhenItsLinesArePaidBack) {
  const auto paid_back = [&](const std::string& state, const std::vector<Moved>& parcels, bool restocked) {
    pass(Duration(1000));
    order("shop", "1", state, {{"A", 3}}, start_, [&](Json& tree) {
      tree.set("shipments", facts(parcels, false));
      tree.set("refunds", facts({{2, after(5)}}, restocked));
    });
  };
  // given: an order that left as a whole; one parcel is named, or none
  for (const auto& parcels : std::vector<std::vector<Moved>>{{{1, after(1)}}, {}}) {
    says("completed", parcels);
    ASSERT_EQ(at("A", "main"), (Effect{7, 0}));
    // when: the lines of the others are paid back
    for (const char* state : {"completed", "refunded", "completed"}) {
      paid_back(state, parcels, false);
      // then
      EXPECT_EQ(at("A", "main"), (Effect{7, 0})) << state << ", " << parcels.size();
    }
    // when: they are said to lie on the shelf again
    paid_back("refunded", parcels, true);
    // then
    EXPECT_EQ(at("A", "main"), (Effect{9, 0})) << parcels.size();
  }
}

TEST_F(GoodsMoments, WhatWasPaidBackBeforeTheRestLeftNeverLeft) {
  // given: two of three are paid back while nothing has left, and the shop has put them back
  const auto says_paid_back = [&](const std::string& state, const std::vector<Moved>& parcels) { says(state, parcels, {{2, after(1)}}); };
  says_paid_back("paid", {});
  ASSERT_EQ(at("A", "main"), (Effect{10, 1}));
  // when: the third leaves
  says_paid_back("part_shipped", {{1, after(2)}});
  says_paid_back("completed", {{1, after(2)}});
  // then: the two are for sale, also once more
  EXPECT_EQ(at("A", "main"), (Effect{9, 0}));
  says_paid_back("completed", {{1, after(2)}});
  EXPECT_EQ(at("A", "main"), (Effect{9, 0}));
}

TEST_F(GoodsMoments, WhatLeftWithoutAParcelIsNotCountedTwiceWhenItsParcelIsNamedLater) {
  says("completed", {{1, after(1)}});
  says("completed", {{1, after(1)}, {2, after(2)}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
}

TEST_F(GoodsMoments, WhatParcelsHoldIsFreedWithEachOfThem) {
  says("shipped", {{2, after(1)}, {1, after(3)}});
  const auto no = variant("A");
  const auto where = place("main");
  write([&](store::Session& session) {
    EXPECT_EQ(store::reserved_as_of(session, no, where, after(2)), 1);
    EXPECT_EQ(store::on_hand_as_of(session, no, where, after(2)), 8);
    EXPECT_EQ(store::reserved_as_of(session, no, where, after(3)), 0);
  });
}

}  // namespace
}  // namespace tally::engine
