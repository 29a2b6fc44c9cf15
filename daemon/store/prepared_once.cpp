#include "store/prepared_once.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <map>
#include <string>
#include <utility>

namespace tally::store {
namespace {

constexpr std::size_t most_kept = 512;  ///< more than the store has texts: one that is built anew each time cannot fill the memory

/// What SOCI learns of a statement, too: it describes the columns before the first row, each time anew.
struct Prepared {
  sqlite_api::sqlite3_stmt* statement = nullptr;
  soci::sqlite3_column_info_list columns = {};
};

/// By length first: texts begin alike, and hardly two are of one length.
struct ByLength {
  bool operator()(const std::string& a, const std::string& b) const { return a.size() != b.size() ? a.size() < b.size() : a < b; }
};

class Connection final : public soci::sqlite3_session_backend {
 public:
  using soci::sqlite3_session_backend::sqlite3_session_backend;
  ~Connection() override {
    for (const auto& [text, prepared] : idle_) sqlite_api::sqlite3_finalize(prepared.statement);
  }
  soci::sqlite3_statement_backend* make_statement_backend() override;

  /// Without a statement where none of this text lies idle.
  Prepared take(const std::string& text) {
    auto found = idle_.extract(text);
    return found ? std::move(found.mapped()) : Prepared();
  }
  void give_back(const std::string& text, Prepared prepared) {
    sqlite_api::sqlite3_reset(prepared.statement);  // answers with the error of the last step, which was reported then
    sqlite_api::sqlite3_clear_bindings(prepared.statement);
    if (idle_.size() < most_kept)
      idle_.emplace(text, std::move(prepared));
    else
      sqlite_api::sqlite3_finalize(prepared.statement);
  }

 private:
  std::multimap<std::string, Prepared, ByLength> idle_;  ///< of one text there are as many as were ever open together
};

class Statement final : public soci::sqlite3_statement_backend {
 public:
  explicit Statement(Connection& connection) : soci::sqlite3_statement_backend(connection), connection_(connection) {}

  void prepare(const std::string& text, soci::details::statement_type type) override {
    clean_up();
    text_ = text;
    Prepared prepared = connection_.take(text);
    stmt_ = prepared.statement;
    columns_ = std::move(prepared.columns);
    if (stmt_)
      databaseReady_ = true;
    else
      soci::sqlite3_statement_backend::prepare(text, type);
  }
  void clean_up() override {
    if (stmt_) {
      connection_.give_back(text_, {stmt_, std::exchange(columns_, {})});
      stmt_ = nullptr;
      databaseReady_ = false;
    }
    soci::sqlite3_statement_backend::clean_up();
  }

 private:
  Connection& connection_;
  std::string text_;
};

soci::sqlite3_statement_backend* Connection::make_statement_backend() {
  return new Statement(*this);  // SOCI's sessions own what their backend makes
}

class Factory final : public soci::backend_factory {
 public:
  soci::details::session_backend* make_session(const soci::connection_parameters& parameters) const override {
    return new Connection(parameters);
  }
};

/// A connection of the store is used by one thread at a time, which its owners see to (the writer's thread, a reader that was lent, the
/// lock of the keys): SQLite need not lock it once more in every call, nor count its memory under one lock for all. It takes this only
/// before its first connection, and goes on in its own slower way where something else in the process was first.
bool without_locks() {
  return sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK &&
         sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
}

}  // namespace

const soci::backend_factory& sqlite_prepared_once() {
  [[maybe_unused]] static const bool asked = without_locks();
  static const Factory factory;
  return factory;
}

}  // namespace tally::store
