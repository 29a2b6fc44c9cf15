// Counts requests in a sliding window against a platform's limit.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <deque>

namespace tally::sandbox {

struct Limit {
  std::size_t requests = 50;  ///< in any `window`
  Duration window{1000};
};

/// Not thread-safe: used under its platform's mutex.
class Meter {
 public:
  explicit Meter(Limit limit) : limit_(limit) {}

  /// False when this request is one too many; a refused request does not fill the window.
  bool admit(Time now) {
    while (!seen_.empty() && seen_.front() <= now - limit_.window) seen_.pop_front();
    if (seen_.size() >= limit_.requests) return false;
    seen_.push_back(now);
    return true;
  }
  const Limit& limit() const { return limit_; }

 private:
  Limit limit_;
  std::deque<Time> seen_;
};

}  // namespace tally::sandbox
