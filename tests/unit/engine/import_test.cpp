#include "engine/import.hpp"

#include "engine/number.hpp"
#include "house.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"

namespace tally::engine {
namespace {

class ImportedChunk : public House {
 protected:
  ImportReport take(const std::string& chunk) {
    ImportReport report;
    write([&](store::Session& session) {
      const auto tree = Json::parse(chunk).value();
      report = take_chunk(session, core->world(), tree, {"import:1", false, 0}, [](ChannelNo, VariantNo, const OwnStep&) {});
    });
    return report;
  }
  Product product_of(const std::string& sku) {
    Product product;
    write([&](store::Session& session) {
      const auto variant = store::find_variant(session, Sku(sku));
      product = store::get_product(session, variant->product)->product;
    });
    return product;
  }
  static std::string refusals(const ImportReport& report) { return report.refused.dump(); }
};

TEST_F(ImportedChunk, AnUpdateChangesOnlyWhatItNames) {
  add_product("TEE", 5);
  start();
  const auto before = product_of("TEE");
  const auto report =
      take(R"({"changes": [{"sku": "TEE", "line": 2, "counted": 9, "set": {"price": {"amount": "12.50", "currency": "EUR"}}}]})");
  EXPECT_EQ(refusals(report), "[]");
  EXPECT_EQ(report.updated, 1);
  EXPECT_EQ(report.counted, 1);
  auto after = product_of("TEE");
  EXPECT_EQ(after.variants[0].price, (Money{1250, {"EUR"}}));
  after.variants[0].price = before.variants[0].price;
  EXPECT_EQ(after, before);

  const auto again =
      take(R"({"changes": [{"sku": "TEE", "line": 2, "counted": 9, "set": {"price": {"amount": "12.50", "currency": "EUR"}}}]})");
  EXPECT_EQ(again.updated, 0);
  EXPECT_EQ(again.unchanged, 1);
}

TEST_F(ImportedChunk, AnUpdateOfWhatIsNotThereIsRefusedByItsLine) {
  add_product("TEE", 5);
  add_product("SET", 0, {{Sku("TEE"), 2}});
  start();
  const auto report = take(R"({"changes": [
    {"sku": "NONE", "line": 2, "counted": 1},
    {"sku": "TEE", "line": 3, "code": "OTHER", "counted": 1},
    {"sku": "TEE", "line": 4, "counted": 1, "location": "nowhere", "set": {"price": {"amount": "1", "currency": "EUR"}}},
    {"sku": "SET", "line": 5, "counted": 1},
    {"sku": "TEE", "line": 6, "set": {"sku": "MUG"}},
    {"sku": "TEE", "line": 7, "set": {"price": null}}]})");
  const auto& refused = report.refused.as_array();
  ASSERT_EQ(refused.size(), 6u) << refusals(report);
  for (std::size_t i = 0; i < refused.size(); ++i) EXPECT_EQ(refused[i].integer_or("line"), static_cast<std::int64_t>(i) + 2);
  EXPECT_EQ(refused[0].text_or("column"), "sku");
  EXPECT_NE(refused[2].text_or("why").find("no location 'nowhere'"), std::string::npos);
  EXPECT_NE(refused[3].text_or("why").find("a bundle has no stock of its own"), std::string::npos);
  EXPECT_EQ(report.updated + report.unchanged, 0);
  EXPECT_EQ(product_of("TEE").variants[0].price, (Money{1000, {"EUR"}})) << "a row is taken whole or not at all";
}

TEST_F(ImportedChunk, ACountThatIsABarcodeOrBelowZeroIsRefused) {
  add_product("TEE", 5);
  start();
  const auto report =
      take(R"({"changes": [{"sku": "TEE", "line": 2, "counted": 4012345678901}, {"sku": "TEE", "line": 3, "counted": -1}]})");
  EXPECT_EQ(report.refused.as_array().size(), 2u) << refusals(report);
  EXPECT_EQ(report.counted, 0);
}

