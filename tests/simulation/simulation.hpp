// One run of the whole engine on a fake clock: faults first, then a calm in which everything must come to rest.
// The same seed gives the same run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tally::simulation {

struct Report {
  std::uint64_t seed = 0;
  std::string violation;                        ///< empty: every invariant held
  std::string tail;                             ///< of the trace, where one did not
  std::uint64_t trace = 0;                      ///< hash over the whole trace
  std::uint64_t dump = 0;                       ///< hash over every row of the store at the end, where Options::dump wants it
  std::map<std::string, std::uint64_t> faults;  ///< what was done to the engine, by kind
  std::uint64_t moments = 0, commits = 0, turns = 0, calls = 0, orders = 0;
  std::string end;  ///< in the calm: units by SKU, orders with their states, numbers that are shown
  std::uint64_t writes = 0, raises = 0, raised_over_unread = 0, coincidences = 0;
};

enum class Script {
  street,        ///< everything that the world offers
  broken_reads,  ///< the first shop's order list is closed; goods arrive and leave
  hot,           ///< one shop that takes absolute numbers, where somebody buys every second; a hundred pieces arrive
  same_world     ///< plenty of everything, no crash, nothing whose effect hangs on when it was read: the end is the world's, not the wire's
};

struct Options {
  std::size_t tail = 150;  ///< lines of the trace that are kept
  Script script = Script::street;
  std::uint64_t wire = 0;                   ///< the same world over another wire: other calls and webhooks are lost, late, twice
  std::optional<std::uint64_t> crash_at{};  ///< instead of crashes by chance: one, so many half commits after the first start
  std::int64_t faults_ms = 150000;          ///< how long the world does things
  bool dump = false;                        ///< whether Report::dump is wanted
};

Report simulate(std::uint64_t seed, const Options& options = {});

}  // namespace tally::simulation
