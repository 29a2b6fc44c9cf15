// What a Session is inside store/: SOCI. Bind named values only (a bound temporary is a use after free);
// integers are long long (a narrower type truncates).
#pragma once

#include "store/database.hpp"

#include <soci/soci.h>

#include <filesystem>
#include <set>

namespace tally::store {

class Keys;

class Session {
 public:
  soci::session sql;
  std::set<long long> stirred;  ///< channels that this transaction gives something to do; 0: all
  Keys* keys = nullptr;         ///< of all sessions of the store
  std::filesystem::path erasures;
};

using Int = long long;

/// SOCI has no way to bind text that may hold a NUL byte; our bodies are UTF-8 documents without one (the door refuses the rest).
using soci::into;
using soci::use;

}  // namespace tally::store
