// What a person asks of the stock, as the API hands it over.
#include "engine/stock.hpp"
#include "office.hpp"

namespace tally::engine {
namespace {

class AdminStock : public Office {
 protected:
  void SetUp() override {
    Office::SetUp();
    sit_still();
    for (const auto* sku : {"A", "B"}) import(sku, true);
  }
  static Json file(const std::string& kind, const std::string& rows) {
    return Json::object({{"kind", kind}, {"rows", *Json::parse(rows)}});
  }
  Json moved(const Json& movement) {
    const auto answer = engine->move_stock(movement, "test");
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer ? *answer : Json::object();
  }
  Quantity on_hand(const std::string& sku) {
    Quantity units = 0;
    write([&](store::Session& session) {
      for (const auto& row : store::stock_of(session, variant(session, sku))) units += row.sum.on_hand;
    });
    return units;
  }
  std::string refused(const Json& answer) {
    std::string all;
    for (const auto& row : answer.find("refused")->as_array())
      all += std::to_string(row.integer_or("line")) + ": " + row.text_or("why") + "\n";
    return all;
  }
};

TEST_F(AdminStock, ARowThatItsReaderCouldNotReadIsRefusedByItsLineAndTheOthersAreTaken) {
  const auto answer = moved(file("receipt", R"([{"line": 2, "unreadable": "the row has 3 cells, the header 2: mend it"},
      {"line": 3, "sku": "B", "quantity": "4"}])"));
  EXPECT_EQ(answer.integer_or("applied"), 1);
  EXPECT_EQ(on_hand("B"), 4);
  EXPECT_EQ(refused(answer), "2: the row has 3 cells, the header 2: mend it\n");
}

TEST_F(AdminStock, AFileIsTakenLineByLineAndTheRestApplied) {
  const auto answer = moved(file("receipt", R"([{"line": 2, "sku": "A", "quantity": "5"}, {"line": 3, "sku": "X", "quantity": "1"},
      {"line": 4, "sku": "B", "quantity": ""}, {"line": 5, "sku": "B", "quantity": "2.5"}, {"line": 6, "sku": "B", "quantity": "3", "location": "moon"},
      {"line": 7, "sku": "B", "quantity": "4"}])"));
  EXPECT_EQ(answer.integer_or("applied"), 2);
  EXPECT_EQ(on_hand("A"), 5);
  EXPECT_EQ(on_hand("B"), 4);
  EXPECT_EQ(refused(answer),
            "3: there is no SKU 'X'\n"
            "4: the quantity must be a whole number: blank is never zero\n"
            "5: '2.5' is not a whole number: write whole units without separators\n"
            "6: there is no location 'moon'\n");
}

TEST_F(AdminStock, TheSameFileTwiceHasTheEffectOfOnceAndSaysSo) {
  Json rows = file("receipt", R"([{"line": 2, "sku": "A", "quantity": 5}, {"line": 3, "sku": "A", "quantity": 5}])");
  EXPECT_EQ(moved(rows).integer_or("applied"), 2);
  EXPECT_EQ(on_hand("A"), 10) << "two lines are two deliveries";
  const auto second = moved(rows);
  EXPECT_EQ(second.integer_or("applied"), 0);
  EXPECT_EQ(second.integer_or("again"), 2);
  EXPECT_EQ(on_hand("A"), 10);
  rows.set("again", true);
  EXPECT_EQ(moved(rows).integer_or("applied"), 2);
  EXPECT_EQ(moved(rows).integer_or("applied"), 2);
  EXPECT_EQ(on_hand("A"), 30);
}

TEST_F(AdminStock, ACountFileThatCountsASkuTwiceDidNotChangeTheStockWhenItCameAgain) {
  const auto rows =
      file("count", R"([{"line": 2, "sku": "A", "quantity": "7"}, {"line": 3, "sku": " A", "quantity": "9", "location": "main"}])");
  for (int time = 1; time <= 2; ++time) {
    EXPECT_EQ(refused(moved(rows)), "3: the count of 'A' stands already at line 2\n") << "time " << time;
    EXPECT_EQ(on_hand("A"), 7) << "time " << time;
    clock.pass(Duration(1000));
  }
}

TEST_F(AdminStock, AThousandWithItsPointIsNotCountedAsOne) {
  const auto answer = moved(file("count", R"([{"line": 2, "sku": "A", "quantity": "2.000"}, {"line": 3, "sku": "B", "quantity": "1e9"}])"));
  EXPECT_EQ(refused(answer),
            "2: '2.000' is not a whole number: write whole units without separators\n"
            "3: '1e9' is not a whole number: write whole units without separators\n");
  EXPECT_EQ(moved(file("adjust", R"([{"line": 2, "sku": "A", "quantity": "+3"}, {"line": 3, "sku": "B", "quantity": "-3"}])"))
                .integer_or("applied"),
            1);
  EXPECT_EQ(on_hand("A"), 0);
  EXPECT_EQ(on_hand("B"), -3);
}

TEST_F(AdminStock, ACountFileChangesNothingForASkuThatItDoesNotName) {
  moved(file("receipt", R"([{"sku": "A", "quantity": 5}, {"sku": "B", "quantity": 7}])"));
  clock.pass(Duration(1000));
  const auto answer = moved(file("count", R"([{"line": 2, "sku": "A", "quantity": "3"}])"));
  EXPECT_EQ(answer.integer_or("applied"), 1);
  EXPECT_EQ(on_hand("A"), 3);
  EXPECT_EQ(on_hand("B"), 7);
}

TEST_F(AdminStock, ACountIsAsOfItsMoment) {
  const std::string then = format_iso(clock.now());
  clock.pass(Duration(3600000));
  moved(Json::object({{"kind", "receipt"}, {"sku", "A"}, {"quantity", 5}}));
  auto rows = file("count", R"([{"line": 2, "sku": "A", "quantity": 10}])");
  rows.find("rows")->as_array().front().set("counted_at", then);
  EXPECT_EQ(moved(rows).integer_or("applied"), 1);
  EXPECT_EQ(on_hand("A"), 15) << "the goods came after it";
  auto older = file("count", R"([{"line": 2, "sku": "A", "quantity": 99}])");
  older.find("rows")->as_array().front().set("counted_at", "2020-01-01T00:00:00Z");
  EXPECT_EQ(refused(moved(older)), "2: a count that is as new or newer stands: " + then + "\n");
  auto zoneless = file("count", R"([{"line": 2, "sku": "A", "quantity": 99, "counted_at": "2026-01-01T18:00:00"}, {"line": 3, "sku": "B",
      "quantity": 99, "counted_at": "2036-01-01T18:00:00Z"}])");
  EXPECT_EQ(refused(moved(zoneless)),
            "2: '2026-01-01T18:00:00' is no moment with its zone: write it as 2026-11-27T18:00:00+01:00\n"
            "3: it was counted in the future, at 2036-01-01T18:00:00Z\n");
  EXPECT_EQ(on_hand("A"), 15);
}

