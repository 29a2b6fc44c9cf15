#include "reading.hpp"

#include <gmock/gmock.h>

namespace tally::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string header =
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Alt "
    "Text,Variant Image,"
    "Cost per item,Status\n";

TEST(AShopifyExport, GathersTheRowsOfOneHandle) {
  // given: two variants, and a third row that is only a picture
  const auto read = imported(header +
                             "tee,Tee,<p>Soft</p>,Acme,Shirts,\"summer, "
                             "sale\",TRUE,Size,S,Color,Red,T-S,350,shopify,4,19.90,25.00,'0123456789012,https://i/1.jpg,Front,"
                             "https://i/s.jpg,7.5,active\n"
                             "tee,,,,,,,,M,,Red,T-M,350,shopify,,19.90,0.00,,https://i/2.jpg,Back,,,\n"
                             "tee,,,,,,,,,,,,,,,,,,https://i/3.jpg,,,,\n");
  EXPECT_EQ(read.format, "Shopify product export");
  EXPECT_THAT(read.refused, IsEmpty());
  ASSERT_EQ(read.products.size(), 1u);
  const auto& tee = read.products[0];
  EXPECT_EQ(tee.code, "tee");
  EXPECT_EQ(tee.brand, "Acme");
  EXPECT_THAT(tee.tags, ElementsAre("summer", "sale"));
  ASSERT_EQ(tee.options.size(), 2u);
  EXPECT_THAT(tee.options[0].values, ElementsAre("S", "M"));
  EXPECT_EQ(tee.images.size(), 3u);
  EXPECT_EQ(tee.images[1].alt, "Back");
  ASSERT_EQ(tee.variants.size(), 2u);
  EXPECT_EQ(tee.variants[0].barcode, "0123456789012");
  EXPECT_EQ(tee.variants[0].price, (Money{1990, {"EUR"}}));
  EXPECT_EQ(tee.variants[0].compare_at, (Money{2500, {"EUR"}}));
  EXPECT_EQ(tee.variants[0].cost, (Money{750, {"EUR"}}));
  EXPECT_EQ(tee.variants[0].weight, (Measure{Decimal(350), "g"}));
  EXPECT_EQ(tee.variants[1].compare_at, std::nullopt);
  EXPECT_EQ(counted(read, "T-S"), 4);
  EXPECT_EQ(counted(read, "T-M"), std::nullopt) << "blank is not zero";
}

TEST(AShopifyExport, HasNoOptionsWhereThereIsOnlyTheDefaultTitle) {
  const auto read = imported(header + "mug,Mug,,,,,TRUE,Title,Default Title,,,MUG,0,,0,5,5,,,,,,draft\n");
  ASSERT_EQ(read.products.size(), 1u);
  EXPECT_THAT(read.products[0].options, IsEmpty());
  EXPECT_EQ(read.products[0].state, SaleState::paused);
  EXPECT_EQ(read.products[0].variants[0].weight, std::nullopt) << "0 g: nobody weighed it";
  EXPECT_EQ(counted(read, "MUG"), std::nullopt) << "no tracker: the 0 counts nothing";
  EXPECT_EQ(corrections(read, "untracked_stock"), 1u);
  EXPECT_EQ(corrections(read, "sale_price"), 1u);
}

TEST(AShopifyExport, RefusesWhatCannotBeSoldByLine) {
  const auto read = imported(header +
                             "lost,,,,,,TRUE,Size,S,,,L-S,1,shopify,4,19,,,,,,,active\n"
                             "lost,,,,,,,,M,,,L-M,1,shopify,4,19,,,,,,,\n"
                             "tee,Tee,,,,,TRUE,Size,S,,,T-S,1,shopify,4.5,19,,,,,,,active\n"
                             "tee,,,,,,,,M,,,,1,shopify,4,19,,,,,,,\n"
                             "tee,,,,,,,,L,,,T-L,1,shopify,-3,19,,,,,,,\n"
                             "tee,,,,,,,,XL,,,T-XL,1,shopify,3,,,,,,,,\n");
  EXPECT_THAT(refusal(read, 2), HasSubstr("no title"));
  EXPECT_THAT(refusal(read, 3), HasSubstr("refused at line 2"));
  EXPECT_THAT(refusal(read, 4), HasSubstr("'4.5' is not a whole number"));
  EXPECT_THAT(refusal(read, 5), HasSubstr("no SKU"));
  EXPECT_THAT(refusal(read, 6), HasSubstr("Variant Inventory Qty: '-3' is below zero"));
  EXPECT_THAT(refusal(read, 7), HasSubstr("Variant Price: blank"));
  ASSERT_EQ(read.variants(), 2u) << "a stock that is no count costs the stock, not the variant";
  EXPECT_EQ(counted(read, "T-S"), std::nullopt);
  EXPECT_EQ(counted(read, "T-L"), std::nullopt);
}

TEST(AShopifyExport, IsReadUnderTheNewNamesOfItsColumnsToo) {
  const auto read = imported(
      "Title,URL handle,Description,Vendor,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,Inventory "
      "quantity,Weight value "
      "(grams),Product image URL,Status\n"
      "Cap,cap,Warm,Acme,CAP-1,4006381333931,Title,Default Title,12.00,,shopify,3,90,https://i/c.jpg,Active\n");
  EXPECT_EQ(read.format, "Shopify product export");
  ASSERT_NE(variant(read, "CAP-1"), nullptr);
  EXPECT_EQ(variant(read, "CAP-1")->barcode, "4006381333931");
  EXPECT_EQ(variant(read, "CAP-1")->weight, (Measure{Decimal(90), "g"}));
  EXPECT_EQ(counted(read, "CAP-1"), 3);
}

}  // namespace
}  // namespace tally::catalogue
