// Where the readers of all formats put what they found: products take shape here, and every one is checked before it counts as imported.
#pragma once

#include "catalogue/catalogue.hpp"
#include "catalogue/cell.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tally::catalogue {

struct DraftVariant {
  Variant variant;
  std::optional<Quantity> counted;
  std::size_t line = 0;
  std::string location = {};  ///< empty: the file names none
};

/// Why a row cannot be used: the column that it shows in (empty: the row as a whole) and the reason (empty: it can).
struct Objection {
  std::string column, what;
  bool empty() const { return what.empty(); }
};
/// An error of cell.hpp, with what to do.
Objection objection(std::string_view column, const Error& error);

/// A product while its rows are being read.
struct Draft {
  Product product;  ///< without variants
  std::vector<DraftVariant> variants;
  std::size_t line = 0;
};

class Gathering {
 public:
  Gathering(Imported& into, Currency currency) : into_(into), currency_(std::move(currency)) {}

  const Currency& currency() const { return currency_; }
  void refuse(std::size_t line, Objection why);
  void refuse(std::size_t line, std::string what) { refuse(line, Objection{{}, std::move(what)}); }
  void correct(std::string_view kind, std::string what, std::size_t line);

  /// The SKU of a row; nothing (and the row is refused) where it is blank or not text.
  std::optional<Sku> readable_sku(std::string_view text, std::size_t line);
  /// The same, taken for the row; nothing (and the row is refused) where it is another row's.
  std::optional<Sku> take_sku(std::string_view text, std::size_t line);
  /// Price and price before the sale from the regular one and, where there is one, the lower one; a "sale" that is not lower is corrected
  /// away.
  void set_price(Variant& variant, const Money& regular, const std::optional<Money>& sale, std::size_t line);
  /// The same where a file gives the price and the one to compare with, each where it has one.
  void settle_compare_at(Variant& variant, std::size_t line);
  /// Says how the prices of a row were understood.
  void note_prices(const Understood& how, const Sku& sku, std::size_t line);
  /// What a stock cell counts. One that is no count is refused by itself: a variant is worth having also without its stock, and a stock
  /// that is not known must not become 0.
  std::optional<Quantity> shelf_count(std::string_view text, std::string_view column, const Sku& sku, std::size_t line);

  /// Gives the product the options that its variants differ in (`listed` only orders them); a variant that leaves one of them open is
  /// refused.
  void settle_options(Draft& draft, const std::vector<Option>& listed);
  /// Checks the product and takes it in, or refuses all its rows.
  void add(Draft draft);
  /// A row of an update. One SKU may stand in several rows for its stock at several locations; anything else it says once.
  void add(Imported::Change change);
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
  std::map<std::string, std::size_t> changed_;                          ///< SKU to its place in `changes`
  std::map<std::pair<std::string, std::string>, std::size_t> counted_;  ///< SKU and location to the line
};

/// The options of a product from its variants' values: `listed` gives the order of names and values, the variants say which there are.
/// Also puts the values of each variant into that order.
std::vector<Option> options_of(std::vector<DraftVariant>& variants, const std::vector<Option>& listed);

}  // namespace tally::catalogue
