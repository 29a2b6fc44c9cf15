#include "demo/order_book.hpp"

#include "base/csv.hpp"
#include "base/decimal.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace tally::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr std::int64_t price_of_the_unpriced = 100;

Error wrong(const fs::path& file, std::size_t line, const std::string& what) {
  return error(Fault::invalid, what, file.string() + ":" + std::to_string(line));
}

/// zlib hands plain files through as they are.
Result<std::string> content_of(const fs::path& file) {
  const gzFile opened = ::gzopen(file.c_str(), "rb");
  if (opened == nullptr) return error(Fault::io, "cannot be read", file.string());
  std::string bytes;
  std::array<char, 1 << 16> part;
  int count = 0;
  while ((count = ::gzread(opened, part.data(), part.size())) > 0 && bytes.size() <= most_bytes)
    bytes.append(part.data(), static_cast<std::size_t>(count));
  const bool whole = ::gzclose(opened) == Z_OK && count == 0;
  if (bytes.size() > most_bytes) return error(Fault::invalid, "more than 256 MiB", file.string());
  if (!whole) return error(Fault::io, "is cut short or damaged", file.string());
  return bytes;
}

/// The places of the columns, in the order of `Column`.
enum Column { invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country, columns };
constexpr std::array<const char*, columns> names{"InvoiceNo",   "StockCode", "Description", "Quantity",
                                                 "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

struct Row {
  std::array<std::string, columns> cells;
  std::size_t line = 0;
};

Result<std::vector<Row>> rows_of(const fs::path& file) {
  const auto bytes = content_of(file);
  if (!bytes) return bytes.error();
  const auto records = csv::parse(*bytes);
  if (!records) return records.error();
  if (records->empty()) return wrong(file, 1, "the file is empty");
  std::array<std::size_t, columns> places{};
  const auto& header = records->front().cells;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto found = std::find(header.begin(), header.end(), names[i]);
    if (found == header.end()) return wrong(file, 1, std::string("there is no column ") + names[i]);
    places[i] = static_cast<std::size_t>(found - header.begin());
  }
  std::vector<Row> rows;
  for (std::size_t at = 1; at < records->size(); ++at) {
    const auto& record = (*records)[at];
    if (record.cells.size() != header.size()) return wrong(file, record.line, "the row has not as many cells as the header");
    Row row{.cells = {}, .line = record.line};
    for (std::size_t i = 0; i < columns; ++i) row.cells[i] = record.cells[places[i]];
    rows.push_back(std::move(row));
  }
  return rows;
}

/// The shop's own clock: no zone is needed to tell its weeks.
bool read_moment(const std::string& text, Invoice& invoice) {
  unsigned month = 0, day = 0, hour = 0, minute = 0;
  int year = 0;
  if (std::sscanf(text.c_str(), "%2u/%2u/%4d %2u:%2u", &month, &day, &year, &hour, &minute) != 5) return false;
  if (year < 100) year += 2000;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59) return false;
  constexpr std::int64_t first_monday = 4;  // 1970-01-05
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  invoice.week = (days - first_monday) / 7;
  char written[48];
  std::snprintf(written, sizeof written, "%04d-%02u-%02u %02u:%02u", year, month, day, hour, minute);
  invoice.written_at = written;
  return true;
}

Result<Invoice::Line> line_of(const Row& row, const fs::path& file) {
  Invoice::Line line{.sku = row.cells[stock_code]};
  const auto units = Decimal::parse(row.cells[quantity]), price = Decimal::parse(row.cells[unit_price]);
  const auto whole = units ? units->whole() : Result<std::int64_t>(units.error());
  if (!whole) return wrong(file, row.line, "the quantity '" + row.cells[quantity] + "' is no whole number");
  const auto minor = price ? (*price * Decimal(100)).whole() : Result<std::int64_t>(price.error());
  if (!minor || *minor < 0) return wrong(file, row.line, "the price '" + row.cells[unit_price] + "' is no amount");
  if (line.sku.empty()) return wrong(file, row.line, "the row has no code");
  line.quantity = *whole;
  line.price = *minor;
  return line;
}

/// What the book's own marks make of an invoice, and why it is held if it can be none of the three.
void classify(Invoice& invoice) {
  const auto all = [&](auto what) { return std::all_of(invoice.lines.begin(), invoice.lines.end(), what); };
  const bool negative = all([](const auto& line) { return line.quantity < 0; });
  const bool positive = all([](const auto& line) { return line.quantity > 0; });
  const bool charges = all([](const auto& line) { return !is_goods(line.sku); });
  const auto hold = [&invoice](const char* why) {
    invoice.kind = Invoice::Kind::held;
    invoice.reason = why;
  };
  if (invoice.number.starts_with('C')) {
    if (!negative) return hold("a cancellation that gives");
    if (charges) return hold("a credit of charges, no goods");
    invoice.kind = Invoice::Kind::comes_back;
  } else if (negative) {
    if (charges) return hold("a credit of charges, no goods");
    invoice.kind = Invoice::Kind::adjustment;
  } else if (!positive) {
    hold("sold and taken back on one paper");
  } else if (all([](const auto& line) { return line.price == 0; })) {
    hold("nothing was paid for it");
  } else if (charges) {
    hold("charges only, no goods");
  } else {
    invoice.kind = Invoice::Kind::sale;
  }
}

}  // namespace

bool is_goods(const std::string& code) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool numbered = code.size() >= 5 && std::all_of(code.begin(), code.begin() + 5, digit);
  return numbered || code.starts_with("DCGS") || code.starts_with("gift_");
}

Result<OrderBook> read_order_book(const fs::path& file) {
  const auto rows = rows_of(file);
  if (!rows) return rows.error();
  OrderBook book;
  std::map<std::string, std::size_t> places;
  for (const Row& row : *rows) {
    auto line = line_of(row, file);
    if (!line) return line.error();
    const auto [place, fresh] = places.emplace(row.cells[invoice_no], book.invoices.size());
    if (fresh) {
      Invoice invoice;
      invoice.number = row.cells[invoice_no];
      invoice.customer = row.cells[customer_id];
      invoice.country = row.cells[country];
      if (invoice.number.empty()) return wrong(file, row.line, "the row has no invoice");
      if (!read_moment(row.cells[invoice_date], invoice))
        return wrong(file, row.line, "'" + row.cells[invoice_date] + "' is no month/day/year hour:minute");
      book.invoices.push_back(std::move(invoice));
    }
    Article& article = book.articles[line->sku];
    article.goods = is_goods(line->sku);
    if (article.title.empty()) article.title = row.cells[description];
    if (article.price == 0) article.price = line->price;
    book.invoices[place->second].lines.push_back(std::move(*line));
  }
  for (auto& [code, article] : book.articles) {
    if (article.title.empty()) article.title = code;
    if (article.price == 0) article.price = price_of_the_unpriced;
  }
  for (Invoice& invoice : book.invoices) classify(invoice);
  return book;
}

}  // namespace tally::demo
