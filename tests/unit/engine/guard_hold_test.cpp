// What is held stays so until a person decides, and what that person decides lasts.
#include "engine/guard.hpp"
#include "long_day.hpp"

namespace tally::engine {
namespace {

class Hold : public LongDay {
 protected:
  static constexpr int offers = 30;
  static constexpr Duration sweep{3600000};

  void SetUp() override {
    LongDay::SetUp();
    shop_ = &add_shop("shop", {});
    for (int i = 0; i < offers_at_first(); ++i) add_product(sku(i), 5);
    start();
    come_to_rest();
  }
  virtual int offers_at_first() const { return offers; }
  static std::string sku(int i) { return "S" + std::to_string(100 + i); }

  /// A file that counts these afresh; returns what of it is held.
  std::vector<std::string> import_counts(int from, int to, Quantity counted) {
    return import([&](store::Session& session, std::int64_t batch) {
      for (int i = from; i < to; ++i) {
        const auto variant = store::find_variant(session, Sku(sku(i)));
        const std::string cause = "import:" + std::to_string(batch) + ":" + sku(i);
        append_count(session, variant->no, store::open_location(session, "main"), counted, clock.now(), cause, "", clock.now());
        mark_stock(session, core->world(), {variant->no}, {cause, false, batch}, clock.now());
      }
    });
  }
  std::vector<std::string> import_prices(int from, int to, std::int64_t cents) {
    return import([&](store::Session& session, std::int64_t batch) {
      for (int i = from; i < to; ++i) set_price(session, i, cents, {"import:" + std::to_string(batch), false, batch});
    });
  }
  void set_price(store::Session& session, int i, std::int64_t cents, const Why& why) {
    const auto variant = store::find_variant(session, Sku(sku(i)));
    auto product = store::get_product(session, variant->product)->product;
    product.variants.front().price = Money{cents, Currency{"EUR"}};
    store::put_product(session, product, clock.now());
    mark_aspect(session, no("shop"), "price", variant->no.value, why, clock.now());
  }
  std::vector<std::string> import(const std::function<void(store::Session&, std::int64_t)>& rows) {
    pass(Duration(1000));
    std::int64_t batch = 0;
    write([&](store::Session& session) {
      batch = store::open_batch(session, "test", clock.now());
      rows(session, batch);
    });
    const auto held = judge_batch(core->world(), batch);
    EXPECT_TRUE(held.has_value());
    return held ? *held : std::vector<std::string>();
  }

  /// The platform's page is read three times over, the daemon starts anew, and a person asks for a sync.
  void the_day_goes_on() {
    live(2 * sweep);
    start();
    live(sweep);
    core->lane(no("shop"))->hurry();
    live(sweep);
  }

  std::set<std::string> showing(Quantity number) {
    std::set<std::string> found;
    for (int i = 0; i < offers; ++i) {
      if (there(*shop_, sku(i)) == number) found.insert(sku(i));
    }
    return found;
  }
  int priced(const Decimal& amount) {
    int count = 0;
    for (int i = 0; i < offers; ++i) {
      const auto* there = shop_->offer_of_sku(sku(i));
      if (there == nullptr) continue;
      const auto shown = there->price.find("amount")->decimal();
      count += shown.has_value() && *shown == amount ? 1 : 0;
    }
    return count;
  }
  static std::set<std::string> skus(int from, int to) {
    std::set<std::string> all;
    for (int i = from; i < to; ++i) all.insert(sku(i));
    return all;
  }
  std::vector<store::Held> holds() {
    std::vector<store::Held> rows;
    write([&](store::Session& session) { rows = store::holds(session); });
    return rows;
  }

