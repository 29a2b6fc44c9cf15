// A plan that a person saved and applies later.
#include "engine/saved_plan.hpp"
#include "engine/guard.hpp"
#include "engine/plan.hpp"
#include "stock_house.hpp"
#include "store/standing.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class SavedPlans : public StockHouse {
 protected:
  static std::string sku(int n) { return "S" + std::to_string(n); }
  void stock(int products) {
    for (int n = 0; n < products; ++n) add_product(sku(n), 10);
  }
  void observe(const std::string& name) {
    write([&](store::Session& session) { store::set_released(session, channel(name).no, false); });
    channel(name).released = false;
  }
  /// Everything becomes three times as dear: too much for the guard.
  void triple_the_prices(int products) {
    std::int64_t batch = 0;
    write([&](store::Session& session) {
      batch = store::open_batch(session, "test", clock.now());
      for (int n = 0; n < products; ++n) {
        auto row = store::find_product(session, "P-" + sku(n));
        row->product.variants.front().price = Money{3000, Currency{"EUR"}};
        store::put_product(session, row->product, clock.now());
        mark_aspect(session, channel("shop").no, "price", store::find_variant(session, Sku(sku(n)))->no.value, {"import:1", false, batch},
                    clock.now());
      }
    });
    const auto held = judge_batch(core->world(), batch);
    ASSERT_TRUE(held.has_value());
    ASSERT_EQ(held->size(), 1u);
  }
  Json plan() {
    Json made = Json::object();
    write([&](store::Session& session) {
      made.set("store", store::store_name(session));
      made.set("made_at", format_iso(clock.now()));
      Json lines = Json::array();
      for (const auto& line : plan_of(session, channel("shop")).lines) lines.push_back(line.item);
      made.set("lines", std::move(lines));
    });
    return made;
  }
  AppliedPlan apply(const Json& plan) {
    AppliedPlan report;
    write([&](store::Session& session) {
      auto applied = apply_saved_plan(session, core->world(), plan, "anna", clock.now());
      ASSERT_TRUE(applied.has_value()) << applied.error().text();
      report = std::move(*applied);
    });
    for (const auto no : report.released) core->world().find(no)->released = true;
    return report;
  }
  std::string refused(const Json& plan) {
    std::string why;
    write([&](store::Session& session) {
      const auto applied = apply_saved_plan(session, core->world(), plan, "anna", clock.now());
      if (!applied) why = applied.error().text();
    });
    return why;
  }
  std::string price_on(const memory::Platform& platform, int n) {
    return platform.offer_of_sku(sku(n))->price.find("amount")->scalar_text();
  }
};

TEST_F(SavedPlans, OneOrderMovesOneLineAndTheOthersAreAppliedA17) {
  auto& shop = add_shop("shop", {});
  stock(3);
  open();
  come_to_rest();
  observe("shop");
  for (int n = 0; n < 3; ++n) receive_goods(sku(n), 5);
  const Json saved = plan();
  ASSERT_EQ(saved.find("lines")->as_array().size(), 3u);
  order("shop", "1", "paid", {{"S1", 2}});
  const auto report = apply(saved);
  EXPECT_EQ(report.applied, 2) << "the live shop goes on: a digest of everything would never fit";
  ASSERT_EQ(report.moved.as_array().size(), 1u);
  EXPECT_EQ(report.moved.as_array().front().text_or("sku"), "S1");
  come_to_rest();
  EXPECT_EQ(shop.offer_of_sku("S0")->number, 15);
  EXPECT_EQ(shop.offer_of_sku("S1")->number, 10) << "the line that moved is not released";
  EXPECT_EQ(shop.offer_of_sku("S2")->number, 15);
}

TEST_F(SavedPlans, OfAChannelThatObservesExactlyTheLinesOfTheFileLeave) {
  auto& shop = add_shop("shop", {});
  stock(4);
  open();
  observe("shop");
  come_to_rest();
  Json saved = plan();
  auto& lines = saved.find("lines")->as_array();
  ASSERT_EQ(lines.size(), 4u);
  ASSERT_EQ(lines.front().text_or("action"), "create");
  lines.erase(lines.begin() + 1, lines.begin() + 3);  // by hand: not wanted
  const auto report = apply(saved);
  EXPECT_EQ(report.applied, 2);
  EXPECT_EQ(report.held.as_array().size(), 1u) << "what was not in the plan waits for a person";
  come_to_rest();
  EXPECT_NE(shop.offer_of_sku("S0"), nullptr);
  EXPECT_EQ(shop.offer_of_sku("S1"), nullptr);
  EXPECT_EQ(shop.offer_of_sku("S2"), nullptr);
  EXPECT_NE(shop.offer_of_sku("S3"), nullptr);
}

TEST_F(SavedPlans, OfWhatTheGuardHoldsExactlyTheLinesOfTheFileLeave) {
  auto& shop = add_shop("shop", {});
  stock(12);
  open();
  come_to_rest();
  triple_the_prices(12);
  come_to_rest();
  ASSERT_EQ(price_on(shop, 0), "10");
  Json saved = plan();
  ASSERT_EQ(saved.find("lines")->as_array().size(), 12u);
  saved.find("lines")->as_array().resize(4);
  EXPECT_EQ(apply(saved).applied, 4);
  come_to_rest();
  EXPECT_EQ(price_on(shop, 0), "30");
  EXPECT_EQ(price_on(shop, 3), "30");
  EXPECT_EQ(price_on(shop, 4), "10");
  write([&](store::Session& session) {
    const auto held = store::holds(session);
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(held.front().count, 8);
  });
}

TEST_F(SavedPlans, ALineThatIsDoneOrDiscardedSinceIsDroppedAndSaid) {
  add_shop("shop", {});
  stock(2);
  open();
  come_to_rest();
  observe("shop");
  receive_goods("S0", 5);
  const Json saved = plan();
  channel("shop").released = true;
  come_to_rest();
  const auto report = apply(saved);
  EXPECT_EQ(report.applied, 0);
  ASSERT_EQ(report.moved.as_array().size(), 1u);
  EXPECT_EQ(report.moved.as_array().front().text_or("why"), "it is not to be done any more");
}

TEST_F(SavedPlans, ALineMovesWhenItsRuleOrItsPriceDoes) {
  add_shop("shop", {});
  stock(1);
  open();
  come_to_rest();
  observe("shop");
  receive_goods("S0", 5);
  const Json saved = plan();
  rules("shop").stock.cap = 15;  // makes the same number
  open();
  observe("shop");
  EXPECT_EQ(apply(saved).applied, 0);
}

TEST_F(SavedPlans, APlanOfAnotherStoreOrOneThatExpiredIsRefused) {
  add_shop("shop", {});
  stock(1);
  open();
  observe("shop");
  Json saved = plan();
  pass(24h - 1ms);
  EXPECT_EQ(refused(saved), "");
  pass(1ms);
  EXPECT_NE(refused(saved).find("expired after 24 hours"), std::string::npos);
  saved = plan();
  saved.set("store", "0123456789abcdef");
  EXPECT_NE(refused(saved).find("from another store"), std::string::npos);
  EXPECT_NE(refused(Json::object({{"lines", Json::array()}})).find("no plan that was saved"), std::string::npos);
}

TEST_F(SavedPlans, AChannelWhoseFileSaysObserveIsNotReleasedByAPlan) {
  add_shop("shop", {});
  stock(1);
  rules("shop").policy = Policy::observe;
  open();
  observe("shop");
  EXPECT_NE(refused(plan()).find("only observes"), std::string::npos);
}

}  // namespace
}  // namespace tally::engine