TEST_F(AdminStock, AMovementAnswersWithItsCauseByWhichItCanBeReversedOnce) {
  const auto answer = moved(Json::object({{"kind", "receipt"}, {"sku", "A"}, {"quantity", 5}, {"reason", "delivery 7"}}));
  EXPECT_EQ(answer.integer_or("on_hand"), 5);
  const auto cause = answer.text_or("cause");
  auto reversed = engine->reverse_stock(cause, "test");
  ASSERT_TRUE(reversed.has_value()) << reversed.error().text();
  EXPECT_EQ(reversed->integer_or("reversed"), 1);
  EXPECT_EQ(on_hand("A"), 0);
  reversed = engine->reverse_stock(cause, "test");
  ASSERT_TRUE(reversed.has_value());
  EXPECT_EQ(reversed->integer_or("reversed"), 0);
  EXPECT_EQ(on_hand("A"), 0);
  EXPECT_FALSE(engine->reverse_stock("receipt:nothing", "test").has_value());
}

TEST_F(AdminStock, AnAdjustmentBelowZeroSaysHowFarBelowItLeftTheShelf) {
  moved(Json::object({{"kind", "receipt"}, {"sku", "A"}, {"quantity", 5}}));
  const auto answer = moved(Json::object({{"kind", "adjust"}, {"sku", "A"}, {"quantity", -8}}));
  EXPECT_EQ(answer.text_or("location"), "main");
  EXPECT_EQ(answer.integer_or("on_hand"), -3);
  EXPECT_EQ(answer.integer_or("available"), -3);
  const auto by_file = moved(file("adjust", R"([{"line": 2, "sku": "A", "quantity": "-9"}, {"line": 3, "sku": "A", "quantity": "10"},
      {"line": 4, "sku": "B", "quantity": "-1"}, {"line": 5, "sku": "B", "quantity": "-1"}])"));
  const auto& below = by_file.find("below_zero")->as_array();
  ASSERT_EQ(below.size(), 2u) << by_file.dump();
  EXPECT_EQ(below[0].dump(), R"({"line":3,"sku":"A","location":"main","on_hand":-2,"available":-2})");
  EXPECT_EQ(below[1].dump(), R"({"line":5,"sku":"B","location":"main","on_hand":-2,"available":-2})");
  EXPECT_TRUE(moved(file("adjust", R"([{"line": 2, "sku": "A", "quantity": "5"}])")).find("below_zero")->empty());
}

