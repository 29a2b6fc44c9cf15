#include "reading.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace tally::catalogue {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string header =
    "ID,Type,SKU,Name,Published,Description,Stock,Weight (kg),Sale price,Regular price,Categories,Images,Parent,"
    "Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)\n";

std::vector<std::string> values_of(const Product& product, std::string_view option) {
  for (const auto& one : product.options) {
    if (one.name == option) return one.values;
  }
  return {};
}

class TheLumaCatalogue : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = std::filesystem::path(TALLYD_SOURCE_DIR) / "../shared/data/woocommerce-luma-products.csv";
    std::ifstream file(path, std::ios::binary);
    if (!file) GTEST_SKIP() << "the sample catalogue is not on this machine";
    std::stringstream bytes;
    bytes << file.rdbuf();
    read_ = imported(bytes.str(), "luma.csv");
  }
  Imported read_;
};

TEST_F(TheLumaCatalogue, HasAsManyProductsVariantsAndCountsAsItsRowsSay) {
  EXPECT_EQ(read_.format, "WooCommerce product export");
  EXPECT_EQ(read_.rows, 2038u);
  EXPECT_EQ(read_.products.size(), 191u);
  EXPECT_EQ(read_.variants(), 1891u);
  EXPECT_EQ(read_.stock.size(), 1891u);
  EXPECT_THAT(read_.refused, IsEmpty());
  EXPECT_THAT(summary_of(read_), Contains("WooCommerce product export, 2,038 rows: 191 products with 1,891 variants, 1,891 stock counts"));
}

TEST_F(TheLumaCatalogue, TakesOptionsFromTheVariationsWhereTheParentsDisagree) {
  EXPECT_EQ(corrections(read_, "options"), 14u);
  const auto* nameless = product(read_, "WSH12");
  ASSERT_NE(nameless, nullptr);
  EXPECT_THAT(values_of(*nameless, "Size"), ElementsAre("28", "29", "30", "31", "32"));
  const auto* longer = product(read_, "WJ01");
  ASSERT_NE(longer, nullptr);
  EXPECT_THAT(values_of(*longer, "Size"), ElementsAre("S", "M", "L")) << "in the order of the parent's list, XS and XL are not sold";
}

TEST_F(TheLumaCatalogue, TakesNoStockFromParentsAndNoSaleThatIsNone) {
  EXPECT_EQ(corrections(read_, "parent_stock"), 147u);
  EXPECT_EQ(counted(read_, "MH01"), std::nullopt);
  EXPECT_EQ(counted(read_, "MH01-L-Gray"), 100);
  EXPECT_EQ(corrections(read_, "sale_price"), 5u);
  const auto* cheaper = variant(read_, "24-WB05");
  ASSERT_NE(cheaper, nullptr);
  EXPECT_EQ(cheaper->price, (Money{2400, {"EUR"}}));
  EXPECT_EQ(cheaper->compare_at, (Money{3200, {"EUR"}}));
  const auto* same = variant(read_, "24-WG09");
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(same->price, (Money{4300, {"EUR"}}));
  EXPECT_EQ(same->compare_at, std::nullopt);
}

TEST_F(TheLumaCatalogue, KeepsWeightsPathsPicturesAndAttributes) {
  EXPECT_EQ(corrections(read_, "currency"), 1u);
  const auto* hoodie = product(read_, "MH01");
  ASSERT_NE(hoodie, nullptr);
  ASSERT_EQ(hoodie->categories.size(), 3u);
  EXPECT_THAT(hoodie->categories[0].path, ElementsAre("Clothing", "Men", "Tops", "Hoodies & Sweatshirts"));
  EXPECT_EQ(hoodie->categories[0].name, "Hoodies & Sweatshirts");
  EXPECT_GE(hoodie->images.size(), 2u);
  const auto& black = hoodie->variants.front();
  EXPECT_EQ(black.sku.text, "MH01-L-Black");
  EXPECT_EQ(black.weight, (Measure{Decimal(1), "lb"}));
  ASSERT_TRUE(black.image);
  EXPECT_THAT(black.image->url, HasSubstr("mh01-black_main"));
  const auto* bag = product(read_, "24-MG04");
  ASSERT_NE(bag, nullptr);
  EXPECT_THAT(bag->options, IsEmpty());
  ASSERT_FALSE(bag->attributes.empty());
  EXPECT_EQ(bag->attributes[0].name, "Activity");
  EXPECT_THAT(bag->attributes[0].values, ElementsAre("Recreation", "Sports", "Outdoor", "Gym"));
}

TEST(AWooCommerceExport, KeepsABlankStockCellFromBecomingZero) {
  // given: one counted, one blank, one that its parent keeps, one at zero
  const auto read = imported(header +
                             "1,variable,T,Tee,1,,,,,10,,,,Size,\"S, M, L, XL\",,\n"
                             "2,variation,T-S,Tee S,1,,5,,,10,,,T,Size,S,,\n"
                             "3,variation,T-M,Tee M,1,,,,,10,,,T,Size,M,,\n"
                             "4,variation,T-L,Tee L,1,,parent,,,10,,,id:1,Size,L,,\n"
                             "5,variation,T-XL,Tee XL,1,,0,,,10,,,T,Size,XL,,\n");
  EXPECT_EQ(counted(read, "T-S"), 5);
  EXPECT_EQ(counted(read, "T-M"), std::nullopt);
  EXPECT_EQ(counted(read, "T-L"), std::nullopt);
  EXPECT_EQ(counted(read, "T-XL"), 0);
  EXPECT_EQ(corrections(read, "shared_stock"), 1u);
  EXPECT_EQ(corrections(read, "options"), 0u) << "commas separate values as well as bars do";
}

