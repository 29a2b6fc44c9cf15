#include "connectors/memory/connector.hpp"

#include <gtest/gtest.h>

namespace tally::memory {
namespace {

using channel::ActionKind;
using channel::Change;
using channel::GivesBack;
using channel::StockWrites;
using channel::Takes;
using channel::Want;

class StoppedClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Duration since_start() const override { return now_.time_since_epoch(); }
  void pass(Duration duration) { now_ += duration; }

 private:
  Time now_ = from_ms(1'767'225'600'500);
};

Json product(const std::string& sku, Quantity available) {
  Json variant = Json::object({{"sku", sku}, {"available", available}, {"price", Json::object({{"amount", 10}, {"currency", "EUR"}})}});
  return Json::object({{"code", "P-" + sku}, {"title", "A thing"}, {"variants", Json::Array{std::move(variant)}}});
}

class MemoryPlatform : public ::testing::Test {
 protected:
  Platform& open(Terms terms) {
    platform_ = std::make_unique<Platform>("shop", std::move(terms), clock);
    connector_ = std::make_unique<MemoryConnector>(*platform_);
    listing = platform_->list_by_hand(product("A", 10));
    offer = platform_->offer_of_sku("A")->id;
    return *platform_;
  }
  Platform& open(Takes takes, std::set<GivesBack> gives_back = {}) {
    Terms terms;
    terms.facts.takes = takes;
    terms.facts.gives_back = std::move(gives_back);
    return open(terms);
  }
  Quantity number() const { return platform_->offer(offer)->number; }
  std::string bought(Quantity quantity) {
    auto order = platform_->buy({{offer, quantity}});
    EXPECT_TRUE(order.has_value());
    return order ? *order : "";
  }
  Result<channel::Applied> push(ActionKind action, Json fields, const std::string& key = "1") {
    const Change change{key, action, std::move(fields), std::nullopt};
    return connector_->push({&change, 1}).front();
  }
  Json stock(Quantity available) { return Json::object({{"@id", offer}, {"available", available}}); }
  std::vector<channel::Event> orders(const Want& want) {
    std::vector<channel::Event> events;
    const auto page = connector_->read_orders(want);
    EXPECT_TRUE(page.has_value());
    if (!page) return events;
    for (const auto& document : page->documents) {
      auto parsed = connector_->parse(document, Json());
      EXPECT_TRUE(parsed.has_value());
      if (parsed) events.push_back(std::move(parsed->front()));
    }
    return events;
  }
  static Want all_orders() {
    Want want;
    want.what = Want::What::orders;
    return want;
  }

