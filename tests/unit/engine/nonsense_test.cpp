// Orders that make no sense: each is held for its reason, and reserves what it clearly names.
#include "engine/nonsense.hpp"

#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Nonsense : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    add_shop("shop", {});
    add_product("A", 10);
    add_product("B", 10);
    open();
  }
  std::vector<std::string> holds(const std::string& id) { return platform_order(order_row("shop", id)).holds; }
  static Json money(const std::string& amount, const std::string& currency) {
    return Json::object({{"amount", amount}, {"currency", currency}});
  }
};

TEST_F(Nonsense, ANegativeQuantityIsHeldAndTheOtherLineReserved) {
  order("shop", "1", "paid", {{"A", -2}, {"B", 1}});
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("a quantity of -2")));
  EXPECT_EQ(at("A", "main").reserved, 0);
  EXPECT_EQ(at("B", "main").reserved, 1);
}

TEST_F(Nonsense, ACurrencyThatDoesNotExistIsHeldAndNotParked) {
  order("shop", "1", "paid", {{"A", 2}}, clock.now(), [](Json& tree) {
    tree.set("total", money("20.00", "XQX"));
    tree.set("currency", "XQX");
    tree.find("lines")->as_array().front().set("amount", money("20.00", "XQX"));
  });
  EXPECT_THAT(holds("1"), ElementsAre("its currency 'XQX' does not exist"));
  EXPECT_EQ(at("A", "main").reserved, 2);
}

TEST_F(Nonsense, AnOrderInACurrencyThatNobodyKnowsIsListedInItsOwnWord) {
  store::OrderRow row;
  row.channel = channel("shop").no;
  row.resolved = Json::array();
  row.document = Json::object({{"total", money("80.66", "EUR")}, {"currency", "EUR"}});
  const auto listed = [&] {
    Json item;
    write([&](store::Session& session) { item = order_item(session, core->world(), row); });
    return item;
  };
  EXPECT_EQ(listed().text_or("currency"), "EUR");
  EXPECT_EQ(listed().find("total")->text_or("currency"), "EUR");
  for (const char* doubt : {"currency: 'ZZZ' is no currency", "currency: 'ZZZ' is another currency than EUR; amounts are never converted",
                            "its currency 'ZZZ' does not exist"}) {
    row.document.set("doubts", Json::Array{Json("total: another doubt"), Json(doubt)});
    const Json item = listed();
    EXPECT_EQ(item.text_or("currency"), "ZZZ") << doubt;
    EXPECT_EQ(item.find("total")->text_or("currency"), "ZZZ") << doubt;
    EXPECT_EQ(item.find("total")->find("amount")->scalar_text(), "80.66") << doubt;
  }
}

TEST_F(Nonsense, AnotherCurrencyThanTheChannelsIsHeld) {
  order("shop", "1", "paid", {{"A", 2}}, clock.now(), [](Json& tree) { tree.set("total", money("20.00", "USD")); });
  EXPECT_THAT(holds("1"), ElementsAre("it is in USD and the channel sells in EUR"));
  EXPECT_EQ(at("A", "main").reserved, 2);
}

TEST_F(Nonsense, ATotalThatDoesNotAddUpIsHeldWithTheDifference) {
  order("shop", "1", "paid", {{"A", 2}}, clock.now(), [](Json& tree) {
    tree.find("lines")->as_array().front().set("amount", money("20.00", "EUR"));
    for (const char* none : {"shipping", "discounts", "tax"}) tree.set(none, money("0", "EUR"));
    tree.set("total", money("21.00", "EUR"));
  });
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("off by 1.00 EUR")));
  EXPECT_EQ(at("A", "main").reserved, 2);
}

TEST_F(Nonsense, TheSameLineIdTwiceIsHeldAndEachLineIsReservedAsWhatItNames) {
  const auto twice = [](Json& tree) { tree.find("lines")->as_array().back().set("@id", "1"); };
  order("shop", "1", "paid", {{"A", 2}, {"B", 3}}, clock.now(), twice);
  EXPECT_THAT(holds("1"), ElementsAre("several lines have the id 1"));
  EXPECT_EQ(at("A", "main").reserved, 2);
  EXPECT_EQ(at("B", "main").reserved, 3);
  pass(Duration(60000));
  order("shop", "1", "paid", {{"A", 2}, {"B", 4}}, clock.now(), twice);
  EXPECT_EQ(at("A", "main").reserved, 2) << "the lines are told apart again";
  EXPECT_EQ(at("B", "main").reserved, 4);
  EXPECT_THAT(holds("1"), ElementsAre("several lines have the id 1"));
}

