// Numbered SQL files under schema/, embedded by the build, each applied once in a transaction of its own and remembered with its checksum.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <span>
#include <string_view>

namespace tally::store {

class Session;

struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

/// In order of their numbers (generated from schema/*.sql).
std::span<const Migration> migrations();

/// Brings the database to the newest schema. Errors: invalid (a newer schema, or one whose text was changed), io.
Result<void> migrate(Session& session, Time now);

}  // namespace tally::store
