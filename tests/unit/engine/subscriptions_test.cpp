// Webhooks that the daemon enters, checks and revives by itself, and that stand in nobody's way when it cannot.
#include "engine/subscriptions.hpp"

#include "engine/budgets.hpp"
#include "market.hpp"

namespace tally::engine {
namespace {

constexpr Duration minute{60000}, hour{3600000};

Outcome checked(std::int64_t active, const Json::Array& revived = {}, const Json::Array& made = {}) {
  Json shown = Json::object({{"wanted", 3}, {"active", active}});
  shown.set("revived", Json(revived)).set("made", Json(made));
  Outcome outcome;
  outcome.applied.push_back(channel::Applied{Json::object(), std::move(shown), {}, {}});
  return outcome;
}

class OwnWebhooks : public Market {
 protected:
  void SetUp() override {
    Market::SetUp();
    memory::Terms terms;
    terms.facts.takes_webhooks = true;
    terms.facts.actions = {"subscribe"};
    shop = &add_shop("shop", terms);
    shops.back()->config.hook_url = "https://hooks.example.com/hooks/shop";
    shops.back()->config.orders_every = Duration(30000);
    add_product("TEE", 10);
  }
  /// The platform's answer to a check is `found`; to everything else its own.
  Answer with(const Outcome& found) {
    return [this, found](const Call& call) { return call.kind == Call::Kind::subscribe ? found : perform(call, connector_of(call)); };
  }
  std::size_t checks_in(Duration duration, const Outcome& found) { return count(live(duration, with(found)), Call::Kind::subscribe); }
  /// Listed, and its webhooks work.
  void begin_with_webhooks() {
    start();
    ASSERT_EQ(checks_in(minute, checked(3)), 1u);
  }

