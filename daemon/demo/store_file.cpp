#include "demo/store_file.hpp"

#include <sqlite3.h>

namespace tally::demo {
namespace {

constexpr int patience_ms = 10'000;

}  // namespace

StoreFile::StoreFile(sqlite3* file, std::filesystem::path path) : file_(file, ::sqlite3_close), path_(std::move(path)) {}

Result<StoreFile> StoreFile::open(const std::filesystem::path& database) {
  sqlite3* opened = nullptr;
  const int status = ::sqlite3_open_v2(database.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  StoreFile file(opened, database);
  if (status != SQLITE_OK) return error(Fault::io, ::sqlite3_errmsg(opened), database.string());
  ::sqlite3_busy_timeout(opened, patience_ms);
  return file;
}

/// Every question answers with a name and up to two numbers.
Result<void> StoreFile::each(const char* question, const Row& row) const {
  const auto failed = [this] { return error(Fault::io, ::sqlite3_errmsg(file_.get()), path_.string()); };
  sqlite3_stmt* prepared = nullptr;
  if (::sqlite3_prepare_v2(file_.get(), question, -1, &prepared, nullptr) != SQLITE_OK) return failed();
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, ::sqlite3_finalize);
  int step = 0;
  while ((step = ::sqlite3_step(prepared)) == SQLITE_ROW) {
    const std::string name = reinterpret_cast<const char*>(::sqlite3_column_text(prepared, 0));
    row(name, ::sqlite3_column_int64(prepared, 1), ::sqlite3_column_int64(prepared, 2));
  }
  if (step != SQLITE_DONE) return failed();
  return {};
}

Result<std::map<std::string, std::int64_t>> StoreFile::orders() const {
  std::map<std::string, std::int64_t> counts;
  auto read = each(
      "SELECT c.name, COUNT(o.order_no), 0 FROM channel c LEFT JOIN orders o ON o.channel_no = c.channel_no GROUP BY c.name ORDER BY "
      "c.name",
      [&](const std::string& name, std::int64_t count, std::int64_t) { counts[name] = count; });
  if (!read) return read.error();
  return counts;
}

Result<std::int64_t> StoreFile::pending() const {
  std::int64_t count = 0;
  auto read = each("SELECT '', COUNT(*), 0 FROM mark WHERE parked = ''",
                   [&](const std::string&, std::int64_t marks, std::int64_t) { count = marks; });
  if (!read) return read.error();
  return count;
}

Result<std::map<std::string, LedgerSum>> StoreFile::ledger() const {
  std::map<std::string, LedgerSum> sums;
  auto read = each(
      "SELECT v.sku, SUM(m.on_hand), SUM(m.reserved) FROM movement m JOIN variant v ON v.variant_no = m.variant_no GROUP BY v.sku "
      "ORDER BY v.sku",
      [&](const std::string& sku, std::int64_t on_hand, std::int64_t reserved) {
        sums[sku] = {on_hand, reserved};
      });
  if (!read) return read.error();
  return sums;
}

Result<std::map<std::string, std::int64_t>> StoreFile::oversells_explained() const {
  std::map<std::string, std::int64_t> units;
  auto read = each(
      "SELECT v.sku, SUM(o.short), 0 FROM oversell o JOIN variant v ON v.variant_no = o.variant_no "
      "WHERE o.order_no <> 0 AND o.other_order_no <> 0 GROUP BY v.sku ORDER BY v.sku",
      [&](const std::string& sku, std::int64_t count, std::int64_t) { units[sku] = count; });
  if (!read) return read.error();
  return units;
}

}  // namespace tally::demo
