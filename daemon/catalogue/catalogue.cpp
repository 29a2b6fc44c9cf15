#include "catalogue/catalogue.hpp"

#include "base/complaint.hpp"
#include "base/csv.hpp"
#include "catalogue/cell.hpp"
#include "catalogue/formats.hpp"

namespace tally::catalogue {

namespace {

constexpr std::size_t max_bytes = std::size_t(256) * 1024 * 1024;

std::string start_of(const std::vector<std::string>& header) {
  std::string text;
  for (std::size_t i = 0; i < header.size() && i < 6; ++i) text += (i == 0 ? "" : ", ") + header[i].substr(0, 40);
  return header.size() > 6 ? text + ", …" : text;
}

/// Neither platform's export names its currency: the merchant's is taken, and said.
void note_currency(const Imported& imported, Gathering& into, std::size_t line) {
  if (imported.products.empty()) return;
  into.correct(kind::currency, "the file names no currency: its prices are taken to be " + into.currency().code, line);
}

/// A column that is there and says nothing in any row: nothing is changed by it, and that is not what its owner expects.
void note_blank_columns(const Table& table, const std::vector<std::string>& names, Gathering& into) {
  if (table.rows().empty()) return;
  for (const auto& name : names) {
    const auto column = table.column(name);
    if (name.empty() || !column.there() || !table.is_blank(column)) continue;
    const auto rows = table.rows().size();
    into.correct(kind::blank_column,
                 "column " + table.header()[column.place] + " is blank in " +
                     (rows == 1 ? "the only row" : "all " + std::to_string(rows) + " rows") + ": nothing of it was changed",
                 table.header_line());
  }
}

/// "; did you mean 'sku'?" for the first column that is nearly one that decides the format.
std::string nearest_of(const std::vector<std::string>& header) {
  for (const auto& name : header) {
    const auto hint = did_you_mean(lower(name), {"code", "title", "sku", "price", "handle", "variant sku", "regular price"});
    if (!hint.empty()) return "; '" + name + "': " + hint;
  }
  return {};
}

Result<void> read_table(std::string_view bytes, const std::string& file, Gathering& gathering, Imported& imported,
                        const Progress& progress) {
  auto table = Table::read(bytes, file);
  if (!table) return table.error();
  imported.rows = table->rows().size() + table->broken().size();
  for (const auto& row : table->broken()) {
    const bool later = row.until != row.line;
    gathering.refuse(row.line, row.what + (later ? " (it showed on line " + std::to_string(row.until) + ")" : ""));
  }
  Meter meter(progress, table->rows().size());
  if (is_woocommerce(*table)) {
    imported.format = "WooCommerce product export";
    note_blank_columns(*table, {"Stock", "Regular price"}, gathering);
    read_woocommerce(*table, gathering, meter);
    note_currency(imported, gathering, table->header_line());
  } else if (is_shopify(*table)) {
    imported.format = "Shopify product export";
    note_blank_columns(*table, {"Variant Inventory Qty", "Inventory quantity", "Variant Price", "Price"}, gathering);
    read_shopify(*table, gathering, meter);
    note_currency(imported, gathering, table->header_line());
  } else if (is_own(*table)) {
    imported.format = "tallyd CSV";
    note_blank_columns(*table, table->header(), gathering);
    if (auto read = read_own_csv(*table, file, gathering, imported, meter); !read) return read.error();
  } else if (is_own_update(*table)) {
    imported.format = update_format;
    note_blank_columns(*table, table->header(), gathering);
    if (auto read = read_own_update(*table, file, gathering, meter); !read) return read.error();
  } else {
    return error(Fault::invalid, "no format that is known has this header: " + start_of(table->header()),
                 file + ":" + std::to_string(table->header_line()),
                 "WooCommerce's export in English has Type, SKU, Name, Regular price; Shopify's has Handle, Title, Variant SKU; ours has "
                 "code, title, sku, price, or sku and what is to change, such as stock" +
                     nearest_of(table->header()));
  }
  meter.finish();
  return {};
}

Result<void> read_array(std::string_view bytes, const std::string& file, Gathering& gathering, Imported& imported,
                        const Progress& progress) {
  auto elements = elements_of(bytes, file);
  if (!elements) return elements.error();
  imported.format = "tallyd JSON";
  imported.rows = elements->size();
  Meter meter(progress, imported.rows);
  read_own_json(*elements, gathering, meter);
  meter.finish();
  return {};
}

}  // namespace

std::size_t Imported::variants() const {
  std::size_t count = 0;
  for (const auto& product : products) count += product.variants.size();
  return count;
}

Result<Imported> read(std::string_view bytes, const std::string& file_name, const Currency& currency, const Progress& progress,
                      std::optional<Charset> charset) {
  if (currency.empty()) return error(Fault::invalid, "no currency for the prices of the file", file_name, "set `currency:` in tallyd.yaml");
  if (bytes.size() > max_bytes) {
    return error(Fault::invalid, "the file has " + std::to_string(bytes.size() >> 20) + " MiB", file_name,
                 "at most " + std::to_string(max_bytes >> 20) + " MiB: split it");
  }
  const auto spelt = charset ? charset : charset_of(bytes);
  if (!spelt) {
    return error(Fault::invalid, "the file is neither UTF-8 nor clearly GB18030", file_name,
                 "save it as UTF-8, or say what it is: --encoding latin1 (Excel in the West), --encoding gb18030 (Excel in China)");
  }
  auto text = utf8_of(bytes, *spelt);
  if (!text) return error(Fault::invalid, text.error().what, file_name, text.error().todo);
  Imported imported;
  Gathering gathering(imported, currency);
  if (!charset && spelt != Charset::utf8)
    gathering.correct(kind::encoding, "the file is not UTF-8 and was read as GB18030: look whether its titles came out right", 1);
  const auto begin = trimmed(std::string_view(*text).substr(0, 4096));
  const bool json = begin.starts_with('[') || begin.starts_with('{');
  const auto read =
      json ? read_array(*text, file_name, gathering, imported, progress) : read_table(*text, file_name, gathering, imported, progress);
  if (!read) return read.error();
  gathering.finish();
  return imported;
}

}  // namespace tally::catalogue
