// An order that is held waits for a person: nothing of it is sent before, whatever holds it.
#include "engine/engine.hpp"
#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

class HeldOrder : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    memory::Terms terms;
    terms.facts.actions.insert({"confirm_shipment", "cancel_order", "refund"});
    add_shop("shop", terms);
    add_product("A", 10);
    open();
  }
  /// What a person asks of a daemon on the same store.
  Result<Json> person(const std::function<Result<Json>(Engine&)>& asks) {
    Engine engine(*store, clock, Log(), config, 2, "test", {});
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, shop->connector});
    EXPECT_TRUE(engine.set_channels(config, std::move(setups)).has_value());
    engine.start_without_lanes();
    auto answer = asks(engine);
    engine.stop();
    return answer;
  }
  Result<Json> asked(const std::string& kind, const std::string& id) {
    const Json wish = Json::object({{"kind", kind}, {"order", id}, {"carrier", "dhl"}, {"tracking", "T1"}});
    return person([&](Engine& engine) { return engine.do_order(wish, "ada"); });
  }
  Result<Json> released(const std::string& id) {
    return person([&](Engine& engine) { return engine.release_order(Json::object({{"order", id}, {"channel", "shop"}}), "ada"); });
  }
  std::string refusal(const std::string& id) {
    const auto answer = asked("ship", id);
    if (answer) {
      ADD_FAILURE() << "it was sent: " << answer->dump();
      return {};
    }
    EXPECT_EQ(answer.error().fault, Fault::held);
    return answer.error().text();
  }
};

TEST_F(HeldOrder, ACancellationSaysOfAPaidOrderThatNoMoneyGoesBackByIt) {
  order("shop", "1", "paid", {{"A", 2}});
  order("shop", "2", "pending", {{"A", 2}});
  EXPECT_THAT(asked("cancel", "1")->text_or("todo"), HasSubstr("`tallyd order refund 1 --channel shop`"));
  EXPECT_EQ(asked("cancel", "2")->text_or("todo"), "");
}

TEST_F(HeldOrder, AnOrderInAnotherCurrencyIsNotSentBeforeItIsReleased) {
  order("shop", "1", "paid", {{"A", 2}}, clock.now(), [](Json& tree) {
    tree.set("total", Json::object({{"amount", "20.00"}, {"currency", "USD"}}));
  });
  EXPECT_THAT(refusal("1"), HasSubstr("the order is held: it is in USD and the channel sells in EUR"));
  EXPECT_THAT(refusal("1"), HasSubstr("`tallyd order release 1 --channel shop`"));
  EXPECT_EQ(at("A", "main"), (Effect{10, 2})) << "nothing left";
  ASSERT_TRUE(released("1").has_value());
  ASSERT_TRUE(asked("ship", "1").has_value());
  EXPECT_EQ(at("A", "main"), (Effect{8, 0}));
}

TEST_F(HeldOrder, AnOrderThatAReviewRuleHoldsIsRefusedAsHeld) {
  config.review = {{.name = "many of one", .quantity_above = 1}};
  open();
  order("shop", "1", "paid", {{"A", 2}});
  EXPECT_THAT(refusal("1"), HasSubstr("review: many of one"));
}

TEST_F(HeldOrder, AnOrderWithAnUnknownSkuIsNotSentBeforeTheSkuIsThere) {
  order("shop", "1", "paid", {{"A", 2}, {"ghost", 1}});
  EXPECT_THAT(refusal("1"), HasSubstr("line 2 names the unknown SKU ghost"));
  EXPECT_THAT(refusal("1"), HasSubstr("add the missing SKU with `tallyd import`"));
  EXPECT_THAT(refusal("1"), Not(HasSubstr("order release"))) << "no release lets it go";
  EXPECT_FALSE(released("1").has_value());
  EXPECT_THAT(refusal("1"), HasSubstr("ghost"));
  EXPECT_EQ(at("A", "main"), (Effect{10, 2}));
  add_product("ghost", 5);
  write([&](store::Session& session) { resolve_waiting(session, core->world(), "ghost", [](ChannelNo, VariantNo, const OwnStep&) {}); });
  ASSERT_TRUE(asked("ship", "1").has_value());
  EXPECT_EQ(at("ghost", "main"), (Effect{4, 0}));
}

