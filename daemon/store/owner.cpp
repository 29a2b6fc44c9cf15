#include "store/owner.hpp"

#include "store/prepared_once.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

void open(soci::session& sql, const std::filesystem::path& file) {
  sql.open(sqlite_prepared_once(), "dbname=\"" + file.string() + "\" timeout=10");
}

Int count_of(soci::session& sql, const std::string& what) {
  Int count = 0;
  sql << "SELECT count(*) FROM " + what, into(count);
  return count;
}

/// True where the mark is there.
Result<bool> judge(soci::session& sql, const std::filesystem::path& file) {
  Int mark = 0;
  sql << "PRAGMA application_id", into(mark);
  if (mark == application_id) return true;
  const bool nothing_in_it = count_of(sql, "sqlite_master") == 0;
  const bool older_store = count_of(sql, "pragma_table_info('migration') WHERE name IN ('number', 'name', 'checksum', 'at')") == 4 &&
                           count_of(sql, "sqlite_master WHERE name IN ('inbox', 'movement', 'offer')") == 3;
  if (mark == 0 && (nothing_in_it || older_store)) return false;
  return error(Fault::invalid, file.string() + " is no store of tallyd's: it is a database of another program", "store",
               "name another file under 'store', or move this one away and a new store is made there");
}

Result<bool> judged(const std::filesystem::path& file, const std::function<void(soci::session&)>& then) {
  try {
    soci::session sql;
    open(sql, file);
    auto marked = judge(sql, file);
    if (marked && !*marked) then(sql);
    return marked;
  } catch (const soci::soci_error& e) {
    return error(Fault::io, e.what(), "store", "look at free disk space and the file's permissions");
  }
}

}  // namespace

Result<void> check_owner(const std::filesystem::path& file) {
  const auto marked = judged(file, [](soci::session&) {});
  if (!marked) return marked.error();
  return {};
}

Result<void> take_ownership(const std::filesystem::path& file) {
  const auto marked = judged(file, [](soci::session& sql) { sql << "PRAGMA application_id = " + std::to_string(application_id); });
  if (!marked) return marked.error();
  return {};
}

}  // namespace tally::store