TEST_F(Nonsense, ThousandsOfDoubtsAreHeldForTheFirstAndSoIsTheNextDocument) {
  // given: more than a list may have entries, the last of them of the state
  const auto doubtful = [](Json& tree) {
    Json doubts = Json::array();
    for (int i = 1; i <= 10'001; ++i)
      doubts.push_back("line " + std::to_string(i) + " of day.csv was refused: quantity: 'many' is no number");
    doubts.push_back("state: 'odd' is not in the table 'orders'");
    tree.set("doubts", std::move(doubts));
  };
  const Time placed = clock.now();
  for (const Quantity units : {2, 3}) {
    // when
    pass(Duration(60000));
    order("shop", "1", "pending", {{"A", units}}, placed, doubtful);
    // then
    ASSERT_EQ(holds("1").size(), 101u);
    EXPECT_THAT(holds("1"), Contains(HasSubstr("line 1 of day.csv was refused")));
    EXPECT_EQ(holds("1").back(), "and 9902 more");
    EXPECT_EQ(order_row("shop", "1").state, "held") << "nobody knows whether it is paid";
    EXPECT_EQ(at("A", "main").reserved, units);
  }
  // and: the problem is short, and the order goes by one release
  const auto no = order_row("shop", "1").no;
  write([&](store::Session& session) {
    std::string problem;
    for (const auto& each : store::problems(session, 100)) problem += each.kind == "order" ? each.reason : "";
    EXPECT_LT(problem.size(), 500u);
    EXPECT_THAT(problem, testing::EndsWith(" more"));
    ASSERT_TRUE(release_order(session, core->world(), no, "ada").has_value());
  });
  EXPECT_THAT(holds("1"), IsEmpty());
}

TEST_F(Nonsense, WhatIsBeyondMeasureMovesNothingAlsoWhereThatIsNotShown) {
  // given: more lines beyond measure than an order has reasons
  Lines lines;
  for (int i = 0; i < 150; ++i) lines.emplace_back("A", 20'000);
  order("shop", "1", "paid", lines);
  EXPECT_EQ(holds("1").back(), "and 50 more");
  EXPECT_EQ(at("A", "main").reserved, 0);
  // when: what is shown is released
  const auto no = order_row("shop", "1").no;
  const auto release = [&] {
    write([&](store::Session& session) { ASSERT_TRUE(release_order(session, core->world(), no, "ada").has_value()); });
  };
  release();
  // then: the rest is shown, and still moves nothing
  EXPECT_EQ(holds("1").size(), 50u);
  EXPECT_EQ(at("A", "main").reserved, 100 * 20'000);
  release();
  EXPECT_THAT(holds("1"), IsEmpty());
}

TEST_F(Nonsense, TwoShapesOfOneOrderAreHeldUntilAPersonLetsItGo) {
  const Time placed = clock.now();
  order("shop", "1", "paid", {{"A", 2}}, placed);
  EXPECT_THAT(holds("1"), IsEmpty());
  pass(Duration(60000));
  const auto other = [](Json& tree) { tree.find("lines")->as_array().front().set("@id", "77"); };
  order("shop", "1", "paid", {{"B", 3}}, placed, other);
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("not one of its lines is the same")));
  EXPECT_EQ(at("A", "main").reserved, 0);
  EXPECT_EQ(at("B", "main").reserved, 3);
  pass(Duration(60000));
  order("shop", "1", "paid", {{"B", 2}}, placed, other);
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("not one of its lines is the same"))) << "the next document does not hide it";
  write([&](store::Session& session) {
    ASSERT_TRUE(release_order(session, core->world(), store::find_order(session, channel("shop").no, "1")->no, "ada").has_value());
  });
  EXPECT_THAT(holds("1"), IsEmpty());
  pass(Duration(60000));
  order("shop", "1", "paid", {{"B", 1}}, placed, other);
  EXPECT_THAT(holds("1"), IsEmpty());
}

