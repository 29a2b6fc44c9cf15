// What was used of the budgets that platforms publish: rows, so that a restart refills nothing.
#pragma once

#include "base/zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct BudgetUse {
  std::string channel;  ///< by its name: connectors are made before the channel has a number
  std::string budget;
  std::string entity;   ///< empty: the whole account
  bool by_day = false;  ///< a day of the platform's, by the clock; else a stretch by time that passed
  Span stretch;
  std::int64_t requests = 0;
};

/// One moment: by time that passed since budgets are counted, by the clock, and since the machine's start.
struct BudgetClock {
  Time passed, clock;
  Duration since_start{0};
};

std::vector<BudgetUse> budget_uses(Session& session);
/// In the place of what that stretch had.
void put_budget_use(Session& session, const BudgetUse& use);
void remove_budget_use(Session& session, const BudgetUse& use);
/// Stretches that count no more, of one budget.
void forget_budget_uses(Session& session, const std::string& channel, const std::string& budget, Time ended_by);
/// Days by the clock and stretches by what passed, also of budgets that no file names any more.
void forget_budget_uses(Session& session, Time days_ended_by, Time stretches_ended_by);

std::optional<BudgetClock> budget_clock(Session& session);
void put_budget_clock(Session& session, const BudgetClock& clock);

}  // namespace tally::store
