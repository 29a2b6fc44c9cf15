#include "base/csv.hpp"
#include "reading.hpp"

#include <gmock/gmock.h>

namespace tally::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(OurOwnCsv, ReadsProductsWithOptionsBundlesAndMeasures) {
  const auto read = imported(
      "code,title,category,tags,attribute:Material,option:Size,sku,barcode,price,compare_at,weight,image,bundle,stock\n"
      "TEE,Tee,Clothing > Tops | Sale,summer | soft,cotton,S,TEE-S,0012345678905,19.90,25,350 g,a.jpg | b.jpg,,7\n"
      "TEE,,,,,M,TEE-M,,19.90,,0.4 kg,,,\n"
      "SET,Two tees,,,,,SET-1,,35,,,,TEE-S*2 | TEE-M,\n");
  EXPECT_EQ(read.format, "tallyd CSV");
  EXPECT_THAT(read.refused, IsEmpty());
  ASSERT_EQ(read.products.size(), 2u);
  const auto& tee = read.products[0];
  EXPECT_THAT(tee.categories[0].path, ElementsAre("Clothing", "Tops"));
  EXPECT_THAT(tee.categories[1].path, ElementsAre("Sale"));
  EXPECT_THAT(tee.tags, ElementsAre("summer", "soft"));
  EXPECT_THAT(tee.attributes[0].values, ElementsAre("cotton"));
  EXPECT_THAT(tee.options[0].values, ElementsAre("S", "M"));
  EXPECT_EQ(tee.images.size(), 2u);
  EXPECT_EQ(tee.variants[0].barcode, "0012345678905") << "leading zeros are kept";
  EXPECT_EQ(tee.variants[0].compare_at, (Money{2500, {"EUR"}}));
  EXPECT_EQ(tee.variants[1].weight, (Measure{Decimal::of(4, 1), "kg"}));
  EXPECT_EQ(counted(read, "TEE-S"), 7);
  EXPECT_EQ(counted(read, "TEE-M"), std::nullopt);
  const auto& set = read.products[1].variants[0];
  ASSERT_EQ(set.bundle.size(), 2u);
  EXPECT_EQ(set.bundle[0].quantity, 2);
  EXPECT_EQ(set.bundle[1].sku.text, "TEE-M");
}

