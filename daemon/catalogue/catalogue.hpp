// Reads a merchant's product file into the model: which format it is shows its header; what cannot be used is refused row by row, the rest
// is taken.
#pragma once

#include "base/charset.hpp"
#include "base/result.hpp"
#include "model/product.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::catalogue {

/// A row, or one cell of it, that was not imported, and why.
struct Refusal {
  std::size_t line = 0;  ///< the first line of the row in the file, from 1
  std::string column;    ///< as the file calls it; empty: the row as a whole
  std::string what;
  bool cell_only = false;  ///< a stock that is no count: the rest of the row was taken, the stock stays what it was
};

/// Kinds of corrections; `summary_of` has a sentence for each.
namespace kind {
inline constexpr std::string_view options = "options", parent_stock = "parent_stock", sale_price = "sale_price", timed_sale = "timed_sale",
                                  currency = "currency", shared_stock = "shared_stock", untracked_stock = "untracked_stock",
                                  case_twin = "case_twin", rounded = "rounded", comma = "comma", code = "code", sku = "sku",
                                  encoding = "encoding", blank_column = "blank_column", control = "control";
}

/// A row that was imported otherwise than it stands in the file.
struct Correction {
  std::string kind;  ///< one of `kind`
  std::string what;
  std::size_t line = 0;
};

inline constexpr std::string_view update_format = "tallyd CSV, an update by SKU";

struct Imported {
  /// What the file says lies on the shelf. A blank or missing cell makes no entry.
  struct Stock {
    Sku sku;
    Quantity counted = 0;
    std::string location = {};  ///< empty: the file names none
    std::size_t line = 0;
  };
  /// A row of an update by SKU: only what it names of a variant that must exist is to change.
  struct Change {
    Sku sku;
    std::string code = {};                ///< the product that the variant must be of; empty: of any
    Variant variant = {};                 ///< holds the new values of the fields in `named`
    std::vector<std::string> named = {};  ///< fields of the model; one without a value in `variant` is to be taken away
    std::optional<Quantity> counted = {};
    std::string location = {};  ///< empty: the file names none
    std::size_t line = 0;
  };
  std::vector<Product> products;                        ///< in the order of the file; each without faults (faults_of)
  std::vector<std::size_t> product_lines;               ///< of `products`, in the same order
  std::vector<std::vector<std::size_t>> variant_lines;  ///< the same of their variants
  std::vector<Stock> stock;
  std::vector<Change> changes;    ///< in the order of the file; of an update, which has no `products`
  std::vector<std::string> kept;  ///< fields that the file says nothing of: of the product ("brand") and of its variants ("variants/cost")
  std::vector<Refusal> refused;   ///< by line
  std::vector<Correction> corrections;  ///< by line
  std::string
      format;  ///< "WooCommerce product export", "Shopify product export", "tallyd CSV", "tallyd CSV, an update by SKU", "tallyd JSON"
  std::size_t rows = 0;  ///< rows with anything in them, the header apart

  std::size_t variants() const;  ///< of all products
  bool is_update() const { return format == update_format; }
};

/// Called now and then, and once at the end, with the rows read so far and all of them.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// `file_name` is for messages only; `currency` is the merchant's, in which prices are that name none. Without a `charset` the file is
/// UTF-8 or clearly GB18030. Errors (`invalid`): another encoding than that, nothing recognisable, nothing in it, or beyond the limits (256
/// MiB, 1,000,000 rows, 400 columns). A file of which every row is refused is no error. A record whose quotation marks do not add up is
/// refused like any other row.
Result<Imported> read(std::string_view bytes, const std::string& file_name, const Currency& currency, const Progress& progress = {},
                      std::optional<Charset> charset = {});

/// What was read, refused and corrected, in numbers, a sentence each.
std::vector<std::string> summary_of(const Imported& imported);

}  // namespace tally::catalogue
