// A budget that is used up: what needs it waits, the rest goes on, and nobody asks without end.
#include "engine/budgets.hpp"
#include "market.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

using channel::Budget;
using memory::Terms;

constexpr Duration minute{60000}, hour{3600000};

Budget budget_of(const char* name, std::set<std::string, std::less<>> operations, std::int64_t most, std::int64_t keep,
                 Duration every = hour) {
  Budget budget;
  budget.name = name;
  budget.operations = std::move(operations);
  budget.most = most;
  budget.keep = keep;
  budget.every = every;
  budget.slack = Duration(1000);
  return budget;
}

class SpentBudget : public Market {
 protected:
  memory::Platform& add_metered_shop(std::vector<Budget> limits, const Terms& terms = {}) {
    auto& platform = add_shop("shop", terms);
    EXPECT_TRUE(budgets.open(*store).has_value());
    auto& shop = *shops.back();
    shop.connector = std::make_shared<memory::MemoryConnector>(platform, budgets.for_channel("shop")(std::move(limits)));
    return platform;
  }
  void TearDown() override {
    shops.clear();
    Market::TearDown();
  }
  std::vector<store::OrderRow> orders() {
    std::vector<store::OrderRow> rows;
    write([&](store::Session& session) { rows = store::orders_before(session, no("shop"), "", OrderNo(0), 100); });
    return rows;
  }
  static std::vector<Time> left(const std::vector<Call>& calls, Call::Kind kind) {
    std::vector<Time> times;
    for (const auto& call : calls) {
      if (call.kind == kind) times.push_back(call.left_at);
    }
    return times;
  }

  Budgets budgets{clock};
};

TEST_F(SpentBudget, OfPricesPutsOffPricesAndNothingElse) {
  auto& shop = add_metered_shop({budget_of("prices", {"set_price"}, 2, 0)});
  for (const auto* sku : {"A", "B", "C", "D"}) add_product(sku, 5);
  start();
  live(5 * minute);
  ASSERT_EQ(shop.listings().size(), 4U);
  for (const auto* sku : {"A", "B", "C", "D"}) {
    write([&](store::Session& session) {
      const auto variant = store::find_variant(session, Sku(sku));
      auto product = store::get_product(session, variant->product)->product;
      product.variants.front().price = Money{1200, Currency{"EUR"}};
      store::put_product(session, product, clock.now());
      mark_aspect(session, no("shop"), "price", variant->no.value, {"import", true, 0}, clock.now());
    });
  }
  const auto day = live(50 * minute);
  EXPECT_EQ(pushes(day, "price").size(), 2U);
  EXPECT_GT(left(day, Call::Kind::read_orders).size(), 8U) << "the order list is read as ever";
  buy(shop, "A", 2);
  receive_goods("B", 4);
  live(5 * minute);
  EXPECT_EQ(there(shop, "B"), 9) << "so is stock written";
  live(3 * hour);
  for (const auto* sku : {"A", "B", "C", "D"}) {
    const Json* amount = shop.offer_of_sku(sku)->price.find("amount");
    EXPECT_EQ(amount ? amount->scalar_text() : "none", "12") << sku;
  }
}

TEST_F(SpentBudget, OfEverythingLeavesWhatIsKeptToOrdersAndDecreases) {
  Terms terms;
  terms.page = 1;
  auto& shop = add_metered_shop({budget_of("calls", {}, 60, 25)}, terms);
  auto& other = add_shop("other", {});
  for (int i = 0; i < 40; ++i) add_product("S" + std::to_string(i), 5);
  start();
  live(10 * minute);  // 40 listings to be made, looked at and swept
  ASSERT_GE(there(shop, "S0"), 5);
  ASSERT_GE(there(other, "S0"), 5);
  const auto order = buy(other, "S0", 3);
  tell(other, order);
  const auto calls = live(2 * minute);
  EXPECT_EQ(there(shop, "S0"), 2);
  EXPECT_LT(calls.size(), 60U) << "nobody asks without end";
  const auto more = live(20 * minute);
  EXPECT_GE(left(more, Call::Kind::read_orders).size(), 3U);
}

TEST_F(SpentBudget, OfEverythingLeavesWhatIsKeptToTheLookAtANumberThatMayBeTooHigh) {
  Terms terms;
  terms.page = 1;
  auto& shop = add_metered_shop({budget_of("calls", {}, 60, 25)}, terms);
  for (int i = 0; i < 40; ++i) add_product("S" + std::to_string(i), 5);
  start();
  live(10 * minute);
  ASSERT_EQ(there(shop, "S0"), 5);
  ASSERT_TRUE(shop.set_number(id(shop, "S0"), 8).has_value());
  auto doubted = offer(shop, "S0");
  doubted.low = 2, doubted.high = 8;  // as behind a change that was not answered
  doubted.owed_look_at = clock.now();
  write([&](store::Session& session) {
    store::put_offer(session, doubted);
    mark_stock(session, core->world(), {doubted.variant}, {"unanswered", false, 0}, clock.now());
  });
  live(2 * minute);
  EXPECT_EQ(there(shop, "S0"), 5);
}

