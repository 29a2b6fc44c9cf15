// Listings that somebody else had made: their numbers are ours at once, their words and prices when a person says so.
#include "market.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class FoundListings : public Market {
 protected:
  void SetUp() override {
    Market::SetUp();
    shop = &add_shop("shop", {});
    add_product("OLD", 5);
    begin();
  }
  void list_by_hand(const std::string& sku, const std::string& title, int euros) {
    Json typed = Json::object({{"code", "P-" + sku}, {"title", title}});
    typed.set(
        "variants",
        Json::Array{Json::object({{"sku", sku}, {"available", 30}, {"price", Json::object({{"amount", euros}, {"currency", "EUR"}})}})});
    shop->list_by_hand(typed);
  }
  /// The next sweep, and what follows from it.
  void sweep() {
    core->lane(no("shop"))->hurry();
    live(3min);
  }
  std::vector<store::Held> held() {
    std::vector<store::Held> rows;
    write([&](store::Session& session) { rows = store::holds(session); });
    return rows;
  }
  std::vector<std::string> held_aspects() {
    std::vector<std::string> aspects;
    for (const auto& each : held()) aspects.push_back(each.aspect);
    std::ranges::sort(aspects);
    return aspects;
  }
  void answer_all(Result<Json> (Engine::*how)(const std::string&, const std::string&)) {
    for (const auto& each : held()) person([&](Engine& engine) { return (engine.*how)(each.digest, "anna"); });
    start();
    live(3min);
  }
  void rename(const std::string& sku, const std::string& title) {
    write([&](store::Session& session) {
      const auto variant = store::find_variant(session, Sku(sku));
      auto product = store::get_product(session, variant->product)->product;
      product.title = title;
      store::put_product(session, product, clock.now());
      mark_aspect(session, no("shop"), "content", variant->product.value, {"import:9", false, 0}, clock.now());
    });
  }
  std::string title(const std::string& sku) const {
    for (const auto& listing : shop->listings()) {
      if (listing.offers.front().sku == sku) return listing.content.text_or("title");
    }
    return "no listing";
  }
  std::string price(const std::string& sku) const { return shop->offer_of_sku(sku)->price.find("amount")->scalar_text(); }

  memory::Platform* shop = nullptr;
};

TEST_F(FoundListings, AreNotWrittenOverBeforeAPersonSaysSo) {
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  sweep();
  EXPECT_EQ(there(*shop, "A"), 7) << "what is not there is not sold while somebody thinks about words";
  EXPECT_EQ(title("A"), "Typed in by hand");
  EXPECT_EQ(price("A"), "12");
  ASSERT_THAT(held_aspects(), ElementsAre("content", "price"));
  EXPECT_THAT(held().front().reason, HasSubstr("were there already, made by somebody else"));
  live(3h);
  EXPECT_EQ(held().size(), 2u) << "asked once";
  answer_all(&Engine::release);
  EXPECT_EQ(title("A"), "P-A");
  EXPECT_EQ(price("A"), "10");
  rename("A", "Another title");
  live(3min);
  EXPECT_EQ(title("A"), "Another title") << "it is ours from then on";
}

TEST_F(FoundListings, WhoseWordsArePreferredKeepThemAndAreAskedAboutWhenTheCatalogueChanges) {
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  sweep();
  answer_all(&Engine::discard);
  sweep();
  EXPECT_EQ(title("A"), "Typed in by hand");
  EXPECT_EQ(price("A"), "12");
  EXPECT_TRUE(held().empty());
  rename("A", "Another title");
  live(3min);
  EXPECT_EQ(title("A"), "Typed in by hand");
  EXPECT_THAT(held_aspects(), ElementsAre("content"));
}

TEST_F(FoundListings, ThatReadAsOursDoAreOurs) {
  list_by_hand("A", "P-A", 10);
  add_product("A", 7);
  sweep();
  EXPECT_TRUE(held().empty());
  EXPECT_TRUE(intents("shop", "content", "A").empty()) << "nothing is to be said";
  rename("A", "Another title");
  live(3min);
  EXPECT_EQ(title("A"), "Another title");
}

TEST_F(FoundListings, OfAChannelWhosePlanIsReleasedAreReleasedWithIt) {
  write([&](store::Session& session) { store::set_released(session, no("shop"), false); });
  core->world().find("shop")->released = false;
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  sweep();
  EXPECT_EQ(there(*shop, "A"), 30);
  person([](Engine& engine) { return engine.release_channel("shop", "anna"); });
  start();
  live(3min);
  EXPECT_EQ(title("A"), "P-A");
  EXPECT_EQ(price("A"), "10");
  EXPECT_EQ(there(*shop, "A"), 7);
  EXPECT_TRUE(held().empty());
}

