// What orders reserve when their documents come late, twice, or in the wrong order, and when their bundles change under them.
#include "stock_house.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class Claims : public StockHouse {
 protected:
  using Change = std::function<void(Json&)>;

  void SetUp() override {
    StockHouse::SetUp();
    add_shop("shop", {});
    add_shop("other", {});
  }
  static Json part(Quantity units, bool restocked = false) {
    Json ref = Json::object({{"line", Json::object({{"@id", "1"}})}, {"quantity", units}});
    if (restocked) ref.set("restocked", true);
    return ref;
  }
  Change left(Quantity units) {
    return [this, units](Json& tree) {
      tree.set("shipments",
               Json::Array{Json::object({{"@id", "s"}, {"at", format_iso(clock.now())}, {"lines", Json::Array{part(units)}}})});
    };
  }
  Change back(Quantity units) {
    return [this, units](Json& tree) {
      tree.set("refunds",
               Json::Array{Json::object({{"@id", "r"}, {"at", format_iso(clock.now())}, {"lines", Json::Array{part(units, true)}}})});
    };
  }
};

TEST_F(Claims, OfABundleThatIsMadeOfMoreMeanwhileLeaveNoNegativeReservation) {
  for (const auto* end : {"shipped", "cancelled"}) {
    const std::string a = std::string("A-") + end, k = std::string("K-") + end;
    add_product(a, 10);
    add_product(k, 0, {{Sku(a), 2}});
    open();
    order("shop", end, "paid", {{k, 1}});
    ASSERT_EQ(at(a, "main").reserved, 2);
    add_product(k, 0, {{Sku(a), 3}});
    pass(1min);
    order("shop", end, end, {{k, 1}});
    EXPECT_EQ(at(a, "main").reserved, 0) << end;
    EXPECT_EQ(at(a, "main").on_hand, std::string(end) == "shipped" ? 8 : 10) << end;
  }
}

TEST_F(Claims, AreNeverNegativeWhateverComesAfterWhatever) {
  struct Said {
    const char* state;
    Quantity units;
    Change more;
  };
  const std::vector<Said> words{{"pending", 2, {}}, {"paid", 3, {}},      {"paid", 1, {}},          {"part_shipped", 3, left(1)},
                                {"shipped", 2, {}}, {"cancelled", 2, {}}, {"refunded", 2, back(2)}, {"paid", -4, {}}};
  constexpr Quantity shelf = 1'000'000;
  add_product("A", shelf);
  open();
  int orders = 0;
  for (const auto& first : words) {
    for (const auto& second : words) {
      for (const auto& third : words) {
        const std::string id = std::to_string(++orders);
        const auto before = at("A", "main");
        for (const auto* said : {&first, &second, &third}) {
          pass(1s);
          order("shop", id, said->state, {{"A", said->units}}, clock.now(), said->more);
          const auto now = at("A", "main");
          ASSERT_GE(now.reserved, before.reserved) << id << ": " << first.state << ", " << second.state << ", " << third.state;
          ASSERT_LE(now.on_hand, before.on_hand) << id << ": " << first.state << ", " << second.state << ", " << third.state;
        }
      }
    }
  }
}

TEST_F(Claims, OfTwoBundlesThatShareAComponentInOneOrderAddUp) {
  add_product("A", 10);
  add_product("B", 4);
  add_product("PAIR", 0, {{Sku("A"), 2}});
  add_product("SET", 0, {{Sku("A"), 1}, {Sku("B"), 1}});
  open();
  order("shop", "1", "paid", {{"PAIR", 1}, {"SET", 2}, {"A", 1}});
  EXPECT_EQ(at("A", "main").reserved, 5);
  EXPECT_EQ(at("B", "main").reserved, 2);
  EXPECT_EQ(number("other", "PAIR").number, 2);
  EXPECT_EQ(number("other", "SET").number, 2);
  EXPECT_TRUE(oversells().empty());
  pass(1min);
  order("shop", "1", "shipped", {{"PAIR", 1}, {"SET", 2}, {"A", 1}});
  EXPECT_EQ(at("A", "main"), (Effect{5, 0}));
  EXPECT_EQ(at("B", "main"), (Effect{2, 0}));
}

TEST_F(Claims, OfABundleAndItsComponentInOneOrderAreNotPromisedTheSameUnits) {
  add_product("A", 4);
  add_product("PAIR", 0, {{Sku("A"), 2}});
  open();
  order("shop", "1", "paid", {{"PAIR", 2}, {"A", 1}});
  EXPECT_EQ(at("A", "main"), (Effect{4, 5}));
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_EQ(oversells().front().short_by, 1);
  EXPECT_EQ(number("other", "A").number, 0);
}

TEST_F(Claims, OfADocumentThatSaysOnceMoreWhatWasTrueBeforeAreNoRepeat) {
  add_product("A", 10);
  open();
  const Time placed = clock.now();
  const auto without_time = [](Json& tree) { tree.erase("changed_at"); };
  for (const Quantity units : {2, 3, 2, 3, 3}) {
    pass(1min);
    order("shop", "1", "paid", {{"A", units}}, placed, without_time);
    EXPECT_EQ(at("A", "main").reserved, units) << "these very bytes were there before, and are not what was there last";
  }
}

TEST_F(Claims, OfALineThatNobodyKnewAreMadeWhenItsSkuIsMappedThoughTheDocumentIsTheSame) {
  add_product("A", 10);
  open();
  order("shop", "1", "paid", {{"A", 1}, {"LATE", 2}});
  ASSERT_EQ(at("A", "main").reserved, 1);
  add_product("LATE", 5);
  write([&](store::Session& session) { resolve_waiting(session, core->world(), "LATE", [](ChannelNo, VariantNo, const OwnStep&) {}); });
  EXPECT_EQ(at("LATE", "main").reserved, 2);
  EXPECT_EQ(at("A", "main").reserved, 1) << "and nothing twice";
}

TEST_F(Claims, OfWhatShipsLowerTheShelfAndTheReservationTogether) {
  add_product("A", 10);
  open();
  order("shop", "1", "paid", {{"A", 3}});
  EXPECT_EQ(at("A", "main"), (Effect{10, 3}));
  EXPECT_EQ(number("other", "A").available, 7);
  pass(1min);
  order("shop", "1", "part_shipped", {{"A", 3}}, clock.now(), left(1));
  EXPECT_EQ(at("A", "main"), (Effect{9, 2}));
  EXPECT_EQ(number("other", "A").available, 7) << "nothing became free and nothing was sold";
  pass(1min);
  order("shop", "1", "shipped", {{"A", 3}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
  EXPECT_EQ(number("other", "A").available, 7);
}

}  // namespace
}  // namespace tally::engine
