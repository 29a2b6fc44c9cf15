// Back to what a channel showed at a moment.
#include "engine/undo.hpp"
#include "engine/guard.hpp"
#include "stock_house.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class Undoing : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    shop = &add_shop("shop", {});
    other = &add_shop("other", {});
    for (int n = 0; n < 12; ++n) add_product(sku(n), 5);
    open();
    come_to_rest();
    pass(1h);
  }
  static std::string sku(int n) { return "S" + std::to_string(n); }

  /// As an import would, judged as one.
  void import(int products, std::int64_t cents, const std::string& title) {
    std::int64_t batch = 0;
    write([&](store::Session& session) {
      batch = store::open_batch(session, "test", clock.now());
      const Why why{"import:" + std::to_string(batch), false, batch};
      for (int n = 0; n < products; ++n) {
        auto row = store::find_product(session, "P-" + sku(n));
        row->product.title = title + sku(n);
        row->product.variants.front().price = Money{cents, Currency{"EUR"}};
        store::put_product(session, row->product, clock.now());
        for (const auto& each : core->world().channels) {
          mark_aspect(session, each->no, "content", row->no.value, why, clock.now());
          mark_aspect(session, each->no, "price", store::find_variant(session, Sku(sku(n)))->no.value, why, clock.now());
        }
      }
    });
    ASSERT_TRUE(judge_batch(core->world(), batch).has_value());
  }
  Undo find(const UndoWish& wish) {
    Undo undo;
    write([&](store::Session& session) {
      auto found = find_undo(session, channel("shop"), wish, "anna", clock.now());
      ASSERT_TRUE(found.has_value()) << found.error().text();
      undo = std::move(*found);
    });
    return undo;
  }
  /// What the guard holds of it.
  std::vector<std::string> undo(const UndoWish& wish) {
    const auto found = find(wish);
    std::int64_t batch = 0;
    write([&](store::Session& session) {
      batch = store::open_batch(session, "anna", clock.now());
      set_pins(session, found.pins, {"undo:" + std::to_string(batch), false, batch}, clock.now());
    });
    auto held = judge_batch(core->world(), batch);
    EXPECT_TRUE(held.has_value());
    return held ? *held : std::vector<std::string>();
  }
  static std::string price_on(const memory::Platform& platform, int n) {
    return platform.offer_of_sku(sku(n))->price.find("amount")->scalar_text();
  }
  static std::string title_on(const memory::Platform& platform, int n) {
    for (const auto& listing : platform.listings()) {
      if (listing.offers.front().sku == sku(n)) return listing.content.text_or("title");
    }
    return "no listing";
  }
  /// The channel is looked at from end to end, everything is compared, and the rules are read again.
  void sync_everything() {
    write([&](store::Session& session) {
      for (const auto& each : core->world().channels) {
        for (int n = 0; n < 12; ++n) {
          const auto row = store::find_variant(session, Sku(sku(n)));
          mark_aspect(session, each->no, "price", row->no.value, {"sync", false, 0}, clock.now());
          mark_aspect(session, each->no, "content", row->product.value, {"sync", false, 0}, clock.now());
        }
      }
    });
    open();
    core->lane(channel("shop").no)->hurry();
    come_to_rest();
    pass(2h);
    come_to_rest();
  }

  memory::Platform *shop = nullptr, *other = nullptr;
};

TEST_F(Undoing, UndoIsNotUndoneByTheNextSyncA16) {
  const Time before = clock.now();
  pass(1h);
  import(5, 1200, "Wrong ");
  come_to_rest();
  ASSERT_EQ(price_on(*shop, 0), "12");
  ASSERT_EQ(title_on(*shop, 0), "Wrong S0");
  EXPECT_TRUE(undo({before}).empty());
  come_to_rest();
  for (int n = 0; n < 5; ++n) {
    EXPECT_EQ(price_on(*shop, n), "10");
    EXPECT_EQ(title_on(*shop, n), "P-" + sku(n));
  }
  sync_everything();
  EXPECT_EQ(price_on(*shop, 0), "10") << "what is desired is computed from the catalogue: without a pin the sync would undo the undo";
  EXPECT_EQ(title_on(*shop, 0), "P-S0");
  EXPECT_EQ(price_on(*other, 0), "12") << "the other channel was not undone";
  EXPECT_EQ(title_on(*other, 0), "Wrong S0");
  EXPECT_TRUE(find({before}).pins.empty()) << "a second time there is nothing to do";
}

TEST_F(Undoing, SoldUnitsAreNotForSaleAgainA16) {
  const Time before = clock.now();
  pass(1h);
  import(1, 1200, "Wrong ");
  order("shop", "1", "paid", {{"S0", 2}});
  come_to_rest();
  const auto left = number("shop", "S0").number;
  const auto there = shop->offer_of_sku("S0")->number;
  undo({before});
  sync_everything();
  EXPECT_EQ(number("shop", "S0").number, left);
  EXPECT_EQ(shop->offer_of_sku("S0")->number, there);
  EXPECT_EQ(at("S0", "main").on_hand, 5);
  EXPECT_EQ(at("S0", "main").reserved, 2);
}

TEST_F(Undoing, StockIsRefusedAndTheWayThatThereIsIsNamed) {
  const auto wish = undo_wish_in(*Json::parse(R"({"to": "2025-01-01T00:00:00Z", "aspect": "stock"})"), clock.now());
  ASSERT_FALSE(wish.has_value());
  EXPECT_NE(wish.error().text().find("tallyd stock reverse CAUSE"), std::string::npos);
  EXPECT_FALSE(undo_wish_in(Json::object({{"to", format_iso(clock.now())}}), clock.now()).has_value()) << "that moment is not over";
  EXPECT_FALSE(undo_wish_in(Json::object({{"to", "yesterday"}}), clock.now()).has_value());
}

