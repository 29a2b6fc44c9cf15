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

TEST(AFileInAnotherEncoding, IsNotTakenForChinese) {
  const std::string latin1 =
      "code,title,sku,price\nM,M\xfcg gr\xfcn,M1,8\nT,Gr\xf6\xdf"
      "e T-Shirt,T1,9\n";
  const auto refused = read(latin1, "p.csv", Currency{"EUR"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("--encoding latin1"), std::string::npos) << refused.error().text();

  const auto said = read(latin1, "p.csv", Currency{"EUR"}, {}, Charset::latin1);
  ASSERT_TRUE(said) << said.error().text();
  EXPECT_EQ(product(*said, "M")->title, "Müg grün");
  EXPECT_EQ(product(*said, "T")->title, "Größe T-Shirt");
  EXPECT_EQ(read("code,title,sku,price\nM,\x80 \x93x\x94,M1,8\n", "p.csv", Currency{"EUR"}, {}, Charset::latin1)->products[0].title,
            "€ “x”");
}

TEST(AFileInAnotherEncoding, IsReadAsGb18030WhereThatIsClear) {
  // 红色杯子, and an emoji that only GB18030 has
  const auto chinese = imported("code,title,sku,price\nM,\xba\xec\xc9\xab\xb1\xad\xd7\xd3\x94\x39\xfc\x36,M1,8\n");
  ASSERT_EQ(chinese.products.size(), 1u);
  EXPECT_EQ(chinese.products[0].title, "红色杯子😀");
  EXPECT_EQ(corrections(chinese, kind::encoding), 1u);
  EXPECT_FALSE(read("code,title,sku,price\nM,\xba\xec,M1,8\n", "p.csv", Currency{"EUR"}, {}, Charset::utf8));
}

TEST(ControlCharacters, RefuseASkuAndAreTakenOutOfATitle) {
  const auto from = imported(std::string("code,title,sku,price\nA,\"Red\x1b[31m\nmug\0\",A1,8\nB,Tee,\"B\n1\",8\nC,Cup,C\x01,8\n", 69));
  ASSERT_EQ(from.products.size(), 1u);
  EXPECT_EQ(from.products[0].title, "Red[31m mug");
  EXPECT_EQ(corrections(from, kind::control), 1u);
  ASSERT_EQ(from.refused.size(), 2u);
  EXPECT_NE(from.refused[0].what.find("control character in it (U+000A)"), std::string::npos) << from.refused[0].what;
}

TEST(ARefusedRow, StillGivesItsProductWhatTheOtherRowsLeaveBlank) {
  const auto from = imported("code,title,description,sku,price,option:Size\nP,Shirt,Fine,P1,abc,S\nP,,,P2,8,M\n");
  ASSERT_EQ(from.products.size(), 1u);
  EXPECT_EQ(from.products[0].title, "Shirt");
  EXPECT_EQ(from.products[0].description, "Fine");
  EXPECT_EQ(from.products[0].variants.size(), 1u);
  EXPECT_EQ(from.refused.size(), 1u) << "one row, one fault";
}

TEST(Trees, HaveTheirLinesAndBundlesBehindTheirParts) {
  const auto trees = product_trees(imported("code,title,sku,price,bundle\nS,Set,S1,8,T1*2\nT,Tee,T1,8,\n"));
  ASSERT_EQ(trees.size(), 2u);
  EXPECT_EQ(trees[0].text_or("code"), "T");
  EXPECT_EQ(trees[1].find("variants")->as_array()[0].integer_or("@line"), 2);
}

}  // namespace
}  // namespace tally::catalogue
