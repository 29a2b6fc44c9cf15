// One run of the whole engine on a fake clock: faults first, then a calm in which everything must come to rest.
// The same seed gives the same run.
#pragma once

#include <cstdint>
#include <string>

namespace tally::simulation {

struct Report {
  std::uint64_t seed = 0;
  std::string violation;    ///< empty: every invariant held
  std::string tail;         ///< of the trace, where one did not
  std::uint64_t trace = 0;  ///< hash over the whole trace
  std::uint64_t moments = 0, commits = 0, turns = 0, crashes = 0, calls = 0, lost = 0, late = 0, orders = 0;
  std::uint64_t writes = 0, raises = 0, raised_over_unread = 0, coincidences = 0;
};

struct Options {
  std::size_t tail = 150;  ///< lines of the trace that are kept
};

Report simulate(std::uint64_t seed, const Options& options = {});

}  // namespace tally::simulation
