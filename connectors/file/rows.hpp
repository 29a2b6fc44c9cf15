// A till's CSV as rows under known columns, whatever they are called in its header.
#pragma once

#include "base/csv.hpp"
#include "connectors/file/drop_folder.hpp"
#include "connectors/file/layout.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::file {

/// A file as UTF-8: it is that, or GB18030 where that is clear or is the channel's own encoding. `invalid`: nobody knows what it is.
Result<std::string> decoded(std::string_view bytes, Encoding own);

class Rows {
 public:
  /// A row whose quotation marks do not add up: what its line says without them, to guess from, and what is wrong.
  struct Unreadable {
    csv::Record guess;
    std::string reason;
  };

  /// As decoded() reads it; separated by comma, semicolon or tab. `invalid` where nothing of the file can be used: another encoding, no
  /// header, a column that `required` names is missing, too many rows.
  static Result<Rows> read(std::string_view bytes, const Columns& columns, const std::vector<std::string>& required, const Layout& layout);

  const std::vector<csv::Record>& records() const { return records_; }       ///< those with anything in them, without the header
  const std::vector<Unreadable>& unreadable() const { return unreadable_; }  ///< by line
  /// The cell under our name of its column, trimmed; blank where the file has no such column.
  std::string_view cell(const csv::Record& record, std::string_view column) const;
  /// What is wrong with the number of cells, or empty.
  std::string misshapen(const csv::Record& record) const;
  RefusedRow refused(const csv::Record& record, std::string reason) const { return {record.line, std::move(reason), text_of(record)}; }
  /// Semicolons between cells leave the comma free for decimals: then 12,50 is read as 12.50.
  Result<Decimal> number(std::string_view text) const;

 private:
  static std::string text_of(const csv::Record& record);
  void guess(std::string_view text, const std::vector<csv::Broken>& broken);
  std::map<std::string, std::size_t, std::less<>> places_;
  std::size_t width_ = 0;
  char separator_ = ',';
  std::vector<csv::Record> records_;
  std::vector<Unreadable> unreadable_;
};

}  // namespace tally::file
