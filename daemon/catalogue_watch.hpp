// `catalogue: { watch: catalogue/*.csv }`: product files that are imported at the start and whenever they change.
#pragma once

#include "base/decimal.hpp"
#include "base/log.hpp"
#include "engine/faces.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace tally {

/// A thread of its own, from construction to destruction. A file is read when it has not changed for two seconds; what is refused in it is
/// logged by line.
class CatalogueWatch {
 public:
  /// `pattern`: a folder and a file name with '*', absolute or relative to `folder`.
  CatalogueWatch(const std::filesystem::path& folder, const std::string& pattern, Currency currency, engine::Admin& admin, Log log);
  ~CatalogueWatch();
  CatalogueWatch(const CatalogueWatch&) = delete;
  CatalogueWatch& operator=(const CatalogueWatch&) = delete;

 private:
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace tally
