// What is kept for ever is not walked through for one answer: the millionth order is taken in as fast as the first.
#include "opened.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"

#include <sqlite3.h>

namespace tally::store {
namespace {

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
  /// Instructions of SQLite's machine that `work` takes.
  std::int64_t effort_of(const std::function<void(Session&)>& work) {
    std::int64_t taken = 0;
    const auto done = write([&](Session& session) {
      effort = 0;
      work(session);
      taken = effort;
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    EXPECT_GT(taken, 0);
    return taken;
  }

 private:
  static int listen(sqlite3* connection, char**, const void*) { return sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, take, nullptr); }
  static int take(unsigned, void*, void* statement, void*) {
    effort += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1);
    return 0;
  }

  static inline std::int64_t effort = 0;
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

}  // namespace
}  // namespace tally::store
