#include "engine/guard.hpp"

#include "house.hpp"

namespace tally::engine {
namespace {

TEST(GuardLimit, IsAShareOfWhatIsLiveAndNeverLessThanTheLeast) {
  EXPECT_EQ(limit_of(1000, Decimal::of(20, 2), 10), 200);
  EXPECT_EQ(limit_of(20, Decimal::of(20, 2), 10), 10);
  EXPECT_EQ(limit_of(0, Decimal::of(20, 2), 10), 10);
}

class Guard : public House {
 protected:
  static constexpr int offers = 30;

  void begin() {
    shop_ = &add_shop("shop", {});
    for (int i = 0; i < offers; ++i) add_product(sku(i), 5);
    start();
    come_to_rest();
  }
  static std::string sku(int i) { return "S" + std::to_string(100 + i); }

  /// A count file says 0 for the first `count` of them; its batch, open.
  std::int64_t count_zeros(int count, bool by_order = false) {
    std::int64_t batch = 0;
    write([&](store::Session& session) {
      batch = store::open_batch(session, "test", clock.now());
      for (int i = 0; i < count; ++i) {
        const auto variant = store::find_variant(session, Sku(sku(i)));
        const std::string cause = "import:" + std::to_string(batch) + ":" + sku(i);
        append_count(session, variant->no, store::open_location(session, "main"), 0, clock.now(), cause, "", clock.now());
        mark_stock(session, core->world(), {variant->no}, {cause, by_order, by_order ? 0 : batch}, clock.now());
      }
    });
    EXPECT_TRUE(decided_nothing() || by_order) << "nothing leaves from an open batch";
    return batch;
  }
  std::vector<std::string> import_zeros(int count, bool by_order = false) {
    const auto batch = count_zeros(count, by_order);
    auto held = judge_batch(core->world(), batch);
    EXPECT_TRUE(held.has_value());
    return *held;
  }
  bool decided_nothing() {
    auto calls = decided();
    const bool nothing = pushes({calls.begin(), calls.end()}, "stock").empty();
    for (auto& call : calls) perform_and_answer(call);
    return nothing;
  }
  int at_zero() {
    int count = 0;
    for (int i = 0; i < offers; ++i) count += shop_->offer_of_sku(sku(i))->number == 0 ? 1 : 0;
    return count;
  }

  memory::Platform* shop_ = nullptr;
};

TEST_F(Guard, LetsASmallImportPass) {
  begin();
  EXPECT_TRUE(import_zeros(10).empty());
  come_to_rest();
  EXPECT_EQ(at_zero(), 10);
}

TEST_F(Guard, HoldsAnImportThatEmptiesTooMuchUntilAPersonReleasesIt) {
  begin();
  const auto held = import_zeros(11);
  ASSERT_EQ(held.size(), 1u);
  pass(Duration(3600000));
  come_to_rest();
  EXPECT_EQ(at_zero(), 0);

  write([&](store::Session& session) {
    EXPECT_EQ(store::held_things(session, held.front()).size(), 11u);
    EXPECT_TRUE(store::remove_hold(session, held.front()));
  });
  come_to_rest();
  EXPECT_EQ(at_zero(), 11);
}

TEST_F(Guard, NeverHoldsWhatAnOrderCaused) {
  begin();
  import_zeros(25, true);
  come_to_rest();
  EXPECT_EQ(at_zero(), 25);
}

TEST_F(Guard, AnOrdersDecreasePassesAHold) {
  begin();
  ASSERT_EQ(import_zeros(11).size(), 1u);
  write([&](store::Session& session) {
    const auto variant = store::find_variant(session, Sku(sku(3)));
    mark_stock(session, core->world(), {variant->no}, {"order:1", true, 0}, clock.now());
  });
  come_to_rest();
  EXPECT_EQ(at_zero(), 1);
}

TEST_F(Guard, MetersWhatABatchMarkedOnAChannelThatWasOutWhenItWasClosed) {
  begin();
  const auto batch = count_zeros(offers);
  ASSERT_TRUE(core->set_channels(core->world().config, {}).has_value());
  ASSERT_TRUE(judge_batch(core->world(), batch).has_value());

  start();
  come_to_rest();

  EXPECT_EQ(at_zero(), 10);
}

TEST_F(Guard, MetersWhatIsOfNoBatch) {
  begin();
  for (int i = 0; i < 15; ++i) {
    receive_goods(sku(i), -5);
    come_to_rest();
    pass(Duration(60000));
  }
  EXPECT_EQ(at_zero(), 10);
}

}  // namespace
}  // namespace tally::engine
