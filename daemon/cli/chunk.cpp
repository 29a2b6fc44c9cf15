#include "cli/chunk.hpp"

#include <map>
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

}  // namespace

std::vector<Json> chunks_of(const Json::Array& products, const Json::Array& stock) {
  std::vector<Json> result;
  auto waiting = by_sku(stock);
  Json::Array some, counts;
  std::size_t bytes = 0;
  for (const Json& product : products) {
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

}  // namespace tally::cli
