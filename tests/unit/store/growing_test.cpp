// What is kept for ever is not walked through for one answer: the millionth order is taken in as fast as the first.
#include "opened.hpp"
#include "store/catalogue.hpp"
#include "store/comparison.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

namespace tally::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ChannelNo shop{1}, young{2};
const VariantNo thing{1};

Time at(std::int64_t seconds) {
  return from_ms(1'767'225'600'000 + seconds * 1000);
}

/// The store, opened so that each statement that ends is heard of.
class Growing : public Opened {
 protected:
  void SetUp() override {
    Opened::SetUp();  // first: SQLite takes the store's settings only before anything else is asked of it
    const auto each = reinterpret_cast<void (*)()>(listen);
    sqlite3_auto_extension(each);
    open();
    sqlite3_cancel_auto_extension(each);
  }
  /// How SQLite goes about each statement of `work`, a step a line.
  std::string plan_of(const std::function<void(Session&)>& work) {
    std::string plan;
    for (const auto& statement : run(work)) plan += statement.plan;
    return plan;
  }
  /// Instructions of SQLite's machine that `work` takes.
  std::int64_t effort_of(const std::function<void(Session&)>& work) {
    std::int64_t effort = 0;
    for (const auto& statement : run(work)) effort += statement.effort;
    return effort;
  }

 private:
  struct Ended {
    sqlite3* connection;
    std::string text;
    std::int64_t effort;
    std::string plan = {};
  };
  std::vector<Ended> run(const std::function<void(Session&)>& work) {
    std::vector<Ended> statements;
    const auto done = write([&](Session& session) {
      ended.clear();
      work(session);
      statements = ended;
      for (auto& statement : statements) statement.plan = explained(statement);
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    EXPECT_FALSE(statements.empty());
    return statements;
  }
  static std::string explained(const Ended& told) {
    constexpr int detail = 3;
    std::string plan;
    sqlite3_stmt* statement = nullptr;
    const std::string text = "EXPLAIN QUERY PLAN " + told.text;
    EXPECT_EQ(sqlite3_prepare_v2(told.connection, text.c_str(), -1, &statement, nullptr), SQLITE_OK) << text;
    while (sqlite3_step(statement) == SQLITE_ROW)
      plan.append(reinterpret_cast<const char*>(sqlite3_column_text(statement, detail))).append("\n");
    sqlite3_finalize(statement);
    return plan;
  }
  static int listen(sqlite3* connection, char**, const void*) { return sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, take, nullptr); }
  static int take(unsigned, void*, void* told, void*) {
    auto* statement = static_cast<sqlite3_stmt*>(told);
    ended.push_back({sqlite3_db_handle(statement), sqlite3_sql(statement), sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1)});
    return 0;
  }

  static inline std::vector<Ended> ended;
};

void add_order(Session& session, ChannelNo channel, const std::string& id, Time accepted, Quantity taken) {
  OrderRow row;
  row.channel = channel;
  row.id = id;
  row.revision = 1;
  row.state = "paid";
  row.document = row.resolved = row.claim = Json::array();
  row.taken = Json::Array{Json::Array{thing.value, taken}};
  row.accepted_at = accepted;
  insert_order(session, row);
}

TEST_F(Growing, WhatAYoungChannelTookIsToldWithoutTheOrdersOfTheOthers) {
  ASSERT_TRUE(write([](Session& session) {
                for (int i = 0; i < 300; ++i) add_order(session, shop, std::to_string(i), at(i), 2);
              }).has_value());
  const auto taken = [&](ChannelNo channel, Time since) {
    Quantity units = 0;
    EXPECT_LT(effort_of([&](Session& session) { units = taken_since(session, channel, thing, since); }), 100);
    return units;
  };
  EXPECT_EQ(taken(young, at(400)), 0);
  ASSERT_TRUE(write([](Session& session) {
                add_order(session, young, "a", at(400), 3);
                add_order(session, shop, "b", at(401), 7);
                add_order(session, young, "c", at(402), 1);
              }).has_value());
  EXPECT_EQ(taken(young, at(400)), 4);
  EXPECT_EQ(taken(shop, at(299)), 9);
}

