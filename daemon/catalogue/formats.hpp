// The readers, one a format. Each fills a Gathering row by row; catalogue.cpp chooses among them by the header.
#pragma once

#include "catalogue/catalogue.hpp"
#include "catalogue/gathering.hpp"
#include "catalogue/table.hpp"

namespace tally::catalogue {

/// Counts rows and tells the caller now and then.
class Meter {
 public:
  Meter(const Progress& progress, std::size_t total) : progress_(progress), total_(total) {}
  void step() {
    ++done_;
    if (progress_ && done_ % every == 0 && done_ < total_) progress_(done_, total_);
  }
  void finish() const {
    if (progress_) progress_(total_, total_);
  }

 private:
  static constexpr std::size_t every = 1000;
  const Progress& progress_;
  std::size_t total_;
  std::size_t done_ = 0;
};

bool is_woocommerce(const Table& table);
void read_woocommerce(const Table& table, Gathering& into, Meter& meter);

bool is_shopify(const Table& table);
void read_shopify(const Table& table, Gathering& into, Meter& meter);

bool is_own(const Table& table);
/// `invalid` where the header has a column that we do not know: a price in a column that is spelt wrongly must not go unnoticed.
/// Fields that no column names or whose column is blank go to `imported.kept`.
Result<void> read_own_csv(const Table& table, const std::string& file, Gathering& into, Imported& imported, Meter& meter);

/// Ours without titles: rows that change what they name of variants that exist.
bool is_own_update(const Table& table);
/// `invalid` as above, for a column that belongs to the product, and where nothing but SKUs stand in the file.
Result<void> read_own_update(const Table& table, const std::string& file, Gathering& into, Meter& meter);

/// One element of a JSON array, untouched, with the line that it begins on.
struct Element {
  std::size_t line = 0;
  std::string_view text;
};
/// `invalid` where the brackets and quotes do not add up to one array.
Result<std::vector<Element>> elements_of(std::string_view bytes, const std::string& file);
void read_own_json(const std::vector<Element>& elements, Gathering& into, Meter& meter);

}  // namespace tally::catalogue