TEST_F(Nonsense, AnOrderThatKeepsTurningBetweenTwoShapesUnderOneTimeOfChangeIsHeld) {
  const Time placed = clock.now();
  const auto told = [&](Quantity units) {
    pass(Duration(60000));
    order("shop", "1", "paid", {{"A", units}, {"B", 1}}, placed, [&](Json& tree) { tree.set("changed_at", format_iso(placed)); });
  };
  for (const Quantity units : {2, 3, 2, 3}) {
    told(units);
    EXPECT_THAT(holds("1"), IsEmpty()) << "readings may cross";
  }
  told(2);
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("it keeps turning between lists of lines")));
  EXPECT_EQ(at("A", "main").reserved, 2);
  told(3);
  EXPECT_EQ(holds("1").size(), 1u) << "once, whichever is the newest";
  EXPECT_EQ(at("A", "main").reserved, 3);
}

TEST_F(Nonsense, AnOrderThatIsEditedThereAndBackIsNot) {
  const Time placed = clock.now();
  for (const Quantity units : {2, 3, 2, 3, 2, 3, 2}) {
    pass(Duration(60000));
    order("shop", "1", "paid", {{"A", units}}, placed);
    EXPECT_THAT(holds("1"), IsEmpty());
  }
}

TEST_F(Nonsense, ALineThatNamesOneSkuAndTheOfferOfAnotherIsHeldAndSaysWhatItMoves) {
  const auto a = variant("A");
  write([&](store::Session& session) { store::put_remote(session, channel("shop").no, "variant", std::to_string(a.value), "@id", "v1"); });
  const auto of_offer = [](Json& tree) { tree.find("lines")->as_array().front().set("offer", Json::object({{"@id", "v1"}})); };
  order("shop", "1", "paid", {{"B", 1}}, clock.now(), of_offer);
  EXPECT_THAT(holds("1"), ElementsAre("line 1 says B, and the offer that it names is of A: that is what it moves"));
  EXPECT_EQ(at("A", "main").reserved, 1);
  EXPECT_EQ(at("B", "main").reserved, 0);
  order("shop", "2", "paid", {{"the shop's own word", 1}}, clock.now(), of_offer);
  EXPECT_THAT(holds("2"), IsEmpty()) << "no SKU of the catalogue: the offer says what it is";
  order("shop", "3", "paid", {{"", 1}}, clock.now(), of_offer);
  EXPECT_THAT(holds("3"), IsEmpty());
  write([&](store::Session& session) {
    EXPECT_EQ(named_order(session, *store::find_order(session, channel("shop").no, "3")).lines.front().sku.text, "A")
        << "a person ships it by this name";
  });
}

TEST_F(Nonsense, AnOrderThatChangesItsCurrencyIsHeld) {
  rules("shop").currency.clear();
  open();
  const Time placed = clock.now();
  order("shop", "1", "paid", {{"A", 2}}, placed, [](Json& tree) { tree.set("total", money("20.00", "EUR")); });
  EXPECT_THAT(holds("1"), IsEmpty());
  pass(Duration(60000));
  order("shop", "1", "paid", {{"A", 2}}, placed, [](Json& tree) { tree.set("total", money("20.00", "USD")); });
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("in EUR, now in USD")));
  EXPECT_EQ(at("A", "main").reserved, 2);
}

TEST_F(Nonsense, AnOrderOfWhichAPartIsPaidReservesWithoutAnEndAndWaitsForTheRest) {
  rules("shop").reserve = ReserveAt::paid;
  rules("shop").reserve_for = std::chrono::hours(1);
  open();
  const Time placed = clock.now();
  const auto paid = [](const char* word) { return [word](Json& tree) { tree.set("payment", word); }; };
  for (const char* id : {"1", "2"}) order("shop", id, "pending", {{"A", 2}}, placed, paid("pending"));
  EXPECT_EQ(at("A", "main").reserved, 0);
  pass(std::chrono::minutes(30));
  for (const char* id : {"1", "2"}) order("shop", id, "pending", {{"A", 2}}, placed, paid("part_paid"));
  EXPECT_THAT(holds("1"), ElementsAre("only a part of it is paid"));
  EXPECT_EQ(order_row("shop", "1").state, "held");
  pass(std::chrono::hours(48));
  ring();
  EXPECT_EQ(at("A", "main").reserved, 4);
  // when: the rest of the one comes, and a person lets the other go
  order("shop", "1", "pending", {{"A", 2}}, placed, paid("paid"));
  EXPECT_THAT(holds("1"), IsEmpty());
  EXPECT_EQ(order_row("shop", "1").state, "paid");
  write([&](store::Session& session) {
    EXPECT_TRUE(release_order(session, core->world(), store::find_order(session, channel("shop").no, "2")->no, "ada").has_value());
  });
  EXPECT_THAT(holds("2"), IsEmpty());
  EXPECT_EQ(order_row("shop", "2").state, "released");
  EXPECT_EQ(at("A", "main").reserved, 4);
}

