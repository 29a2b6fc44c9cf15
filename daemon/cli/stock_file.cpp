#include "cli/stock_file.hpp"

#include "base/complaint.hpp"
#include "base/csv.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tally::cli {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{16} << 20;

Result<std::vector<csv::Record>> records_of(const std::filesystem::path& file, std::optional<Charset> charset) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed))
    return error(Fault::invalid, "this is a folder, and --file names a file", file.string(), "name the CSV file in it");
  if (!std::filesystem::is_regular_file(file, failed)) return error(Fault::invalid, "there is no such file", file.string());
  if (std::filesystem::file_size(file, failed) > largest_file)
    return error(Fault::invalid, "it is larger than 16 MiB", file.string(), "cut it into several");
  std::ifstream in(file, std::ios::binary);
  if (!in) return error(Fault::invalid, "it cannot be read", file.string(), "look at its owner and mode");
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (!charset) charset = charset_of(bytes);
  if (!charset)
    return error(Fault::invalid, "the file is neither UTF-8 nor clearly GB18030", file.string(),
                 "save it as UTF-8, or say what it is: --encoding latin1 (Excel in the West), --encoding gb18030 (Excel in China)");
  const auto text = utf8_of(bytes, *charset);
  if (!text) return error(Fault::invalid, text.error().what, file.string(), text.error().todo);
  std::string_view rows = *text;
  const char separator = csv::take_separator(rows);
  auto records = csv::parse(rows, separator);
  if (!records) return error(Fault::invalid, records.error().text(), file.string());
  const auto is_blank = [](const csv::Record& record) {
    return std::all_of(record.cells.begin(), record.cells.end(), [](const std::string& text) { return text.empty(); });
  };
  std::erase_if(*records, is_blank);  // spreadsheets end in rows of separators alone
  return records;
}

std::string known_in_words(const std::string& title, const std::vector<std::string>& known) {
  std::string words;
  for (const auto& column : known) words += (words.empty() ? "known are " : ", ") + column;
  const std::string meant = did_you_mean(title, known);
  return (meant.empty() ? "" : meant + " ") + words + "; take it out or rename it";
}

/// What each column is called for the daemon.
Result<std::vector<std::string>> columns_of(const csv::Record& titles, bool counts, const std::string& file) {
  const std::string units = counts ? "counted" : "quantity";
  std::vector<std::string> known{"sku", units, "location", "reason"};
  if (counts) known.emplace_back("counted_at");
  std::vector<std::string> columns;
  for (const auto& title : titles.cells) {
    if (std::find(known.begin(), known.end(), title) == known.end())
      return error(Fault::invalid, "the column '" + title + "' is not known here", file + ":" + std::to_string(titles.line),
                   known_in_words(title, known));
    if (std::find(columns.begin(), columns.end(), title) != columns.end())
      return error(Fault::invalid, "the column '" + title + "' stands twice", file + ":" + std::to_string(titles.line));
    columns.push_back(title);
  }
  for (const auto& needed : {std::string("sku"), units}) {
    if (std::find(columns.begin(), columns.end(), needed) == columns.end())
      return error(Fault::invalid, "the column '" + needed + "' is missing", file + ":" + std::to_string(titles.line),
                   counts ? "the first line must be sku,counted[,counted_at][,location][,reason]"
                          : "the first line must be sku,quantity[,location][,reason]");
  }
  std::replace(columns.begin(), columns.end(), std::string("counted"), std::string("quantity"));
  return columns;
}

/// A cell too many means that every cell behind it stands under another column: "1,000" would be one unit, at the location "000".
std::string misshapen(const csv::Record& record, std::size_t columns) {
  if (record.cells.size() == columns) return {};
  return "the row has " + std::to_string(record.cells.size()) + " cells, the header " + std::to_string(columns) +
         ": a quote or a separator is missing or too many (write 1000, not 1,000); mend it and give this row in a file of its own";
}

}  // namespace

Result<Json::Array> movements_in(const std::filesystem::path& file, bool counts, std::optional<Charset> charset) {
  const auto records = records_of(file, charset);
  if (!records) return records.error();
  if (records->size() < 2) return error(Fault::invalid, "it has no rows", file.string());
  const auto columns = columns_of(records->front(), counts, file.string());
  if (!columns) return columns.error();
  Json::Array rows;
  for (std::size_t i = 1; i < records->size(); ++i) {
    const auto& record = (*records)[i];
    Json row = Json::object({{"line", static_cast<std::uint64_t>(record.line)}});
    if (const auto wrong = misshapen(record, columns->size()); !wrong.empty()) {
      rows.push_back(std::move(row.set("unreadable", wrong)));
      continue;
    }
    for (std::size_t at = 0; at < columns->size(); ++at) {
      if (!record.cells[at].empty()) row.set((*columns)[at], record.cells[at]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace tally::cli
