#include "engine/compare.hpp"

#include "engine/intake.hpp"
#include "engine/lane.hpp"
#include "engine/retry_policy.hpp"
#include "model/order.hpp"
#include "store/comparison.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration hour{3600000};
constexpr Duration settled_for = hour;         ///< how old, besides the list's lag, an hour is before it is compared
constexpr int first_hours = 3;                 ///< that are compared after the first start
constexpr Duration furthest{7LL * 86400000};   ///< how far back hours are compared after a long stop
constexpr Duration given_up{30LL * 86400000};  ///< older hours that differ are not read again
constexpr Duration first_look_again{120000};   ///< after what was missing was asked for
constexpr Duration longest_wait{86400000};     ///< between two readings of an hour that stays different
constexpr Duration ask_again{60000};
constexpr std::size_t most_orders = 50'000;  ///< of one hour; more are not compared
constexpr std::size_t rows_a_read = 500;
constexpr std::size_t most_named = 20;
constexpr std::int64_t told_after = 2;  ///< readings that differ before a person is told

std::string names_of(const std::vector<std::string>& ids) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), most_named); ++i) text += (i == 0 ? "" : ", ") + ids[i];
  if (ids.size() > most_named) text += " and " + std::to_string(ids.size() - most_named) + " more";
  return text;
}

std::optional<Money> money_of(const Json& total) {
  const Json* amount = total.is_object() ? total.find("amount") : nullptr;
  const auto major = amount ? amount->decimal() : Result<Decimal>(error(Fault::invalid, "no amount"));
  const auto currency = total.is_object() ? Currency::parse(total.text_or("currency")) : Result<Currency>(error(Fault::invalid, "none"));
  if (!major || !currency) return std::nullopt;
  const auto money = Money::of(*major, *currency);
  return money ? std::optional<Money>(*money) : std::nullopt;
}

PlacedOrders ours_of(Session& session, ChannelNo channel, const HourOfOrders& hour) {
  PlacedOrders ours;
  for (std::string after;;) {
    const auto rows = store::orders_placed(session, channel, hour.begin, hour.end(), after, rows_a_read);
    for (const auto& row : rows) ours[row.id] = {money_of(row.total), row.state == "cancelled" || row.state == "refunded"};
    if (rows.size() < rows_a_read || ours.size() > most_orders) return ours;
    after = rows.back().id;
  }
}

Duration wait_after(std::int64_t tries) {
  Duration wait = first_look_again;
  for (std::int64_t i = 1; i < tries && wait < longest_wait; ++i) wait *= 2;
  return std::min(wait, longest_wait);
}

}  // namespace

void Placed::add(const std::optional<Money>& total) {
  ++count;
  if (total) totals[total->currency.code] = totals[total->currency.code] + total->major();
}

std::string Placed::text() const {
  std::string sums;
  for (const auto& [currency, sum] : totals) sums += (sums.empty() ? "" : " + ") + sum.text(Currency{currency}.digits()) + " " + currency;
  return std::to_string(count) + (count == 1 ? " order" : " orders") + (sums.empty() ? "" : " (" + sums + ")");
}

HourDifference difference_of(const PlacedOrders& theirs, const PlacedOrders& ours, std::int64_t unreadable) {
  HourDifference difference;
  difference.unreadable = unreadable;
  for (const auto& [id, order] : theirs) {
    difference.theirs.add(order.total);
    const auto found = ours.find(id);
    if (found == ours.end())
      difference.missing.push_back(id);
    else if (!order.state.empty())
      difference.changed.push_back(id);
    else if (order.total && found->second.total != order.total)
      difference.unequal.push_back(id);
  }
  difference.theirs.count += unreadable;
  for (const auto& [id, order] : ours) {
    if (!theirs.contains(id) && order.over) continue;
    difference.ours.add(order.total);
    if (!theirs.contains(id)) difference.surplus.push_back(id);
  }
  return difference;
}

std::string HourDifference::text() const {
  std::string said = "the channel lists " + theirs.text() + ", here are " + ours.text();
  if (!missing.empty()) said += "; missing here: " + names_of(missing);
  if (!surplus.empty()) said += "; not listed there: " + names_of(surplus);
  if (!unequal.empty()) said += "; another total: " + names_of(unequal);
  if (!changed.empty()) said += "; in another state there: " + names_of(changed);
  if (unreadable > 0) said += "; not understood: " + std::to_string(unreadable);
  return said;
}

Time HourOfOrders::end() const {
  return begin + hour;
}

void HourOfOrders::take(const Json& tree, const std::string& state) {
  auto order = order_from_json(tree);
  if (!order || order->id.empty()) {
    ++unreadable;
    return;
  }
  if (!order->placed_at || *order->placed_at < begin || *order->placed_at >= end()) return;
  complete(*order);
  theirs[order->id] = {order->total, false, state};
}

void HourOfOrders::add(const HourOfOrders& page) {
  for (const auto& [id, order] : page.theirs) theirs[id] = order;
  unreadable += page.unreadable;
}

Time newest_closed_hour(Time now, Duration age) {
  const std::int64_t last = to_ms(now - age) / hour.count();
  return from_ms((last - 1) * hour.count());
}

/// The next hour of which it can be known what it holds: it is over for long enough, and a complete order read that began after that is
/// applied.
Result<std::optional<Time>> Lane::hour_to_compare() const {
  const Time now = world_.clock.now();
  const Duration lag = channel_->facts.order_lag;
  const Time newest = newest_closed_hour(now, lag + settled_for);
  std::optional<Time> next;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    next.reset();
    if (!read_applied(session, newest + hour)) return {};
    if (const auto differing = store::next_differing_hour(session, channel_->no); differing && differing->next_at <= now) {
      next = differing->hour;
      return {};
    }
    const auto cursor = store::get_cursor(session, channel_->no, "comparison");
    const Time from = cursor ? std::max(from_ms(std::stoll(cursor->value)), newest - furthest) : newest - hour * (first_hours - 1);
    if (from <= newest) next = from;
    return {};
  });
  if (!read) return read.error();
  return next;
}

