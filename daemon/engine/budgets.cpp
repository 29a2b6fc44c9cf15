#include "engine/budgets.hpp"

#include "channel/urgent.hpp"
#include "store/budgets.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using channel::Budget;
using channel::Errand;
using channel::Spent;
using channel::Usage;
using store::BudgetUse;

constexpr std::int64_t blocks_a_budget = 200, largest_block = 50;
constexpr Duration clock_was_wrong{48LL * 3600 * 1000}, longest_budget{40LL * 86400 * 1000};
constexpr Duration a_day{24LL * 3600 * 1000};
constexpr std::size_t most_told = 32;

/// So many are written at once.
std::int64_t block_of(const Budget& budget) {
  return std::clamp<std::int64_t>(budget.most / blocks_a_budget, 1, largest_block);
}

/// The least that it can have been. Where the machine was started anew in between, its own time says less than the truth, or nothing.
Duration passed_between(const store::BudgetClock& last, const store::BudgetClock& now) {
  const Duration by_clock = std::max(now.clock - last.clock, Duration(0)), by_machine = now.since_start - last.since_start;
  return by_machine < Duration(0) ? by_clock : std::min(by_clock, by_machine);
}

std::string words_for(const Budget& budget, const std::string& entity, bool urgent, Time opens) {
  const std::string of = entity.empty() ? "" : " for " + entity;
  const std::string how_far = urgent || budget.keep == 0 ? " is used up" + of
                                                         : " is used up" + of + ", but for the " + std::to_string(budget.keep) +
                                                               " that are kept for decreases, cancellations and orders";
  return "the budget '" + budget.name + "' (" + budget.terms() + ")" + how_far +
         (opens == never ? "" : "; it opens at " + format_iso(opens));
}

}  // namespace

/// What one channel used. Takes are one after the other, so that two of them never see the same room; whoever only looks waits for no disk.
class Budgets::Books {
 public:
  Books(const Budgets& owner, std::string channel) : owner_(owner), channel_(std::move(channel)) {}

  void load(const BudgetUse& use) {
    auto& account = accounts_[{use.budget, use.entity}];
    account.usage.add(use.stretch, use.requests);
    account.written[use.stretch.begin] = use.requests;
  }

