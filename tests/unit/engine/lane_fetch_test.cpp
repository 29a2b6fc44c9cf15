// Orders that are fetched by their ids, and readings that the platform refuses: what is at fault stands alone, and is not asked for without
// end.
#include "long_day.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

class Fetch : public LongDay, public ::testing::WithParamInterface<Fault> {
 protected:
  static bool is_of(const Call& call, const std::string& subject) {
    return std::find(call.subjects.begin(), call.subjects.end(), subject) != call.subjects.end();
  }
  std::size_t pokes_left() {
    std::size_t left = 0;
    write([&](store::Session& session) { left = store::pokes(session, no("shop"), 100).size(); });
    return left;
  }
  std::int64_t orders() {
    std::int64_t count = 0;
    write([&](store::Session& session) { count = store::count_orders(session, no("shop")); });
    return count;
  }
};

TEST_P(Fetch, OneOrderThatCannotBeFetchedDoesNotStopTheOthers) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.orders_every = Duration(3600000);
  add_product("A", 50);
  start();
  come_to_rest();
  const std::string poison = "o0";
  write([&](store::Session& session) { store::add_poke(session, no("shop"), "order", poison, clock.now()); });
  for (int i = 0; i < 12; ++i) {
    const auto order = shop.buy({{id(shop, "A"), 1}});
    ASSERT_TRUE(order.has_value());
    write([&](store::Session& session) { store::add_poke(session, no("shop"), "order", *order, clock.now()); });
  }
  std::size_t asked = 0;
  const auto answered = [&](const Call& call) {
    if (call.kind != Call::Kind::fetch_orders || !is_of(call, poison)) return perform(call, connector_of(call));
    ++asked;
    return all_answered(call, error(GetParam(), "there is something wrong with " + poison));
  };
  live(Duration(30000), answered);
  EXPECT_EQ(orders(), 12);
  EXPECT_LE(pokes_left(), 1u);
  EXPECT_LE(asked, 10u);

  // It stands in nobody's way later, either, and is itself not forgotten as long as it may be there.
  asked = 0;
  receive_goods("A", 5);
  const auto calls = live(Duration(3600000), answered);
  EXPECT_EQ(there(shop, "A"), 43);
  EXPECT_GE(count(calls, Call::Kind::read_orders), 1u);
  EXPECT_GE(count(calls, Call::Kind::sweep), 1u);
  EXPECT_LE(asked, 62u);
}

INSTANTIATE_TEST_SUITE_P(Faults, Fetch,
                         ::testing::Values(Fault::missing, Fault::not_found, Fault::rejected, Fault::invalid, Fault::transient,
                                           Fault::broken, Fault::unknown, Fault::not_yet, Fault::conflict),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

class PokedAgain : public Fetch {};

TEST_F(PokedAgain, WhileItIsFetchedAnOrderIsFetchedOnceMore) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.orders_every = Duration(3600000);
  add_product("A", 50);
  start();
  come_to_rest();
  const auto order = shop.buy({{id(shop, "A"), 1}});
  ASSERT_TRUE(order.has_value());
  const auto poke = [&](const std::string& kind, const std::string& subject) {
    write([&](store::Session& session) { store::add_poke(session, no("shop"), kind, subject, clock.now()); });
  };
  const std::string listing = shop.listings().front().id;
  std::map<std::string, std::size_t> asked;
  poke("order", *order);
  poke("listing", listing);
  live(Duration(30000), [&](const Call& call) {
    for (const auto& subject : call.subjects) {
      if (++asked[subject] == 1) poke(call.kind == Call::Kind::fetch_orders ? "order" : "listing", subject);
    }
    return perform(call, connector_of(call));
  });
  EXPECT_EQ(asked[*order], 2u);
  EXPECT_EQ(asked[listing], 2u);
  EXPECT_EQ(pokes_left(), 0u);
}

class Refused : public Fetch {};

TEST_P(Refused, AReadingIsNotAskedForWithoutEnd) {
  auto& shop = add_shop("shop", {});
  add_product("A", 5);
  start();
  come_to_rest();
  pass(Duration(3600000));
  write([&](store::Session& session) {
    auto row = *store::find_offer(session, no("shop"), store::find_variant(session, Sku("A"))->no);
    row.owed_look_at = clock.now();
    store::put_offer(session, row);
    store::add_poke(session, no("shop"), "listing", shop.listings().front().id, clock.now());
  });
  const auto calls = live(Duration(60000), [&](const Call& call) { return all_answered(call, error(GetParam(), "refused")); });
  EXPECT_LE(count(calls, Call::Kind::read_orders), 3u);
  EXPECT_LE(count(calls, Call::Kind::sweep), 3u);
  EXPECT_LE(count(calls, Call::Kind::look), 4u);

  ASSERT_TRUE(shop.buy({{id(shop, "A"), 1}}).has_value());
  live(Duration(120000));
  EXPECT_EQ(orders(), 1) << "it is read again when the platform answers";
}

INSTANTIATE_TEST_SUITE_P(Faults, Refused,
                         ::testing::Values(Fault::missing, Fault::rejected, Fault::invalid, Fault::not_yet, Fault::conflict),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

}  // namespace
}  // namespace tally::engine