  StoppedClock clock;
  std::unique_ptr<Platform> platform_;
  std::unique_ptr<MemoryConnector> connector_;
  std::string listing, offer;
};

TEST_F(MemoryPlatform, TakesAtPlacingAndGivesBackAnUnpaidCancel) {
  auto& platform = open(Takes::placed, {GivesBack::unpaid_cancel});
  const auto order = bought(3);
  EXPECT_EQ(number(), 7);
  ASSERT_TRUE(platform.cancel(order).has_value());
  EXPECT_EQ(number(), 10);
}

TEST_F(MemoryPlatform, KeepsWhatItDoesNotGiveBack) {
  auto& platform = open(Takes::placed, {GivesBack::unpaid_cancel});
  const auto order = bought(3);
  ASSERT_TRUE(platform.pay(order).has_value());
  ASSERT_TRUE(platform.cancel(order).has_value());
  EXPECT_EQ(number(), 7);
}

TEST_F(MemoryPlatform, TakesAtPaymentAndRefusesAPaymentForWhatIsGone) {
  auto& platform = open(Takes::paid);
  const auto first = bought(6), second = bought(6);
  EXPECT_EQ(number(), 10);
  ASSERT_TRUE(platform.pay(first).has_value());
  EXPECT_EQ(number(), 4);
  EXPECT_FALSE(platform.pay(second).has_value());
}

TEST_F(MemoryPlatform, ThatTakesAtShippingSellsOnlyWhatItHasNotPromised) {
  auto& platform = open(Takes::shipped);
  const auto order = bought(8);
  EXPECT_EQ(number(), 10);
  EXPECT_FALSE(platform.buy({{offer, 3}}).has_value());
  ASSERT_TRUE(platform.pay(order).has_value());
  ASSERT_TRUE(platform.ship(order, 5).has_value());
  EXPECT_EQ(number(), 5);
  ASSERT_TRUE(platform.ship(order).has_value());
  EXPECT_EQ(number(), 2);
}

TEST_F(MemoryPlatform, ATillNeverLowersItsNumber) {
  open(Takes::never);
  bought(30);
  EXPECT_EQ(number(), 10);
}

TEST_F(MemoryPlatform, AnEditMovesTheDifference) {
  auto& platform = open(Takes::placed);
  const auto order = bought(2);
  ASSERT_TRUE(platform.edit(order, 0, 5).has_value());
  EXPECT_EQ(number(), 5);
  ASSERT_TRUE(platform.edit(order, 0, 1).has_value());
  EXPECT_EQ(number(), 9);
}

TEST_F(MemoryPlatform, RemembersTheCauseOfEveryChangeOfANumber) {
  auto& platform = open(Takes::placed, {GivesBack::unpaid_cancel});
  const auto order = bought(2);
  ASSERT_TRUE(platform.cancel(order).has_value());
  ASSERT_TRUE(platform.set_number(offer, 4).has_value());
  ASSERT_TRUE(push(ActionKind::set_stock, stock(6), "17").has_value());
  std::vector<std::string> told;
  for (const auto& change : platform.offer(offer)->history)
    told.push_back(std::string(name_of(change.why)) + " " + std::to_string(change.before) + " " + std::to_string(change.after) + " " +
                   change.by);
  EXPECT_EQ(told,
            (std::vector<std::string>{"listed 0 10 ", "sale 10 8 " + order, "give back 8 10 " + order, "by hand 10 4 ", "write 4 6 17"}));
}

TEST_F(MemoryPlatform, ComparesBeforeItSets) {
  Terms terms;
  terms.facts.compare_and_set = true;
  open(terms);
  auto fields = stock(7);
  fields.set("before", 9);
  EXPECT_EQ(push(ActionKind::set_stock, fields).error().fault, Fault::conflict);
  fields.set("before", 10);
  EXPECT_TRUE(push(ActionKind::set_stock, fields).has_value());
  EXPECT_EQ(number(), 7);
}

TEST_F(MemoryPlatform, TakesAChangeAndNeverGoesBelowZero) {
  Terms terms;
  terms.facts.stock = StockWrites::delta;
  open(terms);
  auto fields = stock(8);
  fields.set("change", Json::object({{"signed", -2}, {"size", 2}, {"way", "down"}}));
  EXPECT_TRUE(push(ActionKind::set_stock, fields, "1").has_value());
  EXPECT_TRUE(push(ActionKind::set_stock, fields, "2").has_value());
  EXPECT_EQ(number(), 6);
  fields.set("change", Json::object({{"signed", -7}, {"size", 7}, {"way", "down"}}));
  EXPECT_EQ(push(ActionKind::set_stock, fields, "3").error().fault, Fault::conflict);
}

TEST_F(MemoryPlatform, TheSameKeyActsOnce) {
  Terms terms;
  terms.facts.stock = StockWrites::both;
  terms.facts.idempotency_key = true;
  auto& platform = open(terms);
  auto fields = stock(12);
  fields.set("change", Json::object({{"signed", 2}, {"size", 2}, {"way", "up"}}));
  EXPECT_TRUE(push(ActionKind::set_stock, fields, "same").has_value());
  EXPECT_TRUE(push(ActionKind::set_stock, fields, "same").has_value());
  EXPECT_EQ(number(), 12);
  EXPECT_EQ(platform.applications("same"), 1u);
}

TEST_F(MemoryPlatform, CreatesAListingThatIsFoundAgainByItsMark) {
  Terms terms;
  terms.facts.has_mark = true;
  auto& platform = open(terms);
  const auto created = push(ActionKind::put_listing, product("B", 3));
  ASSERT_TRUE(created.has_value());
  EXPECT_EQ(platform.listings().size(), 2u);
  Want want;
  want.things.push_back(Json::object({{"code", "P-B"}}));
  const auto page = connector_->read_listings(want);
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->documents.size(), 1u);
  const auto seen = connector_->parse(page->documents.front(), Json());
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->front().tree.text_or("@id"), created->learned.text_or("@id"));
}

TEST_F(MemoryPlatform, WritingAKnownListingLeavesItsNumbersAlone) {
  auto& platform = open(Takes::placed);
  auto tree = product("A", 99);
  tree.set("@id", listing);
  tree.set("title", "Another name");
  ASSERT_TRUE(push(ActionKind::put_listing, tree).has_value());
  EXPECT_EQ(number(), 10);
  EXPECT_EQ(platform.listings().front().content.text_or("title"), "Another name");
  tree.set("@id", "unknown");
  EXPECT_EQ(push(ActionKind::put_listing, tree).error().fault, Fault::missing);
}

TEST_F(MemoryPlatform, ItsOrderListLagsAndAnOrderByItsIdDoesNot) {
  Terms terms;
  terms.facts.order_lag = Duration(10000);
  terms.order_lag = Duration(10000);
  auto& platform = open(terms);
  const auto order = bought(1);
  EXPECT_TRUE(orders(all_orders()).empty());
  Want by_id = all_orders();
  by_id.things.push_back(Json::object({{"@id", order}}));
  ASSERT_EQ(orders(by_id).size(), 1u);
  clock.pass(Duration(10000));
  ASSERT_TRUE(platform.pay(order).has_value());
  ASSERT_EQ(orders(all_orders()).size(), 1u);
  EXPECT_EQ(orders(all_orders()).front().tree.text_or("state"), "pending");
  EXPECT_EQ(orders(by_id).front().tree.text_or("state"), "paid");
}

