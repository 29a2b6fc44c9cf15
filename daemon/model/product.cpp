#include "model/product.hpp"

#include "model/tree.hpp"

#include <algorithm>
#include <set>

namespace tally {

const Variant* Product::find(const Sku& sku) const {
  const auto found = std::find_if(variants.begin(), variants.end(), [&](const Variant& variant) { return variant.sku == sku; });
  return found == variants.end() ? nullptr : &*found;
}

Json to_json(const Product& product) {
  return tree::write_object(product);
}

Result<Product> product_from_json(const Json& json) {
  return tree::read_root<Product>(json);
}

namespace {

using Faults = std::vector<std::string>;

/// "Color=Red, Size=L"
std::string text_of(const std::vector<OptionValue>& values) {
  std::string text;
  for (const OptionValue& each : values) text += (text.empty() ? "" : ", ") + each.name + "=" + each.value;
  return text;
}

std::string call(const Variant& variant, std::size_t place) {
  return variant.sku.empty() ? "variant " + std::to_string(place + 1) : "variant " + variant.sku.text;
}

void check_option_values(const Product& product, const Variant& variant, const std::string& name, Faults& faults) {
  for (const OptionValue& each : variant.option_values) {
    const auto option = std::find_if(product.options.begin(), product.options.end(), [&](const Option& o) { return o.name == each.name; });
    if (option == product.options.end()) {
      faults.push_back(name + ": the product has no option '" + each.name + "'");
    } else if (std::find(option->values.begin(), option->values.end(), each.value) == option->values.end()) {
      faults.push_back(name + ": the option '" + each.name + "' has no value '" + each.value + "'");
    }
    const auto same = [&](const OptionValue& other) { return other.name == each.name; };
    const auto first = std::find_if(variant.option_values.begin(), variant.option_values.end(), same);
    if (&*first != &each) faults.push_back(name + ": two values for the option '" + each.name + "'");
  }
}

void check_bundle(const Variant& variant, const std::string& name, Faults& faults) {
  for (const Component& each : variant.bundle) {
    if (each.sku == variant.sku) faults.push_back(name + ": is a bundle of itself");
    if (each.sku.empty()) faults.push_back(name + ": a part of the bundle has no SKU");
    if (each.quantity < 1)
      faults.push_back(name + ": the bundle has " + std::to_string(each.quantity) + " of " + each.sku.text + "; at least 1 is needed");
  }
}

}  // namespace

std::vector<std::string> faults_of(const Product& product) {
  Faults faults;
  if (product.code.empty()) faults.push_back("the product has no code");
  if (product.variants.empty()) faults.push_back("the product has no variants");
  std::set<Sku> skus;
  std::set<std::string> combinations;
  for (std::size_t i = 0; i < product.variants.size(); ++i) {
    const Variant& variant = product.variants[i];
    const std::string name = call(variant, i);
    if (variant.sku.empty()) faults.push_back(name + ": has no SKU");
    if (!variant.price) faults.push_back(name + ": has no price");
    if (!variant.sku.empty() && !skus.insert(variant.sku).second) faults.push_back(name + ": this SKU stands twice in the product");
    std::vector<OptionValue> values = variant.option_values;
    std::sort(values.begin(), values.end(), [](const OptionValue& a, const OptionValue& b) { return a.name < b.name; });
    if (!combinations.insert(text_of(values)).second) {
      faults.push_back(name + ": another variant has the same options (" + (values.empty() ? "none" : text_of(values)) + ")");
    }
    check_option_values(product, variant, name, faults);
    check_bundle(variant, name, faults);
  }
  return faults;
}

}  // namespace tally
