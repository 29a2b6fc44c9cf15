// A budget of requests that a platform publishes, and how much of it is used. Pure.
#pragma once

#include "base/time.hpp"
#include "base/zone.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tally::channel {

struct Budget {
  std::string name;
  std::set<std::string, std::less<>> operations;  ///< empty: all
  std::int64_t most = 0;                          ///< requests in any stretch of `every`, or of one of the platform's days
  Duration every{0};
  std::optional<DayStart> day;  ///< in the place of `every`
  std::string entity;           ///< the name of the id that it is counted for; empty: the whole account
  std::int64_t keep = 0;        ///< of `most`, for urgent requests alone
  Duration slack{20000};        ///< so long after it was counted a request may reach the platform

  bool concerns(std::string_view operation) const { return operations.empty() || operations.contains(operation); }
  std::int64_t most_for(bool urgent) const { return urgent ? most : most - keep; }
  std::string terms() const;  ///< "20 every 1h", "5000 a day from 00:00 America/Los_Angeles"
};

/// What is kept where nobody said how much: a tenth, at least one, and never all.
std::int64_t usual_keep(std::int64_t most);

/// Requests that were counted in a stretch of time.
struct Counted {
  Time begin, end;
  std::int64_t requests = 0;
};

/// What was used of one budget, for one entity. `every` is cut into 60 stretches, and a stretch counts until all of it is over for the
/// platform, whatever the alignment of its windows: never too many, and at most a sixtieth and the slack too few. Of a platform's days each
/// is a stretch; a request near midnight counts in both days. `now` is one timeline that never goes back.
class Usage {
 public:
  std::int64_t used(const Budget& budget, Time now) const;
  /// When there is room for one more; `now` or before: there is.
  Time opens(const Budget& budget, bool urgent, Time now) const;
  /// The stretches that a request at `now` counts in: one, or two near a midnight.
  static std::vector<Span> stretches(const Budget& budget, Time now);
  void add(Span stretch, std::int64_t requests);
  std::int64_t requests_from(Time begin) const;  ///< of the stretch that begins then
  /// A stretch that ended by then counts no more.
  static Time over_by(const Budget& budget, Time now);
  void forget(Time ended_by);
  bool empty() const { return counted_.empty(); }
  Time newest() const { return counted_.empty() ? long_ago : counted_.back().begin; }

 private:
  std::int64_t requests_in(Span stretch) const;  ///< of all that touch it

  std::vector<Counted> counted_;  ///< by their beginnings
};

}  // namespace tally::channel
