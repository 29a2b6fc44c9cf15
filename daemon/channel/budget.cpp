#include "channel/budget.hpp"

#include <algorithm>

namespace tally::channel {
namespace {

constexpr int stretches_a_window = 60;
constexpr Duration least_stretch{1000};

/// What a stretch that ended at `end` stops to count at: a window of the platform's may begin in its last moment.
Time over_at(const Budget& budget, Time end) {
  return end + budget.every + budget.slack;
}

bool overlap(const Counted& counted, Span span) {
  return counted.begin < span.end && span.begin < counted.end;
}

}  // namespace

std::string Budget::terms() const {
  return std::to_string(most) + (day ? " a day from " + day->text() : " every " + format_duration(every));
}

std::int64_t usual_keep(std::int64_t most) {
  return most > 1 ? std::max<std::int64_t>(most / 10, 1) : 0;
}

std::vector<Span> Usage::stretches(const Budget& budget, Time now) {
  if (budget.day) {  // either clock may be off by a little, and a request is on its way for a while
    const Span early = budget.day->day_of(now - budget.slack), late = budget.day->day_of(now + budget.slack);
    return early.begin == late.begin ? std::vector{early} : std::vector{early, late};
  }
  const Duration length = std::max(budget.every / stretches_a_window, least_stretch);
  const Time begin(now.time_since_epoch() / length * length);
  return {{begin, begin + length}};
}

std::int64_t Usage::requests_in(Span stretch) const {
  std::int64_t sum = 0;
  for (const auto& counted : counted_) sum += overlap(counted, stretch) ? counted.requests : 0;
  return sum;
}

std::int64_t Usage::requests_from(Time begin) const {
  const auto found = std::find_if(counted_.begin(), counted_.end(), [&](const Counted& counted) { return counted.begin == begin; });
  return found == counted_.end() ? 0 : found->requests;
}

std::int64_t Usage::used(const Budget& budget, Time now) const {
  std::int64_t most = 0;
  if (budget.day) {
    for (const auto& day : stretches(budget, now)) most = std::max(most, requests_in(day));
    return most;
  }
  for (const auto& counted : counted_) most += over_at(budget, counted.end) > now ? counted.requests : 0;
  return most;
}

Time Usage::opens(const Budget& budget, bool urgent, Time now) const {
  const std::int64_t limit = budget.most_for(urgent);
  if (limit <= 0) return never;
  Time opens = now;
  if (budget.day) {
    constexpr int most_days = 10;  // that are counted ahead of the clock
    for (int i = 0; i < most_days && used(budget, opens) >= limit; ++i) {
      for (const auto& day : stretches(budget, opens)) {
        if (requests_in(day) >= limit) opens = std::max(opens, day.end + budget.slack);
      }
    }
    return opens;
  }
  std::int64_t used = this->used(budget, now);
  for (auto it = counted_.begin(); it != counted_.end() && used >= limit; ++it) {
    const Time over = over_at(budget, it->end);
    if (over <= now) continue;
    used -= it->requests;
    opens = std::max(opens, over);
  }
  return opens;
}

void Usage::add(Span stretch, std::int64_t requests) {
  auto at = std::lower_bound(counted_.begin(), counted_.end(), stretch.begin,
                             [](const Counted& counted, Time begin) { return counted.begin < begin; });
  if (at == counted_.end() || at->begin != stretch.begin) at = counted_.insert(at, {stretch.begin, stretch.end, 0});
  at->end = std::max(at->end, stretch.end);
  at->requests += requests;
}

Time Usage::over_by(const Budget& budget, Time now) {
  constexpr Duration clock_may_go_back{72LL * 3600 * 1000};
  return budget.day ? now - clock_may_go_back : now - budget.every - budget.slack;
}

void Usage::forget(Time ended_by) {
  std::erase_if(counted_, [&](const Counted& counted) { return counted.end <= ended_by; });
}

}  // namespace tally::channel
