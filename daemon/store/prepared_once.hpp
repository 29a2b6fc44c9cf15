// SOCI's SQLite sessions with one difference: a statement is compiled at its first use and kept, until the session closes, for every later
// use of the same text. Compiling took more than half of the time of every short statement.
#pragma once

#include <soci/soci-backend.h>

namespace tally::store {

/// For soci::session::open. Statements of a session are used by the thread that has the session.
const soci::backend_factory& sqlite_prepared_once();

}  // namespace tally::store
