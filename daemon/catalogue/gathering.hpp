// Where the readers of all formats put what they found: products take shape here, and every one is checked before it counts as imported.
#pragma once

#include "catalogue/catalogue.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tally::catalogue {

struct DraftVariant {
  Variant variant;
  std::optional<Quantity> counted;
  std::size_t line = 0;
};

/// A product while its rows are being read.
struct Draft {
  Product product;  ///< without variants
  std::vector<DraftVariant> variants;
  std::size_t line = 0;
};

/// Kinds of corrections; `summary_of` has a sentence for each.
namespace kind {
inline constexpr std::string_view options = "options", parent_stock = "parent_stock", sale_price = "sale_price", timed_sale = "timed_sale",
                                  currency = "currency", shared_stock = "shared_stock", untracked_stock = "untracked_stock",
                                  negative_stock = "negative_stock", case_twin = "case_twin", rounded = "rounded", code = "code",
                                  sku = "sku";
}

class Gathering {
 public:
  Gathering(Imported& into, Currency currency) : into_(into), currency_(std::move(currency)) {}

  const Currency& currency() const { return currency_; }
  void refuse(std::size_t line, std::string what);
  void correct(std::string_view kind, std::string what, std::size_t line);

  /// The SKU of a row, taken for it; nothing (and the row is refused) where it is blank, not text, or another row's.
  std::optional<Sku> take_sku(std::string_view text, std::size_t line);
  /// Price and price before the sale from the regular one and, where there is one, the lower one; a "sale" that is not lower is corrected
  /// away.
  void set_price(Variant& variant, const Money& regular, const std::optional<Money>& sale, std::size_t line);
  /// A count below zero is none on the shelf.
  std::optional<Quantity> shelf_count(std::optional<Quantity> counted, std::string_view sku, std::size_t line);

  /// Gives the product the options that its variants differ in (`listed` only orders them); a variant that leaves one of them open is
  /// refused.
  void settle_options(Draft& draft, const std::vector<Option>& listed);
  /// Checks the product and takes it in, or refuses all its rows.
  void add(Draft draft);
  /// Puts refusals and corrections into the order of the file.
  void finish();

 private:
  void refuse_all(const Draft& draft, const std::string& what);
  void drop_twins(Draft& draft);

  Imported& into_;
  Currency currency_;
  std::unordered_map<std::string, std::size_t> sku_lines_;
  std::unordered_map<std::string, std::string> lower_skus_;
  std::unordered_map<std::string, std::size_t> code_lines_;
};

/// The options of a product from its variants' values: `listed` gives the order of names and values, the variants say which there are.
/// Also puts the values of each variant into that order.
std::vector<Option> options_of(std::vector<DraftVariant>& variants, const std::vector<Option>& listed);

}  // namespace tally::catalogue
