// A price or a text that a person fixed on one channel.
#include "engine/pins.hpp"
#include "engine/tree.hpp"
#include "stock_house.hpp"

namespace tally::engine {
namespace {

using namespace std::chrono_literals;

class Pins : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    one = &add_shop("one", {});
    other = &add_shop("other", {});
    rules("one").price.factor = Decimal::of(11, 1);
    add_product("A", 5);
    open();
    come_to_rest();
  }
  /// Why it was refused; empty when it was not.
  std::string pin(const Json& wish) {
    std::string refused;
    write([&](store::Session& session) {
      const auto pins = pins_wanted(session, core->world(), wish, "anna", clock.now());
      if (!pins) refused = pins.error().text();
      if (!pins) return;
      set_pins(session, *pins, {"pinned by anna", false, 0}, clock.now());
    });
    return refused;
  }
  void unpin(const Json& wish) {
    write([&](store::Session& session) {
      const auto pins = pins_named(session, core->world(), wish);
      ASSERT_TRUE(pins.has_value()) << pins.error().text();
      clear_pins(session, *pins, {"unpinned by anna", false, 0}, clock.now());
    });
  }
  Json wish(const std::string& more) {
    Json made = *Json::parse(more);
    made.set("sku", "A");
    made.set("channel", "one");
    return made;
  }
  static std::string price_on(const memory::Platform& platform) {
    const auto& price = platform.offer_of_sku("A")->price;
    return price.find("amount")->scalar_text();
  }
  static std::string title_on(const memory::Platform& platform) { return platform.listings().front().content.text_or("title"); }
  /// As an import would.
  void change_product(const std::function<void(Product&)>& change) {
    write([&](store::Session& session) {
      auto row = store::find_product(session, "P-A");
      change(row->product);
      store::put_product(session, row->product, clock.now());
      for (const auto& each : core->world().channels) {
        mark_aspect(session, each->no, "content", row->no.value, {"import:1", false, 0}, clock.now());
        mark_aspect(session, each->no, "price", store::find_variant(session, Sku("A"))->no.value, {"import:1", false, 0}, clock.now());
      }
    });
  }

  memory::Platform *one = nullptr, *other = nullptr;
};

TEST_F(Pins, OfAPriceThatDoesNotFitItsCurrencyToTheCoinAreRefusedInWords) {
  const auto refused = [&](const std::string& price) { return pin(wish(R"({"price": ")" + price + R"("})")); };
  const std::vector<std::pair<std::string, std::string>> cases{
      {"10.999", "more digits than EUR has"},
      {"10.5 JPY", "more digits than JPY has"},
      {"1e5", "'1e5' is not a number"},
      {" -1", "'-1' is no price: it is below zero"},  // as the command line hands it over           {"10,99", "'10,99' is not a number"},
      {"12.50 XQX", "'12.50 XQX' is no price"}};
  for (const auto& [price, why] : cases) EXPECT_NE(refused(price).find(why), std::string::npos) << price << ": " << refused(price);
  EXPECT_NE(pin(wish(R"({"price": "12.50", "compare_at": "15.001"})")).find("'15.001' is no price"), std::string::npos);
  come_to_rest();
  EXPECT_EQ(price_on(*one), "11") << "nothing was pinned";
  EXPECT_EQ(refused("12.50 EUR"), "");
  come_to_rest();
  EXPECT_EQ(price_on(*one), "12.5");
}

TEST_F(Pins, APinnedPriceWinsOverTheRuleAndTheCatalogueUntilItIsCleared) {
  ASSERT_EQ(price_on(*one), "11");
  ASSERT_EQ(pin(wish(R"({"price": "12.50"})")), "");
  come_to_rest();
  EXPECT_EQ(price_on(*one), "12.5");
  EXPECT_EQ(price_on(*other), "10") << "another channel is not concerned";
  change_product([](Product& product) { product.variants.front().price = Money{2000, Currency{"EUR"}}; });
  come_to_rest();
  EXPECT_EQ(price_on(*one), "12.5");
  EXPECT_EQ(price_on(*other), "20");
  unpin(wish("{}"));
  come_to_rest();
  EXPECT_EQ(price_on(*one), "22") << "the rule holds again, over what the catalogue says by now";
}

