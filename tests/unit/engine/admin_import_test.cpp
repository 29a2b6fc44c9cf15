// Imports that overlap, and imports that nobody finishes.
#include "office.hpp"

namespace tally::engine {
namespace {

class AdminImport : public Office {
 protected:
  std::vector<std::int64_t> unclosed() {
    std::vector<std::int64_t> batches;
    write([&](store::Session& session) { batches = store::unclosed_batches(session); });
    return batches;
  }
  /// Whether the listing of this SKU's product may be sent.
  bool may_leave(const std::string& sku) {
    bool due = false;
    write([&](store::Session& session) {
      const auto product = store::get_variant(session, variant(session, sku))->product;
      for (const auto& mark : store::due_marks(session, shop_no, "content", clock.now(), 100)) due = due || mark.thing == product.value;
    });
    return due;
  }
};

TEST_F(AdminImport, TheEndOfOneDoesNotLetGoWhatAnotherHasBegun) {
  sit_still();
  const auto slow = import("A", false);
  const auto quick = import("B", true);
  EXPECT_NE(slow, quick);
  EXPECT_TRUE(may_leave("B"));
  EXPECT_FALSE(may_leave("A"));
  EXPECT_EQ(unclosed(), std::vector<std::int64_t>{slow});

  EXPECT_EQ(import("C", false, slow), slow);
  EXPECT_FALSE(may_leave("C"));
  import("D", true, slow);
  for (const auto* sku : {"A", "B", "C", "D"}) EXPECT_TRUE(may_leave(sku)) << sku;
}

TEST_F(AdminImport, WhatTwoHaveChangedWaitsForTheOneThatChangedItLast) {
  sit_still();
  const auto first = import("A", false);
  const auto second = import("B", false);
  Json renamed = product("A");
  renamed.set("title", "Another name");
  ASSERT_TRUE(engine->import(Json::object({{"products", Json::Array{renamed}}, {"batch", second}, {"close", false}}), "test").has_value());
  import("C", true, first);
  EXPECT_FALSE(may_leave("A")) << "its name comes from the second, which goes on";
  import("D", true, second);
  EXPECT_TRUE(may_leave("A"));
}

TEST_F(AdminImport, AChunkForAnImportThatIsOverIsRefused) {
  sit_still();
  const auto over = import("A", true);
  const auto late = engine->import(Json::object({{"products", Json::Array{product("B")}}, {"batch", over}}), "test");
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().fault, Fault::not_found);
  write([](store::Session& session) { EXPECT_FALSE(store::find_variant(session, Sku("B")).has_value()); });
}

TEST_F(AdminImport, AnImportWhoseClientWasKilledIsClosedAfterAMinuteAndOthersGoOn) {
  work();
  const auto killed = import("A", false);
  ASSERT_TRUE(pass_with_a_beat(Duration(59'000)));
  const auto alive = import("B", false);
  EXPECT_EQ(unclosed(), (std::vector<std::int64_t>{killed, alive})) << "a minute is not over yet";
  ASSERT_TRUE(pass_with_a_beat(Duration(1'000)));
  EXPECT_EQ(unclosed(), std::vector<std::int64_t>{alive});
  import("C", true, alive);
  EXPECT_TRUE(unclosed().empty());
}

TEST_F(AdminImport, AnImportThatARestartCutOffIsClosedAtTheStart) {
  sit_still();
  import("A", false);
  work();
  EXPECT_TRUE(soon([&] { return unclosed().empty(); }));
}

}  // namespace
}  // namespace tally::engine
