#include "connectors/file/rows.hpp"

#include "base/charset.hpp"

#include <algorithm>

namespace tally::file {

namespace {

constexpr std::size_t most_columns = 200;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Letter case and the kind of gap do not count in a header: "Unit Price" is unit_price.
std::string word_of(std::string_view name) {
  std::string word(trimmed(name));
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '-') c = '_';
  }
  return word;
}

bool is_blank(const csv::Record& record) {
  return std::all_of(record.cells.begin(), record.cells.end(), [](const std::string& text) { return trimmed(text).empty(); });
}

/// Of the first line, with its end.
std::size_t line_length(std::string_view text) {
  const auto end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return text.size();
  return end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
}

}  // namespace

Result<std::string> decoded(std::string_view bytes, Encoding own) {
  auto charset = charset_of(bytes);
  if (!charset && own == Encoding::gb18030) charset = Charset::gb18030;
  auto text = charset ? utf8_of(bytes, *charset) : Result<std::string>(error(Fault::invalid, ""));
  if (!text)
    return error(Fault::invalid, "the file is neither UTF-8 nor clearly GB18030", {},
                 "let the till write UTF-8; or, if it is GB18030, say `settings: { encoding: gb18030 }` in the channel's file");
  return text;
}

Result<Rows> Rows::read(std::string_view bytes, const Columns& columns, const std::vector<std::string>& required, const Layout& layout) {
  const std::size_t max_rows = layout.max_rows;
  const auto text = decoded(bytes, layout.encoding);
  if (!text) return text.error();
  Rows rows;
  std::string_view records_in = *text;
  rows.separator_ = csv::take_separator(records_in);
  auto found = csv::salvage(records_in, rows.separator_);
  if (!found) return found.error();
  auto& records = found->records;
  auto record = std::find_if_not(records.begin(), records.end(), is_blank);
  if (record == records.end()) return error(Fault::invalid, "the file is empty", {}, "the first row must name the columns");
  rows.width_ = record->cells.size();
  if (rows.width_ > most_columns) return error(Fault::invalid, "more than " + std::to_string(most_columns) + " columns");
  for (std::size_t place = 0; place < rows.width_; ++place) {
    const auto word = word_of(record->cells[place]);
    for (const auto& [name, spelt] : columns) {
      const bool ours = std::any_of(spelt.begin(), spelt.end(), [&](const std::string& one) { return word_of(one) == word; });
      if (!ours) continue;
      if (!rows.places_.emplace(name, place).second)
        return error(Fault::invalid, "two columns mean '" + name + "'", {}, "keep one of them");
    }
  }
  for (const auto& name : required) {
    if (!rows.places_.contains(name))
      return error(Fault::invalid, "the header has no column '" + name + "'", {}, "the first row must name the columns");
  }
  for (++record; record != records.end(); ++record) {
    if (is_blank(*record)) continue;
    if (rows.records_.size() == max_rows)
      return error(Fault::invalid, "more than " + std::to_string(max_rows) + " rows", {}, "split the file");
    rows.records_.push_back(std::move(*record));
  }
  rows.guess(records_in, found->broken);
  return rows;
}

void Rows::guess(std::string_view text, const std::vector<csv::Broken>& broken) {
  std::size_t line = 1;
  for (const auto& each : broken) {
    for (; line < each.line && !text.empty(); ++line) text.remove_prefix(line_length(text));
    std::string bare(text.substr(0, line_length(text)));
    std::erase(bare, '"');
    auto cells = csv::parse(bare, separator_);
    Unreadable row{.guess = {.line = each.line, .cells = {}}, .reason = each.what};
    if (cells && !cells->empty()) row.guess.cells = std::move(cells->front().cells);
    unreadable_.push_back(std::move(row));
  }
}

std::string_view Rows::cell(const csv::Record& record, std::string_view column) const {
  const auto found = places_.find(column);
  return found == places_.end() || found->second >= record.cells.size() ? std::string_view() : trimmed(record.cells[found->second]);
}

std::string Rows::misshapen(const csv::Record& record) const {
  if (record.cells.size() == width_) return {};
  return "the row has " + std::to_string(record.cells.size()) + " cells, the header " + std::to_string(width_);
}

Result<Decimal> Rows::number(std::string_view text) const {
  std::string spelt(text);
  if (separator_ == ';' && spelt.find('.') == std::string::npos && std::count(spelt.begin(), spelt.end(), ',') == 1)
    spelt[spelt.find(',')] = '.';
  auto number = Decimal::parse(spelt);
  if (!number) return error(Fault::invalid, "'" + std::string(text) + "' is not a number");
  return number;
}

std::string Rows::text_of(const csv::Record& record) {
  auto text = csv::line(record.cells);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace tally::file
