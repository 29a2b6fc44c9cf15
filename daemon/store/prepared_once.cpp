#include "store/prepared_once.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <map>
#include <string>
#include <vector>

namespace tally::store {
namespace {

constexpr std::size_t most_kept = 512;  ///< more than the store has texts: one that is built anew each time cannot fill the memory

class Connection final : public soci::sqlite3_session_backend {
 public:
  using soci::sqlite3_session_backend::sqlite3_session_backend;
  ~Connection() override {
    for (const auto& [text, statement] : idle_) sqlite_api::sqlite3_finalize(statement);
  }
  soci::sqlite3_statement_backend* make_statement_backend() override;

  /// Null where none of this text lies idle.
  sqlite_api::sqlite3_stmt* take(const std::string& text) {
    const auto found = idle_.find(text);
    if (found == idle_.end()) return nullptr;
    auto* statement = found->second;
    idle_.erase(found);
    return statement;
  }
  void give_back(const std::string& text, sqlite_api::sqlite3_stmt* statement) {
    sqlite_api::sqlite3_reset(statement);  // answers with the error of the last step, which was reported then
    sqlite_api::sqlite3_clear_bindings(statement);
    if (idle_.size() < most_kept)
      idle_.emplace(text, statement);
    else
      sqlite_api::sqlite3_finalize(statement);
  }

 private:
  std::multimap<std::string, sqlite_api::sqlite3_stmt*> idle_;  ///< of one text there are as many as were ever open together
};

class Statement final : public soci::sqlite3_statement_backend {
 public:
  explicit Statement(Connection& connection) : soci::sqlite3_statement_backend(connection), connection_(connection) {}

  void prepare(const std::string& text, soci::details::statement_type type) override {
    clean_up();
    text_ = text;
    stmt_ = connection_.take(text);
    if (stmt_)
      databaseReady_ = true;
    else
      soci::sqlite3_statement_backend::prepare(text, type);
  }
  void clean_up() override {
    if (stmt_) {
      connection_.give_back(text_, stmt_);
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

}  // namespace

const soci::backend_factory& sqlite_prepared_once() {
  static const Factory factory;
  return factory;
}

}  // namespace tally::store
