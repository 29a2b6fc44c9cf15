// Webhooks and lists about one order that contradict each other in time.
#include "market.hpp"

#include <array>

namespace tally::engine {
namespace {

using memory::Terms;
using namespace std::chrono_literals;

class ToldAbout : public Market {
 protected:
  /// Two shops; of the first nothing is read but what is poked.
  void open(const Terms& terms = {}) {
    shop = &add_shop("shop", terms);
    other = &add_shop("other", {});
    shops.front()->config.orders_every = 24h;
    add_product("A", 100);
    begin();
  }
  std::vector<Call> hear(const std::string& word) {
    deliver(*shop, word);
    return live(5s);
  }
  std::int64_t orders() {
    std::int64_t count = 0;
    write([&](store::Session& session) { count = store::count_orders(session, no("shop")); });
    return count;
  }

  memory::Platform *shop = nullptr, *other = nullptr;
};

TEST_F(ToldAbout, TwoStatesOfOneSecondInAnyOrderAnOrderEndsWithItsLast) {
  open();
  std::array<int, 3> sequence{0, 1, 2};
  do {
    live(Duration(1000 - to_ms(clock.now()) % 1000));
    const auto order = buy(*shop, "A", 1);
    std::array<std::string, 3> words{word_of(*shop, order)};
    pass(100ms);
    ASSERT_TRUE(shop->pay(order).has_value());
    words[1] = word_of(*shop, order);
    pass(100ms);
    ASSERT_TRUE(shop->cancel(order).has_value());
    words[2] = word_of(*shop, order);
    ASSERT_EQ(shop->order(order)->versions.front().tree.text_or("changed_at"),
              shop->order(order)->versions.back().tree.text_or("changed_at"));
    for (const int at : sequence) hear(words.at(static_cast<std::size_t>(at)));
    EXPECT_EQ(order_row(*shop, order).state, "cancelled") << sequence[0] << sequence[1] << sequence[2];
    EXPECT_EQ(reserved("A"), 0) << sequence[0] << sequence[1] << sequence[2];
  } while (std::next_permutation(sequence.begin(), sequence.end()));
}

TEST_F(ToldAbout, PaidBeforeItIsCreatedAnOrderIsPaidAndReservedOnce) {
  open();
  const auto order = buy(*shop, "A", 2);
  const auto created = word_of(*shop, order);
  live(5s);
  ASSERT_TRUE(shop->pay(order).has_value());
  hear(word_of(*shop, order));
  EXPECT_EQ(order_row(*shop, order).state, "paid");
  hear(created);
  EXPECT_EQ(order_row(*shop, order).state, "paid");
  EXPECT_EQ(reserved("A"), 2);
  EXPECT_EQ(written(*other, "A"), Numbers{98});
}

TEST_F(ToldAbout, TheSameManyTimesAtOnceItIsOneOrder) {
  open();
  const auto order = buy(*shop, "A", 2);
  const auto word = word_of(*shop, order);
  for (int i = 0; i < 20; ++i) deliver(*shop, word);
  auto calls = live(5s);
  for (int i = 0; i < 20; ++i) deliver(*shop, word);
  const auto later = live(5s);
  calls.insert(calls.end(), later.begin(), later.end());
  EXPECT_EQ(orders(), 1);
  EXPECT_EQ(order_row(*shop, order).revision, 1);
  EXPECT_EQ(reserved("A"), 2);
  EXPECT_EQ(written(*other, "A"), Numbers{98});
  EXPECT_EQ(count(calls, Call::Kind::fetch_orders), 0u) << "a repeat is no reason to ask";
}

TEST_F(ToldAbout, AnOldWordThatIsPlayedAgainDoesNotBringAnOrderBack) {
  open();
  const auto order = buy(*shop, "A", 2);
  ASSERT_TRUE(shop->pay(order).has_value());
  const auto recorded = word_of(*shop, order);
  hear(recorded);
  ASSERT_EQ(reserved("A"), 2);
  ASSERT_TRUE(shop->cancel(order).has_value());
  hear(word_of(*shop, order));
  for (int again = 0; again < 3; ++again) hear(recorded);
  EXPECT_EQ(order_row(*shop, order).state, "cancelled");
  EXPECT_EQ(reserved("A"), 0);
}

TEST_F(ToldAbout, OfAPlatformWhoseTimesStandStillEveryWordIsLookedUp) {
  Terms terms;
  terms.changed_at_stands = true;
  terms.facts.changed_at_trusted = false;
  open(terms);
  const auto order = buy(*shop, "A", 2);
  hear(word_of(*shop, order));
  live(1min);
  ASSERT_TRUE(shop->edit(order, 0, 5).has_value());
  const auto edited = word_of(*shop, order);
  hear(edited);
  EXPECT_EQ(reserved("A"), 5);
  live(1min);
  ASSERT_TRUE(shop->cancel(order).has_value());
  hear(word_of(*shop, order));
  EXPECT_EQ(reserved("A"), 0);
  hear(edited);
  EXPECT_EQ(order_row(*shop, order).state, "cancelled");
}

TEST_F(ToldAbout, AListThatShowsAnOlderStateIsALaggingCopyAndTheOrderIsFetched) {
  open();
  const auto order = buy(*shop, "A", 2);
  live(10s);
  ASSERT_TRUE(shop->cancel(order).has_value());
  hear(word_of(*shop, order));
  ASSERT_EQ(reserved("A"), 0);
  core->lane(no("shop"))->hurry();
  const auto calls = live(10s, [&](const Call& call) {
    Outcome outcome = perform(call, connector_of(call));
    if (call.kind == Call::Kind::read_orders && call.channel == no("shop")) {
      for (auto& document : (*outcome.page)->documents) document.body = shop->order(order)->versions.front().tree.dump();
    }
    return outcome;
  });
  EXPECT_EQ(order_row(*shop, order).state, "cancelled");
  EXPECT_EQ(reserved("A"), 0);
  EXPECT_EQ(count(calls, Call::Kind::fetch_orders), 1u);
}

TEST_F(ToldAbout, ByNobodyAnyMoreAnOrderIsReadFromTheListAllTheSame) {
  open();
  shops.front()->config.orders_every = 5min;
  start();
  live(10min);  // the platform has switched its webhooks off
  const auto order = buy(*shop, "A", 2);
  live(6min);
  EXPECT_EQ(order_row(*shop, order).state, "pending");
  EXPECT_EQ(there(*other, "A"), 98);
}

}  // namespace
}  // namespace tally::engine
