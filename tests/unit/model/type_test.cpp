#include "model/type.hpp"

#include "model/product.hpp"
#include "yaml_free_paths.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace tally {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Type* at(std::string_view document, std::string_view path) {
  const Type* type = type_of_document(document);
  return type == nullptr ? nullptr : resolve(*type, path);
}

TEST(Types, there_is_one_for_every_kind_of_document_and_none_for_others) {
  EXPECT_THAT(document_kinds(), ElementsAre("cancel", "category", "event", "image", "level", "listing", "order", "parcel", "price",
                                            "refund", "shipment", "shipped", "stock"));
  for (const std::string& kind : document_kinds()) EXPECT_EQ(type_of_document(kind)->kind, Kind::object);
  EXPECT_EQ(type_of_document("invoice"), nullptr);
}

TEST(Types, kinds_follow_the_members) {
  EXPECT_EQ(at("listing", "title")->kind, Kind::text);
  EXPECT_EQ(at("listing", "variants.price")->kind, Kind::money);
  EXPECT_EQ(at("listing", "variants.price.amount")->kind, Kind::decimal);
  EXPECT_EQ(at("listing", "variants.weight")->kind, Kind::measure);
  EXPECT_EQ(at("listing", "variants.weight.unit")->kind, Kind::text);
  EXPECT_EQ(at("listing", "variants.bundle.quantity")->kind, Kind::integer);
  EXPECT_EQ(at("order", "placed_at")->kind, Kind::time);
  EXPECT_EQ(at("order", "tax_included")->kind, Kind::boolean);
  EXPECT_EQ(at("order", "currency")->kind, Kind::text);
  EXPECT_EQ(at("order", "lines.unit_price")->kind, Kind::decimal);
  EXPECT_THAT(at("order", "payment")->choices, ElementsAre("pending", "part_paid", "paid", "part_refunded", "refunded", "void"));
  EXPECT_THAT(at("stock", "change.way")->choices, ElementsAre("up", "down"));
}

TEST(Types, lists_know_how_their_entries_pair_and_whether_order_counts) {
  EXPECT_EQ(at("listing", "variants")->kind, Kind::list);
  EXPECT_EQ(at("listing", "variants")->key, "sku");
  EXPECT_EQ(at("listing", "options")->key, "name");
  EXPECT_EQ(at("listing", "images")->key, "url");
  EXPECT_EQ(at("order", "lines")->key, "");
  EXPECT_TRUE(at("listing", "images")->ordered);
  EXPECT_TRUE(at("listing", "variants.option_values")->ordered);
  EXPECT_TRUE(at("listing", "category.path")->ordered);
  EXPECT_FALSE(at("listing", "tags")->ordered);
}

TEST(Types, price_and_stock_are_aspects_of_their_own_with_all_their_parts) {
  const Type& variant = *at("listing", "variants")->item;
  const auto aspect = [&](std::string_view field) { return name_of(variant.find(field)->aspect); };
  EXPECT_EQ(aspect("price"), "price");
  EXPECT_EQ(aspect("compare_at"), "price");
  EXPECT_EQ(aspect("available"), "stock");
  EXPECT_EQ(aspect("stock"), "stock");
  EXPECT_EQ(aspect("cost"), "content");
  EXPECT_EQ(aspect("sku"), "content");
  EXPECT_EQ(variant.find("price")->type->find("currency")->aspect, Aspect::price);
  EXPECT_EQ(variant.find("cost")->type->find("currency")->aspect, Aspect::content);
  EXPECT_EQ(variant.find("stock")->type->item->find("available")->aspect, Aspect::stock);
  for (const Type::Field& field : type_of_document("order")->fields) EXPECT_EQ(field.aspect, Aspect::order) << field.name;
}

TEST(Types, remote_ids_are_no_fields) {
  for (const std::string& kind : document_kinds()) {
    for (const std::string& name : type_of_document(kind)->field_names()) EXPECT_FALSE(name.starts_with('@')) << kind;
  }
  EXPECT_EQ(type_of_document("order")->find("id"), nullptr);
  EXPECT_EQ(at("order", "lines.id"), nullptr);
  EXPECT_THAT(at("order", "lines.offer")->field_names(), ElementsAre("listing"));
  EXPECT_THAT(at("order", "lines.offer.listing")->fields, IsEmpty());
}

TEST(Types, whatever_a_listing_shows_besides_the_product_is_read_over_by_the_product) {
  Json product = Json::object();
  for (const std::string& name : type_of_document("listing")->field_names()) {
    if (name == "category" || name == "variant") product.set(name, Json::object());
  }
  Json variant = Json::object();
  for (const char* kind : {"price", "stock", "level"}) {
    for (const std::string& name : type_of_document(kind)->field_names()) variant.set(name, Json());
  }
  for (const Type::Field& field : at("listing", "variants")->item->fields) variant.set(field.name, Json());
  product.set("variants", Json(Json::Array{variant}));
  const auto read = product_from_json(product);
  EXPECT_TRUE(read) << read.error().text();
}

TEST(Types, every_path_that_the_example_mappings_use_is_there) {
  const auto folder = std::filesystem::path(TALLYD_SOURCE_DIR) / "../shared/examples";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no ../shared/examples";
  std::size_t checked = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (!file.path().filename().string().ends_with(".mapping.yaml")) continue;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    for (const UsedPath& used : paths_used_in(text.str())) {
      const Type* type = type_of_document(used.document);
      ASSERT_NE(type, nullptr) << used.document;
      EXPECT_NE(resolve(*type, used.path), nullptr) << file.path().filename() << ": " << used.document << ": " << used.path;
      ++checked;
    }
  }
  EXPECT_GT(checked, 200u);
}

}  // namespace
}  // namespace tally