  Result<void> take(const std::vector<Budget>& budgets, const Errand& errand) {
    auto* store = owner_.store_.load();
    if (!store) return error(Fault::gone, "the store is not open, so no request can be counted", channel_ + ": " + errand.operation);
    const std::lock_guard taking(taking_);
    std::vector<Charge> charges;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& budget : budgets) {
        if (!budget.concerns(errand.operation)) continue;
        const std::string entity = budget.entity.empty() ? "" : errand.id(budget.entity);
        if (budget.entity.empty() || !entity.empty())
          charges.push_back({&budget, {budget.name, entity}, now_for(budget, {budget.name, entity})});
      }
      if (auto full = refusal(charges, errand)) return std::move(*full);
    }
    const auto rows = rows_for(charges);
    const bool tidy = tidies(budgets);
    if (!rows.empty() || tidy) {
      const store::BudgetClock moment{owner_.passed(), owner_.clock_.now(), owner_.clock_.since_start()};
      auto written = store->write([&](store::Session& session) -> Result<void> {
        for (const auto& row : rows) store::put_budget_use(session, row);
        store::put_budget_clock(session, moment);
        for (const auto& [budget, over] : over_) store::forget_budget_uses(session, channel_, budget, over);
        return {};
      });
      if (!written) return written;
    }
    const std::lock_guard lock(mutex_);
    count(charges, rows);
    return {};
  }

  std::optional<Time> opens(const std::vector<Budget>& budgets, std::string_view operation, bool urgent) const {
    const std::lock_guard lock(mutex_);
    std::optional<Time> latest;
    for (const auto& budget : budgets) {
      if (!budget.entity.empty() || !budget.concerns(operation)) continue;
      if (const auto at = full_until(budget, {budget.name, ""}, urgent)) latest = std::max(latest.value_or(*at), *at);
    }
    return latest;
  }

  std::vector<Spent> spent(const std::vector<Budget>& budgets) const {
    struct Full {
      const Budget* budget;
      const std::string* entity;
      Time opens;
      bool urgent;
    };
    const std::lock_guard lock(mutex_);
    std::vector<Full> full;
    for (const auto& budget : budgets) {
      for (auto it = accounts_.lower_bound({budget.name, ""}); it != accounts_.end() && it->first.first == budget.name; ++it) {
        if (const auto at = full_until(budget, it->first, false))
          full.push_back({&budget, &it->first.second, *at, full_until(budget, it->first, true).has_value()});
      }
    }
    std::stable_sort(full.begin(), full.end(), [](const Full& a, const Full& b) {
      return std::pair(!a.urgent, !a.entity->empty()) < std::pair(!b.urgent, !b.entity->empty());
    });
    full.resize(std::min(full.size(), most_told));
    std::vector<Spent> told;
    for (const auto& [budget, entity, opens, urgent] : full)
      told.push_back({budget->name, *entity, opens, urgent, words_for(*budget, *entity, urgent, opens), budget->operations});
    return told;
  }

 private:
  using Key = std::pair<std::string, std::string>;  ///< budget and entity
  struct Account {
    Usage usage;
    std::map<Time, std::int64_t> written;  ///< by the beginnings of the stretches; at least what was used
  };
  struct Charge {
    const Budget* budget;
    Key key;
    Time now;
  };

  const Account* find(const Key& key) const {
    const auto found = accounts_.find(key);
    return found == accounts_.end() ? nullptr : &found->second;
  }

  Time now_for(const Budget& budget, const Key& key) const {
    if (!budget.day) return owner_.passed();
    const auto* account = find(key);
    return std::max(owner_.clock_.now(), account ? account->usage.newest() : long_ago);
  }

  /// By the clock; nothing: there is room.
  std::optional<Time> full_until(const Budget& budget, const Key& key, bool urgent) const {
    static const Usage unused;
    const auto* account = find(key);
    const Time now = now_for(budget, key), opens = (account ? account->usage : unused).opens(budget, urgent, now);
    if (opens <= now) return std::nullopt;
    return opens == never ? never : owner_.clock_.now() + (opens - now);
  }

  /// Of the budget that stays full for longest.
  std::optional<Error> refusal(const std::vector<Charge>& charges, const Errand& errand) const {
    const Charge* fullest = nullptr;
    Time until = long_ago;
    for (const auto& charge : charges) {
      const auto at = full_until(*charge.budget, charge.key, errand.urgent);
      if (!at || *at <= until) continue;
      fullest = &charge;
      until = *at;
    }
    if (!fullest) return std::nullopt;
    Error full = error(Fault::not_yet, words_for(*fullest->budget, fullest->key.second, errand.urgent, until),
                       channel_ + ": " + errand.operation, "nothing was sent; it goes on by itself");
    full.retry_after = std::clamp(until - owner_.clock_.now(), Duration(1), longest_budget);
    return full;
  }

  /// What must be on the disk before the request leaves.
  std::vector<BudgetUse> rows_for(const std::vector<Charge>& charges) const {
    const std::lock_guard lock(mutex_);
    std::vector<BudgetUse> rows;
    for (const auto& charge : charges) {
      const auto* account = find(charge.key);
      for (const auto& stretch : Usage::stretches(*charge.budget, charge.now)) {
        const std::int64_t used = account ? account->usage.requests_from(stretch.begin) : 0;
        const auto written = account ? account->written.find(stretch.begin) : std::map<Time, std::int64_t>::const_iterator();
        if (account && written != account->written.end() && written->second > used) continue;
        const bool by_day = charge.budget->day.has_value();
        rows.push_back({channel_, charge.key.first, charge.key.second, by_day, stretch, used + block_of(*charge.budget)});
      }
    }
    return rows;
  }

  void count(const std::vector<Charge>& charges, const std::vector<BudgetUse>& rows) {
    for (const auto& charge : charges) {
      for (const auto& stretch : Usage::stretches(*charge.budget, charge.now)) accounts_[charge.key].usage.add(stretch, 1);
    }
    for (const auto& row : rows) accounts_[{row.budget, row.entity}].written[row.stretch.begin] = row.requests;
    for (const auto& [budget, over] : over_) {
      for (auto it = accounts_.lower_bound({budget, ""}); it != accounts_.end() && it->first.first == budget;) {
        it->second.usage.forget(over);
        const auto& usage = it->second.usage;
        std::erase_if(it->second.written, [&](const auto& row) { return usage.requests_from(row.first) == 0; });
        it = usage.empty() ? accounts_.erase(it) : std::next(it);
      }
    }
    over_.clear();
  }

  /// Now and then what counts no more is forgotten, here and in the store.
  bool tidies(const std::vector<Budget>& budgets) {
    const Time now = owner_.passed();
    if (now < tidy_at_) return false;
    Duration pause{3600000};
    for (const auto& budget : budgets) {
      if (!budget.day) pause = std::min(pause, budget.every);
      over_[budget.name] = Usage::over_by(budget, budget.day ? owner_.clock_.now() : now);
    }
    tidy_at_ = now + pause;
    return true;
  }

  const Budgets& owner_;
  const std::string channel_;
  std::mutex taking_;
  Time tidy_at_ = long_ago;           ///< under taking_
  std::map<std::string, Time> over_;  ///< under taking_: by budget, what is to be forgotten
  mutable std::mutex mutex_;
  std::map<Key, Account> accounts_;
};

