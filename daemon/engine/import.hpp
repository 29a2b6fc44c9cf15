// A chunk of a catalogue, or of an update of one, becomes rows, counts and marks. In the caller's transaction, on the engine's thread.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "engine/world.hpp"

#include <cstdint>
#include <string>

namespace tally::store {
class Session;
}

namespace tally::engine {

struct Why;

/// What became of a chunk. Products are counted, and of an update its rows.
struct ImportReport {
  std::int64_t created = 0, updated = 0, unchanged = 0, counted = 0;
  Json refused = Json::array();    ///< {thing, why}, and {line, column} of the file where the chunk said them
  Json corrected = Json::array();  ///< {line, kind, what}
  Json kept = Json::array();       ///< {sku, code}: on sale, and no row of its product that was taken names it: as it was

  void refuse(const std::string& thing, const std::string& why, const Json* line, const std::string& column = {});
  Json json() const;
};

/// The lists of a chunk are lists.
Result<void> check_chunk(const Json& chunk);

/// `chunk`: as Admin::import takes it. A product keeps the variants that the chunk does not name, whatever the reason. What cannot be taken
/// is in the report, the rest is written. In a dry run (`dry_run`) the caller gives the transaction up; orders that wait for a SKU are left
/// alone then.
ImportReport take_chunk(store::Session& session, const World& world, const Json& chunk, const Why& why, const StepSeen& step_seen);

}  // namespace tally::engine