TEST_F(FoundListings, HundredsOfListingsAreOneQuestion) {
  for (int n = 0; n < 120; ++n) {
    const std::string sku = "N" + std::to_string(n);
    list_by_hand(sku, "Typed in by hand", 10);
    add_product(sku, 7);
    rename(sku, "Imported " + sku);
  }
  live(10min);  // each is looked for before it is made
  ASSERT_THAT(held_aspects(), ElementsAre("content"));
  EXPECT_EQ(held().front().count, 120);
  EXPECT_EQ(title("N7"), "Typed in by hand");
  EXPECT_EQ(shop->listings().size(), 121u);
}

TEST_F(FoundListings, AListingOfOursWhoseAnswerWasLostIsOurs) {
  add_product("A", 7);
  rename("A", "Ours");
  live(10min, [&](const Call& call) {
    const bool creates = call.kind == Call::Kind::push && call.changes.front().action == channel::ActionKind::put_listing;
    Outcome outcome = perform(call, connector_of(call));
    return creates ? all_answered(call, error(Fault::unknown, "no answer")) : outcome;
  });
  rename("A", "Another title");
  live(10min);
  EXPECT_EQ(title("A"), "Another title");
  EXPECT_TRUE(held().empty());
}

TEST_F(FoundListings, AQuestionThatWasNotAskedYetIsAskedAfterARestart) {
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  rename("A", "Imported");
  live(20s);
  ASSERT_EQ(there(*shop, "A"), 7) << "it was found";
  ASSERT_TRUE(held().empty());
  start();
  live(3min);
  EXPECT_EQ(title("A"), "Typed in by hand");
  EXPECT_THAT(held_aspects(), ElementsAre("content", "price"));
}

TEST_F(FoundListings, ThatTakeThePlaceOfOursGetTheirNumberAndAreAskedAbout) {
  const auto ours = shop->listings().front().id;
  shop->remove_listing(ours);
  receive_goods("OLD", -1);
  live(1min);
  list_by_hand("OLD", "Typed in by hand", 12);
  sweep();
  sweep();
  EXPECT_EQ(there(*shop, "OLD"), 4) << "what was known of the one that is gone says nothing of it";
  EXPECT_EQ(title("OLD"), "Typed in by hand");
  EXPECT_THAT(held_aspects(), ElementsAre("content", "price"));
  EXPECT_TRUE(problems().empty() || problems().front().kind == "guard");
  receive_goods("OLD", 3);
  live(3min);
  EXPECT_EQ(there(*shop, "OLD"), 7);
}

TEST_F(FoundListings, WhoseTextIsReleasedKeepThePriceThatAPersonWanted) {
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  sweep();
  for (const auto& each : held())
    person(
        [&](Engine& engine) { return each.aspect == "price" ? engine.discard(each.digest, "anna") : engine.release(each.digest, "anna"); });
  start();
  live(3min);
  EXPECT_EQ(title("A"), "P-A");
  write([&](store::Session& session) {
    const auto variant = store::find_variant(session, Sku("A"));
    auto product = store::get_product(session, variant->product)->product;
    product.variants.front().price = Money{1100, Currency{"EUR"}};
    store::put_product(session, product, clock.now());
    mark_aspect(session, no("shop"), "price", variant->no.value, {"import:9", false, 0}, clock.now());
  });
  live(3min);
  EXPECT_EQ(price("A"), "12");
  EXPECT_THAT(held_aspects(), ElementsAre("price"));
}

TEST_F(FoundListings, OfAReleasedCreationAreAskedAboutAllTheSame) {
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  write([&](store::Session& session) {
    const auto product = store::find_variant(session, Sku("A"))->product.value;
    mark_aspect(session, no("shop"), "content", product, {"released by anna", true, 0}, clock.now());
  });
  live(5min);
  EXPECT_EQ(there(*shop, "A"), 7);
  EXPECT_EQ(title("A"), "Typed in by hand") << "what was released was the making of a listing";
  EXPECT_THAT(held_aspects(), ElementsAre("content", "price"));
}

TEST_F(FoundListings, OfWhichThePriceIsRefusedHaveTheirNumberAtOnce) {
  shops.front()->config.price.ceiling = PriceLimit{Decimal(5)};
  start();
  list_by_hand("A", "Typed in by hand", 12);
  add_product("A", 7);
  rename("A", "Imported");
  live(2min);
  EXPECT_EQ(there(*shop, "A"), 7);
}

TEST_F(FoundListings, AListingThatARuleRefusedIsMadeWhenTheRuleIsAnother) {
  shops.front()->config.price.ceiling = PriceLimit{Decimal(5)};
  start();
  add_product("A", 7);
  rename("A", "Imported");
  live(2min);
  ASSERT_EQ(there(*shop, "A"), -1);
  shops.front()->config.price.ceiling = PriceLimit{Decimal(50)};
  start();
  rename("A", "Imported");
  live(2min);
  EXPECT_EQ(there(*shop, "A"), 7);
}

}  // namespace
}  // namespace tally::engine
