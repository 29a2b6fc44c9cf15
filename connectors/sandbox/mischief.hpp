// How a pretend platform misbehaves on purpose: decided by seed, so that a run can be repeated.
#pragma once

#include "base/json.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"

#include <mutex>

namespace tally::sandbox {

/// Percentages are of 100; requests are those to the platform's own port, never those to the control port.
struct Faults {
  unsigned lose = 0;           ///< requests that never arrive: not counted, not applied, no answer
  unsigned error_429 = 0;      ///< "too many", in the platform's own words, not applied
  unsigned error_5xx = 0;      ///< trouble on their side, not applied
  unsigned garbage = 0;        ///< applied, and the answer is cut or replaced by a web page
  unsigned lose_reply = 0;     ///< applied, and the answer is lost (half of them) or a 502
  unsigned webhooks_lost = 0;  ///< webhooks never sent
  unsigned duplicate = 0;      ///< webhooks (a till: files) sent twice
  unsigned reorder = 0;        ///< webhooks held back so that later ones overtake them
  unsigned delay_ms = 0;       ///< answers and webhooks wait up to this long; at most 10,000

  /// Replaces only what `wish` names: {"lose_percent": 5, "delay_ms": 100}; refuses unknown names and values out of range.
  static Result<Faults> changed(Faults now, const Json& wish);
  Json json() const;
};

enum class Fate { served, lost, too_many, trouble, garbled, reply_lost };

/// What happens to one webhook.
struct Journey {
  bool lost = false;
  bool twice = false;
  Duration wait{0};
};

/// Thread-safe.
class Mischief {
 public:
  explicit Mischief(std::uint64_t seed) : rng_(seed) {}

  Faults faults() const;
  void set(const Faults& faults);
  Fate of_request();
  Duration delay();
  Journey of_webhook();
  bool coin();  ///< half of the cases

 private:
  mutable std::mutex mutex_;
  Faults faults_;
  Rng rng_;
};

}  // namespace tally::sandbox
