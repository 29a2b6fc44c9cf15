// What a connector asks before each request: whether a budget of the platform's has room for it.
#pragma once

#include "channel/budget.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tally::channel {

/// One request that is about to leave.
struct Errand {
  std::string operation;  ///< "read_orders"
  bool urgent = false;    ///< may use what is kept
  /// The id of that name ("listing.@id") that the request is about; empty: of none.
  std::function<std::string(const std::string& name)> id = [](const std::string&) { return std::string(); };
};

/// A budget that has no room now.
struct Spent {
  std::string budget;
  std::string entity;  ///< the id; empty: the whole account
  Time opens;
  bool urgent = false;                                 ///< what is kept is used up too
  std::string text;                                    ///< in words, with when it opens
  std::set<std::string, std::less<>> operations = {};  ///< what it is of; empty: all

  bool concerns(std::string_view operation) const { return operations.empty() || operations.contains(operation); }
};

/// Any thread.
class Meter {
 public:
  virtual ~Meter() = default;
  /// Counts the request, and returns when that is sure to survive a crash: the request may leave then, and only then.
  /// Errors: not_yet with `retry_after` (a budget is used up; nothing was counted), io, gone, locked (the store).
  virtual Result<void> take(const Errand& errand) = 0;
  /// When the account's budgets have room for such a request; nothing: they have. Those of an entity are not asked. Does not wait for a
  /// disk.
  virtual std::optional<Time> opens(std::string_view operation, bool urgent) const = 0;
  /// Budgets that have no room for what is not urgent, at most a few dozen: first those that have none for urgent work either.
  virtual std::vector<Spent> spent() const = 0;
};

/// For one channel and what its platform publishes. A channel whose connector is made anew goes on counting.
using MakeMeter = std::function<std::unique_ptr<Meter>(std::vector<Budget>)>;

}  // namespace tally::channel
