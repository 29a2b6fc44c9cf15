// The meters of all channels: each request is counted in the store before it leaves, so no restart refills a budget.
#pragma once

#include "channel/meter.hpp"
#include "store/database.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace tally::engine {

/// Any thread. Stretches of `every` go by time that passed, which no clock that is set can change, not over a restart either (only a
/// machine that boots with a wrong clock counts the time that it was off by it); the platform's days go by the clock, but never back. Large
/// budgets are written in small blocks; what is left of one at a crash is forfeited.
class Budgets {
 public:
  explicit Budgets(const Clock& clock) : clock_(clock) {}

  /// Reads what was used. Before the first request; `store` must outlive the last. Errors: io, gone.
  Result<void> open(store::Database& store);
  /// For a connector that is being made: until it asks for a meter it publishes nothing, whatever the one before it did. Before open() a
  /// meter lets nothing leave: `gone`. `this` must outlive the meters.
  channel::MakeMeter for_channel(const std::string& channel);
  /// What the platform of that channel publishes, as its connector said last.
  std::vector<channel::Budget> published(const std::string& channel) const;

 private:
  class Books;
  class OneMeter;
  std::shared_ptr<Books> books_of(const std::string& channel);
  Time passed() const;

  const Clock& clock_;
  std::atomic<store::Database*> store_ = nullptr;
  Time opened_ = long_ago;    ///< by time that passed
  Duration opened_since_{0};  ///< the same moment by Clock::since_start
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Books>> books_;
  std::map<std::string, std::vector<channel::Budget>> published_;
};

/// How often the order list can be read, whatever else is done: all of a budget that is for orders alone, and of another what is kept.
Duration between_order_reads(const std::vector<channel::Budget>& budgets);

}  // namespace tally::engine