TEST_F(MemoryPlatform, PagesThroughItsOrdersWithoutSkippingWhatChangesMeanwhile) {
  Terms terms;
  terms.page = 2;
  auto& platform = open(terms);
  std::set<std::string> placed, seen;
  for (int i = 0; i < 5; ++i) {
    placed.insert(bought(1));
    clock.pass(Duration(1000));
  }
  Want want = all_orders();
  do {
    const auto page = connector_->read_orders(want);
    ASSERT_TRUE(page.has_value());
    for (const auto& document : page->documents) seen.insert(connector_->parse(document, Json())->front().tree.text_or("@id"));
    if (want.cursor.empty()) {
      ASSERT_TRUE(platform.pay(platform.orders().front().id).has_value());
    }
    want.cursor = page->cursor;
  } while (!want.cursor.empty());
  EXPECT_EQ(seen, placed);
}

TEST_F(MemoryPlatform, AnOrderIsAnOrderOfTheModel) {
  auto& platform = open(Takes::placed);
  const auto id = bought(2);
  ASSERT_TRUE(platform.pay(id).has_value());
  ASSERT_TRUE(platform.ship(id, 1).has_value());
  const auto events = orders(all_orders());
  ASSERT_EQ(events.size(), 1u);
  auto order = order_from_json(events.front().tree);
  ASSERT_TRUE(order.has_value()) << order.error().text();
  EXPECT_TRUE(complete(*order).empty());
  EXPECT_EQ(order->state, OrderState::part_shipped);
  EXPECT_EQ(order->lines.front().offer.id, offer);
  EXPECT_EQ(order->shipments.front().lines.front().quantity, 1);
  EXPECT_EQ(order->total->text(), "20.00 EUR");
}

TEST_F(MemoryPlatform, AnnouncesEachChangeOfAnOrderToWhomeverKnowsTheSecret) {
  auto& platform = open(Takes::placed);
  std::vector<std::string> bodies;
  platform.announce = [&](const std::string& body) { bodies.push_back(body); };
  const auto order = bought(1);
  ASSERT_EQ(bodies.size(), 1u);
  channel::Webhook webhook{"POST", "", {{"x-memory-secret", "wrong"}}, bodies.front()};
  EXPECT_EQ(connector_->authenticate(webhook).error().fault, Fault::unauthorized);
  webhook.headers["x-memory-secret"] = "memory";
  const auto door = connector_->authenticate(webhook);
  ASSERT_TRUE(door.has_value());
  const auto events = connector_->parse(door->deliveries.at(0), Json());
  ASSERT_TRUE(events.has_value());
  EXPECT_EQ(events->front().tree.text_or("@id"), order);
  webhook.body = "[]";
  EXPECT_EQ(connector_->authenticate(webhook).error().fault, Fault::invalid);
}

TEST_F(MemoryPlatform, FaultsAreAnsweredAndNothingIsDone) {
  auto& platform = open(Takes::placed);
  platform.fail_next(1, error(Fault::throttled, "slower"));
  EXPECT_EQ(push(ActionKind::set_stock, stock(1)).error().fault, Fault::throttled);
  EXPECT_EQ(number(), 10);
  platform.refuse("A", "not in this category");
  EXPECT_EQ(push(ActionKind::set_stock, Json::object({{"@id", offer}, {"sku", "A"}, {"available", 1}})).error().fault, Fault::rejected);
  platform.accept("A");
  EXPECT_TRUE(push(ActionKind::set_stock, stock(1)).has_value());
}

TEST_F(MemoryPlatform, WhatADocumentDoesNotMentionIsKept) {
  open(Takes::placed);
  const Json known =
      Json::object({{"title", "Old"}, {"brand", "Ours"}, {"variants", Json::Array{Json::object({{"sku", "A"}, {"barcode", "123"}})}}});
  const auto events =
      connector_->parse({"listing", R"({"title": "New", "variants": [{"@id": "v", "sku": "A", "available": 4}]})", {}}, known);
  ASSERT_TRUE(events.has_value());
  const auto& tree = events->front().tree;
  EXPECT_EQ(tree.text_or("title"), "New");
  EXPECT_EQ(tree.text_or("brand"), "Ours");
  EXPECT_EQ(tree.at("/variants/0/barcode")->as_string(), "123");
  EXPECT_EQ(tree.at("/variants/0/available")->number_text(), "4");
}

TEST_F(MemoryPlatform, AnUnreadableDocumentIsBroken) {
  open(Takes::placed);
  EXPECT_EQ(connector_->parse({"order", "<html>", {}}, Json()).error().fault, Fault::broken);
  EXPECT_EQ(connector_->parse({"weather", "{}", {}}, Json()).error().fault, Fault::broken);
}

TEST_F(MemoryPlatform, SpellsTheContentWithoutIdsNumbersAndPrices) {
  open(Takes::placed);
  auto tree = product("A", 3);
  tree.set("@id", "l1");
  const Json spelled = connector_->spell("listing", tree);
  EXPECT_EQ(spelled.find("@id"), nullptr);
  EXPECT_EQ(spelled.at("/variants/0/available"), nullptr);
  EXPECT_EQ(spelled.at("/variants/0/price"), nullptr);
  EXPECT_EQ(spelled.text_or("title"), "A thing");
}

}  // namespace
}  // namespace tally::memory
