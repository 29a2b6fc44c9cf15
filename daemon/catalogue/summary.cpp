// What an import did, in numbers.
#include "catalogue/catalogue.hpp"
#include "catalogue/gathering.hpp"

#include <algorithm>
#include <array>

namespace tally::catalogue {

namespace {

/// 1,891
std::string spelt(std::size_t number) {
  std::string text = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3) text.insert(static_cast<std::size_t>(place), ",");
  return text;
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return spelt(number) + " " + std::string(number == 1 ? one : many);
}

struct Sentence {
  std::string_view kind, one, many;
};

constexpr std::array<Sentence, 13> sentences{{
    {kind::options, "product has its options from its variations, its own list disagreed",
     "products have their options from their variations, their own lists disagreed"},
    {kind::parent_stock, "stock cell of a variable product was not taken for stock",
     "stock cells of variable products were not taken for stock"},
    {kind::sale_price, "sale price was no sale: it is not below the regular one",
     "sale prices were no sales: they are not below the regular ones"},
    {kind::timed_sale, "sale price with dates was left out", "sale prices with dates were left out"},
    {kind::currency, "file without a currency: the merchant's was taken", "files without a currency: the merchant's was taken"},
    {kind::shared_stock, "variation's stock is kept by its parent and counts nothing",
     "variations' stock is kept by their parents and counts nothing"},
    {kind::untracked_stock, "variant's stock is not tracked and counts nothing", "variants' stock is not tracked and counts nothing"},
    {kind::case_twin, "SKU differs from another in letter case only", "SKUs differ from another in letter case only"},
    {kind::comma, "row with a price that has a decimal comma or thousands signs",
     "rows with prices that have a decimal comma or thousands signs"},
    {kind::rounded, "row with a price that was rounded", "rows with prices that were rounded"},
    {kind::control, "product with control characters in its texts, which were taken out",
     "products with control characters in their texts, which were taken out"},
    {kind::code, "product without a SKU of its own was given a code", "products without a SKU of their own were given codes"},
    {kind::sku, "SKU was put into Unicode's normal form", "SKUs were put into Unicode's normal form"},
}};

}  // namespace

std::vector<std::string> summary_of(const Imported& imported) {
  std::vector<std::string> lines;
  const std::string file = imported.format + ", " + counted(imported.rows, "row", "rows") + ": ";
  if (imported.is_update()) {
    const auto counts =
        std::count_if(imported.changes.begin(), imported.changes.end(), [](const auto& one) { return one.counted.has_value(); });
    lines.push_back(file + counted(imported.changes.size(), "row with something to change", "rows with something to change") + ", " +
                    counted(static_cast<std::size_t>(counts), "stock count", "stock counts"));
  } else {
    lines.push_back(file + counted(imported.products.size(), "product", "products") + " with " +
                    counted(imported.variants(), "variant", "variants") + ", " +
                    counted(imported.stock.size(), "stock count", "stock counts"));
  }
  for (const auto& one : imported.corrections) {
    if (one.kind == kind::blank_column || one.kind == kind::encoding) lines.push_back(one.what);
  }
  for (const auto& sentence : sentences) {
    const auto number = static_cast<std::size_t>(std::count_if(imported.corrections.begin(), imported.corrections.end(),
                                                               [&](const Correction& one) { return one.kind == sentence.kind; }));
    if (number > 0) lines.push_back(counted(number, sentence.one, sentence.many));
  }
  const auto cells = static_cast<std::size_t>(
      std::count_if(imported.refused.begin(), imported.refused.end(), [](const Refusal& one) { return one.cell_only; }));
  if (imported.refused.size() > cells) lines.push_back(counted(imported.refused.size() - cells, "row refused", "rows refused"));
  if (cells > 0)
    lines.push_back(counted(cells, "stock cell refused: the rest of its row was taken, its stock was not touched",
                            "stock cells refused: the rest of their rows was taken, their stock was not touched"));
  return lines;
}

}  // namespace tally::catalogue
