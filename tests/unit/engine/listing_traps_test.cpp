// Listings that are made twice, that come back, or that are thought gone; prices and contents that one of them alone refuses.
#include "market.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using memory::Terms;
using namespace std::chrono_literals;
using testing::HasSubstr;

class Listings : public Market {
 protected:
  void mark_content(const std::string& sku) {
    write([&](store::Session& session) {
      mark_aspect(session, no("shop"), "content", store::find_variant(session, Sku(sku))->product.value, {"import", false, 0}, clock.now());
    });
  }
  void change(const std::string& sku, const std::function<void(Product&)>& how, const std::string& aspect) {
    write([&](store::Session& session) {
      const auto variant = store::find_variant(session, Sku(sku));
      auto product = store::get_product(session, variant->product)->product;
      how(product);
      store::put_product(session, product, clock.now());
      mark_aspect(session, no("shop"), aspect, aspect == "content" ? variant->product.value : variant->no.value, {"by hand", false, 0},
                  clock.now());
    });
  }
};

TEST_F(Listings, AreNotMadeTwiceWhereTheSearchShowsANewOneLate) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  int created = 0, searched_since = 0;
  live(20min, [&](const Call& call) {
    const bool creates = call.kind == Call::Kind::push && call.changes.front().action == channel::ActionKind::put_listing &&
                         !call.changes.front().fields.find("@id");
    if (creates) {
      ++created;
      perform(call, connector_of(call));
      return all_answered(call, error(Fault::unknown, "no answer"));
    }
    if (call.kind == Call::Kind::find && created > 0 && ++searched_since <= 2) {
      Outcome nothing;
      nothing.page.emplace(channel::Page{});
      return nothing;
    }
    return perform(call, connector_of(call));
  });
  EXPECT_EQ(created, 1);
  EXPECT_EQ(searched_since, 3);
  EXPECT_EQ(shop.listings().size(), 1u);
  EXPECT_EQ(offer(shop, "A").low, 9) << "it is bound";
}

TEST_F(Listings, ThatWereDeletedThereDoNotComeBackByThemselves) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  add_product("B", 9);
  begin();
  shop.remove_listing(shop.listings().front().id);
  ASSERT_EQ(there(shop, "A"), -1);
  live(2h);
  receive_goods("A", 3);
  change(
      "A", [](Product& product) { product.title = "Another title"; }, "content");
  change(
      "A",
      [](Product& product) {
        product.variants.front().price = Money{1100, Currency{"EUR"}};
      },
      "price");
  live(2h);
  start();
  live(2h);
  EXPECT_EQ(shop.listings().size(), 1u);
  EXPECT_EQ(there(shop, "A"), -1);
  EXPECT_TRUE(std::ranges::any_of(problems(), [](const auto& row) { return row.thing == "P-A"; })) << "a person is told";
  receive_goods("B", -2);
  live(1min);
  EXPECT_EQ(there(shop, "B"), 7) << "the others go on";
}

TEST_F(Listings, OfWhichThereIsASecondAreToldOfAndItsNumberIsBelievedOfNothing) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  live(20min);
  const std::string first = shop.listings().front().id;
  Product twin;
  twin.code = twin.title = "P-A";
  twin.variants.emplace_back().sku = Sku("A");
  twin.variants.front().price = Money{1000, Currency{"EUR"}};
  Json tree = to_json(twin);
  tree.find("variants")->as_array().front().set("available", 3);
  const std::string second = shop.list_by_hand(tree);
  const auto twice = [&] {
    std::string told;
    write([&](store::Session& session) {
      for (const auto& problem : store::problems(session, 100)) told += problem.kind == "twice" ? problem.reason : "";
    });
    return told;
  };
  const auto shows = [&](const std::string& id) {
    for (const auto& listing : shop.listings()) {
      if (listing.id == id) return listing.offers.front().number;
    }
    return Quantity(-1);
  };
  live(3h);
  EXPECT_EQ(offer(shop, "A").low, 9);
  EXPECT_EQ(shows(first), 9);
  EXPECT_EQ(shows(second), 3) << "of two that move one number, one alone is ours";
  EXPECT_EQ(twice(), "it is listed twice there: " + first + " is kept up to date, " + second + " is not and may sell what is not there");
  // when: the merchant ends the one that was ours
  shop.remove_listing(first);
  live(2h);
  EXPECT_EQ(shows(second), 9) << "the only one that is left";
  EXPECT_EQ(twice(), "");
}

TEST_F(Listings, AreNotAllThoughtGoneThoughThePlatformSaysSoOfAll) {
  constexpr int many = 30;
  auto& shop = add_shop("shop", {});
  const auto sku = [](int i) { return "S" + std::to_string(100 + i); };
  for (int i = 0; i < many; ++i) add_product(sku(i), 9);
  start();
  live(20min);
  for (int i = 0; i < many; ++i)
    change(
        sku(i), [](Product& product) { product.title += " now"; }, "content");
  // when
  live(10min, [&](const Call& call) {
    const bool writes = call.kind == Call::Kind::push && call.changes.front().action == channel::ActionKind::put_listing;
    return writes ? all_answered(call, error(Fault::missing, "no such product")) : perform(call, connector_of(call));
  });
  // then
  int gone = 0, told = 0;
  write([&](store::Session& session) {
    for (const auto& listing : store::listings_of(session, no("shop"))) gone += listing.state == "gone" ? 1 : 0;
    for (const auto& problem : store::problems(session, 100)) told += problem.reason.find("too many listings at once") != std::string::npos;
  });
  EXPECT_EQ(gone, 10);
  EXPECT_EQ(told, many - 10);
  // when: it comes to its senses
  live(3h);
  EXPECT_EQ(std::ranges::count_if(shop.listings(), [](const auto& listing) { return listing.content.text_or("title").ends_with(" now"); }),
            many);
  write([&](store::Session& session) { EXPECT_TRUE(store::problems(session, 100).empty()); });
}

