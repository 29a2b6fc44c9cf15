// Why a channel shows its number: the event that changed it, and what that was then.
#include "engine/engine.hpp"
#include "engine/orders.hpp"
#include "stock_house.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace tally::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

class Explained : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    for (const char* name : {"one", "two"}) add_shop(name, {});
    add_product("A", 10);
    open();
    come_to_rest();
  }
  std::string story(const std::string& on, const std::string& aspect = "stock") {
    return told([&](Engine& engine) { return engine.explain("A", on, aspect); });
  }
  std::string told(const std::function<Result<Json>(Engine&)>& ask) {
    Engine engine(*store, clock, Log(), config, 2, "test", {});
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, shop->connector});
    EXPECT_TRUE(engine.set_channels(config, std::move(setups)).has_value());
    const auto told = ask(engine);
    EXPECT_TRUE(told.has_value()) << told.error().text();
    return told ? told->text_or("text") : "";
  }
  void a_look_finds_a_difference(const std::string& on) {
    const auto no = variant("A");
    write([&](store::Session& session) { mark_aspect(session, channel(on).no, "stock", no.value, {"look", false, 0}, clock.now()); });
  }
};

TEST_F(Explained, AMovementIsLabelledWithWhatItsOrderWasThen) {
  const Time placed = clock.now();
  order("two", "7", "pending", {{"A", 2}}, placed);
  for (const char* state : {"paid", "shipped"}) {
    pass(Duration(60000));
    order("two", "7", state, {{"A", 2}}, placed);
  }
  const std::string text = story("one");
  EXPECT_THAT(text, HasSubstr("on hand +0, reserved +2, by order 7 of two (then pending)"));
  EXPECT_THAT(text, HasSubstr("on hand -2, reserved -2, by order 7 of two (then shipped)"));
  EXPECT_THAT(text, Not(HasSubstr("reserved +2, by order 7 of two (then shipped)")));
}

TEST_F(Explained, ARequestForSeveralChangesNamesThemAll) {
  order("two", "7", "paid", {{"A", 2}});
  come_to_rest();
  pass(Duration(60000));
  put("A", "main", 5);
  order("two", "8", "paid", {{"A", 1}});
  come_to_rest();
  EXPECT_THAT(story("one"), HasSubstr("set to 12, because of put:1, order 8 of two (then paid); the platform: confirmed"));
  pass(Duration(60000));
  for (int id = 10; id < 16; ++id) order("two", std::to_string(id), "paid", {{"A", 1}});
  come_to_rest();
  EXPECT_THAT(story("one"), HasSubstr("because of others, order 12 of two (then paid), order 13 of two (then paid), order 14 of two (then "
                                      "paid), order 15 of two (then paid); the platform"));
}

TEST_F(Explained, TheOrderBehindANumberIsItsCauseThoughALookCameBetween) {
  order("two", "7", "paid", {{"A", 2}});
  a_look_finds_a_difference("one");
  EXPECT_THAT(story("one"), HasSubstr("it waits to be pushed, because of order 7 of two (then paid)"));
  come_to_rest();
  EXPECT_THAT(story("one"), HasSubstr("because of order 7 of two (then paid); the platform: confirmed"));
  EXPECT_THAT(story("one"), Not(HasSubstr("look, which found")));
}

TEST_F(Explained, WhatAHigherNumberWaitsForIsSaid) {
  put("A", "main", 5);
  write([&](store::Session& session) {
    auto offer = store::find_offer(session, channel("one").no, store::find_variant(session, Sku("A"))->no);
    ASSERT_TRUE(offer.has_value());
    offer->owed_look_at = clock.now() + Duration(60000);
    store::put_offer(session, *offer);
  });
  EXPECT_THAT(story("one"), HasSubstr("it is raised when a look has told what stands there; that is due 2026-"));
  EXPECT_THAT(story("two"), Not(HasSubstr("it is raised when")));
}

TEST_F(Explained, APriceGoesFromTheCatalogueOverTheRuleToThePlatformsAnswer) {
  shops.front()->config.price.factor = *Decimal::parse("1.1");
  const std::string text = story("one", "price");
  EXPECT_THAT(text, HasSubstr("A costs 10.00 EUR in the catalogue"));
  EXPECT_THAT(text, HasSubstr("one's rule (times 1.1) makes 11.00 EUR of it"));
  EXPECT_THAT(text, HasSubstr("confirmed there is 10.00 EUR"));
}

TEST_F(Explained, AContentNamesWhatIsToBeOtherwise) {
  EXPECT_THAT(story("one", "content"), HasSubstr("what is to stand there is what was confirmed there last"));
  write([&](store::Session& session) {
    auto product = store::get_product(session, store::find_variant(session, Sku("A"))->product)->product;
    product.title = "Another title";
    store::put_product(session, product, clock.now());
  });
  EXPECT_THAT(story("one", "content"), HasSubstr("its title is to be 'Another title', confirmed there is 'P-A'"));
}

TEST_F(Explained, AnOrderGoesFromTheBytesToWhatItMovedAndNamesNobody) {
  const std::string body =
      R"({"@id": "7", "number": "7", "state": "paid", "currency": "EUR", "changed_at": "2026-01-01T00:00:00Z",
          "placed_at": "2026-01-01T00:00:00Z", "buyer": {"name": "Canary Bird", "phone": "+44 20 7946 0958"},
          "lines": [{"@id": "1", "sku": "A", "quantity": 2}]})";
  write([&](store::Session& session) { store::add_inbox(session, {0, channel("two").no, "hook", "order", body, {}, clock.now()}); });
  come_to_rest();
  const std::string text = told([](Engine& engine) { return engine.explain_order("7", "two"); });
  EXPECT_THAT(text, HasSubstr("sent to our door: " + std::to_string(body.size()) + " bytes"));
  EXPECT_THAT(text, HasSubstr(R"("sku":"A","quantity":2)"));
  EXPECT_THAT(text, HasSubstr("on hand +0, reserved +2"));
  EXPECT_THAT(text, HasSubstr("it is paid, revision 1"));
  for (const auto* secret : {"Canary", "Bird", "7946"}) EXPECT_THAT(text, Not(HasSubstr(secret)));
}