TEST_F(SpentBudget, AListThatIsLongerThanABudgetIsReadToItsEndWindowByWindow) {
  Terms terms;
  terms.page = 1;
  auto& shop = add_metered_shop({budget_of("listings", {"read_listings"}, 4, 0, 10 * minute)}, terms);
  for (const auto* sku : {"A", "B", "C", "D", "E", "F", "G", "H", "I"}) {
    Product product;
    product.code = product.title = std::string("P-") + sku;
    product.variants.emplace_back().sku = Sku(sku);
    shop.list_by_hand(to_json(product));
    add_product(sku, 5);
  }
  start();
  live(9 * minute);
  EXPECT_EQ(core->lane(no("shop"))->state().last_sweep, long_ago) << "nine pages are more than four";
  live(30 * minute);
  EXPECT_NE(core->lane(no("shop"))->state().last_sweep, long_ago);
  EXPECT_EQ(shop.listings().size(), 9U) << "and none was listed twice meanwhile";
}

TEST_F(SpentBudget, OfTheOrderListIsWaitedForWithoutAsking) {
  add_metered_shop({budget_of("order list", {"read_orders"}, 3, 0)});
  start();
  const auto first = live(40 * minute);
  EXPECT_EQ(left(first, Call::Kind::read_orders).size(), 3U);
  const auto later = live(60 * minute);
  EXPECT_EQ(left(later, Call::Kind::read_orders).size(), 3U);
}

TEST_F(SpentBudget, InTheMiddleOfAListIsWaitedForWithoutTurningInCircles) {
  Terms terms;
  terms.page = 1;
  auto& shop = add_metered_shop({budget_of("order list", {"read_orders"}, 4, 0)}, terms);
  add_product("A", 50);
  start();
  live(2 * minute);
  for (int i = 0; i < 9; ++i) buy(shop, "A", 1);
  live(30 * minute);
  ASSERT_EQ(orders().size(), 3U) << "the list stands behind its third page, and the next is due long since";
  for (int i = 0; i < 10; ++i) {
    const auto next = core->turn([](const Call&) { ADD_FAILURE() << "there is nothing that may leave"; });
    ASSERT_TRUE(next.has_value());
    EXPECT_GE(*next - clock.now(), Duration(1000));
    pass(Duration(500));
  }
  live(5 * hour);
  EXPECT_EQ(orders().size(), 9U);
}

TEST_F(SpentBudget, OfOneListingPutsOffThatListingAlone) {
  Terms terms;
  terms.facts.stock_batch = 5;
  auto revisions = budget_of("revisions", {"set_stock"}, 2, 0);
  revisions.entity = "listing/@id";
  auto& shop = add_metered_shop({revisions}, terms);
  for (const auto* sku : {"A", "B"}) add_product(sku, 5);
  start();
  live(10 * minute);
  for (int i = 0; i < 4; ++i) {
    receive_goods("A", 1);
    live(7 * minute);
  }
  receive_goods("B", 3);
  live(7 * minute);
  EXPECT_EQ(there(shop, "A"), 7);
  EXPECT_EQ(there(shop, "B"), 8);
  EXPECT_TRUE(problems().empty());
  live(3 * hour);
  EXPECT_EQ(there(shop, "A"), 9);
}

TEST_F(SpentBudget, RefusesACallThatWasOnItsWayAndItComesAgainByItself) {
  Terms terms;
  terms.facts.concurrency = 4;
  auto& shop = add_metered_shop({budget_of("stock", {"set_stock"}, 1, 0, 10 * minute)}, terms);
  for (const auto* sku : {"A", "B", "C"}) add_product(sku, 5);
  start();
  live(30 * minute);
  for (const auto* sku : {"A", "B", "C"}) receive_goods(sku, 2);
  live(5 * minute);
  int changed = 0;
  for (const auto* sku : {"A", "B", "C"}) changed += there(shop, sku) == 7 ? 1 : 0;
  EXPECT_LE(changed, 1);
  live(60 * minute);
  for (const auto* sku : {"A", "B", "C"}) EXPECT_EQ(there(shop, sku), 7) << sku;
}

}  // namespace
}  // namespace tally::engine