TEST_F(Growing, OrdersOfAChannelOrInAStateAreListedWithoutTheOthers) {
  ASSERT_TRUE(write([](Session& session) {
                add_order(session, young, "a", at(0), 1);
                for (int i = 0; i < 300; ++i) add_order(session, shop, std::to_string(i), at(i), 2);
              }).has_value());
  const auto listed = [&](std::optional<ChannelNo> channel, const std::string& state) {
    std::size_t rows = 0;
    EXPECT_LT(effort_of([&](Session& session) { rows = orders_before(session, channel, state, OrderNo(0), 5).size(); }), 300);
    return rows;
  };
  EXPECT_EQ(listed(young, ""), 1u);
  EXPECT_EQ(listed(young, "paid"), 1u);
  EXPECT_EQ(listed(std::nullopt, "held"), 0u);
  EXPECT_EQ(listed(shop, "held"), 0u);
  EXPECT_EQ(listed(shop, "paid"), 5u);
  EXPECT_EQ(listed(std::nullopt, ""), 5u);
}

TEST_F(Growing, OrdersOfAChannelAreCountedAsTheyCome) {
  ChannelNo one;
  ASSERT_TRUE(write([&](Session& session) {
                one = open_channel(session, "one").no;
                const auto other = open_channel(session, "other").no;
                for (int i = 0; i < 300; ++i) add_order(session, one, std::to_string(i), at(i), 2);
                add_order(session, other, "a", at(0), 1);
              }).has_value());
  std::int64_t orders = 0;
  EXPECT_LT(effort_of([&](Session& session) { orders = count_orders(session, one); }), 100);
  EXPECT_EQ(orders, 300);
}

TEST_F(Growing, OrdersInQuestionAreFoundWithoutThoseThatAreClear) {
  ASSERT_TRUE(write([](Session& session) {
                for (int i = 0; i < 300; ++i) {
                  add_order(session, shop, std::to_string(i), at(i), 2);
                  if (i < 290) release_hold(session, OrderNo(i + 1), "review: dear", "Ann", at(i));  // over long ago
                }
                set_problem(session, {shop, "order", "250", "it is held", "", at(400)});
              }).has_value());
  std::vector<OrderNo> orders;
  EXPECT_LT(effort_of([&](Session& session) { orders = orders_in_question(session, shop, OrderNo(0), 50); }), 300);
  EXPECT_EQ(orders, std::vector<OrderNo>{OrderNo(251)});
}

TEST_F(Growing, AnHourIsComparedWithoutTheOrdersOfTheOthers) {
  const auto plan = plan_of([](Session& session) { orders_placed(session, shop, at(0), at(3600), "", 100); });
  EXPECT_THAT(plan, HasSubstr("orders_placed (channel_no=? AND placed_at>? AND placed_at<?)"));
}

TEST_F(Growing, AWriteInTheAirIsFoundWithoutThoseThatAreFinished) {
  const auto plan = plan_of([](Session& session) { open_intent_of(session, shop, "stock", thing.value); });
  EXPECT_THAT(plan, HasSubstr("intent_open_thing (channel_no=? AND aspect=? AND thing=?)"));
}

TEST_F(Growing, WritesThatWereLookedAtBeforeAreNotLookedAtAgain) {
  ASSERT_TRUE(write([](Session& session) {
                for (int i = 0; i < 300; ++i) {
                  Intent intent;
                  intent.channel = shop;
                  intent.aspect = "stock";
                  intent.thing = i;  // each the newest of its thing: none goes
                  intent.committed_at = at(i);
                  finish_intent(session, add_intent(session, intent), "confirmed", "", at(i));
                }
              }).has_value());
  bool more = true;
  const auto pass = [&](Session& session) { more = forget_intents(session, at(1000), 20, 100, at(2000)); };
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(more) << "a pass ends after some";
    effort_of(pass);
  }
  effort_of(pass);
  EXPECT_FALSE(more);
  EXPECT_LT(effort_of(pass), 100);
}

TEST_F(Growing, WhetherAShelfWasEverStockedIsToldWithoutItsSales) {
  for (const auto& asked : std::vector<std::function<void(Session&)>>{[](Session& session) { was_stocked(session, LocationNo(1)); },
                                                                      [](Session& session) { forget_solved_problems(session); },
                                                                      [](Session& session) { problems(session, 10); }}) {
    const auto plan = plan_of(asked);
    EXPECT_THAT(plan, HasSubstr("movement_stocked (location_no=?)"));
    EXPECT_THAT(plan, Not(HasSubstr("movement_cause")));
  }
}

}  // namespace
}  // namespace tally::store
