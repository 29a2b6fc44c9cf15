// Orders that are fetched by their ids, and readings that the platform refuses: what is at fault stands alone, and is not asked for without
// end.
#include "engine/orders.hpp"
#include "long_day.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

class Fetch : public LongDay, public ::testing::WithParamInterface<Fault> {
 protected:
  static bool is_of(const Call& call, const std::string& subject) {
    return std::any_of(call.pokes.begin(), call.pokes.end(), [&](const auto& poke) { return poke.subject == subject; });
  }
  std::size_t pokes_left() {
    std::size_t left = 0;
    write([&](store::Session& session) {
      for (const char* kind : {"order", "listing"}) left += store::pokes(session, no("shop"), kind, 200).size();
    });
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

TEST_F(Fetch, AnOrderOfWhichAPartIsNotGivenReservesIsHeldAndIsAskedForAgain) {
  auto& shop = add_shop("shop", {});
  add_product("A", 50);
  start();
  come_to_rest();
  const auto order = shop.buy({{id(shop, "A"), 2}});
  ASSERT_TRUE(order && shop.pay(*order));
  bool whole = false;
  const auto answered = [&](const Call& call) {
    auto outcome = perform(call, connector_of(call));
    if (whole || !outcome.page || !*outcome.page) return outcome;
    for (auto& document : (*outcome.page)->documents) {
      if (document.kind == "order") document.headers[channel::lacks_header] = "the channel did not give its refunds";
    }
    return outcome;
  };
  const auto holds = [&] {
    std::vector<std::string> found;
    write([&](store::Session& session) { found = platform_order(*store::find_order(session, no("shop"), *order)).holds; });
    return found;
  };
  const auto calls = live(Duration(1200000), answered);
  ASSERT_EQ(orders(), 1);
  EXPECT_EQ(holds(), std::vector<std::string>{"the channel did not give its refunds"});
  EXPECT_GE(count(calls, Call::Kind::fetch_orders), 2u);
  EXPECT_LE(count(calls, Call::Kind::fetch_orders), 4u) << "after 5 minutes, and each time twice as late";
  write([&](store::Session& session) {
    EXPECT_EQ(store::stock_of(session, store::find_variant(session, Sku("A"))->no).front().sum.reserved, 2);
  });
  whole = true;
  live(Duration(1800000), answered);
  EXPECT_TRUE(holds().empty());
  EXPECT_EQ(pokes_left(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Faults, Fetch,
                         ::testing::Values(Fault::missing, Fault::not_found, Fault::rejected, Fault::invalid, Fault::transient,
                                           Fault::broken, Fault::unknown, Fault::not_yet, Fault::conflict),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

class Announced : public Fetch {
 protected:
  /// A delivery that says: order `id` changed.
  std::int64_t deliver(const std::string& id) {
    std::int64_t row = 0;
    write([&](store::Session& session) {
      const std::string body = R"({"kind": "order", "subject": ")" + id + R"("})";
      row = store::add_inbox(session, {0, no("shop"), "hook", "event", body, {}, clock.now()});
    });
    return row;
  }
  std::optional<store::ParkedRow> parked(std::int64_t row) {
    std::optional<store::ParkedRow> found;
    write([&](store::Session& session) { found = store::parked_row(session, row); });
    return found;
  }
};

TEST_F(Announced, ADeliveryOfAnOrderThatTheChannelDoesNotHaveIsParkedAndOneOfAKnownOrderIsNot) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.orders_every = Duration(3600000);
  add_product("A", 50);
  start();
  come_to_rest();
  const auto order = shop.buy({{id(shop, "A"), 1}});
  ASSERT_TRUE(order.has_value());
  const auto good = deliver(*order);
  live(Duration(30000));
  ASSERT_EQ(orders(), 1);
  const auto gone = [&](const Call& call) {
    if (call.kind != Call::Kind::fetch_orders) return perform(call, connector_of(call));
    return all_answered(call, error(Fault::missing, "there is no such order"));
  };
  const auto again = deliver(*order), bad = deliver("4711");
  live(Duration(30000), gone);
  EXPECT_FALSE(parked(good).has_value());
  EXPECT_FALSE(parked(again).has_value()) << "the order is here";
  ASSERT_TRUE(parked(bad).has_value());
  EXPECT_NE(parked(bad)->reason.find("4711"), std::string::npos) << parked(bad)->reason;
  EXPECT_EQ(pokes_left(), 0u);
}

/// A list that is read once an hour, and an order that nobody has read.
class Poked : public Fetch {
 protected:
  void SetUp() override {
    Fetch::SetUp();
    shop_ = &add_shop("shop", {});
    shops.back()->config.orders_every = Duration(3600000);
    add_product("A", 50);
    start();
    come_to_rest();
    const auto bought = shop_->buy({{id(*shop_, "A"), 1}});
    ASSERT_TRUE(bought.has_value());
    order_ = *bought;
  }

  memory::Platform* shop_ = nullptr;
  std::string order_;
};

class PokedAgain : public Poked {};

TEST_F(PokedAgain, WhileItIsFetchedAnOrderIsFetchedOnceMore) {
  const auto poke = [&](const std::string& kind, const std::string& subject) {
    write([&](store::Session& session) { store::add_poke(session, no("shop"), kind, subject, clock.now()); });
  };
  const std::string listing = shop_->listings().front().id;
  std::map<std::string, std::size_t> asked;
  poke("order", order_);
  poke("listing", listing);
  live(Duration(30000), [&](const Call& call) {
    for (const auto& [kind, subject, not_before, generation, row] : call.pokes) {
      if (++asked[subject] == 1) poke(call.kind == Call::Kind::fetch_orders ? "order" : "listing", subject);
    }
    return perform(call, connector_of(call));
  });
  EXPECT_EQ(asked[order_], 2u);
  EXPECT_EQ(asked[listing], 2u);
  EXPECT_EQ(pokes_left(), 0u);
}

class PokedListings : public Poked {};

TEST_F(PokedListings, KeepNoPokedOrderWaitingHoweverManyTheyAre) {
  write([&](store::Session& session) {
    for (int i = 0; i < 150; ++i) store::add_poke(session, no("shop"), "listing", "l" + std::to_string(i), clock.now() - Duration(1000));
    store::add_poke(session, no("shop"), "order", order_, clock.now());
  });
  const auto calls = live(Duration(30000));
  const auto fetch = std::find_if(calls.begin(), calls.end(), [](const Call& call) { return call.kind == Call::Kind::fetch_orders; });
  ASSERT_NE(fetch, calls.end());
  EXPECT_EQ(count({calls.begin(), fetch}, Call::Kind::look), 0u) << "an echo of our own writes went first";
  EXPECT_GE(count(calls, Call::Kind::look), 150u);
  EXPECT_EQ(orders(), 1);
  EXPECT_EQ(pokes_left(), 0u);
}

TEST_F(Fetch, PokedListingsLeaveEachByItselfOnAllSeatsButOne) {
  memory::Terms terms;
  terms.facts.concurrency = 4;
  add_shop("shop", terms);
  add_product("A", 50);
  start();
  come_to_rest();
  write([&](store::Session& session) {
    for (int i = 0; i < 10; ++i) store::add_poke(session, no("shop"), "listing", "l" + std::to_string(i), clock.now());
  });
  auto out = decided();
  ASSERT_EQ(out.size(), 3u);
  std::set<std::string> subjects;
  for (const auto& call : out) {
    ASSERT_EQ(call.pokes.size(), 1u);
    subjects.insert(call.pokes.front().subject);
  }
  EXPECT_EQ(subjects.size(), 3u);
  perform_and_answer(out.front());
  EXPECT_EQ(decided().size(), 1u);
}

TEST_P(Fetch, OneListingThatCannotBeReadDoesNotStopTheOthers) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.orders_every = Duration(3600000);
  for (int i = 0; i < 12; ++i) add_product("A" + std::to_string(i), 5);
  start();
  come_to_rest();
  pass(Duration(60000));
  const std::string poison = "l0";
  write([&](store::Session& session) {
    store::add_poke(session, no("shop"), "listing", poison, clock.now() - Duration(1));
    for (const auto& listing : shop.listings()) store::add_poke(session, no("shop"), "listing", listing.id, clock.now());
  });
  std::size_t asked = 0;
  std::set<std::string> answered;
  live(Duration(10000), [&](const Call& call) {
    if (is_of(call, poison)) {
      ++asked;
      return all_answered(call, error(GetParam(), "there is something wrong with " + poison));
    }
    for (const auto& poke : call.pokes) answered.insert(poke.subject);
    return perform(call, connector_of(call));
  });
  EXPECT_EQ(answered.size(), 12u);
  EXPECT_EQ(asked, 1u);
  EXPECT_LE(pokes_left(), 1u);
}

TEST_F(PokedListings, TakeTurnsWithWhatIsToBeSent) {
  write([&](store::Session& session) {
    for (int i = 0; i < 150; ++i) store::add_poke(session, no("shop"), "listing", "l" + std::to_string(i), clock.now() - Duration(1000));
    const auto variant = store::find_variant(session, Sku("A"));
    auto product = store::get_product(session, variant->product)->product;
    product.variants.front().price = Money{1100, Currency{"EUR"}};
    store::put_product(session, product, clock.now());
    store::Mark dearer;
    dearer.channel = no("shop");
    dearer.aspect = "price";
    dearer.thing = variant->no.value;
    dearer.since = clock.now();
    dearer.cause = "import";
    store::mark(session, dearer);
  });
  const auto calls = live(Duration(30000));
  const auto push = std::find_if(calls.begin(), calls.end(), [](const Call& call) { return call.kind == Call::Kind::push; });
  ASSERT_NE(push, calls.end());
  EXPECT_LE(count({calls.begin(), push}, Call::Kind::look), 3u);
}

TEST_F(Fetch, PokedListingsThatAreOutLetTheLaneWakeForAnOrder) {
  memory::Terms terms;
  terms.facts.concurrency = 3;
  auto& shop = add_shop("shop", terms);
  shops.back()->config.orders_every = Duration(3600000);
  add_product("A", 50);
  start();
  come_to_rest();
  const Time due = clock.now() + Duration(5000);
  write([&](store::Session& session) {
    store::add_poke(session, no("shop"), "listing", shop.listings().front().id, clock.now());
    store::add_poke(session, no("shop"), "order", "o0", due);
  });
  std::vector<Call> out;
  const auto next = core->turn([&](Call call) { out.push_back(std::move(call)); });
  EXPECT_EQ(count(out, Call::Kind::look), 1u);
  ASSERT_TRUE(next.has_value());
  EXPECT_LE(*next, due);
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
