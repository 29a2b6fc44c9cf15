// Comma-separated values (libcsv) with the number of the line each record began on.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::csv {

struct Record {
  std::size_t line = 0;  ///< of the first line of the record, from 1
  std::vector<std::string> cells;
};

/// Reads all records, quotes and line breaks inside quotes included. A byte order mark is skipped. `separator` is one byte.
Result<std::vector<Record>> parse(std::string_view bytes, char separator = ',');

/// One line with its end, quoted where needed.
std::string line(const std::vector<std::string>& cells);

/// GB18030 (and so GBK, GB2312) to UTF-8; `invalid` at the first byte that is neither.
Result<std::string> from_gb18030(std::string_view bytes);
bool is_utf8(std::string_view bytes);
/// As it is when UTF-8 (without the byte order mark), else read as GB18030.
Result<std::string> to_utf8(std::string_view bytes);

}  // namespace tally::csv