TEST_F(ImportedChunk, KeepsWhatTheFileSaysNothingOf) {
  start();
  take(R"({"products": [{"code": "P", "title": "Old", "brand": "Acme", "description": "text",
    "variants": [{"sku": "A", "barcode": "4006381333931", "price": {"amount": "8", "currency": "EUR"},
                  "compare_at": {"amount": "10", "currency": "EUR"}}]}]})");
  const auto report = take(R"({"keep": ["brand", "variants/barcode", "variants/compare_at"], "products": [{"@line": 7, "code": "P",
    "title": "New", "variants": [{"sku": "A", "price": {"amount": "12", "currency": "EUR"}}]}]})");
  EXPECT_EQ(report.updated, 1) << refusals(report);
  const auto after = product_of("A");
  EXPECT_EQ(after.title, "New");
  EXPECT_EQ(after.brand, "Acme");
  EXPECT_EQ(after.description, "") << "not kept: the file says that there is none";
  EXPECT_EQ(after.variants[0].barcode, "4006381333931");
  EXPECT_EQ(after.variants[0].compare_at, std::nullopt) << "10 is no price before a sale at 12";
  ASSERT_EQ(report.corrected.as_array().size(), 1u);
  EXPECT_EQ(report.corrected.as_array()[0].integer_or("line"), 7);
}

TEST_F(ImportedChunk, ARefusedProductSaysItsLine) {
  add_product("TEE", 5);
  start();
  const auto report = take(R"({"products": [{"@line": 12, "code": "THIEF", "title": "x",
    "variants": [{"sku": "TEE", "price": {"amount": "8", "currency": "EUR"}}]}]})");
  ASSERT_EQ(report.refused.as_array().size(), 1u);
  EXPECT_EQ(report.refused.as_array()[0].integer_or("line"), 12);
}

// {"products": [{code, title, options: Size, variants: [each SKU with its own size as `SKU-size`]}]}
Json sized(const std::string& code, const std::vector<std::pair<std::string, std::string>>& skus) {
  Json::Array values, variants;
  for (const auto& [sku, size] : skus) {
    values.push_back(size);
    variants.push_back(Json::object({{"sku", sku},
                                     {"@line", static_cast<std::int64_t>(variants.size()) + 2},
                                     {"price", Json::object({{"amount", "10.00"}, {"currency", "EUR"}})},
                                     {"option_values", Json::Array{Json::object({{"name", "Size"}, {"value", size}})}}}));
  }
  return Json::object({{"code", code},
                       {"title", "Shirt"},
                       {"@line", 2},
                       {"options", Json::Array{Json::object({{"name", "Size"}, {"values", values}})}},
                       {"variants", variants}});
}
std::string chunk_of(Json::Array products) {
  return Json::object({{"products", std::move(products)}}).dump();
}
const std::string end_b = R"({"changes": [{"sku": "B", "line": 2, "set": {"state": "ended"}}]})";

TEST_F(ImportedChunk, AVariantWithoutARowStaysInItsPlaceAsItWas) {
  start();
  take(chunk_of({sized("P", {{"A", "S"}, {"B", "M"}, {"C", "L"}})}));
  const auto before = product_of("A");

  const auto report = take(chunk_of({sized("P", {{"A", "S"}, {"C", "L"}})}));

  EXPECT_EQ(report.unchanged, 1) << refusals(report);
  EXPECT_EQ(product_of("B"), before);
  EXPECT_EQ(report.kept.dump(), R"([{"sku":"B","code":"P"}])");
  auto renamed = sized("P", {{"C", "L"}, {"D", "XL"}});
  renamed.set("title", "Renamed");
  take(chunk_of({renamed}));
  const auto after = product_of("B");
  EXPECT_EQ(after.title, "Renamed");
  ASSERT_EQ(after.variants.size(), 4u);
  EXPECT_EQ(after.variants[1], before.variants[1]);
  EXPECT_EQ(after.options[0].values, (std::vector<std::string>{"S", "M", "L", "XL"}));
}

