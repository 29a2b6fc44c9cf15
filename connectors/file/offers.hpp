// The file of offers that the till reads: a row a variant, replaced whole and atomically. It is also what a sweep looks at, so that an edit
// by hand is seen. Which rows belong to one product does not stand in it; that is kept beside it, in .listings.csv.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "connectors/file/layout.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tally::file {

/// The columns, in their order.
inline constexpr const char* offer_columns[] = {"sku", "title", "barcode", "price", "currency", "available"};

/// Not for several threads: the connector holds its lock from `load` to `save`.
class Offers {
 public:
  /// A file that is not there has no rows. `broken`: what is there cannot be read as offers (somebody saved something else under its name).
  static Result<Offers> load(const std::filesystem::path& folder, const Layout& layout);

  bool has(const std::string& sku) const { return places_.contains(sku); }
  /// Adds or changes the row of `sku`: the columns that `cells` has, the others stay. Columns of somebody else's stay as they are, too.
  void put(const std::string& sku, const std::map<std::string, std::string>& cells);
  void remove(const std::string& sku);
  /// The product that the row of `sku` belongs to.
  void belongs(const std::string& sku, const std::string& product);
  /// The SKU's own name where nobody has said.
  std::string product_of(const std::string& sku) const;
  std::vector<std::string> skus_of(const std::string& product) const;

  /// The products that there are rows of, in order of their names.
  std::vector<std::string> products() const;
  /// The listing document of a product: {id, title, rows: [{id, sku, title, barcode, price, currency, available}]}. A blank cell says
  /// null. Null if there is no row of it.
  Json listing(const std::string& product) const;

  /// Nothing is written where nothing changed.
  Result<void> save(const std::filesystem::path& folder, Encoding encoding) const;

 private:
  std::size_t column(const std::string& name) const;
  static Result<std::map<std::string, std::string>> load_products(const std::filesystem::path& path, std::uintmax_t max_bytes);

  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
  std::map<std::string, std::size_t> places_;             ///< SKU → row
  std::map<std::string, std::string> products_;           ///< SKU → product
  std::map<std::string, std::set<std::string>> members_;  ///< product → SKUs, of rows that are there or were
  std::string loaded_;                                    ///< the bytes as they were
};

}  // namespace tally::file
