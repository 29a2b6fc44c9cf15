#include "engine/condition.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool names(const std::vector<std::string>& list, const std::string& text) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& each) {
    return std::equal(each.begin(), each.end(), text.begin(), text.end(), [](char a, char b) { return lower(a) == lower(b); });
  });
}

bool names_sku(const std::vector<std::string>& skus, const OrderLine& line) {
  return std::any_of(skus.begin(), skus.end(), [&](const std::string& sku) { return normal_sku(sku) == normal_sku(line.sku.text); });
}

}  // namespace tally::engine
