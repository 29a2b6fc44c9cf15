#include "catalogue/trees.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

Json number(std::size_t line) {
  return static_cast<std::uint64_t>(line);
}

void set_location(Json& tree, const std::string& named, const std::string& otherwise) {
  const auto& location = named.empty() ? otherwise : named;
  if (!location.empty()) tree.set("location", location);
}

/// The values of the fields that the row names; null where it takes one away.
Json values_of(const Imported::Change& change) {
  Json values = Json::object();
  const Json tree = to_json(Product{.variants = {change.variant}});
  const Json& variant = tree.find("variants")->as_array().front();
  for (const auto& name : change.named) {
    const Json* value = variant.find(name);
    values.set(name, value ? *value : Json());
  }
  return values;
}

}  // namespace

Json::Array product_trees(const Imported& imported) {
  Json::Array trees;
  for (const bool with_bundle : {false, true}) {
    for (std::size_t i = 0; i < imported.products.size(); ++i) {
      const auto& variants = imported.products[i].variants;
      if (std::any_of(variants.begin(), variants.end(), [](const Variant& one) { return !one.bundle.empty(); }) != with_bundle) continue;
      trees.push_back(to_json(imported.products[i]));
      trees.back().set("@line", number(imported.product_lines[i]));
      auto& children = trees.back().find("variants")->as_array();
      for (std::size_t k = 0; k < children.size(); ++k) children[k].set("@line", number(imported.variant_lines[i][k]));
    }
  }
  return trees;
}

Json::Array stock_trees(const Imported& imported, const std::string& location) {
  Json::Array trees;
  for (const auto& stock : imported.stock) {
    Json tree = Json::object({{"sku", stock.sku.text}, {"counted", stock.counted}, {"line", number(stock.line)}});
    set_location(tree, stock.location, location);
    trees.push_back(std::move(tree));
  }
  return trees;
}

Json::Array change_trees(const Imported& imported, const std::string& location) {
  Json::Array trees;
  for (const auto& change : imported.changes) {
    Json tree = Json::object({{"sku", change.sku.text}, {"line", number(change.line)}});
    if (!change.code.empty()) tree.set("code", change.code);
    if (!change.named.empty()) tree.set("set", values_of(change));
    if (change.counted) {
      tree.set("counted", *change.counted);
      set_location(tree, change.location, location);
    }
    trees.push_back(std::move(tree));
  }
  return trees;
}

Json::Array refusal_trees(const Imported& imported) {
  Json::Array trees;
  for (const auto& one : imported.refused)
    trees.push_back(Json::object(
        {{"line", number(one.line)}, {"column", one.column}, {"reason", one.what}, {"scope", one.cell_only ? "cell" : "row"}}));
  return trees;
}

Json::Array correction_trees(const Imported& imported) {
  Json::Array trees;
  for (const auto& one : imported.corrections)
    trees.push_back(Json::object({{"line", number(one.line)}, {"kind", one.kind}, {"what", one.what}}));
  return trees;
}

}  // namespace tally::catalogue
