#include "catalogue/table.hpp"

#include "catalogue/cell.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

constexpr std::size_t max_rows = 1'000'000;
constexpr std::size_t max_columns = 400;

bool blank(const csv::Record& record) {
  return std::all_of(record.cells.begin(), record.cells.end(), [](const std::string& text) { return trimmed(text).empty(); });
}

}  // namespace

Result<Table> Table::read(std::string_view bytes, const std::string& file) {
  const char separator = csv::take_separator(bytes);
  auto found = csv::salvage(bytes, separator);
  if (!found) return error(Fault::invalid, found.error().what, file, found.error().todo);
  auto& records = found->records;
  Table table;
  auto record = records.begin();
  while (record != records.end() && blank(*record)) ++record;
  table.broken_ = std::move(found->broken);
  if (!table.broken_.empty() && (record == records.end() || table.broken_.front().line < record->line)) {
    const auto& header = table.broken_.front();
    return error(Fault::invalid, "the header cannot be read: " + header.what, file + ":" + std::to_string(header.line),
                 "put a cell that has quotation marks or line breaks into quotation marks, and double those inside it");
  }
  if (record == records.end()) return error(Fault::invalid, "the file is empty", file);
  table.header_line_ = record->line;
  if (record->cells.size() > max_columns) {
    return error(Fault::invalid, "the header has " + std::to_string(record->cells.size()) + " columns", file,
                 "at most " + std::to_string(max_columns));
  }
  for (const auto& name : record->cells) {
    table.header_.emplace_back(trimmed(name));
    const auto& added = table.header_.back();
    if (added.empty()) continue;
    if (!table.places_.emplace(lower(added), table.header_.size() - 1).second) {
      return error(Fault::invalid, "two columns are named '" + added + "'", file + ":" + std::to_string(record->line), "keep one of them");
    }
  }
  table.filled_.resize(table.header_.size());
  table.rows_.reserve(static_cast<std::size_t>(records.end() - record) - 1);
  for (++record; record != records.end(); ++record) {
    if (blank(*record)) continue;
    for (std::size_t i = 0; i < record->cells.size() && i < table.filled_.size(); ++i)
      table.filled_[i] = table.filled_[i] || !trimmed(record->cells[i]).empty();
    table.rows_.push_back(std::move(*record));
  }
  if (table.rows_.size() > max_rows) {
    return error(Fault::invalid, std::to_string(table.rows_.size()) + " rows", file,
                 "at most " + std::to_string(max_rows) + ": split the file");
  }
  return table;
}

Column Table::column(std::string_view name) const {
  const auto found = places_.find(lower(name));
  return found == places_.end() ? Column{} : Column{found->second};
}

Column Table::first_of(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    if (const auto found = column(name); found.there()) return found;
  }
  return {};
}

bool Table::is_blank(Column column) const {
  return !column.there() || !filled_[column.place];
}

std::string Table::misshapen(const csv::Record& row) const {
  if (row.cells.size() == header_.size()) return {};
  return "the row has " + std::to_string(row.cells.size()) + " cells, the header " + std::to_string(header_.size()) +
         ": a quote or a separator is missing or too many";
}

std::string_view cell(const csv::Record& row, Column column) {
  return column.place < row.cells.size() ? trimmed(row.cells[column.place]) : std::string_view();
}

}  // namespace tally::catalogue
