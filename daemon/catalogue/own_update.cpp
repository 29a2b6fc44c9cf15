// Our own CSV without titles: an update by SKU. A row changes what it names of a variant that exists, and nothing else; whether the variant
// exists says the engine.
#include "catalogue/formats.hpp"
#include "catalogue/own_cells.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

std::vector<std::string> columns_of_an_update() {
  std::vector<std::string> known{"sku", "code", "stock", "location", "price", "currency"};
  for (const auto& column : variant_columns()) {
    if (column.name != "bundle") known.emplace_back(column.name);
  }
  return known;
}

bool changes_something(const Table& table) {
  const auto known = columns_of_an_update();
  return std::any_of(known.begin(), known.end(), [&](const std::string& name) {
    return name != "sku" && name != "code" && name != "location" && name != "currency" && table.has(name);
  });
}

void read_row(const Table& table, const csv::Record& row, Gathering& into) {
  const auto at = [&](std::string_view name) { return cell(row, table.column(name)); };
  if (const auto why = table.misshapen(row); !why.empty()) return into.refuse(row.line, why);
  Imported::Change change{.sku = {}, .code = std::string(at("code")), .location = std::string(at("location")), .line = row.line};
  Understood how;
  if (auto why = read_variant_cells(table, row, into.currency(), change.variant, how); !why.empty())
    return into.refuse(row.line, std::move(why));
  const auto sku = into.readable_sku(at("sku"), row.line);
  if (!sku) return;
  change.sku = change.variant.sku = *sku;
  if (!at("price").empty()) change.named.emplace_back("price");
  for (const auto& column : variant_columns()) {
    if (!at(column.name).empty()) change.named.emplace_back(column.field);
  }
  into.settle_compare_at(change.variant, row.line);
  into.note_prices(how, *sku, row.line);
  change.counted = into.shelf_count(at("stock"), "stock", *sku, row.line);
  into.add(std::move(change));
}

}  // namespace

bool is_own_update(const Table& table) {
  return table.has("sku") && !table.has("title");
}

Result<void> read_own_update(const Table& table, const std::string& file, Gathering& into, Meter& meter) {
  const std::string where = file + ":" + std::to_string(table.header_line());
  for (const auto& column : product_columns()) {
    if (table.has(column.name))
      return error(Fault::invalid,
                   "column '" + std::string(column.name) + "' belongs to a product, and a file without titles changes variants only", where,
                   "take it out, or give the file the columns code, title and price");
  }
  if (auto known = check_columns(table, file, columns_of_an_update(), {}); !known) return known.error();
  if (!changes_something(table))
    return error(Fault::invalid, "the file has SKUs and nothing to change of them", where, "add stock, price or another column");
  for (const auto& row : table.rows()) {
    read_row(table, row, into);
    meter.step();
  }
  return {};
}

}  // namespace tally::catalogue
