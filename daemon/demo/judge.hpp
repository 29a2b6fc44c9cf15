// What came out, judged from the pretend platforms' own words and the driver's own record; the daemon is only asked what it knows.
#pragma once

#include "base/time.hpp"
#include "cli/daemon.hpp"
#include "demo/platforms.hpp"
#include "demo/stage.hpp"

#include <map>
#include <string>
#include <vector>

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

/// What the platforms say of their orders.
struct There {
  std::map<std::string, Json::Array> orders;  ///< by platform
  std::map<std::string, std::int64_t> sold;   ///< units by component, cancelled ones apart
};
/// `began`: orders that a platform accepted before are not counted.
Result<There> ask_platforms(const Platforms& platforms, const Assortment& assortment, Time began = long_ago);

/// Each order of a platform must be here, and once. Sets orders, imported, lost and duplicated.
Result<void> compare_orders(const There& there, const cli::Daemon& daemon, Verdict& verdict);
/// `over`: units sold too many, by SKU; `explained`: those of which the daemon's records name both orders. Sets oversold and
/// oversold_unexplained.
void compare_oversold(const std::map<std::string, std::int64_t>& over, std::map<std::string, std::int64_t> explained, Verdict& verdict);
/// From the acceptance of an order to each sibling's acceptance of a lower number: the first write of that SKU there afterwards. Sets
/// over_limit and the percentiles.
Result<void> measure(const Platforms& platforms, const There& there, const Assortment& assortment, Verdict& verdict);
void note(Json* notes, std::string text);

/// Offers whose number or price there is not what the daemon would show now, plus listings missing or twice.
Result<std::int64_t> count_drift(const Platforms& platforms, const cli::Daemon& daemon, const Assortment& assortment, Json* notes);

/// The parked rows that hold what the pretend till garbled: a report whose first refused row has no SKU.
std::vector<std::string> garbled_rows(const Json& status);

/// All items of a list that has cursors.
Result<Json::Array> all_items(const cli::Daemon& daemon, const std::string& path, const std::string& channel);

}  // namespace tally::demo