TEST_F(Nonsense, APersonReleasesAllButAnUnknownSku) {
  order("shop", "1", "paid", {{"A", -2}, {"ghost", 1}});
  EXPECT_THAT(holds("1"), Contains(HasSubstr("unknown SKU ghost")));
  write([&](store::Session& session) {
    const auto still = release_order(session, core->world(), store::find_order(session, channel("shop").no, "1")->no, "ada");
    ASSERT_TRUE(still.has_value());
    EXPECT_THAT(*still, ElementsAre(HasSubstr("unknown SKU ghost")));
    EXPECT_EQ(release_order(session, core->world(), store::find_order(session, channel("shop").no, "1")->no, "ada").error().fault,
              Fault::rejected);
  });
}

TEST_F(Nonsense, ASaleDatedIn2099CountsFromWhenItCameAndIsHeld) {
  const auto dated = [](const std::string& at) {
    return [at](Json& tree) {
      for (const auto* moment : {"placed_at", "changed_at"}) tree.set(moment, at);
    };
  };
  order("shop", "1", "completed", {{"A", 2}}, clock.now(), dated("2099-12-31T10:00:00Z"));
  EXPECT_EQ(at("A", "main").on_hand, 8) << "the goods are gone all the same";
  EXPECT_THAT(holds("1"),
              ElementsAre("it is dated 2099-12-31T10:00:00Z, more than a day ahead of our clock: it counts from when we had it"));
  pass(Duration(3600000));
  ASSERT_TRUE(count("A", "main", 8, clock.now()));
  EXPECT_EQ(at("A", "main").on_hand, 8) << "the count has the sale";

  pass(Duration(3600000));
  order("shop", "1", "completed", {{"A", 3}}, clock.now(), dated(format_iso(clock.now())));
  EXPECT_EQ(at("A", "main").on_hand, 7) << "a later document is not older than 2099";
  EXPECT_THAT(holds("1"), IsEmpty()) << "the clock was set";
}

TEST_F(Nonsense, AClockThatIsAFewHoursAheadHoldsNothing) {
  order("shop", "1", "completed", {{"A", 2}}, clock.now() + Duration(24LL * 3600000));
  EXPECT_THAT(holds("1"), IsEmpty());
  EXPECT_EQ(at("A", "main").on_hand, 8);
}

TEST_F(Nonsense, AnOrderInAStateThatNobodyKnowsIsHeldAndReservedUntilItsStateIsKnown) {
  const auto unknown = [](const std::string& of) {
    return [of](Json& tree) {
      tree.erase("state");
      tree.set("doubts", Json::Array{Json(of + ": 'in the attic' is not in the table 'orders'")});
    };
  };
  rules("shop").reserve = ReserveAt::paid;
  open();
  order("shop", "1", "", {{"A", 2}}, clock.now(), unknown("state"));
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("'in the attic' is not in the table")));
  EXPECT_EQ(order_row("shop", "1").state, "held");
  EXPECT_EQ(at("A", "main").reserved, 2);
  pass(Duration(60000));
  order("shop", "1", "pending", {{"A", 2}});
  EXPECT_EQ(at("A", "main").reserved, 0) << "it is known to wait for its payment";
  pass(Duration(60000));
  order("shop", "1", "pending", {{"A", 2}}, clock.now(), [&](Json& tree) {
    unknown("payment")(tree);
    tree.set("payment", "pending");  // what it was before
  });
  EXPECT_EQ(at("A", "main").reserved, 2) << "an order that was pending may be paid by now";
  pass(Duration(60000));
  order("shop", "1", "cancelled", {{"A", 2}});
  EXPECT_EQ(at("A", "main").reserved, 0);
  order("shop", "2", "cancelled", {{"B", 2}}, clock.now(), [&](Json& tree) {
    unknown("state")(tree);
    tree.set("state", "cancelled");
  });
  EXPECT_EQ(order_row("shop", "2").state, "cancelled") << "what it was before stands";
}

