// What a script learns from the end of a command.
#pragma once

#include "base/result.hpp"

namespace tally::cli {

enum Exit : int {
  exit_ok = 0,
  exit_error = 1,
  exit_changes = 2,  ///< plan: there is something to do
  exit_partly = 3,   ///< done, but for what was refused or parked
  exit_configuration = 4,
  exit_credentials = 5,  ///< refused, theirs or ours
  exit_unavailable = 6,  ///< a channel, or the daemon, is not there
  exit_locked = 7,       ///< somebody else holds it and does not answer
  exit_guard = 8,        ///< waits for a person to release it
  exit_cancelled = 130,
};

/// `Error::where` of what is wrong in the merchant's own files, so that a command which only reads them on its way ends as `check` does.
inline constexpr const char* in_the_configuration = "configuration";

int exit_for(const Error& error);
int exit_for(Fault fault);

}  // namespace tally::cli