TEST_F(ImportedChunk, AVariantThatEndsIsAtZeroAndIsAskedForNoMore) {
  add_shop("shop", {});
  start();
  take(chunk_of({sized("P", {{"A", "S"}, {"B", "M"}})}));
  take(R"({"stock": [{"sku": "A", "counted": 7}, {"sku": "B", "counted": 7}]})");
  const auto number = [&](const std::string& sku) {
    Quantity result = -1;
    write([&](store::Session& session) {
      const auto& world = core->world();
      result = stock_number(session, *world.channels.front(), store::find_variant(session, Sku(sku))->no).number;
    });
    return result;
  };
  ASSERT_EQ(number("B"), 7);

  take(end_b);

  EXPECT_EQ(number("B"), 0);
  EXPECT_EQ(number("A"), 7);
  EXPECT_EQ(take(chunk_of({sized("P", {{"A", "S"}})})).kept.dump(), "[]");
  EXPECT_EQ(number("B"), 0) << "it is still in the product, ended";
  take(chunk_of({sized("P", {{"A", "S"}, {"B", "M"}})}));
  EXPECT_EQ(number("B"), 7) << "a row that says nothing of its state sells it again";
}

TEST_F(ImportedChunk, ANewSkuTakesThePlaceOfOneThatHasEndedAndOfNoOther) {
  start();
  take(chunk_of({sized("P", {{"A", "S"}, {"B", "M"}})}));
  const auto renamed = chunk_of({sized("P", {{"A", "S"}, {"B2", "M"}})});
  const auto refused = take(renamed);
  ASSERT_EQ(refused.refused.as_array().size(), 1u);
  EXPECT_NE(refusals(refused).find("B2 would stand in the place of B"), std::string::npos) << refusals(refused);
  EXPECT_NE(refusals(refused).find("B,ended"), std::string::npos) << refusals(refused);
  ASSERT_EQ(product_of("B").variants.size(), 2u);

  take(end_b);
  const auto report = take(renamed);

  EXPECT_EQ(refusals(report), "[]");
  EXPECT_EQ(product_of("B2").variants[1].sku.text, "B2");
  write([&](store::Session& session) { EXPECT_FALSE(store::find_variant(session, Sku("B"))->on_sale); });
}

TEST_F(ImportedChunk, ASkuOfAnotherProductNamesItAndComesOverOnceItHasEndedThere) {
  add_shop("shop", {});
  start();
  take(chunk_of({sized("P", {{"A", "S"}, {"B", "M"}})}));
  const auto thief = chunk_of({sized("Q", {{"B", "M"}})});
  EXPECT_NE(refusals(take(thief)).find("the SKU B belongs to product 'P': end it there first"), std::string::npos);
  take(end_b);
  write([&](store::Session& session) {
    store::OfferRow offer;
    offer.channel = core->world().channels.front()->no;
    offer.variant = store::find_variant(session, Sku("B"))->no;
    store::put_offer(session, offer);
  });
  EXPECT_NE(refusals(take(thief)).find("where it has ended and with which it is still listed"), std::string::npos);
  write([](store::Session& session) { session.sql << "DELETE FROM offer"; });

  EXPECT_EQ(refusals(take(thief)), "[]");

  EXPECT_EQ(product_of("B").code, "Q");
  EXPECT_EQ(product_of("A").variants.size(), 1u);
  write([&](store::Session& session) { EXPECT_TRUE(store::find_variant(session, Sku("B"))->on_sale); });
}

TEST_F(ImportedChunk, TheLastSkuOfAProductLeavesNothingToListBehind) {
  start();
  take(chunk_of({sized("P", {{"B", "M"}})}));
  take(end_b);

  EXPECT_EQ(refusals(take(chunk_of({sized("Q", {{"B", "M"}})}))), "[]");

  EXPECT_EQ(product_of("B").code, "Q");
  write([](store::Session& session) {
    const auto left = store::find_product(session, "P")->product;
    EXPECT_TRUE(left.variants.empty());
    EXPECT_EQ(left.state, SaleState::ended);
  });
}