TEST_F(HeldOrder, AnUnknownLineIsSaidToSellASkuOfOursAndGoesForThat) {
  order("shop", "1", "paid", {{"ghost", 2}});
  EXPECT_THAT(refusal("1"), HasSubstr("`tallyd order remap 1 --channel shop --sku SKU`"));
  const auto remapped = [&](const std::string& line, const std::string& sku) {
    return person([&](Engine& engine) {
      Json wish = Json::object({{"order", "1"}, {"sku", sku}});
      if (!line.empty()) wish.set("line", line);
      return engine.remap_order(wish, "ada");
    });
  };
  EXPECT_EQ(remapped("", "nothing").error().fault, Fault::not_found);
  EXPECT_EQ(remapped("7", "A").error().fault, Fault::invalid);
  const auto shown = remapped("", "A");
  ASSERT_TRUE(shown.has_value()) << shown.error().text();
  EXPECT_EQ(shown->find("holds")->as_array().size(), 0u) << shown->dump();
  EXPECT_EQ(shown->find("lines")->as_array().front().text_or("sku"), "A");
  EXPECT_EQ(shown->find("lines")->as_array().front().text_or("said"), "ghost");
  EXPECT_EQ(at("A", "main"), (Effect{10, 2}));
  EXPECT_EQ(number("shop", "A").add_back, 0) << "the shop took nothing from A, and will not";
  pass(Duration(60000));
  order("shop", "1", "paid", {{"ghost", 3}});
  EXPECT_EQ(at("A", "main"), (Effect{10, 3})) << "its next document says the same word";
  ASSERT_TRUE(asked("ship", "1").has_value());
  EXPECT_EQ(at("A", "main"), (Effect{7, 0}));
  EXPECT_EQ(told("order.remapped"), 1);
}

TEST_F(HeldOrder, ALineThatWasSentAsSomethingElseMovesThatInsteadFromWhereItLay) {
  config.locations = {{"main", ""}, {"store", ""}};
  rules("shop").locations = {"main", "store"};
  open();
  add_product("B", 2);
  put("B", "store", 5);
  order("shop", "1", "shipped", {{"A", 2}});
  ASSERT_EQ(at("A", "main"), (Effect{8, 0}));
  const auto remap = [&](const std::string& sku) {
    const auto shown = person([&](Engine& engine) {
      return engine.remap_order(Json::object({{"order", "1"}, {"line", "1"}, {"sku", sku}}), "ada");
    });
    EXPECT_TRUE(shown.has_value()) << shown.error().text();
  };
  for (int again = 0; again < 2; ++again) {
    remap("B");
    EXPECT_EQ(at("A", "main"), (Effect{10, 0}));
    EXPECT_EQ(at("B", "main"), (Effect{0, 0})) << "the same once more is nothing new";
    EXPECT_EQ(at("B", "store"), (Effect{5, 0}));
  }
  EXPECT_EQ(told("order.remapped"), 1);
  pass(Duration(60000));
  order("shop", "1", "shipped", {{"B", 2}});
  EXPECT_EQ(at("A", "main"), (Effect{10, 0})) << "the channel names it itself now";
  EXPECT_EQ(told("order.remap_ended"), 1);
}

TEST_F(HeldOrder, ALineWhoseGoodsCameBackLeavesNothingOfThemOnTheSkuThatItWasNot) {
  add_product("B", 10);
  const Time placed = clock.now();
  order("shop", "1", "completed", {{"A", 2}}, placed);
  pass(Duration(3600000));
  ASSERT_TRUE(count("A", "main", 10, clock.now()));
  pass(Duration(3600000));
  order("shop", "1", "completed", {{"A", 2}}, placed, [&](Json& tree) {
    const Json ref = Json::object({{"line", Json::object({{"@id", "1"}})}, {"quantity", 2}, {"restocked", true}});
    tree.set("refunds", Json::Array{Json::object({{"@id", "r"}, {"at", format_iso(clock.now())}, {"lines", Json::Array{ref}}})});
  });
  ASSERT_EQ(at("A", "main"), (Effect{12, 0}));
  const auto said = person([&](Engine& engine) {
    return engine.remap_order(Json::object({{"order", "1"}, {"channel", "shop"}, {"line", "1"}, {"sku", "B"}}), "ada");
  });
  ASSERT_TRUE(said.has_value()) << said.error().text();
  EXPECT_EQ(at("A", "main"), (Effect{10, 0})) << "none of it left, and none came back";
  EXPECT_EQ(at("B", "main"), (Effect{10, 0}));
}

