// Files as they come from hands, spreadsheets and programs that stopped half-way.
#include "catalogue/trees.hpp"
#include "reading.hpp"

#include <gmock/gmock.h>

namespace tally::catalogue {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ADamagedFile, LosesOnlyTheRowWithTheOpenQuote) {
  const auto read = imported(
      "code,title,sku,price,stock\n"
      "A,One,A-1,1,1\n"
      "B,\"Two,B-1,1,2\n"
      "C,Three,C-1,1,3\n");
  EXPECT_EQ(read.rows, 3u);
  EXPECT_EQ(read.products.size(), 2u);
  EXPECT_EQ(counted(read, "C-1"), 3);
  EXPECT_THAT(refusal(read, 3), HasSubstr("a quotation mark is not closed"));
}

TEST(ADamagedFile, KeepsDescriptionsOfSeveralLines) {
  const auto read = imported(
      "Type,SKU,Name,Description,Regular price,Stock\n"
      "simple,A,One,\"<p>first</p>\n\n<p>\"\"second\"\", third</p>\",10,1\n"
      "simple,B,Two,\"open,10,2\n"
      "simple,C,Three,\"<p>a</p>\n<p>b</p>\",10,3\n"
      "simple,D,Four,,10,4\n");
  ASSERT_NE(product(read, "A"), nullptr);
  EXPECT_THAT(product(read, "A")->description, HasSubstr("\"second\", third"));
  EXPECT_NE(product(read, "D"), nullptr);
  EXPECT_EQ(product(read, "B"), nullptr);
  EXPECT_THAT(refusal(read, 5), HasSubstr("quotation mark"));
  EXPECT_NE(product(read, "C"), nullptr);
}

TEST(ADamagedFile, WithABrokenHeaderIsRefusedWhole) {
  const auto result = read("code,\"title,sku,price\nA,One,A-1,1\n", "mine.csv", Currency{"EUR"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("the header cannot be read"));
  EXPECT_THAT(result.error().text(), HasSubstr("mine.csv:1"));
}

TEST(AStockThatIsNoCount, IsRefusedByItselfAndTheVariantIsTaken) {
  const auto read = imported(
      "code,title,sku,price,stock\n"
      "A,One,A,1,-3\nB,Two,B,1,abc\nC,Three,C,1,1.5\nD,Four,D,1,\nE,Five,E,1,0\n");
  EXPECT_EQ(read.variants(), 5u);
  ASSERT_EQ(read.stock.size(), 1u) << "only the written 0 counts";
  EXPECT_EQ(read.stock[0].sku.text, "E");
  ASSERT_EQ(read.refused.size(), 3u);
  for (const auto& one : read.refused) EXPECT_TRUE(one.cell_only) << one.what;
  EXPECT_THAT(refusal(read, 2), HasSubstr("stock: '-3' is below zero"));
  EXPECT_THAT(refusal(read, 3), HasSubstr("'abc' is not a whole number"));
  EXPECT_THAT(summary_of(read), Contains(HasSubstr("3 stock cells refused")));
  EXPECT_EQ(refusal_trees(read)[0].dump(),
            R"({"line":2,"column":"stock","reason":"'-3' is below zero: the stock of 'A' was not touched","scope":"cell"})");
}

TEST(AHeader, WithTwoColumnsOfOneNameIsRefused) {
  const auto result = read("sku,stock,Stock\nA,1,2\n", "mine.csv", Currency{"EUR"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("two columns are named 'Stock'"));
}

TEST(AHeader, OfNoKnownFormatIsToldTheNearestName) {
  const auto result = read("skuu,stock\nA,1\n", "mine.csv", Currency{"EUR"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("did you mean 'sku'"));
}

TEST(ASpreadsheet, MayMarkSeparateAndEncodeInItsOwnWay) {
  const auto tabs = imported("\xef\xbb\xbfsku\tstock\nA\t1\n");
  ASSERT_EQ(tabs.changes.size(), 1u);
  const auto hinted = imported("sep=;\r\nsku;stock;;\r\nA;1;;\r\nB;x;;\r\n");
  ASSERT_EQ(hinted.changes.size(), 1u) << "columns without name and content are none";
  EXPECT_EQ(hinted.changes[0].line, 3u);
  const auto chinese = imported("code,title,sku,price\nA,\xC3\xFB\xB3\xC6,A-1,12.50\n");
  EXPECT_EQ(chinese.products[0].title, "名称");
  EXPECT_THAT(summary_of(chinese), Contains(HasSubstr("read as GB18030"))) << "it may have been Windows-1252: a person must look";
}

TEST(ASpreadsheet, ThatShortenedABarcodeCostsTheRow) {
  const auto read = imported(
      "code,title,sku,price,barcode\nA,One,A,1,6.90123E+12\nB,Two,B,1,\"6,90123E+12\"\nC,Three,C,1,6901234567892\n"
      "D,Four,D,1,E+12\n");
  EXPECT_THAT(refusal(read, 2), HasSubstr("barcode: '6.90123E+12' is a number that a spreadsheet has shortened"));
  EXPECT_THAT(refusal(read, 3), HasSubstr("shortened"));
  ASSERT_NE(variant(read, "C"), nullptr);
  EXPECT_EQ(variant(read, "C")->barcode, "6901234567892");
  EXPECT_NE(variant(read, "D"), nullptr) << "no number at all";
}

TEST(APrice, WithCommasIsUnderstoodOnlyWhereItCanBeReadOneWay) {
  const std::vector<std::tuple<std::string, std::int64_t>> understood{
      {"12,50", 1250}, {"12,5", 1250}, {"1.234,50", 123450}, {"1,234.50", 123450}, {"12.345.678,9", 1234567890}};
  for (const auto& [spelt, minor] : understood) {
    const auto read = imported("sku;price\nA;" + spelt + "\n");
    ASSERT_EQ(read.changes.size(), 1u) << spelt << " " << refusal(read, 2);
    EXPECT_EQ(read.changes[0].variant.price, (Money{minor, {"EUR"}})) << spelt;
    EXPECT_EQ(corrections(read, "comma"), 1u) << spelt;
  }
  for (const char* spelt : {"1,234", "1,234,567", "1.23,456.7", "1.5,50", "1,,5", ",", "€12", "12,50 €", "1 234,50"}) {
    const auto read = imported("sku;price\nA;" + std::string(spelt) + "\n");
    EXPECT_THAT(read.changes, IsEmpty()) << spelt;
    EXPECT_THAT(refusal(read, 2), HasSubstr("price: ")) << spelt;
  }
  const auto plain = imported("sku;price\nA;12.50\n");
  EXPECT_EQ(corrections(plain, "comma"), 0u);
}

}  // namespace
}  // namespace tally::catalogue