TEST_F(Pins, APinEndsByItselfAtItsTime) {
  ASSERT_EQ(pin(wish(R"({"price": "12.50", "compare_at": "15", "until": ")" + format_iso(clock.now() + 1h) + R"("})")), "");
  come_to_rest();
  ASSERT_EQ(price_on(*one), "12.5");
  ASSERT_EQ(one->offer_of_sku("A")->compare_at.find("amount")->scalar_text(), "15");
  pass(59min);
  come_to_rest();
  EXPECT_EQ(price_on(*one), "12.5");
  pass(1min);
  come_to_rest();
  EXPECT_EQ(price_on(*one), "11");
  EXPECT_EQ(told("pin.ended"), 1);
}

TEST_F(Pins, APinThatIsSetAnewEndsWhenTheNewOneSays) {
  ASSERT_EQ(pin(wish(R"({"price": "12.50", "until": ")" + format_iso(clock.now() + 1h) + R"("})")), "");
  ASSERT_EQ(pin(wish(R"({"price": "13"})")), "");
  pass(2h);
  come_to_rest();
  EXPECT_EQ(price_on(*one), "13");
  EXPECT_EQ(told("pin.ended"), 0);
}

TEST_F(Pins, APriceThatIsNeverSentIsRefusedWithTheReason) {
  EXPECT_NE(pin(wish(R"({"price": "0"})")).find("a price of 0 is never sent"), std::string::npos);
  EXPECT_NE(pin(wish(R"({"price": "12.50 USD"})")).find("the channel sells in EUR"), std::string::npos);
  EXPECT_NE(pin(wish(R"({"price": "cheap"})")).find("'cheap' is no price"), std::string::npos);
  EXPECT_NE(pin(wish(R"({"price": "12", "compare_at": "11"})")).find("is not above"), std::string::npos);
  EXPECT_NE(pin(wish(R"({"price": "12", "until": ")" + format_iso(clock.now()) + R"("})")).find("over already"), std::string::npos);
  EXPECT_NE(pin(wish("{}")).find("nothing is said"), std::string::npos);
}

TEST_F(Pins, APinnedTitleStaysThroughAnImportAndTheRestFollowsIt) {
  ASSERT_EQ(pin(wish(R"({"title": "Black Friday"})")), "");
  come_to_rest();
  EXPECT_EQ(title_on(*one), "Black Friday");
  EXPECT_EQ(title_on(*other), "P-A");
  change_product([](Product& product) {
    product.title = "New";
    product.brand = "Acme";
  });
  come_to_rest();
  EXPECT_EQ(title_on(*one), "Black Friday");
  EXPECT_EQ(title_on(*other), "New");
  write([&](store::Session& session) {
    const auto tree = listing_tree(session, channel("one"), *store::find_product(session, "P-A"));
    EXPECT_EQ(tree.text_or("brand"), "Acme") << "only the title was pinned";
  });
  unpin(wish("{}"));
  come_to_rest();
  EXPECT_EQ(title_on(*one), "New");
}

TEST_F(Pins, AContentThatIsPinnedWholeLeavesTheOptionsAloneWhereVariantsCameSince) {
  write([&](store::Session& session) {
    auto row = store::find_product(session, "P-A");
    const Json whole = content_of(to_json(row->product));
    store::put_pin(session, {0, channel("one").no, "content", row->no.value, whole.dump(), never, "anna", clock.now()});
    row->product.brand = "Acme";
    row->product.options = {{"Size", {"S", "M"}}};
    row->product.variants.front().option_values = {{"Size", "S"}};
    row->product.variants.push_back(row->product.variants.front());
    row->product.variants.back().sku = Sku("A-M");
    row->product.variants.back().option_values = {{"Size", "M"}};
    store::put_product(session, row->product, clock.now());
    const auto tree = shown_product(session, channel("one"), *store::find_product(session, "P-A"));
    EXPECT_EQ(tree.find("brand"), nullptr) << "it had none when it was pinned";
    ASSERT_NE(tree.find("options"), nullptr);
    EXPECT_EQ(tree.find("variants")->as_array().size(), 2u);
  });
}

}  // namespace
}  // namespace tally::engine
