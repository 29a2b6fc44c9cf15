#include "store/budgets.hpp"

#include "store/session.hpp"

namespace tally::store {

std::vector<BudgetUse> budget_uses(Session& session) {
  std::vector<BudgetUse> uses;
  std::string channel, budget, entity;
  Int by_day = 0, begins = 0, ends = 0, requests = 0;
  soci::statement st = (session.sql.prepare << "SELECT channel, budget, entity, by_day, begins_at, ends_at, requests FROM budget_use "
                                               "ORDER BY channel, budget, entity, by_day, begins_at",
                        into(channel), into(budget), into(entity), into(by_day), into(begins), into(ends), into(requests));
  st.execute();
  while (st.fetch()) uses.push_back({channel, budget, entity, by_day != 0, {from_ms(begins), from_ms(ends)}, requests});
  return uses;
}

void put_budget_use(Session& session, const BudgetUse& used) {
  Int by_day = used.by_day ? 1 : 0, begins = to_ms(used.stretch.begin), ends = to_ms(used.stretch.end), requests = used.requests;
  session.sql << "INSERT INTO budget_use (channel, budget, entity, by_day, begins_at, ends_at, requests) "
                 "VALUES (:c, :b, :y, :d, :f, :t, :r) ON CONFLICT (channel, budget, entity, by_day, begins_at) "
                 "DO UPDATE SET ends_at = excluded.ends_at, requests = excluded.requests",
      use(used.channel), use(used.budget), use(used.entity), use(by_day), use(begins), use(ends), use(requests);
}

void remove_budget_use(Session& session, const BudgetUse& used) {
  Int by_day = used.by_day ? 1 : 0, begins = to_ms(used.stretch.begin);
  session.sql << "DELETE FROM budget_use WHERE channel = :c AND budget = :b AND entity = :y AND by_day = :d AND begins_at = :f",
      use(used.channel), use(used.budget), use(used.entity), use(by_day), use(begins);
}

void forget_budget_uses(Session& session, const std::string& channel, const std::string& budget, Time ended_by) {
  Int ends = to_ms(ended_by);
  session.sql << "DELETE FROM budget_use WHERE channel = :c AND budget = :b AND ends_at <= :t", use(channel), use(budget), use(ends);
}

void forget_budget_uses(Session& session, Time days_ended_by, Time stretches_ended_by) {
  Int days = to_ms(days_ended_by), stretches = to_ms(stretches_ended_by);
  session.sql << "DELETE FROM budget_use WHERE ends_at <= CASE by_day WHEN 1 THEN :d ELSE :s END", use(days), use(stretches);
}

std::optional<BudgetClock> budget_clock(Session& session) {
  Int passed = 0, clock = 0, since_start = 0;
  session.sql << "SELECT passed, clock, since_start FROM budget_clock WHERE one = 1", into(passed), into(clock), into(since_start);
  if (!session.sql.got_data()) return std::nullopt;
  return BudgetClock{from_ms(passed), from_ms(clock), Duration(since_start)};
}

void put_budget_clock(Session& session, const BudgetClock& now) {
  Int passed = to_ms(now.passed), clock = to_ms(now.clock), since_start = now.since_start.count();
  session.sql << "INSERT INTO budget_clock (one, passed, clock, since_start) VALUES (1, :p, :c, :s) ON CONFLICT (one) "
                 "DO UPDATE SET passed = excluded.passed, clock = excluded.clock, since_start = excluded.since_start",
      use(passed), use(clock), use(since_start);
}

}  // namespace tally::store
