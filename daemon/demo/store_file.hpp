// The daemon's store, read from outside while it runs: what the verdict rests on is not asked of the daemon.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

struct sqlite3;

namespace tally::demo {

struct LedgerSum {
  std::int64_t on_hand = 0, reserved = 0;  ///< of all movements, over all locations
};

/// One thread. Reads only; each question sees one moment. Errors: io.
class StoreFile {
 public:
  static Result<StoreFile> open(const std::filesystem::path& database);

  /// Orders that were taken in, by channel.
  Result<std::map<std::string, std::int64_t>> orders() const;
  /// Changes that wait to be sent, those that wait for a person apart.
  Result<std::int64_t> pending() const;
  /// What the movements come to, by SKU.
  Result<std::map<std::string, LedgerSum>> ledger() const;
  /// Units short by the records of oversells that name both orders, by SKU.
  Result<std::map<std::string, std::int64_t>> oversells_explained() const;

 private:
  StoreFile(sqlite3* file, std::filesystem::path path);
  using Row = std::function<void(const std::string& name, std::int64_t first, std::int64_t second)>;
  Result<void> each(const char* question, const Row& row) const;

  std::unique_ptr<sqlite3, int (*)(sqlite3*)> file_;
  std::filesystem::path path_;
};

}  // namespace tally::demo