TEST_F(HeldOrder, ALineThatIsSaidToSellWhatItSoldIsAsIfNobodyHadSaidAnything) {
  for (const auto takes : {channel::Takes::placed, channel::Takes::paid, channel::Takes::shipped}) {
    const std::string shop = "shop" + std::to_string(static_cast<int>(takes)), sku = "A" + shop, other = "B" + shop;
    memory::Terms terms;
    terms.facts.takes = takes;
    add_shop(shop, terms);
    add_product(sku, 10);
    add_product(other, 10);
    rules(shop).reserve = ReserveAt::paid;
    open();
    for (const char* state : {"pending", "paid"}) {
      order(shop, state, state, {{sku, 2}});
      const auto number_before = number(shop, sku);
      const auto stock_before = at(sku, "main");
      for (const auto& to : {other, sku}) {
        const auto shown = person([&](Engine& engine) {
          return engine.remap_order(Json::object({{"order", state}, {"channel", shop}, {"line", "1"}, {"sku", to}}), "ada");
        });
        ASSERT_TRUE(shown.has_value()) << shown.error().text();
      }
      EXPECT_EQ(at(sku, "main"), stock_before);
      EXPECT_EQ(at(other, "main"), (Effect{10, 0}));
      EXPECT_EQ(number(shop, sku).add_back, number_before.add_back) << shop << ", " << state;
      EXPECT_EQ(number(shop, sku).number, number_before.number);
    }
  }
}

TEST_F(HeldOrder, WhatContradictsItselfIsToldWithBothWaysOut) {
  order("shop", "1", "paid", {{"A", -2}, {"ghost", 1}});
  EXPECT_THAT(refusal("1"), HasSubstr("a quantity of -2"));
  EXPECT_THAT(refusal("1"), HasSubstr("add the missing SKU"));
  EXPECT_THAT(refusal("1"), HasSubstr("what else holds it goes by `tallyd order release 1 --channel shop`"));
}

TEST_F(HeldOrder, MoneyOfAHeldOrderGoesBackAllTheSame) {
  order("shop", "1", "paid", {{"A", 2}}, clock.now(), [](Json& tree) {
    tree.set("total", Json::object({{"amount", "20.00"}, {"currency", "USD"}}));
  });
  const auto answer = asked("refund", "1");
  EXPECT_TRUE(answer.has_value()) << answer.error().text();
}

TEST_F(HeldOrder, WhatHadNotLeftARefundedOrderIsShownAsCancelled) {
  order("shop", "1", "refunded", {{"A", 2}});
  const auto shown = person([](Engine& engine) { return engine.order("shop", "1"); });
  ASSERT_TRUE(shown.has_value()) << shown.error().text();
  const Json& line = shown->find("lines")->as_array().front();
  EXPECT_EQ(line.integer_or("open"), 0);
  EXPECT_EQ(line.integer_or("cancelled"), 2) << "each unit stands in a column";
}

TEST_F(HeldOrder, ALineUnderThePlatformsOwnWordIsShownListedAndShippedUnderTheSkuThatItMoves) {
  const auto a = variant("A");
  write([&](store::Session& session) { store::put_remote(session, channel("shop").no, "variant", std::to_string(a.value), "@id", "v1"); });
  order("shop", "1", "paid", {{"own-word", 2}}, clock.now(), [](Json& tree) {
    tree.find("lines")->as_array().front().set("offer", Json::object({{"@id", "v1"}}));
  });
  for (const auto& shown : {person([](Engine& engine) { return engine.order("shop", "1"); }), person([](Engine& engine) -> Result<Json> {
                              const auto list = engine.orders({.channel = {}, .sku = "A", .state = {}, .cursor = {}, .limit = 10});
                              if (!list) return list.error();
                              const auto& items = list->find("items")->as_array();
                              return items.empty() ? Json::object({{"lines", Json::array()}}) : items.front();
                            })}) {
    ASSERT_TRUE(shown.has_value()) << shown.error().text();
    ASSERT_EQ(shown->find("lines")->as_array().size(), 1u);
    const Json& line = shown->find("lines")->as_array().front();
    EXPECT_EQ(line.text_or("sku"), "A");
    EXPECT_EQ(line.text_or("said"), "own-word");
  }
  Quantity left = 10;
  for (const char* word : {"A", "own-word"}) {
    const auto sent = person([&](Engine& engine) {
      Json wish = Json::object({{"kind", "ship"}, {"order", "1"}, {"carrier", "dhl"}, {"tracking", word}});
      wish.set("lines", Json::Array{Json::object({{"sku", word}, {"quantity", 1}})});
      return engine.do_order(wish, "ada");
    });
    ASSERT_TRUE(sent.has_value()) << sent.error().text();
    --left;
    EXPECT_EQ(at("A", "main"), (Effect{left, left - 8})) << word;
  }
}

}  // namespace
}  // namespace tally::engine
