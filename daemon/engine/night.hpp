// Once in 24 hours the order list is read again, a day back: what it did not show when it was read, and what changed without saying so.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <string>

namespace tally::engine {

/// One such reading whose pages are coming in. What is not kept over a restart is read again.
struct NightReading {
  Time began;                 ///< by the machine's clock
  Time began_there, since;    ///< by the platform's
  bool by_placed = false;     ///< its second part: by the time of placing
  std::string cursor = {};    ///< of the next page
  std::size_t different = 0;  ///< documents that were not the ones we had
};

}  // namespace tally::engine
