#include "engine/import.hpp"

#include "house.hpp"

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

}  // namespace
}  // namespace tally::engine
