#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace tally {

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::invalid:
      return "invalid";
    case Fault::not_found:
      return "not_found";
    case Fault::io:
      return "io";
    case Fault::locked:
      return "locked";
    case Fault::gone:
      return "gone";
    case Fault::internal:
      return "internal";
    case Fault::cancelled:
      return "cancelled";
    case Fault::held:
      return "held";
    case Fault::transient:
      return "transient";
    case Fault::throttled:
      return "throttled";
    case Fault::not_yet:
      return "not_yet";
    case Fault::unauthorized:
      return "unauthorized";
    case Fault::forbidden:
      return "forbidden";
    case Fault::elsewhere:
      return "elsewhere";
    case Fault::rejected:
      return "rejected";
    case Fault::missing:
      return "missing";
    case Fault::conflict:
      return "conflict";
    case Fault::unknown:
      return "unknown";
    case Fault::broken:
      return "broken";
  }
  return "internal";
}

std::string Error::text() const {
  std::string out = where.empty() ? what : where + ": " + what;
  if (!todo.empty()) out += " (" + todo + ")";
  return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.text());
}

void ensure(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "tallyd: this cannot be: %s\n", what);
  std::abort();
}

}  // namespace tally