TEST_F(AdminStock, GoodsUnderWayAreForSaleNowhere) {
  write([&](store::Session& session) {
    append_change(session, variant(session, "A"), store::open_location(session, transit), "transfer", 4, "transfer:1:out", "", clock.now(),
                  clock.now());
  });
  Query query;
  query.sku = "A";
  const auto products = engine->products(query);
  ASSERT_TRUE(products.has_value());
  const Json& stock = *products->find("items")->as_array().front().find("stock");
  const auto row = std::ranges::find_if(stock.as_array(), [](const Json& each) { return each.text_or("location") == transit; });
  ASSERT_NE(row, stock.as_array().end()) << stock.dump();
  EXPECT_EQ(row->integer_or("on_hand"), 4);
  EXPECT_EQ(row->integer_or("available", -1), 0);
}

TEST_F(AdminStock, WhatDidNotArriveOfATransferIsToldWithTheWayToSettleIt) {
  std::int64_t no = 0;
  write([&](store::Session& session) {
    const auto sent = send_goods(session,
                                 {0, variant(session, "A"), store::open_location(session, "far"), store::open_location(session, "main"), 10,
                                  std::nullopt, clock.now(), long_ago},
                                 "");
    ASSERT_TRUE(sent.has_value()) << sent.error().text();
    no = *sent;
  });
  const auto answer = moved(Json::object({{"kind", "arrive"}, {"transfer", no}, {"quantity", 4}}));
  EXPECT_EQ(answer.integer_or("missing"), 6);
  EXPECT_NE(answer.text_or("todo").find("`tallyd stock adjust A -6 --location transit`"), std::string::npos) << answer.dump();
  const auto settled = moved(Json::object({{"kind", "adjust"}, {"sku", "A"}, {"quantity", -6}, {"location", "transit"}}));
  EXPECT_EQ(settled.integer_or("on_hand", -1), 0);
}

TEST_F(AdminStock, ATransferToItsOwnPlaceOrToNoneMovesNothing) {
  moved(Json::object({{"kind", "receipt"}, {"sku", "A"}, {"quantity", 5}}));
  EXPECT_FALSE(engine->move_stock(*Json::parse(R"({"kind": "transfer", "sku": "A", "quantity": 2, "from": "main", "to": "main"})"), "test")
                   .has_value());
  EXPECT_FALSE(engine->move_stock(*Json::parse(R"({"kind": "transfer", "sku": "A", "quantity": 2, "from": "main", "to": "moon"})"), "test")
                   .has_value());
  EXPECT_EQ(on_hand("A"), 5);
}

TEST_F(AdminStock, AQuotaIsListedWithWhatIsLeftOfIt) {
  const auto made = engine->set_quota(
      Json::object({{"sku", "A"}, {"channel", "shop"}, {"units", 3}, {"until", format_iso(clock.now() + Duration(3600000))}}), "test");
  ASSERT_TRUE(made.has_value()) << made.error().text();
  EXPECT_EQ(made->text_or("state"), "running");
  auto rules = engine->stock_rules();
  ASSERT_TRUE(rules.has_value());
  ASSERT_EQ(rules->find("quotas")->as_array().size(), 1u);
  EXPECT_EQ(rules->find("quotas")->as_array().front().integer_or("left"), 3);
  ASSERT_TRUE(engine->set_quota(Json::object({{"end", made->integer_or("quota")}}), "test").has_value());
  rules = engine->stock_rules();
  EXPECT_EQ(rules->find("quotas")->as_array().front().text_or("state"), "ended");
  EXPECT_FALSE(
      engine->set_quota(Json::object({{"sku", "A"}, {"channel", "nobody"}, {"units", 3}, {"until", "2036-01-01T00:00:00Z"}}), "test")
          .has_value());
}

TEST_F(AdminStock, AnAdjustmentBelowWhatIsPromisedIsAShortageWithItsCause) {
  moved(Json::object({{"kind", "receipt"}, {"sku", "A"}, {"quantity", 5}}));
  const auto answer = moved(Json::object({{"kind", "adjust"}, {"sku", "A"}, {"quantity", -7}, {"reason", "broken"}}));
  const auto told = engine->oversells({});
  ASSERT_TRUE(told.has_value());
  ASSERT_EQ(told->find("items")->as_array().size(), 1u);
  const auto& oversell = told->find("items")->as_array().front();
  EXPECT_EQ(oversell.integer_or("short"), 2);
  EXPECT_EQ(oversell.text_or("cause"), answer.text_or("cause"));
}

}  // namespace
}  // namespace tally::engine