TEST_F(Nonsense, AQuantityThatIsGoneOrNegativeKeepsWhatWasReserved) {
  order("shop", "1", "paid", {{"A", 2}, {"B", 1}});
  pass(Duration(60000));
  order("shop", "1", "paid", {{"A", 2}, {"B", 1}}, clock.now(),
        [](Json& tree) { tree.find("lines")->as_array().front().erase("quantity"); });
  EXPECT_THAT(holds("1"), ElementsAre("line 1: no quantity; it keeps the 2 that it had"));
  EXPECT_EQ(at("A", "main").reserved, 2);
  pass(Duration(60000));
  order("shop", "1", "paid", {{"A", -3}, {"B", 1}});
  EXPECT_THAT(holds("1"), ElementsAre("line 1: a quantity of -3; it keeps the 2 that it had"));
  EXPECT_EQ(at("A", "main").reserved, 2);
  pass(Duration(60000));
  order("shop", "1", "paid", {{"A", 1}, {"B", 1}});
  EXPECT_THAT(holds("1"), IsEmpty());
  EXPECT_EQ(at("A", "main").reserved, 1);
}

TEST_F(Nonsense, ALineThatSellsSomethingElseUnderItsOldIdKeepsNoQuantity) {
  order("shop", "1", "paid", {{"A", 20}, {"B", 1}});
  pass(Duration(60000));
  order("shop", "1", "paid", {{"B", 0}}, clock.now(), [](Json& tree) { tree.find("lines")->as_array().front().erase("quantity"); });
  EXPECT_EQ(at("A", "main").reserved, 0);
  EXPECT_EQ(at("B", "main").reserved, 0);
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("a quantity of 0")));
}

TEST_F(Nonsense, AStateOrLinesThatAreGoneLetNothingGo) {
  order("shop", "1", "shipped", {{"A", 2}});
  order("shop", "2", "paid", {{"B", 2}});
  pass(Duration(60000));
  order("shop", "1", "", {{"A", 2}}, clock.now(), [](Json& tree) { tree.erase("state"); });
  EXPECT_EQ(order_row("shop", "1").state, "shipped");
  EXPECT_EQ(at("A", "main"), (Effect{8, 0}));
  EXPECT_THAT(holds("1"), ElementsAre("state: none is said"));
  order("shop", "2", "paid", {}, clock.now(), [](Json& tree) { tree.erase("lines"); });
  EXPECT_EQ(at("B", "main").reserved, 2);
  EXPECT_THAT(holds("2"), ElementsAre("it says no lines: it keeps those that it had"));
  pass(Duration(60000));
  order("shop", "2", "paid", {{"B", 1}});
  EXPECT_THAT(holds("2"), IsEmpty());
  EXPECT_EQ(at("B", "main").reserved, 1);
}

TEST_F(Nonsense, AnOrderFirstSeenWithoutAStateIsHeldAndReserved) {
  rules("shop").reserve = ReserveAt::paid;
  open();
  order("shop", "1", "", {{"A", 2}}, clock.now(), [](Json& tree) { tree.erase("state"); });
  EXPECT_THAT(holds("1"), ElementsAre("state: none is said"));
  EXPECT_EQ(at("A", "main").reserved, 2);
  write([&](store::Session& session) {
    ASSERT_TRUE(release_order(session, core->world(), store::find_order(session, channel("shop").no, "1")->no, "ada").has_value());
  });
  EXPECT_EQ(order_row("shop", "1").state, "released") << "a person said that it may go";
  EXPECT_EQ(at("A", "main").reserved, 2);
}

TEST_F(Nonsense, ALineThatNamesNothingAnyMoreSellsWhatItSold) {
  const auto a = variant("A");
  write([&](store::Session& session) { store::put_remote(session, channel("shop").no, "variant", std::to_string(a.value), "@id", "v1"); });
  const auto offer = [](const char* id) {
    return [id](Json& tree) { tree.find("lines")->as_array().front().set("offer", Json::object({{"@id", id}})); };
  };
  order("shop", "1", "paid", {{"A", 4}}, clock.now(), offer("v1"));
  order("shop", "2", "shipped", {{"B", 3}});
  pass(Duration(60000));
  order("shop", "1", "paid", {{"", 4}}, clock.now(), offer("0"));
  EXPECT_EQ(at("A", "main").reserved, 4) << "its product was deleted there";
  EXPECT_THAT(holds("1"), IsEmpty());
  order("shop", "2", "shipped", {{"", 3}});
  EXPECT_EQ(at("B", "main"), (Effect{7, 0}));
  pass(Duration(60000));
  order("shop", "1", "paid", {{"ghost", 4}}, clock.now(), offer("0"));
  EXPECT_EQ(at("A", "main").reserved, 0) << "that is something else";
}

