// What came out, judged from the pretend platforms' own words and the driver's own record; the daemon is only asked what it knows.
#pragma once

#include "cli/daemon.hpp"
#include "demo/platforms.hpp"
#include "demo/stage.hpp"

namespace tally::demo {

/// The demonstration's result: README.md says what each number means.
struct Verdict {
  std::int64_t orders = 0, imported = 0, lost = 0, duplicated = 0, drift = 0, oversold = 0, oversold_unexplained = 0, over_limit = 0;
  std::int64_t p50_ms = 0, p99_ms = 0;
  Json notes = Json::array();  ///< what is behind a number that is not 0, at most 20

  bool good() const { return lost == 0 && duplicated == 0 && drift == 0 && oversold_unexplained == 0 && over_limit == 0; }
  Json json() const;
};

Result<Verdict> judge(const Platforms& platforms, const cli::Daemon& daemon, const Assortment& assortment);

/// Offers whose number or price there is not what the daemon would show now, plus listings missing or twice.
Result<std::int64_t> count_drift(const Platforms& platforms, const cli::Daemon& daemon, const Assortment& assortment, Json* notes);

/// All items of a list that has cursors.
Result<Json::Array> all_items(const cli::Daemon& daemon, const std::string& path, const std::string& channel);

}  // namespace tally::demo