class Budgets::OneMeter final : public channel::Meter {
 public:
  OneMeter(std::shared_ptr<Books> books, std::vector<Budget> budgets) : books_(std::move(books)), budgets_(std::move(budgets)) {}

  Result<void> take(const Errand& errand) override { return books_->take(budgets_, errand); }
  std::optional<Time> opens(std::string_view operation, bool urgent) const override { return books_->opens(budgets_, operation, urgent); }
  std::vector<Spent> spent() const override { return books_->spent(budgets_); }

 private:
  std::shared_ptr<Books> books_;
  std::vector<Budget> budgets_;
};

/// Goes on while the process lives, whatever is done to the clock.
Time Budgets::passed() const {
  return opened_ + (clock_.since_start() - opened_since_);
}

std::shared_ptr<Budgets::Books> Budgets::books_of(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  auto& books = books_[channel];
  if (!books) books = std::make_shared<Books>(*this, channel);
  return books;
}

Result<void> Budgets::open(store::Database& store) {
  const store::BudgetClock now{long_ago, clock_.now(), clock_.since_start()};
  std::vector<BudgetUse> uses;
  auto read = store.write([&](store::Session& session) -> Result<void> {
    const auto last = store::budget_clock(session);
    opened_ = last ? last->passed + passed_between(*last, now) : now.clock;
    store::forget_budget_uses(session, now.clock - longest_budget, opened_ - longest_budget);
    uses = store::budget_uses(session);
    for (auto& use : uses) {
      if (!use.by_day || use.stretch.begin <= now.clock + clock_was_wrong) continue;
      store::remove_budget_use(session, use);  // counted while the clock was far ahead: it stands for now
      use.stretch = {now.clock, now.clock + (use.stretch.end - use.stretch.begin)};
      store::put_budget_use(session, use);
    }
    return {};
  });
  if (!read) return read;
  for (const auto& use : uses) books_of(use.channel)->load(use);
  opened_since_ = now.since_start;
  store_ = &store;
  return {};
}

channel::MakeMeter Budgets::for_channel(const std::string& channel) {
  {
    const std::lock_guard lock(mutex_);
    published_.erase(channel);
  }
  return [this, channel](std::vector<Budget> budgets) -> std::unique_ptr<channel::Meter> {
    {
      const std::lock_guard lock(mutex_);
      published_[channel] = budgets;
    }
    return std::make_unique<OneMeter>(books_of(channel), std::move(budgets));
  };
}

std::vector<Budget> Budgets::published(const std::string& channel) const {
  const std::lock_guard lock(mutex_);
  const auto found = published_.find(channel);
  return found == published_.end() ? std::vector<Budget>() : found->second;
}

Duration between_order_reads(const std::vector<Budget>& budgets) {
  Duration longest{0};
  for (const auto& budget : budgets) {
    if (!budget.entity.empty() || !budget.concerns("read_orders")) continue;
    const bool for_orders = !budget.operations.empty() && std::all_of(budget.operations.begin(), budget.operations.end(),
                                                                      [](const auto& name) { return channel::is_always_urgent(name); });
    const std::int64_t share = std::max<std::int64_t>(for_orders ? budget.most : budget.keep, 1);
    longest = std::max(longest, (budget.day ? a_day : budget.every) / share);
  }
  return longest;
}

}  // namespace tally::engine
