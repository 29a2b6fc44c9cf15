#include "store/migrations.hpp"

#include "base/crypto.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

/// Statements end with ';' at the end of a line; comments are lines that begin with "--".
void run_script(soci::session& sql, std::string_view script) {
  std::string statement;
  for (std::size_t at = 0; at < script.size();) {
    const auto end = std::min(script.find('\n', at), script.size());
    const std::string_view line = script.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("--") || line.empty()) continue;
    statement.append(line).append("\n");
    if (line.ends_with(';')) {
      sql << statement;
      statement.clear();
    }
  }
}

}  // namespace

Result<void> migrate(Session& session, Time now) {
  auto& sql = session.sql;
  sql << "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, at BIGINT NOT NULL)";
  Int newest = 0;
  sql << "SELECT COALESCE(MAX(number), 0) FROM migration", into(newest);
  const auto known = migrations();
  if (newest > known.back().number)
    return error(Fault::invalid,
                 "the store has schema " + std::to_string(newest) + ", this tallyd knows " + std::to_string(known.back().number), "store",
                 "start the newer tallyd that wrote it");
  for (const auto& migration : known) {
    const std::string checksum = crypto::hex(crypto::digest(crypto::Digest::sha256, migration.sql));
    Int number = migration.number;
    if (number <= newest) {
      std::string applied;
      sql << "SELECT checksum FROM migration WHERE number = :n", use(number), into(applied);
      if (applied != checksum)
        return error(Fault::invalid, "migration " + std::string(migration.name) + " is not the one that this store was made with", "store",
                     "start the tallyd that wrote it, or restore a backup");
      continue;
    }
    soci::transaction transaction(sql);
    run_script(sql, migration.sql);
    std::string name(migration.name);
    Int at = to_ms(now);
    sql << "INSERT INTO migration (number, name, checksum, at) VALUES (:n, :name, :sum, :at)", use(number), use(name), use(checksum),
        use(at);
    transaction.commit();
  }
  return {};
}

}  // namespace tally::store