TEST_F(Nonsense, GoodsThatLeftStayGoneThoughTheirLineIsGoneOrOfNone) {
  for (const char* sku : {"A", "B"}) {
    store::OfferRow listed;
    listed.channel = channel("shop").no;
    listed.variant = variant(sku);
    listed.low = listed.high = 10;
    listed.anchor_from = listed.anchor_to = clock.now();
    write([&](store::Session& session) { store::put_offer(session, listed); });
  }
  pass(Duration(60000));
  order("shop", "1", "shipped", {{"A", 3}, {"B", 2}});
  pass(Duration(60000));
  order("shop", "1", "shipped", {{"A", 3}});
  EXPECT_EQ(at("B", "main"), (Effect{8, 0}));
  EXPECT_THAT(holds("1"), ElementsAre("line 2 (B) is gone from it, and 2 have left: they stay gone"));
  pass(Duration(60000));
  order("shop", "1", "shipped", {{"A", 0}});
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
  EXPECT_EQ(at("B", "main"), (Effect{8, 0})) << "nor with the document after";
  EXPECT_THAT(holds("1"), testing::UnorderedElementsAre(HasSubstr("line 2 (B) is gone"), HasSubstr("a quantity of 0, and 3 have left")));
  EXPECT_TRUE(marked("shop", "A") && marked("shop", "B")) << "nobody knows whether the shop gave them back";
  const auto offer_of = [&](const std::string& sku) {
    std::optional<store::OfferRow> row;
    const auto no = variant(sku);
    write([&](store::Session& session) { row = store::find_offer(session, channel("shop").no, no); });
    return row.value_or(store::OfferRow{});
  };
  EXPECT_LT(offer_of("A").low, offer_of("A").high);
  order("shop", "2", "paid", {{"A", 3}, {"B", 2}});
  pass(Duration(60000));
  order("shop", "2", "paid", {{"A", 3}});
  EXPECT_EQ(at("B", "main"), (Effect{8, 0})) << "what had not left is free again";
  EXPECT_THAT(holds("2"), IsEmpty());
}

TEST_F(Nonsense, WhatIsGuessedIsNotWhatThePlatformSaid) {
  Json document = Json::object({{"doubts", Json::Array{Json("payment: 'odd' is not in the table 'payments'")}}});
  EXPECT_TRUE(is_guessed("held", document));
  EXPECT_FALSE(is_guessed("paid", document));
  EXPECT_TRUE(asks_for_a_table(document));
  document.set("doubts", Json::array());
  EXPECT_FALSE(is_guessed("held", document)) << "the platform holds it";
  EXPECT_FALSE(asks_for_a_table(document));
}

