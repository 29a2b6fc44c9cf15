// What is told of an offer: four states an aspect, each with its time.
#include "engine/offer_view.hpp"

#include "engine/guard.hpp"
#include "market.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class OfferView : public Market {
 protected:
  void SetUp() override {
    Market::SetUp();
    shop = &add_shop("shop", {});
    add_product("A", 10);
    begin();
  }
  Json seen() {
    const auto row = offer(*shop, "A");
    Json json;
    write([&](store::Session& session) { json = offer_json(session, *core->world().find("shop"), row); });
    return json;
  }
  static std::string state(const Json& of, const char* aspect) { return of.find(aspect)->text_or("state"); }

  memory::Platform* shop = nullptr;
};

TEST_F(OfferView, AtRestHasWhatWasSentConfirmedAndSeenAndWhen) {
  receive_goods("A", -3);
  live(1s);
  core->lane(no("shop"))->hurry();
  live(10s);
  const Json offer = seen();
  EXPECT_EQ(offer.text_or("state"), "clean");
  const Json& stock = *offer.find("stock");
  for (const char* which : {"desired", "sent", "confirmed", "observed"}) EXPECT_EQ(stock.integer_or(which), 7) << which;
  EXPECT_LT(stock.text_or("sent_at"), stock.text_or("confirmed_at"));
  EXPECT_LT(stock.text_or("confirmed_at"), stock.text_or("observed_at"));
  EXPECT_EQ(stock.find("desired_at"), nullptr) << "nothing waits";
  for (const char* which : {"sent", "observed"}) EXPECT_NE(offer.find("price")->text_or(std::string(which) + "_at"), "") << which;
  for (const char* which : {"desired", "sent", "confirmed", "observed"}) EXPECT_NE(offer.find("content")->text_or(which), "") << which;
}

TEST_F(OfferView, ThatWaitsSaysSinceWhen) {
  const Time since = clock.now();
  receive_goods("A", -3);
  pass(5s);
  const Json offer = seen();
  EXPECT_EQ(offer.text_or("state"), "dirty");
  EXPECT_EQ(state(offer, "stock"), "dirty");
  EXPECT_EQ(state(offer, "price"), "clean");
  EXPECT_EQ(offer.find("stock")->text_or("desired_at"), format_iso(since));
  EXPECT_EQ(offer.find("stock")->integer_or("desired"), 7);
  EXPECT_EQ(offer.find("stock")->integer_or("sent"), 10);
}

TEST_F(OfferView, IsInTheWorstStateOfItsAspects) {
  const auto variant = offer(*shop, "A").variant;
  ProductNo product;
  write([&](store::Session& session) {
    product = store::get_variant(session, variant)->product;
    mark_aspect(session, no("shop"), "content", product.value, {"import:1", false, 0}, clock.now());
    hold_things(session, core->world(), *core->world().find("shop"), "content", {product.value}, "too many");
  });
  EXPECT_EQ(seen().text_or("state"), "held");
  write([&](store::Session& session) {
    mark_aspect(session, no("shop"), "price", variant.value, {"import:1", false, 0}, clock.now());
    store::park_mark(session, *store::find_mark(session, no("shop"), "price", variant.value), "refused", "");
  });
  EXPECT_EQ(seen().text_or("state"), "parked");
  EXPECT_EQ(state(seen(), "content"), "held");
  auto doubted = offer(*shop, "A");
  doubted.suspect = true;
  write([&](store::Session& session) { store::put_offer(session, doubted); });
  EXPECT_EQ(seen().text_or("state"), "suspect");
}

}  // namespace
}  // namespace tally::engine
