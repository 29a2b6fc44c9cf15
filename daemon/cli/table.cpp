#include "cli/table.hpp"

#include <algorithm>

namespace tally::cli {

namespace {

constexpr std::size_t widest = 80;

}  // namespace

std::string Table::shown(const Console& console, std::size_t column, const Cell& cell) const {
  const std::string text = printable(cell.text);
  return console.terminal ? cut(text, columns_[column].most) : text;
}

std::string Table::line(const Console& console, const std::vector<Cell>& cells, const std::vector<std::size_t>& widths) const {
  std::string result;
  std::size_t spaces = 0;  // owed before the next text, so that none stand at the end of a line
  for (std::size_t n = 0; n < columns_.size(); ++n) {
    static const Cell nothing;
    const Cell& cell = n < cells.size() ? cells[n] : nothing;
    const std::string text = shown(console, n, cell);
    const std::size_t width = width_of(text), pad = width < widths[n] ? widths[n] - width : 0;
    const bool right = columns_[n].side == Side::right;
    if (n > 0) spaces += 2;
    if (right) spaces += pad;
    if (!text.empty()) {
      result += std::string(spaces, ' ') + painted(console, text, cell.colour);
      spaces = 0;
    }
    if (!right) spaces += pad;
  }
  return result + "\n";
}

std::string Table::text(const Console& console) const {
  std::vector<Cell> titles;
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back({column.title, Colour::dim});
    widths.push_back(width_of(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t n = 0; n < columns_.size() && n < row.size(); ++n) {
      const std::size_t width = width_of(shown(console, n, row[n]));
      widths[n] = std::max(widths[n], std::min(width, widest));  // a longer one pushes its own line aside, not every other
    }
  }
  std::string result = line(console, titles, widths);
  for (const auto& row : rows_) result += line(console, row, widths);
  return result;
}

}  // namespace tally::cli