TEST_F(Nonsense, ABarcodeAsQuantityMovesNothingBeforeAPersonReleasesItAndTheOtherLineDoes) {
  for (const Quantity barcode : {Quantity{96385074}, Quantity{1'000'000'000}}) {
    const std::string id = std::to_string(barcode);
    const auto before = at("A", "main"), other = at("B", "main");
    order("shop", id, "completed", {{"A", barcode}, {"B", 1}});
    EXPECT_THAT(holds(id), ElementsAre(HasSubstr("line 1 is of " + id + " units, more than 10000")));
    EXPECT_EQ(at("A", "main"), before);
    EXPECT_EQ(at("B", "main"), (Effect{other.on_hand - 1, 0}));
    write([&](store::Session& session) {
      ASSERT_TRUE(release_order(session, core->world(), store::find_order(session, channel("shop").no, id)->no, "ada").has_value());
    });
    EXPECT_THAT(holds(id), IsEmpty());
    EXPECT_EQ(at("A", "main").on_hand, before.on_hand - barcode) << "somebody meant it";
  }
}

TEST_F(Nonsense, WhatIsMissingOnceSuchAnOrderIsReleasedIsNotBlamedOnWhenTheChannelReserves) {
  rules("shop").reserve = ReserveAt::paid;
  open();
  order("shop", "1", "paid", {{"A", 20'000}});
  pass(Duration(60000));
  order("shop", "2", "paid", {{"A", 10}});
  write([&](store::Session& session) {
    ASSERT_TRUE(release_order(session, core->world(), store::find_order(session, channel("shop").no, "1")->no, "ada").has_value());
  });
  ASSERT_EQ(oversells().size(), 1u);
  EXPECT_THAT(oversells().front().rule, HasSubstr("nobody knew which of these goods this one takes, or how many"));
}

TEST_F(Nonsense, ABarcodeAsQuantityIsCorrectedOnTheChannel) {
  const Time placed = clock.now();
  order("shop", "1", "paid", {{"A", 96385074}}, placed);
  EXPECT_EQ(at("A", "main"), (Effect{10, 0}));
  pass(Duration(60000));
  order("shop", "1", "paid", {{"A", 3}}, placed);
  EXPECT_THAT(holds("1"), IsEmpty());
  EXPECT_EQ(at("A", "main"), (Effect{10, 3}));
}

TEST_F(Nonsense, ABarcodeAsReturnedQuantityFillsNoShelf) {
  order("shop", "1", "completed", {{"A", 0}}, clock.now(), [](Json& tree) {
    const Json ref = Json::object({{"line", Json::object({{"@id", "1"}})}, {"quantity", 96385074}, {"restocked", true}});
    tree.set("refunds", Json::Array{Json::object({{"@id", "back"}, {"lines", Json::Array{ref}}})});
  });
  EXPECT_THAT(holds("1"), Contains(HasSubstr("line 1 is of 96385074 units")));
  EXPECT_EQ(at("A", "main"), (Effect{10, 0}));
}

TEST_F(Nonsense, TenThousandUnitsOfOneThingAreAnOrder) {
  order("shop", "1", "paid", {{"A", 10'000}});
  EXPECT_THAT(holds("1"), IsEmpty());
  EXPECT_EQ(at("A", "main").reserved, 10'000);
}

TEST_F(Nonsense, AParcelAndAReturnDatedIn2099MoveTheirGoodsNow) {
  const auto facts = [](const char* id) {
    return Json::Array{Json::object(
        {{"@id", id},
         {"at", "2099-12-31T10:00:00Z"},
         {"lines", Json::Array{Json::object({{"line", Json::object({{"@id", "1"}})}, {"quantity", 2}, {"restocked", true}})}}})};
  };
  order("shop", "1", "part_shipped", {{"A", 5}}, clock.now(), [&](Json& tree) { tree.set("shipments", facts("p")); });
  EXPECT_EQ(at("A", "main"), (Effect{8, 3}));
  EXPECT_THAT(holds("1"), ElementsAre(HasSubstr("it is dated 2099")));
}

class LongRow : public Nonsense {
 protected:
  /// The row of order 1 with another document, as an older version wrote it.
  void stored_as(const std::function<void(Json&)>& change) {
    write([&](store::Session& session) {
      auto row = *store::find_order(session, channel("shop").no, "1");
      change(row.document);
      ++row.revision;
      ASSERT_TRUE(store::update_order(session, row));
    });
  }
};

TEST_F(LongRow, OfTwentyThousandHoldsIsReadWithTheFirstHundred) {
  order("shop", "1", "paid", {{"A", 2}});
  stored_as([](Json& document) {
    Json many = Json::array();
    for (int i = 0; i < 20'000; ++i) many.push_back("reason " + std::to_string(i));
    document.set("holds", std::move(many));
  });
  ASSERT_EQ(holds("1").size(), 101u);
  EXPECT_EQ(holds("1").front(), "reason 0");
  EXPECT_EQ(holds("1").back(), "and 19900 more");
  order("shop", "1", "shipped", {{"A", 2}});
  EXPECT_EQ(at("A", "main"), (Effect{8, 0}));
  EXPECT_THAT(holds("1"), IsEmpty());
}

TEST_F(LongRow, OfTwentyThousandLinesIsReadWhole) {
  order("shop", "1", "paid", {{"A", 2}});
  stored_as([](Json& document) {
    auto& lines = document.find("lines")->as_array();
    const Json like = lines.front();
    for (int i = 2; i <= 20'000; ++i) lines.push_back(Json(like).set("@id", std::to_string(i)));
  });
  const auto lines = platform_order(order_row("shop", "1")).lines;
  ASSERT_EQ(lines.size(), 20'000u);
  EXPECT_EQ(lines[10'000].id, "10001");
  EXPECT_EQ(lines.back().id, "20000");
}

}  // namespace
}  // namespace tally::engine