TEST_F(Undoing, AnUndoThatChangesTooMuchIsHeldWhole) {
  const Time before = clock.now();
  pass(1h);
  import(12, 3000, "");
  std::vector<store::Held> held;
  write([&](store::Session& session) {
    for (const auto& each : store::holds(session)) {
      for (const auto thing : store::held_things(session, each.digest))
        mark_aspect(session, each.channel, each.aspect, thing, {"released", true, 0}, clock.now());
      store::remove_hold(session, each.digest);
    }
  });
  come_to_rest();
  ASSERT_EQ(price_on(*shop, 0), "30");
  const auto digests = undo({before, true, false});
  come_to_rest();
  ASSERT_EQ(digests.size(), 1u);
  for (int n = 0; n < 12; ++n) EXPECT_EQ(price_on(*shop, n), "30") << "held as a whole";
  write([&](store::Session& session) {
    for (const auto thing : store::held_things(session, digests.front()))
      mark_aspect(session, channel("shop").no, "price", thing, {"released", true, 0}, clock.now());
    store::remove_hold(session, digests.front());
  });
  come_to_rest();
  EXPECT_EQ(price_on(*shop, 11), "10");
  EXPECT_EQ(title_on(*shop, 11), "S11") << "only the prices were to go back";
}

TEST_F(Undoing, WhatWaitsToBeSentIsUndoneBeforeItWasThere) {
  const Time before = clock.now();
  pass(1h);
  import(3, 1200, "Wrong ");
  EXPECT_EQ(find({before}).prices, 3) << "nothing of it has been confirmed yet";
  undo({before});
  come_to_rest();
  EXPECT_EQ(price_on(*shop, 0), "10");
  EXPECT_EQ(price_on(*other, 0), "12");
}

TEST_F(Undoing, IsNotKeptBackByTheHoldOfWhatItUndoes) {
  const Time before = clock.now();
  pass(1h);
  import(5, 1200, "Wrong ");
  come_to_rest();
  import(12, 3000, "Wrong ");
  come_to_rest();
  ASSERT_EQ(price_on(*shop, 0), "12") << "the second import is held";
  EXPECT_TRUE(undo({before}).empty());
  come_to_rest();
  for (int n = 0; n < 12; ++n) EXPECT_EQ(price_on(*shop, n), "10");
  EXPECT_EQ(price_on(*other, 0), "12");
  write([&](store::Session& session) {
    for (const auto& each : store::holds(session)) EXPECT_EQ(each.channel, channel("other").no);
  });
}

TEST_F(Undoing, WhatWasNotThereYetIsLeftAndNamed) {
  const Time before = clock.now();
  pass(1h);
  add_product("NEW", 5);
  write([&](store::Session& session) {
    mark_aspect(session, channel("shop").no, "content", store::find_product(session, "P-NEW")->no.value, {"import:9", false, 0},
                clock.now());
  });
  come_to_rest();
  ASSERT_NE(shop->offer_of_sku("NEW"), nullptr);
  const auto found = find({before});
  EXPECT_TRUE(found.pins.empty());
  EXPECT_EQ(found.unknowns, 2);
  EXPECT_EQ(found.unknown.as_array().front().text_or("thing"), "NEW");
}

TEST_F(Undoing, AMomentBetweenTwoChangesIsTheFirstOfThem) {
  pass(1h);
  import(1, 1100, "First ");
  come_to_rest();
  pass(1h);
  const Time between = clock.now();
  pass(1h);
  import(1, 1200, "Second ");
  come_to_rest();
  undo({between});
  come_to_rest();
  EXPECT_EQ(price_on(*shop, 0), "11");
  EXPECT_EQ(title_on(*shop, 0), "First S0");
}

TEST_F(Undoing, WhatStoodThereBeforeWeCameIsKnownToo) {
  auto& market = add_shop("market", {});
  Json typed = Json::object({{"code", "P-S0"}, {"title", "Typed in by hand"}});
  typed.set("variants",
            Json::Array{Json::object({{"sku", "S0"}, {"available", 3}, {"price", *Json::parse(R"({"amount": 9, "currency": "EUR"})")}})});
  market.list_by_hand(typed);
  config.guard.least = 100;
  open();
  core->lane(channel("market").no)->hurry();
  come_to_rest();
  write([&](store::Session& session) {  // a person lets go what would be put over it
    for (const auto& held : store::holds(session)) {
      for (const auto thing : store::held_things(session, held.digest))
        mark_aspect(session, held.channel, held.aspect, thing, {"released by anna", true, 0}, clock.now());
      store::remove_hold(session, held.digest);
    }
  });
  come_to_rest();
  ASSERT_EQ(price_on(market, 0), "10");
  ASSERT_EQ(title_on(market, 0), "P-S0");
  Time found = long_ago;
  write([&](store::Session& session) {
    for (const auto& entry : store::journal_after(session, 0, 10000)) {
      if (entry.what == "listing.found") found = entry.at;
    }
    const auto undo = find_undo(session, channel("market"), {found}, "anna", clock.now());
    ASSERT_TRUE(undo.has_value());
    ASSERT_EQ(undo->prices, 1);
    ASSERT_EQ(undo->contents, 1);
    set_pins(session, undo->pins, {"undo:1", false, 0}, clock.now());
  });
  come_to_rest();
  EXPECT_EQ(price_on(market, 0), "9");
  EXPECT_EQ(title_on(market, 0), "Typed in by hand");
}

}  // namespace
}  // namespace tally::engine
