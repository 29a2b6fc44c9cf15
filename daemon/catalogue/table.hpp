// A CSV file with a header: cells are found by the name of their column, whatever its place and letter case.
#pragma once

#include "base/csv.hpp"
#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tally::catalogue {

/// A column's place, or `absent`: then its cells are all blank.
struct Column {
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  std::size_t place = absent;
  bool there() const { return place != absent; }
};

class Table {
 public:
  /// Separated by comma, semicolon or tab, whichever the header has most of (or what a first line `sep=;` says).
  /// `invalid`: no rows, too many, two columns of one name, or a header that cannot be read.
  static Result<Table> read(std::string_view bytes, const std::string& file);

  const std::vector<std::string>& header() const { return header_; }
  std::size_t header_line() const { return header_line_; }
  const std::vector<csv::Record>& rows() const { return rows_; }      ///< those with anything in them
  const std::vector<csv::Broken>& broken() const { return broken_; }  ///< rows whose quotation marks do not add up
  Column column(std::string_view name) const;
  Column first_of(std::initializer_list<std::string_view> names) const;  ///< platforms rename their columns
  bool has(std::string_view name) const { return column(name).there(); }
  /// No row has anything in it; also true of a column that is not there.
  bool is_blank(Column column) const;
  /// What is wrong with the shape of the row; empty if it has a cell for each column.
  std::string misshapen(const csv::Record& row) const;

 private:
  std::vector<std::string> header_;
  std::size_t header_line_ = 1;
  std::map<std::string, std::size_t> places_;  ///< lower case
  std::vector<csv::Record> rows_;
  std::vector<csv::Broken> broken_;
  std::vector<bool> filled_;  ///< by place
};

/// The cell, trimmed.
std::string_view cell(const csv::Record& row, Column column);

}  // namespace tally::catalogue