  memory::Platform* shop_ = nullptr;
};

TEST_F(Hold, OutlastsSweepsLooksRestartsAndAHandsEdit) {
  const auto held = import_counts(0, 11, 0);
  ASSERT_EQ(held.size(), 1u);
  ASSERT_TRUE(shop_->set_number(id(*shop_, sku(3)), 4).has_value());  // the sweep sees another number than was agreed
  the_day_goes_on();
  EXPECT_TRUE(showing(0).empty());
  ASSERT_EQ(holds().size(), 1u);
  EXPECT_EQ(holds().front().count, 11);
}

TEST_F(Hold, IsReleasedAloneAndWhatCameLaterIsJudgedByItself) {
  const auto first = import_counts(0, 11, 0);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(import_counts(11, 14, 0).empty()) << "three are not too many";
  const auto second = import_counts(14, 26, 0);
  ASSERT_EQ(second.size(), 1u);
  ASSERT_NE(first.front(), second.front());
  live(Duration(60000));
  EXPECT_EQ(showing(0), skus(11, 14));

  const Json said = person([&](Engine& engine) { return engine.release(first.front(), "test"); });
  EXPECT_EQ(said.integer_or("count"), 11);
  the_day_goes_on();
  EXPECT_EQ(showing(0), skus(0, 14));
  ASSERT_EQ(holds().size(), 1u);
  EXPECT_EQ(holds().front().digest, second.front());
}

TEST_F(Hold, ThatIsDiscardedIsNotSentUntilItIsAnotherNumber) {
  const auto held = import_counts(0, 11, 0);
  ASSERT_EQ(held.size(), 1u);
  const Json said = person([&](Engine& engine) { return engine.discard(held.front(), "test"); });
  EXPECT_EQ(said.integer_or("count"), 11);
  EXPECT_TRUE(holds().empty());
  the_day_goes_on();
  EXPECT_TRUE(showing(0).empty());

  EXPECT_TRUE(import_counts(0, 2, 3).empty());
  live(Duration(60000));
  EXPECT_EQ(showing(3), skus(0, 2));
  EXPECT_EQ(showing(5), skus(2, offers));
}

TEST_F(Hold, ThatIsDiscardedKeepsNoNumberUpThatAnOrderLowers) {
  const auto held = import_counts(0, offers, 0);
  ASSERT_EQ(held.size(), 1u);
  person([&](Engine& engine) { return engine.discard(held.front(), "test"); });
  start();
  live(sweep);
  ASSERT_EQ(there(*shop_, sku(0)), 5);
  write([&](store::Session& session) {
    const auto variant = store::find_variant(session, Sku(sku(0)));
    append_change(session, variant->no, store::open_location(session, "main"), "receipt", 1, "receipt:1", "", clock.now(), clock.now());
    append_change(session, variant->no, store::open_location(session, "main"), "order", -1, "order:1:1", "", clock.now(), clock.now());
    mark_stock(session, core->world(), {variant->no}, {"order:1", true, 0}, clock.now());
  });
  live(Duration(10000));
  EXPECT_EQ(there(*shop_, sku(0)), 0) << "sold out, whatever a person said of a wrong file";
  EXPECT_EQ(there(*shop_, sku(1)), 5);
}

TEST_F(Hold, OfPricesThatIsDiscardedIsNotSentUntilThereIsAnotherPrice) {
  const auto held = import_prices(0, 12, 100);  // 1 EUR instead of 10
  ASSERT_EQ(held.size(), 1u);
  person([&](Engine& engine) { return engine.discard(held.front(), "test"); });
  the_day_goes_on();
  EXPECT_EQ(priced(Decimal(10)), offers);

  EXPECT_TRUE(import_prices(0, 2, 900).empty());
  live(Duration(60000));
  EXPECT_EQ(priced(Decimal(9)), 2);
  EXPECT_EQ(priced(Decimal(10)), offers - 2);
}

TEST_F(Hold, TakesPricesThatComeOneByOneTogetherAndARestartForgetsNone) {
  const auto change = [&](int i) {
    write([&](store::Session& session) { set_price(session, i, 2000, {"by hand", false, 0}); });
    live(Duration(60000));
  };
  for (int i = 0; i < 6; ++i) change(i);
  start();
  for (int i = 6; i < 15; ++i) change(i);
  EXPECT_EQ(priced(Decimal(20)), 10) << "the eleventh within an hour waits for a person";
  EXPECT_EQ(holds().size(), 5u);
  the_day_goes_on();
  EXPECT_EQ(priced(Decimal(20)), 10);

  change(20);
  EXPECT_EQ(priced(Decimal(20)), 11) << "an hour later others may change";
}

TEST_F(Hold, OfAWrongFileEndsWithTheRightOne) {
  ASSERT_EQ(import_prices(0, offers, 100).size(), 1u);  // 1 EUR instead of 11
  EXPECT_TRUE(import_prices(0, offers, 1100).empty());
  live(Duration(60000));
  EXPECT_EQ(priced(Decimal(11)), offers);
  EXPECT_TRUE(holds().empty());
}

TEST_F(Hold, DoesNotCountWhatOrdersCause) {
  auto& other = add_shop("other", {});
  start();
  come_to_rest();
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(other.buy({{id(other, sku(i)), 5}}).has_value());
  live(Duration(310000));
  EXPECT_EQ(showing(0), skus(0, 25));
  EXPECT_TRUE(holds().empty());

  for (int i = 25; i < offers; ++i) receive_goods(sku(i), -5);
  live(Duration(60000));
  EXPECT_EQ(showing(0), skus(0, offers)) << "five without an order are not too many";
  EXPECT_TRUE(holds().empty());
}

TEST_F(Hold, WhatAPersonDiscardedIsNotPlannedUntilItChangesAndStandsAsLeftAlone) {
  const auto held = import_counts(0, 11, 0);
  ASSERT_EQ(held.size(), 1u);
  const auto planned = [&] { return person([&](Engine& engine) { return engine.plan("shop"); }); };
  const auto shop_now = [&] { return person([&](Engine& engine) { return engine.status(); }).find("channels")->as_array().front(); };
  EXPECT_EQ(planned().find("items")->as_array().size(), 11u);
  person([&](Engine& engine) { return engine.discard(held.front(), "ada"); });
  the_day_goes_on();

  Json plan = planned();
  EXPECT_TRUE(plan.bool_or("empty")) << plan.find("items")->dump();
  ASSERT_EQ(plan.find("left_alone")->as_array().size(), 11u);
  const auto& left = plan.find("left_alone")->as_array().front();
  EXPECT_EQ(left.text_or("left_by"), "ada");
  EXPECT_EQ(left.integer_or("before"), 5);
  EXPECT_EQ(left.integer_or("after", -1), 0);
  const auto& totals = plan.find("totals")->as_array().front();
  EXPECT_EQ(totals.integer_or("left_alone"), 11);
  EXPECT_EQ(totals.integer_or("to_zero"), 0);
  EXPECT_EQ(shop_now().integer_or("left_alone"), 11);
  EXPECT_EQ(shop_now().integer_or("parked"), 0);
  EXPECT_EQ(shop_now().integer_or("differences"), 0);
  EXPECT_TRUE(person([&](Engine& engine) { return engine.status(); }).bool_or("converged"));

  EXPECT_TRUE(import_counts(0, 1, 3).empty());
  live(sweep);
  EXPECT_EQ(there(*shop_, sku(0)), 3) << "another number than the one that was discarded";
  EXPECT_EQ(shop_now().integer_or("left_alone"), 10);
  plan = planned();
  EXPECT_TRUE(plan.bool_or("empty"));
  EXPECT_EQ(plan.find("left_alone")->as_array().size(), 10u);
}

/// The rules are others from now on, as after a reload.
class WrongRule : public Hold {
 protected:
  void rules_become(const std::string& digest, const std::function<void(ChannelConfig&)>& change) {
    pass(Duration(1000));
    shops.front()->rules = digest;
    change(shops.front()->config);
    start();
  }
};

TEST_F(WrongRule, ForPricesIsHeldWholeAndNothingOfItLeaves) {
  rules_become("one", [](auto&) {});
  live(Duration(60000));
  rules_become("two", [](auto& config) { config.price.factor = Decimal(10); });
  the_day_goes_on();
  EXPECT_EQ(priced(Decimal(10)), offers);
  ASSERT_EQ(holds().size(), 1u);
  EXPECT_EQ(holds().front().count, offers);
  EXPECT_EQ(holds().front().aspect, "price");
  person([&](Engine& engine) { return engine.release(holds().front().digest, "ada"); });
  live(Duration(60000));
  EXPECT_EQ(priced(Decimal(100)), offers);
}

TEST_F(WrongRule, ThatIsTakenBackLeavesNothingBehind) {
  rules_become("one", [](auto&) {});
  live(Duration(60000));
  rules_become("two", [](auto& config) { config.stock.buffer = 5; });
  live(Duration(60000));
  EXPECT_EQ(showing(5), skus(0, offers));
  ASSERT_EQ(holds().size(), 1u);
  rules_become("one again", [](auto& config) { config.stock.buffer = 0; });
  the_day_goes_on();
  EXPECT_TRUE(holds().empty());
  EXPECT_EQ(showing(5), skus(0, offers));
  const Json plan = person([&](Engine& engine) { return engine.plan("shop"); });
  EXPECT_TRUE(plan.find("items")->as_array().empty()) << plan.dump();
}

TEST_F(WrongRule, OrRightOneIsThereAtOnceAndNotWithTheNextSweep) {
  rules_become("one", [](auto&) {});
  live(Duration(60000));
  rules_become("two", [](auto& config) { config.price.factor = Decimal::of(11, 1), config.stock.buffer = 1; });
  live(Duration(10000));
  EXPECT_EQ(priced(Decimal(11)), offers);
  EXPECT_EQ(showing(4), skus(0, offers));
  EXPECT_TRUE(holds().empty());
}

TEST_F(WrongRule, ThatIsTheSameAsBeforeMarksNothing) {
  rules_become("one", [](auto&) {});
  live(Duration(60000));
  rules_become("one", [](auto&) {});
  decided();
  write([&](store::Session& session) {
    for (const auto* aspect : {"stock", "price", "content"}) EXPECT_TRUE(store::marks_of_channel(session, no("shop"), aspect).empty());
  });
}

class OfFour : public WrongRule {
 protected:
  int offers_at_first() const override { return 4; }
};

TEST_F(OfFour, AWrongRuleForAllIsHeldThoughFourAreFew) {
  rules_become("two", [](auto& config) { config.price.factor = Decimal(10); });
  live(Duration(60000));
  EXPECT_EQ(priced(Decimal(10)), 4);
  ASSERT_EQ(holds().size(), 1u);
  EXPECT_EQ(holds().front().count, 4);
}

TEST_F(OfFour, PricesThatComeOneByOneAreHeldAtTheLast) {
  for (int i = 0; i < 4; ++i) {
    write([&](store::Session& session) { set_price(session, i, 2000, {"by hand", false, 0}); });
    live(Duration(60000));
  }
  EXPECT_EQ(priced(Decimal(20)), 3) << "all of them within an hour is a mistake until a person says otherwise";
  EXPECT_EQ(holds().size(), 1u);
}

TEST_F(OfFour, WhatGoesToZeroOneByOneIsNotOfferedForAPersonsSake) {
  for (int i = 0; i < 4; ++i) {
    receive_goods(sku(i), -5);
    live(Duration(60000));
  }
  EXPECT_EQ(showing(0), skus(0, 4)) << "nothing lies there: to go on selling it is the greater harm";
}

}  // namespace
}  // namespace tally::engine
