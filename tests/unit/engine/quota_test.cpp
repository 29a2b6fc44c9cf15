// Units that are set aside for a timed sale.
#include "stock_house.hpp"

#include <rapidcheck.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class Quotas : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    add_shop("one", {});
    add_shop("other", {});
  }
  /// 0 where it was refused.
  std::int64_t plan(const std::string& on, const std::string& sku, Quantity units, Time from, Time until) {
    std::int64_t no = 0;
    const auto offered = variant(sku);
    write([&](store::Session& session) {
      const auto planned =
          plan_quota(session, core->world(), {0, channel(on).no, offered, units, from, until, "planned", "test", false, 0}, clock.now());
      no = planned ? *planned : 0;
    });
    return no;
  }
};

TEST_F(Quotas, TheChannelShowsWhatIsLeftAndTheOthersWhatIsNotSetAside) {
  add_product("A", 10);
  open();
  ASSERT_NE(plan("one", "A", 4, clock.now(), clock.now() + 1h), 0);
  EXPECT_EQ(number("one", "A").number, 4);
  EXPECT_EQ(number("other", "A").number, 6);
  order("one", "1", "paid", {{"A", 1}});
  EXPECT_EQ(number("one", "A").number, 3);
  EXPECT_EQ(number("other", "A").number, 6) << "what was sold was set aside";
  order("other", "2", "paid", {{"A", 2}});
  EXPECT_EQ(number("one", "A").number, 3);
  EXPECT_EQ(number("other", "A").number, 4);
  order("one", "1", "cancelled", {{"A", 1}});
  EXPECT_EQ(number("one", "A").number, 4) << "a cancelled order gives its units back to the quota";
  EXPECT_EQ(number("other", "A").number, 4);
}

TEST_F(Quotas, BeginAndEndByThemselvesA24) {
  add_product("A", 10);
  open();
  come_to_rest();
  clear_marks();
  ASSERT_NE(plan("one", "A", 4, clock.now() + 1h, clock.now() + 2h), 0);
  EXPECT_EQ(number("other", "A").number, 10);
  EXPECT_FALSE(marked("other", "A"));
  pass(1h);
  ring();
  EXPECT_EQ(number("other", "A").number, 6);
  EXPECT_TRUE(marked("other", "A")) << "nothing happened but time, and the other channel must be told";
  EXPECT_TRUE(marked("one", "A"));
  order("one", "1", "paid", {{"A", 1}});
  clear_marks();
  pass(1h);
  ring();
  EXPECT_EQ(number("one", "A").number, 9) << "what is left returns";
  EXPECT_EQ(number("other", "A").number, 9);
  EXPECT_TRUE(marked("one", "A"));
  EXPECT_EQ(told("quota.began"), 1);
  EXPECT_EQ(told("quota.ended"), 1);
}

TEST_F(Quotas, AreShownByTheDaemonWhenTheirTimeComesA24) {
  auto& one = *shops[0]->platform;
  auto& other = *shops[1]->platform;
  add_product("A", 10);
  open();
  come_to_rest();
  ASSERT_NE(plan("one", "A", 4, clock.now() + 1h, clock.now() + 2h), 0);
  come_to_rest();
  EXPECT_EQ(other.offer_of_sku("A")->number, 10);
  pass(1h);
  come_to_rest();
  EXPECT_EQ(one.offer_of_sku("A")->number, 4);
  EXPECT_EQ(other.offer_of_sku("A")->number, 6);
  pass(1h);
  come_to_rest();
  EXPECT_EQ(one.offer_of_sku("A")->number, 10);
  EXPECT_EQ(other.offer_of_sku("A")->number, 10);
}

TEST_F(Quotas, AClockThatJumpsOverTheWholeOfOneLeavesNothingSetAsideA24) {
  add_product("A", 10);
  open();
  ASSERT_NE(plan("one", "A", 4, clock.now() + 1h, clock.now() + 2h), 0);
  pass(24h);
  ring();
  EXPECT_EQ(number("one", "A").number, 10);
  EXPECT_EQ(number("other", "A").number, 10);
  pass(-24h);
  ring();
  EXPECT_EQ(number("other", "A").number, 10) << "it does not begin again";
  EXPECT_EQ(told("quota.ended"), 1);
}

