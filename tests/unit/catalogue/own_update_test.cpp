#include "catalogue/trees.hpp"
#include "reading.hpp"

#include <gmock/gmock.h>

namespace tally::catalogue {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Imported> read_text(std::string_view text) {
  return read(text, "update.csv", Currency{"EUR"});
}

TEST(AnUpdateBySku, NamesOnlyWhatItsRowsSay) {
  // given: no titles; a blank cell in each row
  const auto read = imported("sku,stock,price,barcode\nA,7,,4006381333931\nB,,12.50,\n");
  EXPECT_THAT(read.format, HasSubstr("update"));
  EXPECT_THAT(read.products, IsEmpty());
  EXPECT_THAT(read.refused, IsEmpty());
  ASSERT_EQ(read.changes.size(), 2u);
  EXPECT_EQ(read.changes[0].counted, 7);
  EXPECT_THAT(read.changes[0].named, ElementsAre("barcode"));
  EXPECT_EQ(read.changes[1].counted, std::nullopt) << "blank is not zero";

  const auto trees = change_trees(read, "main");
  EXPECT_EQ(trees[0].dump(), R"({"sku":"A","line":2,"set":{"barcode":"4006381333931"},"counted":7,"location":"main"})");
  EXPECT_EQ(trees[1].dump(), R"({"sku":"B","line":3,"set":{"price":{"amount":12.5,"currency":"EUR"}}})");
}

TEST(AnUpdateBySku, CountsOneSkuAtSeveralLocations) {
  const auto read = imported("sku,stock,location\nA,7,main\nA,3,shop\nA,4,shop\nB,1,\n");
  ASSERT_EQ(read.changes.size(), 3u);
  EXPECT_EQ(read.changes[1].location, "shop");
  EXPECT_THAT(refusal(read, 4), HasSubstr("stands already at line 3"));
  EXPECT_EQ(change_trees(read, "store").back().text_or("location"), "store") << "where the row names none";
}

TEST(AnUpdateBySku, RefusesByLineWhatItCannotTell) {
  const auto read = imported(
      "sku,price,currency,stock\n"
      "A,1.00,USD,1\n"
      ",1.00,,1\n"
      "C,free,,1\n"
      "D,1.00,,many\n"
      "E,1.00,,\n"
      "E,2.00,,\n"
      "6.90123E+12,2.00,,\n");
  EXPECT_THAT(refusal(read, 2), HasSubstr("currency: prices in USD"));
  EXPECT_THAT(refusal(read, 3), HasSubstr("no SKU"));
  EXPECT_THAT(refusal(read, 4), HasSubstr("price: 'free'"));
  EXPECT_THAT(refusal(read, 5), HasSubstr("stock: 'many'"));
  EXPECT_THAT(refusal(read, 7), HasSubstr("something else than line 6"));
  EXPECT_THAT(refusal(read, 8), HasSubstr("a spreadsheet has shortened"));
  ASSERT_EQ(read.changes.size(), 2u) << "D's price and E's";
}

TEST(AnUpdateBySku, DoesNotReadAThousandWithItsPointAsOne) {
  const auto read = imported("sku;stock\nH1;1.000\nH2;1e2\nH3;+3\nH4;2.5\nH5;1000\n");
  for (const std::size_t line : {2, 3, 4, 5}) EXPECT_THAT(refusal(read, line), HasSubstr("write whole units without separators")) << line;
  ASSERT_EQ(read.changes.size(), 1u);
  EXPECT_EQ(read.changes[0].counted, 1000);
}

TEST(AnUpdateBySku, TakesNoExponentForAPrice) {
  const auto read = imported("sku,price\nA,1e2\nB,1.5E1\nC,100\n");
  EXPECT_THAT(refusal(read, 2), HasSubstr("price: '1e2' is not a number"));
  EXPECT_THAT(refusal(read, 3), HasSubstr("price: '1.5E1' is not a number"));
  EXPECT_EQ(read.changes.size(), 1u);
}

TEST(AnUpdateBySku, TakesASaleAwayThatIsNone) {
  const auto read = imported("sku,price,compare_at\nA,20,20\n");
  EXPECT_EQ(corrections(read, "sale_price"), 1u);
  EXPECT_TRUE(change_trees(read, {})[0].find("set")->find("compare_at")->is_null());
}

TEST(AnUpdateBySku, RefusesAFileWhoseColumnsItCannotUse) {
  const auto misspelt = read_text("sku,stok,prise\nA,1,2\n");
  ASSERT_FALSE(misspelt);
  EXPECT_THAT(misspelt.error().text(), HasSubstr("'stok'"));
  EXPECT_THAT(misspelt.error().text(), HasSubstr("'stock'"));
  EXPECT_THAT(misspelt.error().text(), HasSubstr("'price'")) << "all of them at once";
  EXPECT_THAT(read_text("sku,brand\nA,B\n").error().text(), HasSubstr("belongs to a product"));
  EXPECT_THAT(read_text("sku\nA\n").error().text(), HasSubstr("nothing to change"));
}

TEST(ABlankColumn, ChangesNothingAndIsSaidInOneLine) {
  std::string text = "sku,stock,price\n";
  for (int i = 0; i < 500; ++i) text += "S" + std::to_string(i) + ",,1.50\n";
  const auto read = imported(text);
  EXPECT_THAT(summary_of(read), Contains("column stock is blank in all 500 rows: nothing of it was changed"));
  EXPECT_TRUE(std::none_of(read.changes.begin(), read.changes.end(), [](const auto& one) { return one.counted.has_value(); }));
}

TEST(ABlankColumn, KeepsTheFieldOfAWholeCatalogueToo) {
  const auto read = imported("code,title,sku,price,barcode,brand\nA,One,A-1,1,,Acme\n");
  EXPECT_THAT(read.kept, Contains("variants/barcode"));
  EXPECT_THAT(read.kept, Contains("description")) << "a column that is not there says as little";
  EXPECT_THAT(read.kept, testing::Not(Contains("brand")));
  EXPECT_THAT(summary_of(read), Contains(HasSubstr("column barcode is blank in the only row")));
}

}  // namespace
}  // namespace tally::catalogue