TEST(AWooCommerceExport, RefusesRowsByLineAndImportsTheRest) {
  const auto read = imported(header +
                             "1,variable,T,Tee,1,,,,,10,,,,Size,S|M,,\n"
                             "2,variation,T-S,Tee S,1,,many,,,10,,,T,Size,S,,\n"
                             "3,variation,T-M,Tee M,1,,7,,,10,,,T,Size,M,,\n"
                             "4,variation,X-M,Lost,1,,7,,,10,,,NOPE,Size,M,,\n"
                             "5,simple,,Nameless,1,,7,,,10,,,,,,,\n"
                             "6,simple,T-M,Twin,1,,7,,,10,,,,,,,\n"
                             "7,simple,FREE,Free,1,,7,,,0,,,,,,,\n"
                             "8,grouped,G,Group,1,,,,,,,,,,,,\n"
                             "9,simple,CUT,Cut off,1\n"
                             "10,variable,EMPTY,Empty,1,,,,,10,,,,Size,S,,\n"
                             "11,simple,OK,Fine,1,,1,,,1.5,,,,,,,\n");
  EXPECT_THAT(refusal(read, 3), HasSubstr("Stock: 'many'"));
  EXPECT_THAT(refusal(read, 5), HasSubstr("'NOPE'"));
  EXPECT_THAT(refusal(read, 6), HasSubstr("no SKU"));
  EXPECT_THAT(refusal(read, 4), HasSubstr("stands already at line 7")) << "products are read before variations";
  EXPECT_THAT(refusal(read, 8), HasSubstr("not above zero"));
  EXPECT_THAT(refusal(read, 9), HasSubstr("grouped"));
  EXPECT_THAT(refusal(read, 10), HasSubstr("5 cells, the header 17"));
  EXPECT_THAT(refusal(read, 11), HasSubstr("nothing to sell"));
  ASSERT_NE(variant(read, "OK"), nullptr);
  EXPECT_EQ(variant(read, "OK")->price, (Money{150, {"EUR"}}));
  EXPECT_TRUE(std::is_sorted(read.refused.begin(), read.refused.end(), [](const auto& a, const auto& b) { return a.line < b.line; }));
}

TEST(AWooCommerceExport, UndoesTheExportersEscapes) {
  const auto read = imported(
      header +
      "1,simple,'-5,'=Sum,1,one\\ntwo \\\\n three,1,\"1,5\",,10,\"Cups\\, mugs > Big, Sale\",https://a/1.jpg,,Colour,\"Red\\, dark\",,\n");
  ASSERT_EQ(read.products.size(), 1u);
  const auto& mug = read.products[0];
  EXPECT_EQ(mug.title, "=Sum");
  EXPECT_EQ(mug.variants[0].sku.text, "-5");
  EXPECT_EQ(mug.description, "one\ntwo \\n three");
  EXPECT_THAT(mug.categories[0].path, ElementsAre("Cups, mugs", "Big"));
  EXPECT_THAT(mug.attributes[0].values, ElementsAre("Red, dark"));
  EXPECT_EQ(mug.variants[0].weight, (Measure{Decimal::of(15, 1), "kg"}));
}

TEST(AWooCommerceExport, RefusesAVariationThatStandsForAnyValue) {
  const auto read = imported(header +
                             "1,variable,T,Tee,1,,,2,,10,,,,Size,S|M,Color,Red\n"
                             "2,variation,T-S,Tee S,1,,5,,,10,,,T,Size,S,Color,Red\n"
                             "3,variation,T-M,Tee M,1,,5,,,10,,,T,Size,M,Color,\n"
                             "4,variation,T-S2,Tee S,1,,5,,,10,,,T,Size,S,Color,Red\n");
  EXPECT_THAT(refusal(read, 4), HasSubstr("leaves an option open"));
  EXPECT_THAT(refusal(read, 5), HasSubstr("same options"));
  ASSERT_NE(variant(read, "T-S"), nullptr);
  EXPECT_EQ(variant(read, "T-S")->weight, (Measure{Decimal(2), "kg"})) << "a variation without a weight has its parent's";
}

TEST(AWooCommerceExport, LeavesOutASaleWithDates) {
  const auto read = imported("Type,SKU,Name,Regular price,Sale price,Date sale price ends\nsimple,A,A thing,10,8,2020-01-01 0:00:00\n");
  ASSERT_NE(variant(read, "A"), nullptr);
  EXPECT_EQ(variant(read, "A")->price, (Money{1000, {"EUR"}}));
  EXPECT_EQ(corrections(read, "timed_sale"), 1u);
}

}  // namespace
}  // namespace tally::catalogue
