// Documents that could not be read, and what becomes of them when their cause is corrected.
#include "office.hpp"

namespace tally::engine {
namespace {

class IntakeParked : public Office {
 protected:
  /// Row 1: an order of two units, which the mapping does not understand yet.
  void park_an_order() {
    work(false);
    import("A", true);
    write([&](store::Session& session) { add_row(session); });
    ASSERT_TRUE(soon([&] { return shop().integer_or("parked_rows") == 1; }));
  }
  void add_row(store::Session& session) { add_row(session, R"("state": "paid")", 2, 0); }
  void add_row(store::Session& session, const std::string& state, Quantity units, int minute) {
    const std::string line = R"({"@id": "1", "sku": "A", "unit_price": "10", "quantity": )" + std::to_string(units) + "}";
    store::add_inbox(session, {0,
                               shop_no,
                               minute == 0 ? "hook" : "read",
                               "order",
                               R"({"@id": "7", "number": "7", )" + state + R"(, "currency": "EUR", "changed_at": "2026-01-01T00:0)" +
                                   std::to_string(minute) + R"(:00Z", "placed_at": "2026-01-01T00:00:00Z", "lines": [)" + line + "]}",
                               {},
                               clock.now()});
  }
  Quantity reserved() {
    Quantity units = 0;
    write([&](store::Session& session) {
      for (const auto& row : store::stock_of(session, variant(session, "A"))) units += row.sum.reserved;
    });
    return units;
  }
  bool applied_once() { return shop().integer_or("parked_rows") == 0 && shop().integer_or("orders") == 1 && reserved() == 2; }
};

TEST_F(IntakeParked, TellTheirRowTheReasonAndWhatCanBeDone) {
  park_an_order();
  const auto all = problems();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().text_or("thing"), "1");
  EXPECT_EQ(all.front().text_or("reason"), "orders.yaml:3:1: the state 'paid' is in no table");
  EXPECT_NE(all.front().text_or("todo").find("tallyd replay 1"), std::string::npos);
  EXPECT_NE(all.front().text_or("todo").find("tallyd discard 1"), std::string::npos);
  EXPECT_FALSE(status().bool_or("converged", true));
}

TEST_F(IntakeParked, ReportsOfAFileAskForItAgainAndEndWhenItComes) {
  work(false);
  const auto report = [&](const std::string& kind, const std::string& about) {
    write([&](store::Session& session) { store::add_inbox(session, {0, shop_no, "read", kind, "{}", {{"about", about}}, clock.now()}); });
  };
  report("report", "sales/a.csv");
  report("report", "sales/b.csv");
  ASSERT_TRUE(soon([&] { return shop().integer_or("parked_rows") == 2; }));
  EXPECT_EQ(problems().front().text_or("todo"), "correct the file and drop it again; `tallyd discard 1` drops it");
  // when: a.csv is refused again, and b.csv is taken
  report("report", "sales/a.csv");
  report("listing", "sales/b.csv");
  ASSERT_TRUE(soon([&] { return shop().integer_or("parked_rows") == 1 && shop().integer_or("unread_rows") == 0; }));
  const auto left = problems();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().text_or("thing"), "3");
}

TEST_F(IntakeParked, AreReadAgainAfterAReloadThatMendsTheMapping) {
  park_an_order();
  ASSERT_TRUE(engine->reload("test").has_value());
  EXPECT_TRUE(soon([&] { return applied_once(); })) << shop().dump();
  EXPECT_TRUE(problems().empty());
  ASSERT_TRUE(engine->reload("test").has_value());
  ASSERT_TRUE(pass_with_a_beat(Duration(1000)));
  EXPECT_TRUE(applied_once()) << "not a second time";
}

TEST_F(IntakeParked, AnOrderInAWordThatNoTableKnewIsReadAgainAfterAReloadThatMendsTheMapping) {
  const auto order = [&] { return engine->order("shop", "7").value(); };
  work(false);
  import("A", true);
  write([&](store::Session& session) { add_row(session, R"("word": "cancelled")", 2, 0); });
  ASSERT_TRUE(soon([&] { return shop().integer_or("orders") == 1; }));
  EXPECT_EQ(reserved(), 2);
  EXPECT_EQ(order().text_or("state"), "held");
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_NE(problems().front().text_or("todo").find("tallyd reload"), std::string::npos);
  // when: the word is in the table
  ASSERT_TRUE(engine->reload("test").has_value());
  EXPECT_TRUE(soon([&] { return order().text_or("state") == "cancelled"; })) << order().dump();
  EXPECT_EQ(reserved(), 0);
  EXPECT_TRUE(problems().empty());
  const auto revision = order().integer_or("revision");
  ASSERT_TRUE(engine->reload("test").has_value());
  ASSERT_TRUE(pass_with_a_beat(Duration(1000)));
  EXPECT_EQ(order().integer_or("revision"), revision) << "what is understood is not read again";
}

TEST_F(IntakeParked, AnAmountThatTheDocumentDoesNotSayIsNotThatOfTheLineAsItWas) {
  work();
  import("A", true);
  write([&](store::Session& session) { add_row(session, R"("state": "paid")", 2, 0); });
  ASSERT_TRUE(soon([&] { return reserved() == 2; }));
  write([&](store::Session& session) { add_row(session, R"("state": "paid")", 5, 1); });
  ASSERT_TRUE(soon([&] { return reserved() == 5; }));
  const auto order = engine->order("shop", "7");
  ASSERT_TRUE(order.has_value());
  EXPECT_TRUE(order->find("holds")->as_array().empty()) << order->dump();
}