  memory::Platform* shop = nullptr;
};

TEST_F(OwnWebhooks, AreEnteredAtTheStartAndLookedAtEveryHour) {
  start();
  EXPECT_EQ(checks_in(minute, checked(3)), 1u);
  EXPECT_EQ(checks_in(hour - 2 * minute, checked(3)), 0u);
  EXPECT_EQ(checks_in(2 * minute, checked(3)), 1u);
}

TEST_F(OwnWebhooks, ThatWereRevivedAreLookedAtAgainSoonBecauseAWorkerThereMaySwitchThemOffOnceMore) {
  begin_with_webhooks();
  EXPECT_EQ(checks_in(hour, checked(3, {"order.created"})), 1u);
  EXPECT_EQ(checks_in(3 * minute, checked(3)), 1u);
  EXPECT_EQ(checks_in(hour - 5 * minute, checked(3)), 0u);
  EXPECT_EQ(told("webhooks.revived"), 1);
  EXPECT_EQ(core->lane(no("shop"))->state().webhooks.revived, 1);
}

TEST_F(OwnWebhooks, AreDoubtedWhenTheListBringsAnOrderThatNoneOfThemToldOf) {
  begin_with_webhooks();
  pass(Duration(1000));
  buy(*shop, "TEE", 1);
  EXPECT_EQ(checks_in(2 * minute, checked(3, {"order.created"})), 1u) << "not after an hour";
  EXPECT_EQ(told("webhooks.revived"), 1);
}

TEST_F(OwnWebhooks, AreNotDoubtedForAnOrderThatTheyToldOf) {
  begin_with_webhooks();
  pass(Duration(1000));
  const auto order = buy(*shop, "TEE", 1);
  tell(*shop, order);
  EXPECT_EQ(checks_in(10 * minute, checked(3)), 0u);
}

TEST_F(OwnWebhooks, AreAskedAboutLessAndLessOftenWhereTheListIsAlwaysFaster) {
  begin_with_webhooks();
  std::size_t checks = 0;
  for (int order = 0; order < 9; ++order) {
    buy(*shop, "TEE", 1);
    checks += checks_in(2 * minute, checked(3));
  }
  EXPECT_GE(checks, 2u);
  EXPECT_LE(checks, 5u) << "each doubt that was for nothing doubles the time to the next";
}

TEST_F(OwnWebhooks, ForWhichABudgetHasNoRoomAreLookedAtWhenItOpensAndAreNoTrouble) {
  Budgets budgets(clock);
  ASSERT_TRUE(budgets.open(*store).has_value());
  channel::Budget budget;
  budget.name = "webhooks";
  budget.operations = {"subscribe"};
  budget.most = 1;
  budget.every = 2 * hour;
  ASSERT_TRUE(budgets.for_channel("shop")({budget})->take({"subscribe"}).has_value());
  shops.back()->connector = std::make_shared<memory::MemoryConnector>(*shop, budgets.for_channel("shop")({budget}));
  start();
  EXPECT_EQ(checks_in(110 * minute, checked(3)), 0u) << "also after a restart";
  EXPECT_TRUE(problems().empty());
  EXPECT_EQ(checks_in(20 * minute, checked(3)), 1u);
  core.reset();
}

TEST_F(OwnWebhooks, WhoseCheckWasRefusedOnItsWayWaitAsLongAsTold) {
  start();
  Error full = error(Fault::not_yet, "the budget 'calls' is used up", "shop: subscribe");
  full.retry_after = 30 * minute;
  Outcome refused;
  refused.applied.push_back(full);
  EXPECT_EQ(checks_in(25 * minute, refused), 1u);
  EXPECT_TRUE(problems().empty());
  EXPECT_EQ(core->lane(no("shop"))->state().webhooks.trouble, "");
  EXPECT_EQ(checks_in(10 * minute, checked(3)), 1u);
}

TEST_F(OwnWebhooks, ThatCannotBeLookedAfterStandInTheWayOfNothing) {
  start();
  Outcome refused;
  refused.applied.push_back(error(Fault::unauthorized, "the key may not read webhooks", "shop: subscribe"));
  live(minute, with(refused));
  buy(*shop, "TEE", 4);
  const auto calls = live(minute, with(refused));
  EXPECT_EQ(core->world().find("shop")->paused, "");
  EXPECT_EQ(reserved("TEE"), 4) << "the order came by the list";
  EXPECT_GT(count(calls, Call::Kind::read_orders), 0u);
  EXPECT_EQ(core->lane(no("shop"))->state().failures, 0u);
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_THAT(problems()[0].reason, ::testing::HasSubstr("the key may not read webhooks"));
  EXPECT_THAT(problems()[0].todo, ::testing::HasSubstr("https://hooks.example.com/hooks/shop"));
  EXPECT_THAT(problems()[0].todo, ::testing::HasSubstr("every 30s"));

  const auto tries = checks_in(hour, refused);
  EXPECT_GE(tries, 3u);
  EXPECT_LE(tries, 6u) << "tried again with back-off";
  checks_in(hour, checked(3));
  EXPECT_TRUE(problems().empty());
}

TEST_F(OwnWebhooks, OfWhichOneCouldNotBeEnteredAreToldWithTheReason) {
  Outcome half = checked(2, {}, {"order.created", "order.updated"});
  half.applied[0]->shown->set("why", "400: this shop takes no such topic").set("todo", "");
  start();
  live(minute, with(half));
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_THAT(problems()[0].reason, ::testing::HasSubstr("takes no such topic"));
  EXPECT_EQ(told("webhooks.entered"), 1) << "what was entered before is told too";
}

TEST_F(OwnWebhooks, ThatAreSwitchedOffAgainAndAgainAreAPersons) {
  begin_with_webhooks();
  checks_in(hour, checked(3, {"order.created"}));
  EXPECT_TRUE(problems().empty()) << "once may happen";
  checks_in(10 * minute, checked(3, {"order.created"}));
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_THAT(problems()[0].reason, ::testing::HasSubstr("what it sends does not arrive"));
  checks_in(25 * hour, checked(3));
  EXPECT_TRUE(problems().empty());
}

TEST_F(OwnWebhooks, AreNotEnteredWhereTheChannelOnlyObservesOrNobodyCanReachUs) {
  start();
  core->world().find("shop")->released = false;
  EXPECT_EQ(checks_in(2 * hour, checked(3)), 0u);
  core->world().find("shop")->released = true;
  core->world().find("shop")->config.hook_url.clear();
  EXPECT_EQ(checks_in(2 * hour, checked(3)), 0u);
  EXPECT_EQ(way_of_webhooks(core->world().find("shop")->facts, core->world().find("shop")->config), "no address");
}

TEST(WebhookWatch, IsNotWokenByAnOrderFromBeforeTheWebhooksWereKnownToWork) {
  const Time noon = from_ms(1'767'225'600'000);
  WebhookWatch watch;
  watch.left();
  watch.answered({.wanted = 3, .active = 3}, noon);
  watch.not_told_of(noon - hour, noon + minute);
  EXPECT_EQ(watch.due(), noon + hour);
  watch.not_told_of(noon + minute, noon + 2 * minute);
  EXPECT_EQ(watch.due(), noon + 2 * minute + Duration(5000)) << "its webhook may still come";
}

}  // namespace
}  // namespace tally::engine
