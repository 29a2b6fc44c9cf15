// What the tests of product files share: reading text in euros, and finding what became of it.
#pragma once

#include "catalogue/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tally::catalogue {

inline Imported imported(std::string_view text, const std::string& file = "products.csv") {
  auto result = read(text, file, Currency{"EUR"});
  if (!result) {
    ADD_FAILURE() << result.error().text();
    return {};
  }
  return std::move(*result);
}

inline std::size_t corrections(const Imported& from, std::string_view kind) {
  return static_cast<std::size_t>(
      std::count_if(from.corrections.begin(), from.corrections.end(), [&](const Correction& one) { return one.kind == kind; }));
}

inline const Product* product(const Imported& from, std::string_view code) {
  const auto found = std::find_if(from.products.begin(), from.products.end(), [&](const Product& one) { return one.code == code; });
  return found == from.products.end() ? nullptr : &*found;
}

inline const Variant* variant(const Imported& from, std::string_view sku) {
  for (const auto& one : from.products) {
    if (const auto* found = one.find(Sku(std::string(sku)))) return found;
  }
  return nullptr;
}

inline std::optional<Quantity> counted(const Imported& from, std::string_view sku) {
  const auto found = std::find_if(from.stock.begin(), from.stock.end(), [&](const auto& one) { return one.sku.text == sku; });
  return found == from.stock.end() ? std::nullopt : std::optional(found->counted);
}

/// The first thing that was refused of the row at `line`; nothing if it was taken whole.
inline const Refusal* refused(const Imported& from, std::size_t line) {
  const auto found = std::find_if(from.refused.begin(), from.refused.end(), [&](const Refusal& one) { return one.line == line; });
  return found == from.refused.end() ? nullptr : &*found;
}

/// "column: reason", or the reason alone; empty if nothing was refused.
inline std::string refusal(const Imported& from, std::size_t line) {
  const auto* found = refused(from, line);
  if (found == nullptr) return {};
  return (found->column.empty() ? "" : found->column + ": ") + found->what;
}

}  // namespace tally::catalogue