TEST_F(Quotas, AnOrderThatArrivesLateCountsByWhenItWasPlaced) {
  add_product("A", 10);
  open();
  const Time before = clock.now() - 1min;
  ASSERT_NE(plan("one", "A", 4, clock.now(), clock.now() + 1h), 0);
  order("one", "early", "paid", {{"A", 2}}, before);
  EXPECT_EQ(number("one", "A").number, 4) << "it was placed before the sale began";
  EXPECT_EQ(number("other", "A").number, 4);
}

TEST_F(Quotas, NeverShowMoreThanIsThere) {
  add_product("A", 3);
  open();
  ASSERT_NE(plan("one", "A", 5, clock.now(), clock.now() + 1h), 0);
  EXPECT_EQ(number("one", "A").number, 3);
  EXPECT_EQ(number("other", "A").number, 0);
  EXPECT_EQ(number("other", "A").available, -2);
}

TEST_F(Quotas, OfABundleSetItsComponentsAside) {
  add_product("A", 10);
  add_product("B", 5);
  add_product("K", 0, {{Sku("A"), 2}, {Sku("B"), 1}});
  open();
  ASSERT_EQ(number("one", "K").number, 5);
  ASSERT_NE(plan("one", "K", 3, clock.now(), clock.now() + 1h), 0);
  EXPECT_EQ(number("one", "K").number, 3);
  EXPECT_EQ(number("other", "K").number, 2);
  EXPECT_EQ(number("one", "A").number, 4) << "also the channel's own other offers sell around it";
  EXPECT_EQ(number("other", "B").number, 2);
  order("one", "1", "paid", {{"K", 1}});
  EXPECT_EQ(number("one", "K").number, 2);
  EXPECT_EQ(number("other", "A").number, 4);
}

TEST_F(Quotas, OfABundleThatIsAnotherByTheEndGiveBackWhatTheyHadSetAside) {
  add_product("A", 10);
  add_product("B", 10);
  add_product("K", 0, {{Sku("A"), 2}});
  open();
  const auto no = plan("one", "K", 3, clock.now(), clock.now() + 1h);
  ASSERT_NE(no, 0);
  add_product("K", 0, {{Sku("B"), 1}});
  come_to_rest();
  clear_marks();
  pass(2h);
  ring();
  EXPECT_TRUE(marked("other", "A")) << "6 more are free there now";
  EXPECT_EQ(number("other", "A").number, 10);
}

TEST_F(Quotas, TakeFirstFromWhereOnlyTheirChannelSells) {
  config.locations = {{"main", ""}, {"store", ""}, {"far", ""}};
  rules("one").locations = {"main", "store"};
  rules("other").locations = {"main"};
  add_product("A", 10);
  open();
  put("A", "store", 3);
  ASSERT_NE(plan("one", "A", 4, clock.now(), clock.now() + 1h), 0);
  EXPECT_EQ(number("other", "A").number, 9) << "3 of the 4 lie where it does not sell from";
  rules("other").locations = {"far"};
  open();
  put("A", "far", 2);
  EXPECT_EQ(number("other", "A").number, 2) << "they share nothing";
}

TEST_F(Quotas, OfTheChannelsFileComeAndGoWithIt) {
  add_product("A", 10);
  rules("one").quotas = {{"A", 4, clock.now(), clock.now() + 1h}, {"unknown", 1, clock.now(), clock.now() + 1h}};
  open();
  ring();
  EXPECT_EQ(number("other", "A").number, 6);
  open();
  ring();
  EXPECT_EQ(number("other", "A").number, 6) << "reading the same file again sets nothing aside twice";
  rules("one").quotas[0].units = 7;
  open();
  ring();
  EXPECT_EQ(number("other", "A").number, 3);
  rules("one").quotas.clear();
  open();
  ring();
  EXPECT_EQ(number("other", "A").number, 10);
}

