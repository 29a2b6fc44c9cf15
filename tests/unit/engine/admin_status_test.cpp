// What `status` says of a channel: nothing is in sync that is not.
#include "office.hpp"

namespace tally::engine {
namespace {

class AdminStatus : public Office {
 protected:
  void SetUp() override {
    Office::SetUp();
    sit_still();
    ASSERT_TRUE(engine->release_channel("shop", "test").has_value());
    sit_still();  // the look that a release asks for is not part of these
  }
  /// As if it had been listed and looked at a moment ago.
  void listed(const std::string& sku) {
    import(sku, true);
    write([&](store::Session& session) {
      const auto no = variant(session, sku);
      const auto product = store::get_variant(session, no)->product;
      store::put_listing(session, {.channel = shop_no, .product = product, .state = "bound"});
      store::put_offer(session, {.channel = shop_no, .variant = no, .verified_at = clock.now()});
      store::clear_mark(session, *store::find_mark(session, shop_no, "content", product.value));
    });
  }
  /// The channel's file says `policy: observe` from now on.
  void only_observe() {
    auto made = setups(true);
    made.front().config.policy = Policy::observe;
    ASSERT_TRUE(engine->set_channels(config(), std::move(made)).has_value());
  }
  void change(const std::string& sku, const std::function<void(store::OfferRow&)>& how) {
    write([&](store::Session& session) {
      auto offer = *store::find_offer(session, shop_no, variant(session, sku));
      how(offer);
      store::put_offer(session, offer);
    });
  }
};

TEST_F(AdminStatus, IsInSyncWhenEverythingIsListedAndNothingWaits) {
  listed("A");
  clock.pass(Duration(41'000));
  const Json now = shop();
  EXPECT_TRUE(status().bool_or("converged")) << now.dump();
  EXPECT_EQ(now.integer_or("offers"), 1);
  EXPECT_EQ(now.integer_or("oldest_unverified_s"), 41);
}

TEST_F(AdminStatus, IsNotInSyncWhileAProductIsNotListed) {
  listed("A");
  import("B", true);
  EXPECT_EQ(shop().integer_or("not_listed"), 1);
  EXPECT_EQ(shop().integer_or("pending"), 1);
  EXPECT_EQ(shop().integer_or("differences"), 0);
  EXPECT_FALSE(status().bool_or("converged"));
}

TEST_F(AdminStatus, IsNotInSyncWhileAnImportIsNotClosed) {
  listed("A");
  import("B", false);
  EXPECT_EQ(shop().integer_or("waiting"), 1);
  EXPECT_EQ(shop().integer_or("pending"), 0);
  EXPECT_EQ(shop().integer_or("not_listed"), 1);
  EXPECT_FALSE(status().bool_or("converged"));
}

TEST_F(AdminStatus, IsNotInSyncWhileSomethingIsParkedOrHeld) {
  listed("A");
  listed("B");
  write([&](store::Session& session) {
    store::mark(session, {.channel = shop_no, .aspect = "stock", .thing = variant(session, "A").value});
    store::park_mark(session, *store::find_mark(session, shop_no, "stock", variant(session, "A").value), "refused", "3");
  });
  EXPECT_EQ(shop().integer_or("parked"), 1);
  EXPECT_FALSE(status().bool_or("converged"));
  write([&](store::Session& session) {
    store::clear_mark(session, *store::find_mark(session, shop_no, "stock", variant(session, "A").value));
    store::mark(session, {.channel = shop_no, .aspect = "price", .thing = variant(session, "B").value});
    store::hold(session, {"d1", shop_no, "price", "too many", clock.now(), 1}, {variant(session, "B").value});
  });
  EXPECT_EQ(shop().integer_or("parked"), 0);
  EXPECT_EQ(shop().integer_or("held"), 1);
  EXPECT_EQ(shop().integer_or("pending"), 0);
  EXPECT_FALSE(status().bool_or("converged"));
}

TEST_F(AdminStatus, CountsAnOfferThatWasSeenOtherwiseAndAPriceThatWas) {
  listed("A");
  listed("B");
  change("A", [](auto& offer) { offer.suspect = true; });
  EXPECT_EQ(status().integer_or("differences"), 1);
  EXPECT_FALSE(status().bool_or("converged"));
  change("B", [&](auto& offer) {
    offer.price_confirmed = "10.00 EUR";
    offer.price_observed = "11.00 EUR";
    offer.price_observed_at = clock.now();
  });
  EXPECT_EQ(status().integer_or("differences"), 2);
}

TEST_F(AdminStatus, CountsWhatThePlanListsWhereTheChannelOnlyObserves) {
  listed("A");
  listed("B");
  const auto planned = [&] { return engine->plan("shop")->find("items")->as_array().size(); };
  only_observe();
  ASSERT_EQ(planned(), 0u);
  EXPECT_EQ(status().integer_or("observed_differences", -1), 0);
  write([&](store::Session& session) {
    for (const auto* sku : {"A", "B"}) store::mark(session, {.channel = shop_no, .aspect = "price", .thing = variant(session, sku).value});
  });
  change("A", [](auto& offer) { offer.price_sent = "10.00 EUR"; });  // marked, and nothing differs there
  ASSERT_EQ(planned(), 1u);
  EXPECT_EQ(shop().integer_or("observed_differences"), 1);
  EXPECT_EQ(status().integer_or("observed_differences"), 1);
  EXPECT_FALSE(shop().bool_or("observed_about", true));
  EXPECT_EQ(shop().integer_or("differences"), 0);
}

TEST_F(AdminStatus, SaysThatTheNumberIsARoughOneWhereTooMuchIsMarkedToBeCompared) {
  listed("A");
  only_observe();
  write([&](store::Session& session) {
    for (std::int64_t thing = 1; thing <= 301; ++thing) store::mark(session, {.channel = shop_no, .aspect = "price", .thing = thing});
  });
  EXPECT_GE(shop().integer_or("observed_differences"), 301);
  EXPECT_TRUE(shop().bool_or("observed_about"));
}

TEST_F(AdminStatus, CountsAListingThatVanishedUntilItsProductEnds) {
  listed("A");
  const auto become = [&](const std::string& state) {
    write([&](store::Session& session) {
      store::put_listing(session,
                         {.channel = shop_no, .product = store::get_variant(session, variant(session, "A"))->product, .state = state});
    });
  };
  become("gone");
  EXPECT_EQ(status().integer_or("differences"), 1);
  Json ended = product("A");
  ended.set("state", "ended");
  ASSERT_TRUE(engine->import(Json::object({{"products", Json::Array{ended}}}), "test").has_value());
  EXPECT_EQ(status().integer_or("differences"), 0);
}

TEST_F(AdminStatus, TellsOfListingsInDoubtAndOfOffersThatWereNeverLookedAt) {
  listed("A");
  import("B", true);
  write([&](store::Session& session) {
    store::put_listing(session,
                       {.channel = shop_no, .product = store::get_variant(session, variant(session, "B"))->product, .state = "in_doubt"});
  });
  change("A", [](auto& offer) { offer.verified_at = long_ago; });
  const Json now = shop();
  EXPECT_EQ(now.integer_or("in_doubt"), 1);
  EXPECT_EQ(now.integer_or("not_listed"), 1);
  EXPECT_EQ(now.integer_or("never_looked"), 1);
  EXPECT_EQ(now.find("oldest_unverified_s"), nullptr);
}

TEST_F(AdminStatus, AReleasedSetIsCountedAndItsProblemIsGone) {
  listed("A");
  write([&](store::Session& session) {
    store::hold(session, {"d1", shop_no, "price", "too many", clock.now(), 1}, {variant(session, "A").value});
    store::set_problem(session, {shop_no, "guard", "d1", "too many", "look", clock.now()});
  });
  ASSERT_EQ(problems().size(), 1u);
  const auto answer = engine->release("d1", "test");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  EXPECT_EQ(answer->integer_or("count"), 1);
  EXPECT_TRUE(problems().empty());
}

TEST_F(AdminStatus, AMistypedReleaseDoesNotStandInTheJournalAsOne) {
  listed("A");
  EXPECT_FALSE(engine->release("deadbeef", "test").has_value());
  EXPECT_FALSE(engine->discard("deadbeef", "test").has_value());
  write([&](store::Session& session) {
    for (const auto& entry : store::journal_after(session, 0, 1000)) EXPECT_FALSE(entry.what.starts_with("guard.")) << entry.what;
  });
}

TEST_F(AdminStatus, AReloadThatIsRefusedSaysEachComplaintByItself) {
  complaints = "channels.d/a.yaml:1:1: no such connector\ntallyd.yaml:3:2: unknown key 'lokations', did you mean 'locations'?\n";
  const auto answer = engine->reload("test");
  ASSERT_TRUE(answer.has_value());
  EXPECT_FALSE(answer->bool_or("applied", true));
  const auto& said = answer->find("complaints")->as_array();
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].as_string(), "channels.d/a.yaml:1:1: no such connector");
  EXPECT_EQ(said[1].as_string(), "tallyd.yaml:3:2: unknown key 'lokations', did you mean 'locations'?");
}

}  // namespace
}  // namespace tally::engine
