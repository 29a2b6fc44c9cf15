#include "model/product.hpp"

#include <gmock/gmock.h>

namespace tally {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Variant variant(const char* sku, std::vector<OptionValue> values = {}) {
  Variant made;
  made.sku = Sku(sku);
  made.price = Money{100, Currency{"EUR"}};
  made.option_values = std::move(values);
  return made;
}

Product product(std::vector<Variant> variants, std::vector<Option> options = {}) {
  Product made;
  made.code = "p";
  made.options = std::move(options);
  made.variants = std::move(variants);
  return made;
}

TEST(ProductFaults, a_product_with_one_priced_variant_is_fine) {
  EXPECT_THAT(faults_of(product({variant("A")})), IsEmpty());
}

TEST(ProductFaults, a_product_without_code_and_variants_says_both) {
  EXPECT_THAT(faults_of(Product{}), ElementsAre("the product has no code", "the product has no variants"));
}

TEST(ProductFaults, a_variant_needs_a_sku_and_a_price) {
  EXPECT_THAT(faults_of(product({Variant{}})), ElementsAre("variant 1: has no SKU", "variant 1: has no price"));
}

TEST(ProductFaults, twins_by_sku_and_by_options_are_refused) {
  const std::vector<Option> options{{"Color", {"Red", "Blue"}}, {"Size", {"S"}}};
  EXPECT_THAT(faults_of(product({variant("A", {{"Color", "Red"}}), variant("A", {{"Color", "Blue"}})}, options)),
              ElementsAre("variant A: this SKU stands twice in the product"));
  EXPECT_THAT(
      faults_of(product({variant("A", {{"Color", "Red"}, {"Size", "S"}}), variant("B", {{"Size", "S"}, {"Color", "Red"}})}, options)),
      ElementsAre("variant B: another variant has the same options (Color=Red, Size=S)"));
  EXPECT_THAT(faults_of(product({variant("A"), variant("B")})), ElementsAre(HasSubstr("same options (none)")));
}

TEST(ProductFaults, skus_that_differ_in_case_are_two) {
  const std::vector<Option> options{{"Color", {"Red", "Blue"}}};
  EXPECT_THAT(faults_of(product({variant("a", {{"Color", "Red"}}), variant("A", {{"Color", "Blue"}})}, options)), IsEmpty());
}

TEST(ProductFaults, an_option_value_must_be_one_of_its_option) {
  const std::vector<Option> options{{"Color", {"Red"}}};
  EXPECT_THAT(faults_of(product({variant("A", {{"Color", "Blue"}})}, options)),
              ElementsAre("variant A: the option 'Color' has no value 'Blue'"));
  EXPECT_THAT(faults_of(product({variant("A", {{"Size", "S"}})}, options)), ElementsAre("variant A: the product has no option 'Size'"));
  EXPECT_THAT(faults_of(product({variant("A", {{"Color", "Red"}, {"Color", "Red"}})}, options)),
              ElementsAre("variant A: two values for the option 'Color'"));
}

TEST(ProductFaults, a_bundle_is_of_others_and_of_at_least_one) {
  Variant bundle = variant("A");
  bundle.bundle = {{Sku("A"), 1}, {Sku("B"), 0}, {Sku(), 1}};
  EXPECT_THAT(faults_of(product({bundle})),
              ElementsAre("variant A: is a bundle of itself", HasSubstr("has 0 of B"), HasSubstr("has no SKU")));
}

TEST(Product, finds_a_variant_by_its_sku) {
  const Product made = product({variant("A"), variant("B")});
  EXPECT_EQ(made.find(Sku("B")), &made.variants[1]);
  EXPECT_EQ(made.find(Sku("b")), nullptr);
}

}  // namespace
}  // namespace tally
