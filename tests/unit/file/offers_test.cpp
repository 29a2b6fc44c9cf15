#include "base/csv.hpp"
#include "till.hpp"

#include <gmock/gmock.h>

namespace tally::file {
namespace {

using channel::ActionKind;
using channel::Change;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Offers : public Till {
 protected:
  static Json money(const std::string& amount) { return Json::object({{"amount", amount}, {"currency", "EUR"}}); }
  static Json variant(const std::string& sku, const std::string& price, int available) {
    return Json::object({{"sku", sku}, {"barcode", "400" + sku}, {"price", money(price)}, {"available", available}});
  }
  static Json product(const std::string& code, const std::string& title, std::vector<Json> variants) {
    return Json::object({{"code", code}, {"title", title}, {"variants", Json(Json::Array(std::move(variants)))}});
  }

  Result<channel::Applied> push(ActionKind action, Json fields) {
    Change change;
    change.key = "1";
    change.action = action;
    change.fields = std::move(fields);
    return connector_->push(std::span(&change, 1)).at(0);
  }

  std::string offers() const { return bytes_of(folder_ / "offers/offers.csv"); }

  std::vector<Json> listings(channel::Want want = {}) {
    auto page = connector_->read_listings(want);
    if (!page) {
      ADD_FAILURE() << page.error().text();
      return {};
    }
    std::vector<Json> bodies;
    for (const auto& document : page->documents) bodies.push_back(*Json::parse(document.body));
    return bodies;
  }
};

TEST_F(Offers, AreWrittenWithAllTheirColumns) {
  const auto applied =
      push(ActionKind::put_listing, product("TEE", "Tee, soft", {variant("TEE-S", "19.9", 4), variant("TEE-M", "19.9", 0)}));
  ASSERT_TRUE(applied) << applied.error().text();
  EXPECT_EQ(offers(),
            "sku,title,barcode,price,currency,available\n"
            "TEE-S,\"Tee, soft\",400TEE-S,19.90,EUR,4\n"
            "TEE-M,\"Tee, soft\",400TEE-M,19.90,EUR,0\n");
  EXPECT_EQ(applied->learned.text_or("@id"), "TEE");
  EXPECT_EQ(applied->learned.at("/variants/1")->text_or("@id"), "TEE-M");
}

TEST_F(Offers, AreChangedRowByRowAndOthersRowsStay) {
  ASSERT_TRUE(push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4)})));
  // given: somebody added a row and a column by hand
  std::ofstream(folder_ / "offers/offers.csv")
      << "sku,title,barcode,price,currency,available,shelf\nTEE-S,Tee,400TEE-S,19.90,EUR,4,A1\nBAG,Bag,,0.20,EUR,999,B7\n";
  ASSERT_TRUE(push(ActionKind::set_stock, Json::object({{"sku", "TEE-S"}, {"available", 3}})));
  ASSERT_TRUE(push(ActionKind::set_price, Json::object({{"sku", "TEE-S"}, {"price", money("21")}})));
  EXPECT_EQ(offers(), "sku,title,barcode,price,currency,available,shelf\nTEE-S,Tee,400TEE-S,21.00,EUR,3,A1\nBAG,Bag,,0.20,EUR,999,B7\n");
}

TEST_F(Offers, ChangeTogetherInOnePush) {
  ASSERT_TRUE(push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4), variant("TEE-M", "19.9", 4)})));
  std::vector<Change> changes(3);
  changes[0].fields = Json::object({{"sku", "TEE-S"}, {"available", 1}});
  changes[1].fields = Json::object({{"sku", "NOT-THERE"}, {"available", 1}});
  changes[2].fields = Json::object({{"sku", "TEE-M"}, {"available", 2}});
  const auto results = connector_->push(changes);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().fault, Fault::missing);
  EXPECT_TRUE(results[2]);
  EXPECT_THAT(offers(), HasSubstr("EUR,1\n"));
  EXPECT_THAT(offers(), HasSubstr("EUR,2\n"));
}

TEST_F(Offers, OfAKnownProductKeepPriceAndStockWhenItsContentIsPushed) {
  ASSERT_TRUE(push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4)})));
  auto renamed = product("TEE", "Tee, new", {variant("TEE-S", "5", 77)});
  renamed.set("@id", "TEE").set("@known", true);
  renamed.find("variants")->as_array()[0].set("@known", true);
  ASSERT_TRUE(push(ActionKind::put_listing, renamed));
  EXPECT_THAT(offers(), HasSubstr("TEE-S,\"Tee, new\",400TEE-S,19.90,EUR,4\n"));
  // when: the row was taken out by hand, its price is not known here
  std::ofstream(folder_ / "offers/offers.csv") << "sku,title,barcode,price,currency,available\n";
  const auto result = push(ActionKind::put_listing, renamed);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::conflict);
}