Result<std::optional<Call>> Lane::next_comparison() {
  const Time now = world_.clock.now();
  const auto& facts = channel_->facts;
  if (!facts.lists_placed_orders || comparing_ || list_failed_ || now < next_comparison_) return std::optional<Call>();
  if (!hour_) {
    const Time newest = newest_closed_hour(now, facts.order_lag + settled_for);
    if (complete_.began < newest + hour + facts.order_lag) return std::optional<Call>();  // the end of an order read comes back here
    const auto begin = hour_to_compare();
    if (!begin) return begin.error();
    if (!*begin) {
      next_comparison_ = now + ask_again;
      return std::optional<Call>();
    }
    hour_.emplace();
    hour_->begin = **begin;
  }
  if (const auto closed = closed_until("read_placed_orders", true)) {
    next_comparison_ = *closed;
    return std::optional<Call>();
  }
  Call call = make(Call::Kind::compare_orders, false);
  call.want.what = channel::Want::What::orders;
  call.want.by_placed = true;
  call.want.urgent = true;
  call.want.cursor = hour_->cursor;
  call.want.since = hour_->begin - channel_->margin();  // platforms count their edges in or out as they like
  call.want.until = hour_->end() + channel_->margin();
  comparing_ = true;
  return std::optional<Call>(std::move(call));
}

Result<void> Lane::finish_comparison(const Call& call, Outcome& outcome) {
  const Time now = world_.clock.now();
  comparing_ = false;
  auto& page = *outcome.page;
  if (!hour_) return {};
  if (const auto until = page ? std::nullopt : put_off(call, page.error())) {
    next_comparison_ = *until;
    return {};
  }
  if (!page) {
    hour_.reset();
    next_comparison_ = now + page.error().retry_after.value_or(ask_again);
    return {};
  }
  HourOfOrders seen;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    seen = {hour_->begin, {}, {}};
    const Time shows = left_at(call) - channel_->facts.order_lag - channel_->margin();
    for (const auto& document : page->documents) {
      const auto events = channel_->connector->parse(document, Json());
      if (!events) ++seen.unreadable;
      if (!events) continue;
      for (const auto& event : *events) {
        if (event.what == channel::Event::What::order) seen.take(event.tree, told_otherwise(session, *channel_, document, event, shows));
      }
    }
    return {};
  });
  if (!read) return read;  // the page is read again
  hour_->add(seen);
  hour_->cursor = page->cursor;
  if (hour_->theirs.size() > most_orders) {
    world_.log.error("an hour holds too many orders to be compared",
                     {{"channel", channel_->config.name}, {"hour", format_iso(hour_->begin)}, {"most", std::to_string(most_orders)}});
    hour_->cursor.clear();
  }
  if (!hour_->cursor.empty()) return {};
  auto judged = judge_hour();
  hour_.reset();
  if (!judged) next_comparison_ = now + ask_again;
  return judged;
}

/// What differs is asked for by its id; what still differs when it is read again is a person's.
Result<void> Lane::judge_hour() {
  const Time now = world_.clock.now();
  const std::string name = format_iso(hour_->begin);
  HourDifference difference;
  std::int64_t tries = 0;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    difference = difference_of(hour_->theirs, ours_of(session, channel_->no, *hour_), hour_->unreadable);
    if (hour_->theirs.size() > most_orders) difference = {};
    const auto before = store::find_differing_hour(session, channel_->no, hour_->begin);
    tries = before ? before->tries + 1 : 1;
    const auto note = [&](const std::string& what) {
      store::journal(
          session, {0, now, "orders." + what, "comparison", channel_->no, name, Json::object({{"difference", difference.text()}}).dump()});
    };
    const auto cursor = store::get_cursor(session, channel_->no, "comparison");
    if (!cursor || from_ms(std::stoll(cursor->value)) < hour_->end())
      store::set_cursor(session, channel_->no, "comparison", std::to_string(to_ms(hour_->end())), now);
    const bool too_old = now - hour_->begin > given_up;
    if (difference.none() || too_old) {
      if (!before) return {};
      note(too_old ? "given_up" : "complete");
      store::remove_differing_hour(session, channel_->no, hour_->begin);
      store::clear_problem(session, channel_->no, "comparison", name);
      return {};
    }
    for (const auto* ids : {&difference.missing, &difference.surplus, &difference.unequal, &difference.changed}) {
      for (const auto& id : *ids) store::add_poke(session, channel_->no, "order", id, now);
    }
    store::put_differing_hour(session, {channel_->no, hour_->begin, tries, now + wait_after(tries)});
    if (!before) note("missed");
    if (tries >= told_after)
      store::set_problem(session, {channel_->no, "comparison", name, "of the hour that began then, " + difference.text(),
                                   "look these orders up on the platform; they are asked for again and again, for 30 days", now});
    return {};
  });
  if (!written || difference.none()) return written;
  if (tries == 1) state_.orders_missed += difference.missing.size();
  if (tries == 1 && !difference.missing.empty()) webhooks_.not_told_of(hour_->begin, now);
  world_.log.warning(tries == 1 ? "orders were missed" : "orders are still missing",
                     {{"channel", channel_->config.name}, {"hour", name}, {"difference", difference.text()}});
  return {};
}

}  // namespace tally::engine