TEST(OurOwnCsv, RefusesAColumnThatItDoesNotKnow) {
  const auto result = read("code,title,sku,price,stok\nA,A,A,1,5\n", "mine.csv", Currency{"EUR"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("mine.csv:1"));
  EXPECT_THAT(result.error().text(), HasSubstr("'stok'"));
  EXPECT_THAT(result.error().text(), HasSubstr("'stock'"));
}

TEST(OurOwnCsv, RefusesRowsThatContradictOrCannotBe) {
  const auto read = imported(
      "code,title,option:Size,sku,price,currency,weight,bundle,stock\n"
      "A,Thing,S,A-S,1,EUR,1 kg,,1\n"
      "A,Other,M,A-M,1,,1 kg,,1\n"
      "B,Foreign,,B,1,USD,,,1\n"
      "C,Heavy,,C,1,,12,,1\n"
      "D,Bundle,,D,1,,,A-S*2,4\n"
      "E,Exact,,E,1.999,,,,1\n"
      "F,Two ways,,F,\"1,234\",,,,1\n");
  EXPECT_THAT(refusal(read, 3), HasSubstr("title: 'Other' is not that of line 2"));
  EXPECT_THAT(refusal(read, 4), HasSubstr("USD"));
  EXPECT_THAT(refusal(read, 5), HasSubstr("weight: '12' has no unit"));
  EXPECT_THAT(refusal(read, 6), HasSubstr("a bundle has no stock of its own"));
  EXPECT_THAT(refusal(read, 7), HasSubstr("more digits than EUR"));
  EXPECT_THAT(refusal(read, 8), HasSubstr("can be read two ways"));
  EXPECT_EQ(read.variants(), 1u);
}

TEST(OurOwnCsv, IsReadWithSemicolonsAndFromChineseExcel) {
  // given: 名称 in GB18030, separated by semicolons
  const auto read = imported("code;title;sku;price\nA;\xC3\xFB\xB3\xC6;A-1;12,50\n");
  ASSERT_EQ(read.products.size(), 1u);
  EXPECT_EQ(read.products[0].title, "名称");
  EXPECT_EQ(read.products[0].variants[0].price, (Money{1250, {"EUR"}}));
}

TEST(OurOwnJson, ReadsTreesAndSaysTheLineOfABadOne) {
  const auto read = imported(R"([
  {"code": "A", "title": "First", "variants": [{"sku": "A-1", "price": {"amount": "2.50", "currency": "EUR"}, "stock": 3}]},
  {"code": "B", "titel": "Spelt wrongly", "variants": []},
  {"code": "C", "title": "Brackets ] } in \"text\"",
   "variants": [{"sku": "C-1", "price": {"amount": "1", "currency": "EUR"}, "stock": null}]},
  {"code": "D", "title": "Half", "variants": [{"sku": "D-1", "price": {"amount": "1", "currency": "EUR"}, "stock": "1.5"}]}
])",
                             "products.json");
  EXPECT_EQ(read.format, "tallyd JSON");
  EXPECT_EQ(read.rows, 4u);
  ASSERT_EQ(read.products.size(), 3u);
  EXPECT_EQ(read.products[1].title, "Brackets ] } in \"text\"");
  EXPECT_EQ(counted(read, "A-1"), 3);
  EXPECT_EQ(counted(read, "C-1"), std::nullopt);
  EXPECT_THAT(refusal(read, 3), HasSubstr("titel"));
  EXPECT_THAT(refusal(read, 6), HasSubstr("stock: '1.5'"));
  EXPECT_EQ(counted(read, "D-1"), std::nullopt) << "the variant is imported, its stock is not touched";
}

TEST(OurOwnJson, RefusesAnArrayThatDoesNotEnd) {
  for (const char* text : {"[{\"code\": \"A\"}", "[{}] {}", "[{},]", "{\"code\": \"A\"}", "[{\"a\": \"]"}) {
    const auto result = read(text, "x.json", Currency{"EUR"});
    EXPECT_FALSE(result) << text;
  }
}

TEST(AProductFile, WithoutAKnownHeaderIsRefusedWithWhatIsKnown) {
  const auto result = read("Artikelnummer,Name\n1,A\n", "artikel.csv", Currency{"EUR"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("Artikelnummer, Name"));
  EXPECT_THAT(result.error().text(), HasSubstr("Handle, Title"));
  EXPECT_FALSE(read("", "empty.csv", Currency{"EUR"}));
  EXPECT_FALSE(read("code,sku,price\n", "none.csv", Currency{}));
}

TEST(AProductFile, SaysHowFarItIs) {
  std::string text = "code,title,sku,price\n";
  for (int i = 0; i < 2500; ++i) text += "P" + std::to_string(i) + ",Thing,S" + std::to_string(i) + ",1\n";
  std::vector<std::size_t> steps;
  const auto result = read(text, "many.csv", Currency{"EUR"}, [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(total, 2500u);
    steps.push_back(done);
  });
  ASSERT_TRUE(result);
  EXPECT_THAT(steps, ElementsAre(1000, 2000, 2500));
}

TEST(AProductFile, KeepsSkusThatDifferInCaseOnlyAsTwo) {
  const auto read = imported("code,title,sku,price\nA,One,abc,1\nB,Two,ABC,1\nC,Three,abc ,1\n");
  EXPECT_EQ(read.variants(), 2u);
  EXPECT_EQ(corrections(read, "case_twin"), 1u);
  EXPECT_THAT(refusal(read, 4), HasSubstr("stands already at line 2"));
}

}  // namespace
}  // namespace tally::catalogue
