#include "cli/exit_code.hpp"

namespace tally::cli {

int exit_for(const Error& error) {
  return error.fault == Fault::invalid && error.where == in_the_configuration ? exit_configuration : exit_for(error.fault);
}

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
