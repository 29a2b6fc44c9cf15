#include "cli/exit_code.hpp"

namespace tally::cli {

int exit_for(Fault fault) {
  switch (fault) {
    case Fault::unauthorized:
    case Fault::forbidden:
      return exit_credentials;
    case Fault::elsewhere:
    case Fault::transient:
    case Fault::throttled:
    case Fault::not_yet:
    case Fault::gone:
      return exit_unavailable;
    case Fault::locked:
      return exit_locked;
    case Fault::held:
      return exit_guard;
    case Fault::cancelled:
      return exit_cancelled;
    default:
      return exit_error;
  }
}

}  // namespace tally::cli
