// SOCI's SQLite sessions with one difference: a statement is compiled at its first use and kept, until the session closes, for every later
// use of the same text. Compiling took more than half of the time of every short statement.
#pragma once

#include <soci/soci-backend.h>

namespace tally::store {

/// For soci::session::open. A session and its statements are used by one thread at a time: SQLite does not lock them in between.
const soci::backend_factory& sqlite_prepared_once();

}  // namespace tally::store
