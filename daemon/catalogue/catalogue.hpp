// Reads a merchant's product file into the model: which format it is shows its header; what cannot be used is refused row by row, the rest
// is taken.
#pragma once

#include "base/result.hpp"
#include "model/product.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::catalogue {

/// A row that was not imported, and why.
struct Refusal {
  std::size_t line = 0;  ///< the first line of the row in the file, from 1
  std::string what;
};

/// A row that was imported otherwise than it stands in the file.
struct Correction {
  std::string kind;  ///< a word for counting, see `summary_of`: options, parent_stock, sale_price, currency, …
  std::string what;
  std::size_t line = 0;
};

struct Imported {
  /// What the file says lies on the shelf. A blank or missing cell makes no entry.
  struct Stock {
    Sku sku;
    Quantity counted = 0;
  };
  std::vector<Product> products;  ///< in the order of the file; each without faults (faults_of)
  std::vector<Stock> stock;
  std::vector<Refusal> refused;         ///< by line
  std::vector<Correction> corrections;  ///< by line
  std::string format;                   ///< "WooCommerce product export", "Shopify product export", "tallyd CSV", "tallyd JSON"
  std::size_t rows = 0;                 ///< rows with anything in them, the header apart

  std::size_t variants() const;  ///< of all products
};

/// Called now and then, and once at the end, with the rows read so far and all of them.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// `file_name` is for messages only; `currency` is the merchant's, in which prices are that name none. UTF-8 or GB18030.
/// Errors (`invalid`): nothing recognisable, nothing in it, or beyond the limits (256 MiB, 1,000,000 rows, 400 columns).
/// A file of which every row is refused is no error.
Result<Imported> read(std::string_view bytes, const std::string& file_name, const Currency& currency, const Progress& progress = {});

/// What was read, refused and corrected, in numbers, a sentence each.
std::vector<std::string> summary_of(const Imported& imported);

}  // namespace tally::catalogue
