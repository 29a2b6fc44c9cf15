#include "cli/chunk.hpp"

#include "cli/status_view.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace tally::cli {
namespace {

std::multimap<std::string, const Json*> by_sku(const Json::Array& stock) {
  std::multimap<std::string, const Json*> result;
  for (const Json& entry : stock) result.emplace(entry.text_or("sku"), &entry);
  return result;
}

Json chunk(Json::Array products, Json::Array stock, bool close) {
  return Json::object({{"products", std::move(products)}, {"stock", std::move(stock)}, {"close", close}});
}

/// Calls `each` with every variant of these products.
template <class Each>
void for_variants(const Json::Array& products, const Each& each) {
  for (const Json& product : products) {
    const Json* variants = product.find("variants");
    if (variants == nullptr || !variants->is_array()) continue;
    for (const Json& variant : variants->as_array()) each(variant);
  }
}

Json::Array bundles_last(Json::Array products) {
  std::stable_partition(products.begin(), products.end(), [](const Json& product) {
    bool bundled = false;
    for_variants({product}, [&](const Json& variant) { bundled = bundled || variant.find("bundle") != nullptr; });
    return !bundled;
  });
  return products;
}

}  // namespace

std::vector<Json> chunks_of(const Json::Array& products, const Json::Array& stock) {
  std::vector<Json> result;
  auto waiting = by_sku(stock);
  Json::Array some, counts;
  std::size_t bytes = 0;
  for (const Json& product : bundles_last(products)) {
    const std::size_t size = product.dump().size();
    if (!some.empty() && (some.size() == products_a_chunk || bytes + size > bytes_a_chunk)) {
      result.push_back(chunk(std::move(some), std::move(counts), false));
      some.clear();
      counts.clear();
      bytes = 0;
    }
    some.push_back(product);
    bytes += size;
    const Json* variants = product.find("variants");
    if (variants == nullptr || !variants->is_array()) continue;
    for (const Json& variant : variants->as_array()) {
      const auto [first, last] = waiting.equal_range(variant.text_or("sku"));
      for (auto entry = first; entry != last; ++entry) counts.push_back(*entry->second);
      waiting.erase(first, last);
    }
  }
  for (const auto& [sku, entry] : waiting) counts.push_back(*entry);
  result.push_back(chunk(std::move(some), std::move(counts), true));
  return result;
}

std::vector<Json> chunks_of_changes(const Json::Array& changes) {
  std::vector<Json> result;
  for (std::size_t at = 0; at < changes.size(); at += changes_a_chunk) {
    const auto from = changes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = changes.begin() + static_cast<std::ptrdiff_t>(std::min(at + changes_a_chunk, changes.size()));
    result.push_back(Json::object({{"changes", Json::Array(from, to)}, {"close", to == changes.end()}}));
  }
  return result;
}

void rehearse(std::vector<Json>& chunks) {
  std::set<std::string> skus;
  for (const Json& chunk : chunks)
    for_variants(items_in(chunk, "products"), [&](const Json& variant) { skus.insert(variant.text_or("sku")); });
  for (Json& chunk : chunks) {
    std::set<std::string> known;
    for_variants(items_in(chunk, "products"), [&](const Json& variant) {
      for (const Json& part : items_in(variant, "bundle")) known.insert(part.text_or("sku"));
    });
    Json::Array names;
    for (const std::string& sku : known) {
      if (skus.contains(sku)) names.emplace_back(sku);
    }
    chunk.set("known", std::move(names));
    chunk.set("dry_run", true);
  }
}

}  // namespace tally::cli