TEST_F(Explained, EachRevisionOfAnOrderNamesWhoOrWhatMadeIt) {
  order("two", "7", "pending", {{"ghost", 2}}, clock.now());
  write([&](store::Session& session) {
    const auto row = store::find_order(session, channel("two").no, "7");
    ASSERT_TRUE(row.has_value());
    EXPECT_TRUE(remap_line(session, core->world(), row->no, "", "A", "ada").has_value());
    expire_order(session, core->world(), row->no);
    reconsider_order(session, core->world(), row->no, "task:1");
  });
  const std::string text = told([](Engine& engine) { return engine.explain_order("7", "two"); });
  EXPECT_THAT(text, HasSubstr("order.new, revision 1: pending, by inbox:1"));
  EXPECT_THAT(text, HasSubstr("order.changed, revision 2: pending, by ada"));
  EXPECT_THAT(text, HasSubstr("order.changed, revision 3: pending, by the time that it had"));
  EXPECT_THAT(text, HasSubstr("order.changed, revision 4: pending, by task:1"));
  EXPECT_THAT(text, Not(HasSubstr("order.changed, revision 2: pending, by inbox")));
}

TEST_F(Explained, ASkuIsShownAsTheTillSpeltItAlsoWhereTheOrderHasItNoMore) {
  const auto body = [](const char* sku, const char* at) {
    return std::string(R"({"@id": "8", "number": "8", "state": "paid", "currency": "EUR", "changed_at": ")") + at +
           R"(", "placed_at": "2026-01-01T00:00:00Z", "buyer": {"name": "Canary Bird", "phone": "+44 20 7946 0958"},
          "lines": [{"@id": "1", "sku": ")" +
           sku + R"(", "quantity": 2}]})";
  };
  add_product("4006381333931", 10);
  for (const auto& [sku, at] : {std::pair{"4006381333931 ", "2026-01-01T00:00:00Z"}, {"A", "2026-01-01T00:01:00Z"}}) {
    write([&](store::Session& session) {
      store::add_inbox(session, {0, channel("two").no, "hook", "order", body(sku, at), {}, clock.now()});
    });
    come_to_rest();
    pass(Duration(60000));
  }
  const std::string text = told([](Engine& engine) { return engine.explain_order("8", "two"); });
  EXPECT_THAT(text, HasSubstr(R"("sku":"4006381333931 ")")) << "of a line that is another now";
  EXPECT_THAT(text, HasSubstr(R"("sku":"A")"));
  for (const auto* secret : {"Canary", "Bird", "7946"}) EXPECT_THAT(text, Not(HasSubstr(secret)));
}

TEST_F(Explained, ANumberThatWentThereWithItsListingHasThatInItsStory) {
  EXPECT_THAT(story("one"), HasSubstr("its listing was made, and its first number went there with it"));
}

TEST_F(Explained, AContentIsToldInTheOrderOfTime) {
  pass(Duration(60000));
  write([&](store::Session& session) {
    auto product = store::get_product(session, store::find_variant(session, Sku("A"))->product)->product;
    product.title = "Another title";
    store::put_product(session, product, clock.now());
    const auto no = store::find_variant(session, Sku("A"))->product;
    mark_aspect(session, channel("one").no, "content", no.value, {"import:9", true, 0}, clock.now());
    store::journal(session,
                   {0, clock.now() - Duration(30000), "content.kept", "look", channel("one").no, "P-A", R"({"fields":{"title":"x"}})"});
  });
  come_to_rest();
  std::istringstream lines(story("one", "content"));
  std::string last;
  std::size_t dated = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("2")) continue;
    ++dated;
    EXPECT_LE(last, line.substr(0, 19)) << lines.str();
    last = line.substr(0, 19);
  }
  EXPECT_GE(dated, 3u) << lines.str();
}

TEST_F(Explained, WhatCannotBeExplainedIsSaid) {
  Engine engine(*store, clock, Log(), config, 2, "test", {});
  ASSERT_TRUE(engine.set_channels(config, {}).has_value());
  EXPECT_EQ(engine.explain("A", "nowhere", "stock").error().fault, Fault::not_found);
  EXPECT_EQ(engine.explain_order("7", "nowhere").error().fault, Fault::not_found);
}

TEST_F(Explained, AHandsEditIsFoundByTheLook) {
  a_look_finds_a_difference("one");
  EXPECT_THAT(story("one"), HasSubstr("because of a look, which found it otherwise there"));
  receive_goods("A", 3);
  EXPECT_THAT(story("one"), HasSubstr("it waits to be pushed, because of receipt:1")) << "the receipt changed the number since";
}

TEST_F(Explained, MovementsThatAreLeftOutAreToldByTheirSum) {
  for (int id = 1; id <= 14; ++id) order("two", std::to_string(id), "paid", {{"A", 1}});
  EXPECT_THAT(story("one"), HasSubstr("A at main before the newest 12 movements: on hand 10, reserved 2"));
}

}  // namespace
}  // namespace tally::engine
