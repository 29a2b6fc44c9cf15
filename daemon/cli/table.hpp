// Rows and columns as text, lined up by what a terminal shows and not by bytes.
#pragma once

#include "cli/console.hpp"

#include <string>
#include <vector>

namespace tally::cli {

struct Cell {
  std::string text;
  Colour colour = Colour::none;
};

class Table {
 public:
  enum class Side { left, right };
  struct Column {
    std::string title;
    Side side = Side::left;
    std::size_t most = 60;  ///< columns on a terminal, where longer cells are cut; whoever reads a pipe or a file needs them whole
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell a column; missing ones are empty.
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// With a line of titles; no spaces at the ends of lines; every line ends with a line break.
  std::string text(const Console& console) const;

 private:
  std::string shown(const Console& console, std::size_t column, const Cell& cell) const;
  std::string line(const Console& console, const std::vector<Cell>& cells, const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace tally::cli