TEST_F(IntakeParked, AreReadAgainByTheNextVersion) {
  park_an_order();
  work(true);
  EXPECT_TRUE(soon([&] { return applied_once(); })) << shop().dump();
}

TEST_F(IntakeParked, StayParkedWithTheNewReasonWhenTheyStillCannotBeRead) {
  park_an_order();
  write([](store::Session& session) { store::park_row(session, 1, shop_no, "an older reason", from_ms(0)); });
  const auto answer = engine->replay(Json::object({{"rows", Json::Array{1}}}), "test");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer->integer_or("applied", -1), 0);
  EXPECT_EQ(answer->find("parked")->as_array().front().text_or("reason"), "orders.yaml:3:1: the state 'paid' is in no table");
  write([](store::Session& session) {
    EXPECT_EQ(store::parked_row(session, 1)->reason, "orders.yaml:3:1: the state 'paid' is in no table");
  });
}

TEST_F(IntakeParked, ApplyNothingTwiceWhenTheSameOrderCameAnotherWayMeanwhile) {
  park_an_order();
  engine.reset();
  open(true);
  engine->start_without_lanes();  // nothing is read again by itself
  write([&](store::Session& session) { add_row(session); });
  work(true);
  EXPECT_TRUE(soon([&] { return applied_once(); })) << shop().dump();
  EXPECT_EQ(reserved(), 2);
}

TEST_F(IntakeParked, AreReadAgainByHandByRowAndByChannel) {
  park_an_order();
  EXPECT_EQ(engine->replay(Json::object({{"rows", Json::Array{99}}}), "test").error().fault, Fault::not_found);
  EXPECT_EQ(engine->replay(Json::object({{"channel", "nobody"}}), "test").error().fault, Fault::not_found);
  const auto still = engine->replay(Json::object({{"channel", "shop"}}), "test");
  ASSERT_TRUE(still.has_value());
  EXPECT_EQ(still->find("parked")->as_array().size(), 1u);
  engine.reset();
  open(true);
  engine->start_without_lanes();
  const auto done = engine->replay(Json::object(), "test");
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->integer_or("applied"), 1);
  EXPECT_TRUE(applied_once());
}

TEST_F(IntakeParked, AreDroppedWhenAPersonSaysSoAndTheJournalRemembers) {
  park_an_order();
  EXPECT_EQ(engine->discard_row("99", "test").error().fault, Fault::not_found);
  EXPECT_EQ(engine->discard_row("one", "test").error().fault, Fault::invalid);
  const auto answer = engine->discard_row("1", "anna");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(shop().integer_or("parked_rows", -1), 0);
  EXPECT_TRUE(problems().empty());
  write([](store::Session& session) {
    const auto entry = store::journal_of(session, "1", 1);
    ASSERT_EQ(entry.size(), 1u);
    EXPECT_EQ(entry.front().what, "inbox.discarded");
    EXPECT_EQ(entry.front().cause, "anna");
  });
  EXPECT_EQ(shop().integer_or("orders", -1), 0);
}

TEST_F(IntakeParked, ThatNameAnErasedBuyerAreGoneWhenTheyWereDiscardedAndTheErasureIsRepeated) {
  const auto add = [&](const std::string& id) {
    write([&](store::Session& session) {
      store::add_inbox(session, {0,
                                 shop_no,
                                 "hook",
                                 "order",
                                 R"({"@id": ")" + id + R"(", "state": "paid", "changed_at": "2026-01-01T00:00:00Z", "lines": [],
                                     "buyer": {"name": "Canary", "email": "ada@canary.example"}})",
                                 {},
                                 clock.now()});
    });
  };
  const auto documents = [&] {
    std::size_t rows = 0;
    write([&](store::Session& session) { rows = store::inbox_after(session, shop_no, 0, 100).size(); });
    return rows;
  };
  work();
  add("7");
  ASSERT_TRUE(soon([&] { return shop().integer_or("orders") == 1; }));
  work(false);
  add("8");
  add("9");
  ASSERT_TRUE(soon([&] { return shop().integer_or("parked_rows") == 2; }));
  const Json who = Json::object({{"order", "7"}});
  const auto first = engine->erase(who, "anna");
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_EQ(first->integer_or("waiting"), 2);
  ASSERT_EQ(documents(), 2u);
  // when: the way out that it names is taken, first for one of them
  ASSERT_TRUE(engine->discard_row("2", "anna").has_value());
  const auto second = engine->erase(who, "anna");
  ASSERT_TRUE(second.has_value()) << second.error().text();
  EXPECT_TRUE(second->bool_or("again"));
  EXPECT_EQ(second->integer_or("documents"), 1);
  EXPECT_EQ(second->integer_or("waiting"), 1);
  ASSERT_TRUE(engine->discard_row("3", "anna").has_value());
  const auto third = engine->erase(who, "anna");
  ASSERT_TRUE(third.has_value()) << third.error().text();
  EXPECT_EQ(third->integer_or("documents"), 1);
  EXPECT_EQ(third->integer_or("waiting"), 0);
  EXPECT_EQ(documents(), 0u);
  work();  // the list, which has lines of a buyer without a key, is read at the start
  EXPECT_EQ(shop().integer_or("orders"), 1);
}

}  // namespace
}  // namespace tally::engine
