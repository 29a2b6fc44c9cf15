// Comma-separated values (libcsv) with the number of the line each record began on.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::csv {

struct Record {
  std::size_t line = 0;  ///< of the first line of the record, from 1
  std::vector<std::string> cells;
};

/// A record that could not be read. What follows was read on from the line after its first.
struct Broken {
  std::size_t line = 0;   ///< of the first line of the record, from 1
  std::size_t until = 0;  ///< the line on which it showed
  std::string what;
};

struct Salvage {
  std::vector<Record> records;
  std::vector<Broken> broken;  ///< by line
};

/// What one record may have. A quotation mark that is never closed swallows no more than this.
inline constexpr std::size_t most_lines_a_record = 2'000;
inline constexpr std::size_t most_bytes_a_record = std::size_t{4} << 20;
inline constexpr std::size_t most_bytes_a_cell = std::size_t{1} << 20;
inline constexpr std::size_t most_cells_a_record = 10'000;

/// What stands between the cells: what a first line `sep=;` says, a word to Excel that is taken off `bytes` (its line end stays, so that
/// lines are counted as in the file); else comma, semicolon or tab, whichever the first line has most of outside quotes.
char take_separator(std::string_view& bytes);

/// Reads all records, quotes and line breaks inside quotes included. A byte order mark is skipped. `separator` is one byte.
/// Errors (`invalid`): the first record that cannot be read, or more than 256 MiB.
Result<std::vector<Record>> parse(std::string_view bytes, char separator = ',');

/// The same, but a record that cannot be read costs only itself: it is named, and reading goes on at the line after its first. So is one
/// of several lines that has not as many cells as the first record, or each of whose lines could be a row of as many (three or more): there
/// a quotation mark was left open and another one closed it.
/// Errors (`invalid`): more than 256 MiB, or so many broken records that it is no such file.
Result<Salvage> salvage(std::string_view bytes, char separator = ',');

/// One line with its end, quoted where needed.
std::string line(const std::vector<std::string>& cells);

/// GB18030 (and so GBK, GB2312) to UTF-8; `invalid` at the first byte that is neither.
Result<std::string> from_gb18030(std::string_view bytes);
bool is_utf8(std::string_view bytes);
/// As it is when UTF-8 (without the byte order mark), else read as GB18030.
Result<std::string> to_utf8(std::string_view bytes);

}  // namespace tally::csv