std::string bundle(const std::string& sku, const std::string& part) {
  return R"({"code": "P-)" + sku + R"(", "title": "Set", "@line": 2, "variants": [{"sku": ")" + sku +
         R"(", "@line": 3, "price": {"amount": "8", "currency": "EUR"}, "bundle": [{"sku": ")" + part + R"(", "quantity": 1}]}]})";
}
std::string bundles(const std::vector<std::string>& products) {
  std::string text;
  for (const auto& product : products) text += (text.empty() ? "" : ", ") + product;
  return R"({"products": [)" + text + "]}";
}

TEST_F(ImportedChunk, BundlesOfBundlesAreRefusedByTheirRow) {
  add_product("TEE", 5);
  add_product("SET", 0, {{Sku("TEE"), 2}});
  start();
  const auto circle = take(bundles({bundle("QS", "QT"), bundle("QT", "QS")}));
  ASSERT_EQ(circle.refused.as_array().size(), 2u) << refusals(circle);
  EXPECT_EQ(circle.refused.as_array()[0].integer_or("line"), 3);
  EXPECT_NE(refusals(circle).find("its part QT is a bundle itself"), std::string::npos) << refusals(circle);
  EXPECT_EQ(circle.created, 0);
  EXPECT_NE(refusals(take(bundles({bundle("BIG", "SET")}))).find("SET is a bundle itself"), std::string::npos);
  EXPECT_NE(refusals(take(bundles({bundle("OUTER", "INNER"), bundle("INNER", "TEE")}))).find("INNER is a bundle itself"),
            std::string::npos);
  const auto part = take(R"({"products": [{"code": "P-TEE", "title": "Tee", "variants": [{"sku": "TEE",
    "price": {"amount": "8", "currency": "EUR"}, "bundle": [{"sku": "INNER", "quantity": 1}]}]}]})");
  EXPECT_EQ(part.refused.as_array().size(), 1u) << "TEE is a part of SET";
}

TEST_F(ImportedChunk, ABundleThatIsMadeOfSomethingElseNowIsShownSoAtOnce) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  add_product("SET", 0, {{Sku("A"), 1}});
  start();
  come_to_rest();
  const auto there = [&] { return shop.offer_of_sku("SET")->number; };
  ASSERT_EQ(there(), 10);
  pass(Duration(60000));
  take(R"({"products": [{"code": "P-SET", "title": "P-SET", "variants": [{"sku": "SET",
    "price": {"amount": "10", "currency": "EUR"}, "bundle": [{"sku": "A", "quantity": 3}]}]}]})");
  come_to_rest();
  EXPECT_EQ(there(), 3);
}

TEST_F(ImportedChunk, ACountThatLeavesLessThanIsPromisedIsRecorded) {
  auto& shop = add_shop("shop", {});
  add_product("A", 10);
  start();
  come_to_rest();
  ASSERT_TRUE(shop.buy({{shop.offer_of_sku("A")->id, 8}}).has_value());
  pass(Duration(400000));
  come_to_rest();
  take(R"({"changes": [{"sku": "A", "counted": 3}]})");
  write([&](store::Session& session) {
    const auto records = store::oversells(session, 10);
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records.front().short_by, 5);
    EXPECT_EQ(records.front().cause, "import:1:main");
  });
}

TEST_F(ImportedChunk, ABundleWithAPartThatThereIsNotIsNotSold) {
  start();
  const auto report = take(bundles({bundle("SET", "NONE")}));
  ASSERT_EQ(report.refused.as_array().size(), 1u);
  EXPECT_NE(refusals(report).find("the SKU NONE, which is not in the catalogue"), std::string::npos) << refusals(report);
  write([](store::Session& session) { EXPECT_FALSE(store::find_variant(session, Sku("SET"))); });

  const auto later =
      take(bundles({bundle("SET", "NONE"),
                    R"({"code": "N", "title": "Part", "variants": [{"sku": "NONE", "price": {"amount": "8", "currency": "EUR"}}]})"}));
  EXPECT_EQ(later.created, 2) << refusals(later);
}

}  // namespace
}  // namespace tally::engine