TEST_F(Offers, EditedByHandAreSeen) {
  ASSERT_TRUE(push(ActionKind::put_listing,
                   product("TEE", "Tee", {variant("TEE-S", "19.9", 4), variant("TEE-M", "19.9", 4), variant("TEE-L", "19.9", 4)})));
  ASSERT_TRUE(push(ActionKind::put_listing, product("MUG", "Mug", {variant("MUG", "8", 4)})));
  std::ofstream(folder_ / "offers/offers.csv")
      << "sku,title,barcode,price,currency,available\n"
         "TEE-S,Tee,400TEE-S,19.90,EUR,4\nTEE-M,Tee!,400TEE-M,17.00,EUR,4\nTEE-L,Tee,400TEE-L,19.90,EUR,\n"
         "MUG,Mug,400MUG,8.00,EUR,4\n";
  const auto all = listings();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].text_or("id"), "MUG");
  const auto seen = event("listing", all[1]);
  EXPECT_EQ(seen.what, channel::Event::What::listing);
  EXPECT_EQ(seen.tree.text_or("@id"), "TEE");
  EXPECT_EQ(seen.tree.text_or("title"), "Tee!") << "where the rows disagree, the odd one is the edit";
  const auto* variants = seen.tree.find("variants");
  ASSERT_NE(variants, nullptr);
  ASSERT_THAT(variants->as_array(), SizeIs(3));
  for (const auto& one : variants->as_array()) {
    const auto sku = one.text_or("sku");
    if (sku == "TEE-M") {
      EXPECT_EQ(one.find("price")->find("amount")->decimal().value(), Decimal(17));
    } else if (sku == "TEE-S") {
      EXPECT_EQ(one.integer_or("available"), 4);
    } else {
      EXPECT_TRUE(one.find("available") == nullptr || one.find("available")->is_null()) << "blank is not zero";
    }
  }
}

TEST_F(Offers, OfCertainThingsAreFoundByIdAndBySku) {
  ASSERT_TRUE(push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4)})));
  ASSERT_TRUE(push(ActionKind::put_listing, product("MUG", "Mug", {variant("MUG-1", "8", 4)})));
  channel::Want want;
  want.things = {Json::object({{"@id", "TEE"}, {"variants", Json::array()}}), Json::object({{"sku", "MUG-1"}})};
  EXPECT_THAT(listings(want), SizeIs(2));
  want.things = {Json::object({{"@id", "NONE"}})};
  EXPECT_THAT(listings(want), IsEmpty());
}

TEST_F(Offers, LoseTheRowsOfAProductThatIsRetired) {
  ASSERT_TRUE(push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4), variant("TEE-M", "19.9", 4)})));
  ASSERT_TRUE(push(ActionKind::put_listing, product("MUG", "Mug", {variant("MUG", "8", 4)})));
  auto gone = product("TEE", "Tee", {});
  gone.set("@id", "TEE");
  ASSERT_TRUE(push(ActionKind::retire_listing, gone));
  EXPECT_THAT(offers(), Not(HasSubstr("TEE")));
  EXPECT_THAT(offers(), HasSubstr("MUG"));
}

TEST_F(Offers, AreWrittenInGb18030WhereTheTillWantsIt) {
  settings_.set("encoding", "gb18030");
  open();
  ASSERT_TRUE(push(ActionKind::put_listing, product("CUP", "杯子 😀", {variant("CUP", "8", 4)})));
  EXPECT_FALSE(csv::is_utf8(offers()));
  EXPECT_THAT(*csv::to_utf8(offers()), HasSubstr("CUP,杯子 😀,"));
  ASSERT_TRUE(push(ActionKind::set_stock, Json::object({{"sku", "CUP"}, {"available", 3}})));
  EXPECT_THAT(*csv::to_utf8(offers()), HasSubstr("杯子 😀,400CUP,8.00,EUR,3"));
}

TEST_F(Offers, AreNeverHalfWritten) {
  ASSERT_TRUE(push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4)})));
  const auto before = offers();
  // given: the temporary file cannot be made
  fs::create_directory(folder_ / "offers/.offers.csv.tmp");
  const auto result = push(ActionKind::set_stock, Json::object({{"sku", "TEE-S"}, {"available", 3}}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::transient) << "nothing happened, so nothing is unknown";
  EXPECT_EQ(offers(), before);
  // and: a reader that opened the old file before goes on reading the old file
  fs::remove(folder_ / "offers/.offers.csv.tmp");
  std::ifstream reader(folder_ / "offers/offers.csv");
  ASSERT_TRUE(push(ActionKind::set_stock, Json::object({{"sku", "TEE-S"}, {"available", 3}})));
  std::stringstream seen;
  seen << reader.rdbuf();
  EXPECT_EQ(seen.str(), before);
}

TEST_F(Offers, ThatAreSomethingElseAreNotOverwritten) {
  fs::create_directories(folder_ / "offers");
  std::ofstream(folder_ / "offers/offers.csv") << "name;price\nTee;5\n";
  const auto result = push(ActionKind::put_listing, product("TEE", "Tee", {variant("TEE-S", "19.9", 4)}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::broken);
  EXPECT_THAT(offers(), HasSubstr("name;price"));
}

}  // namespace
}  // namespace tally::file