TEST_F(Listings, WhoseNumberWasRefusedAsOfNoneThatExistsGetItOnceTheyAreSeen) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  start();
  live(20min);
  receive_goods("A", -4);
  live(10min, [&](const Call& call) {
    const bool writes = call.kind == Call::Kind::push && call.changes.front().action == channel::ActionKind::set_stock;
    return writes ? all_answered(call, error(Fault::missing, "no such product")) : perform(call, connector_of(call));
  });
  ASSERT_EQ(there(shop, "A"), 9);
  live(2h);
  EXPECT_EQ(there(shop, "A"), 5);
}

TEST_F(Listings, AreNotThoughtGoneByASweepThatWasCutShort) {
  Terms small_pages;
  small_pages.page = 1;
  auto& shop = add_shop("shop", small_pages);
  for (const auto* sku : {"A", "B", "C"}) add_product(sku, 9);
  begin();
  int pages = 0;
  live(1h, [&](const Call& call) {
    if (call.kind == Call::Kind::sweep && ++pages % 2 == 0) return all_answered(call, error(Fault::transient, "in trouble"));
    return perform(call, connector_of(call));
  });
  EXPECT_GE(pages, 2);
  EXPECT_TRUE(problems().empty()) << problems().front().reason;
  EXPECT_EQ(shop.listings().size(), 3u);

  shop.remove_listing(shop.listings().back().id);
  live(2h);
  ASSERT_EQ(problems().size(), 1u) << "and this one was whole";
  EXPECT_EQ(problems().front().thing, "P-C");
}

TEST_F(Listings, WithAFourthOptionAreRefusedAloneWithTheReasonUntilTheyHaveOneLess) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  begin();
  const auto with_options = [](std::size_t count) {
    return [count](Product& product) {
      product.options.clear();
      product.variants.front().option_values.clear();
      for (std::size_t i = 0; i < count; ++i) {
        const std::string name = "Option " + std::to_string(i + 1);
        product.options.push_back({name, {"only"}});
        product.variants.front().option_values.push_back({name, "only"});
      }
    };
  };
  add_product("B", 9);
  change("B", with_options(4), "content");
  change(
      "A", [](Product& product) { product.title = "Another title"; }, "content");
  const auto three_at_most = [&](const Call& call) {
    Outcome outcome;
    if (call.kind != Call::Kind::push || call.changes.front().action != channel::ActionKind::put_listing)
      return perform(call, connector_of(call));
    const Json* options = call.changes.front().fields.find("options");
    if (!options || options->as_array().size() <= 3) return perform(call, connector_of(call));
    return all_answered(call, error(Fault::rejected, "a product has at most three options"));
  };
  const auto calls = live(2h, three_at_most);
  ASSERT_EQ(problems().size(), 1u);
  EXPECT_EQ(problems().front().thing, "P-B");
  EXPECT_THAT(problems().front().reason, HasSubstr("at most three options"));
  EXPECT_EQ(std::ranges::count_if(pushes(calls, "content"),
                                  [](const Call& call) { return call.changes.front().fields.text_or("code") == "P-B"; }),
            1)
      << "what was refused is not sent again";
  EXPECT_EQ(shop.listings().front().content.text_or("title"), "Another title");
  change("B", with_options(3), "content");
  live(2min, three_at_most);
  EXPECT_EQ(there(shop, "B"), 9);
  EXPECT_TRUE(problems().empty());
}

TEST_F(Listings, WhosePriceWasRoundedAreNotWrittenACentAwayWithEverySweep) {
  auto& shop = add_shop("shop", {});
  shops.front()->config.price.factor = Decimal::of(107, 2);
  add_product("A", 9);
  add_product("B", 9);
  begin();
  change(
      "A",
      [](Product& product) {
        product.variants.front().price = Money{999, Currency{"EUR"}};
      },
      "price");  // 10.6893
  const auto calls = live(6h);
  EXPECT_EQ(pushes(calls, "price").size(), 1u);
  EXPECT_EQ(*shop.offer_of_sku("A")->price.find("amount")->decimal(), Decimal::of(1069, 2));
  start();
  EXPECT_TRUE(pushes(live(6h), "price").empty());
}

TEST_F(Listings, WhosePriceChangesDuringItsWriteAreWrittenOnceMore) {
  auto& shop = add_shop("shop", {});
  add_product("A", 9);
  begin();
  const auto cost = [](std::int64_t cents) {
    return [cents](Product& product) { product.variants.front().price = Money{cents, Currency{"EUR"}}; };
  };
  change("A", cost(1100), "price");
  const auto calls = decided();
  ASSERT_EQ(calls.size(), 1u);
  change("A", cost(1200), "price");
  perform_and_answer(calls.front());
  live(10s);
  EXPECT_EQ(*shop.offer_of_sku("A")->price.find("amount")->decimal(), Decimal(12));
}

TEST_F(Listings, WhoseFeedDoesNotMoveWhenTheirNumberDoesAreSweptAllTheSame) {
  auto& shop = add_shop("shop", {});
  ASSERT_FALSE(shop.terms().facts.sold_moves_modified);
  add_product("A", 9);
  begin();
  ASSERT_TRUE(shop.set_number(id(shop, "A"), 4).has_value());  // nobody tells of it
  live(90min);
  EXPECT_EQ(there(shop, "A"), 9);
}

}  // namespace
}  // namespace tally::engine
