// What is sold: the merchant's own description of it, the same for every channel.
#pragma once

#include "base/decimal.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally {

enum class SaleState { live, paused, ended };

/// A number with a unit: "350 g", "0.77 lb".
struct Measure {
  Decimal value;
  std::string unit;  ///< g, kg, oz, lb; mm, cm, m, in
  bool operator==(const Measure&) const = default;
};

struct Image {
  std::string url;
  std::string alt;
  bool operator==(const Image&) const = default;
};

struct Category {
  std::string name;               ///< the last of the path
  std::vector<std::string> path;  ///< from the root: ["Clothing", "Men", "Tops"]
  bool operator==(const Category&) const = default;
};

struct Option {
  std::string name;
  std::vector<std::string> values;
  bool operator==(const Option&) const = default;
};

struct Attribute {
  std::string name;
  std::vector<std::string> values;
  bool operator==(const Attribute&) const = default;
};

struct OptionValue {
  std::string name;
  std::string value;
  bool operator==(const OptionValue&) const = default;
};

/// One variant is sold as so many of others; its own stock is theirs.
struct Component {
  Sku sku;
  Quantity quantity = 1;
  bool operator==(const Component&) const = default;
};

struct Variant {
  Sku sku;
  std::string barcode;
  std::vector<OptionValue> option_values;
  SaleState state = SaleState::live;
  std::optional<Image> image;
  std::optional<Money> price;
  std::optional<Money> compare_at;  ///< the price before the sale; above `price`
  std::optional<Money> cost;
  std::optional<Measure> weight;
  std::optional<Measure> length, width, height;
  std::string hs_code;
  std::string origin;  ///< ISO 3166 two letters
  std::string tax_class;
  std::vector<Component> bundle;
  bool operator==(const Variant&) const = default;
};

struct Product {
  std::string code;  ///< the merchant's key of the product
  std::string title;
  std::string description;  ///< HTML
  std::string brand;
  SaleState state = SaleState::live;
  std::vector<Category> categories;  ///< the first is the main one
  std::vector<std::string> tags;
  std::vector<Image> images;
  std::vector<Option> options;
  std::vector<Attribute> attributes;
  std::string review;  ///< what a platform's audit says
  std::vector<Variant> variants;
  bool operator==(const Product&) const = default;

  const Variant* find(const Sku& sku) const;
};

/// The tree of a product as mappings, the API and the store see it: field names as above, money as {amount, currency}, measures as {value,
/// unit}, times in ISO 8601. Fields without a value are left out.
Json to_json(const Product& product);
/// Ignores keys that begin with '@' (remote ids); anything else that it does not know is `invalid`.
Result<Product> product_from_json(const Json& tree);

/// What makes a product unusable: no code, no variants, a variant without SKU or price, twins, an option value that its option does not
/// have, a bundle of itself. Empty when it is fine.
std::vector<std::string> faults_of(const Product& product);

}  // namespace tally