TEST_F(Quotas, OfTheFileThatAPersonEndedDoNotComeBackAtTheNextReload) {
  add_product("A", 10);
  rules("one").quotas = {{"A", 4, clock.now(), clock.now() + 1h}};
  open();
  ring();
  ASSERT_EQ(number("other", "A").number, 6);
  write([&](store::Session& session) { EXPECT_TRUE(end_quota(session, core->world(), 1, "test", clock.now()).has_value()); });
  EXPECT_EQ(number("other", "A").number, 10);
  open();
  ring();
  EXPECT_EQ(number("other", "A").number, 10);
}

TEST_F(Quotas, OfOneOfferDoNotOverlapAndHaveAnEndAhead) {
  add_product("A", 10);
  open();
  const Time now = clock.now();
  const auto no = plan("one", "A", 4, now, now + 1h);
  ASSERT_NE(no, 0);
  EXPECT_EQ(plan("one", "A", 2, now + 30min, now + 2h), 0);
  EXPECT_NE(plan("one", "A", 2, now + 1h, now + 2h), 0);
  EXPECT_EQ(plan("other", "A", 0, now, now + 1h), 0);
  EXPECT_EQ(plan("other", "A", 1, now - 2h, now - 1h), 0);
  write([&](store::Session& session) { EXPECT_TRUE(end_quota(session, core->world(), no, "test", clock.now()).has_value()); });
  EXPECT_EQ(number("other", "A").number, 10);
  write([&](store::Session& session) { EXPECT_FALSE(end_quota(session, core->world(), no, "test", clock.now()).has_value()); });
}

TEST_F(Quotas, PromiseNoUnitTwiceAndNoNumberIsNegativeWhateverIsThere) {
  add_product("A", 0);
  open();
  const auto a = variant("A");
  EXPECT_TRUE(rc::check([&] {
    const auto level = *rc::gen::inRange<Quantity>(-10, 30), units = *rc::gen::inRange<Quantity>(1, 20);
    const auto sold = *rc::gen::inRange<Quantity>(0, 10), back = *rc::gen::inRange<Quantity>(-10, 10);
    channel("one").config.stock.buffer = channel("other").config.stock.buffer = *rc::gen::inRange<Quantity>(0, 5);
    const Quantity missing = level - at("A", "main").on_hand;
    if (missing != 0) put("A", "main", missing);
    const auto no = plan("one", "A", units, clock.now(), clock.now() + 1h);
    order("one", "1", "paid", {{"A", sold}}, clock.now());
    const auto one = number("one", "A"), other = number("other", "A");
    RC_ASSERT(one.shown + other.shown <= std::max<Quantity>(level - sold, 0));
    write([&](store::Session& session) { store::set_add_back(session, channel("other").no, a, OrderNo(99), back); });
    RC_ASSERT(number("other", "A").number == std::max<Quantity>(other.shown + back, 0));
    bool ended = false;
    write([&](store::Session& session) { ended = end_quota(session, core->world(), no, "test", clock.now()).has_value(); });
    RC_ASSERT(ended);
    order("one", "1", "cancelled", {{"A", sold}}, clock.now());
    pass(1s);
  }));
}

TEST(ShownNumberProperties, IsNeverNegativeNeverAboveTheCapNorAboveWhatIsThere) {
  EXPECT_TRUE(rc::check([](std::int64_t available) {
    available %= 1'000'000'000'000;
    const StockRule rule{*rc::gen::inRange<Quantity>(0, 1000), Decimal::of(*rc::gen::inRange(0, 10001), 4),
                         *rc::gen::maybe(rc::gen::inRange<Quantity>(0, 1000)).as("cap")
                             ? std::optional<Quantity>(*rc::gen::inRange<Quantity>(0, 1000))
                             : std::nullopt,
                         std::nullopt};
    const Quantity shown = shown_of(available, rule);
    RC_ASSERT(shown >= 0);
    RC_ASSERT(shown <= std::max<Quantity>(available, 0));
    if (rule.cap) RC_ASSERT(shown <= *rule.cap);
    RC_ASSERT(shown_of(available + 1, rule) >= shown);
  }));
}

}  // namespace
}  // namespace tally::engine
