#include "engine/unusual.hpp"

#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/order_tasks.hpp"
#include "store/told_hours.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration hour{3600000}, day{86400000};
constexpr std::int64_t most_days = 14, least_days = 7;
constexpr std::int64_t times_usual = 3;
constexpr std::int64_t least_usual = 5;  ///< a day: below that a few more are no news
constexpr const char* due_prefix = "unusual ";
constexpr const char* taken = "taken";
constexpr const char* watched = "watched";
constexpr const char* taken_watched = "watched taken";  ///< by itself: it is counted for as long only

Time hour_of(Time at) {
  return from_ms(to_ms(at) / hour.count() * hour.count());
}

bool has_left(const std::string& state) {
  return state == "part_shipped" || state == "shipped" || state == "completed";
}

/// What the document told that was not so before; empty: nothing that is counted.
std::string kind_told(const std::string& before, const std::string& state) {
  if (state == "cancelled" && before != "cancelled") return "cancelled";
  return has_left(state) && !has_left(before) ? "shipped" : "";
}

/// Somebody here cancelled it, or gave the money back. A parcel of ours is in the order's state before the channel shows it.
bool is_ours(Session& session, const std::string& kind, OrderNo order) {
  const auto tasks = store::order_tasks_of(session, order);
  return kind == "cancelled" && std::any_of(tasks.begin(), tasks.end(), [](const auto& task) { return task.kind != "ship"; });
}

std::string reason_of(const Told& told, const std::string& kind) {
  const char* what = kind == taken         ? " orders were placed"
                     : kind == "cancelled" ? " orders were cancelled"
                                           : " orders were reported as shipped";
  return std::to_string(told.today) + what + " there in the last 24 hours; " + std::to_string((told.before + told.days / 2) / told.days) +
         " a day are usual";
}

std::string way_out_of(const std::string& kind, const std::string& channel) {
  if (kind == taken)
    return "nothing is held, and in a sale nothing is to be done. If you have none, look at who buys: a program that buys up a product, "
           "or a channel that tells the same orders under other numbers, keeps these goods from all your channels until the orders are "
           "cancelled; 'tallyd order list --channel " +
           channel + "' lists them. This goes by itself when it is usual again";
  if (kind == "cancelled")
    return "find out on the platform who cancels them, and renew its passwords and keys if nobody of yours does: these goods are for sale "
           "again; 'tallyd order list --channel " +
           channel + " --state cancelled' lists them. This goes by itself when it is usual again";
  return "look whether they did leave, and who says so there: their goods are off the shelf here; 'tallyd order list --channel " + channel +
         " --state shipped' lists them. This goes by itself when it is usual again";
}

bool is_told(Session& session, ChannelNo channel, const std::string& kind) {
  const auto told = store::get_cursor(session, channel, due_prefix + kind);
  return told && told->value == "yes";
}

/// One line in the journal when it begins and one when it ends.
void tell(Session& session, ChannelNo channel, const std::string& kind, const Told& told, Time now) {
  const bool is = told.is_unusual();
  if (is_told(session, channel, kind) == is) return;
  store::set_cursor(session, channel, due_prefix + kind, is ? "yes" : "no", now);
  const Json detail = Json::object({{"orders", told.today}, {"days_before", told.days}, {"orders_before", told.before}});
  store::journal(session, {0, now, is ? "orders.unusual" : "orders.usual", "comparison", channel, kind, detail.dump()});
}

void judge(Session& session, ChannelNo channel, const std::string& name, const std::string& kind, Time now) {
  const Told told = told_of(session, channel, kind, now);
  if (!told.is_unusual() && !is_told(session, channel, kind)) return;
  tell(session, channel, kind, told, now);
  if (told.is_unusual()) {
    store::set_problem(session, {channel, "orders", kind, reason_of(told, kind), way_out_of(kind, name), now});
    store::set_due(session, {due_prefix + kind, channel.value, hour_of(now) + hour});
  } else {
    store::clear_problem(session, channel, "orders", kind);
    store::clear_due(session, due_prefix + kind, channel.value);
  }
}

void count(Session& session, const Channel& channel, const std::string& kind, Time at, Time now) {
  store::forget_told_before(session, channel.no, kind, hour_of(now) - day * (most_days + 2));
  store::count_told(session, channel.no, kind, hour_of(at));
  if (now - at < day) judge(session, channel.no, channel.config.name, kind, now);
}

}  // namespace

bool Told::is_unusual() const {
  return days >= least_days && today * days > times_usual * std::max(before, least_usual * days);
}

Told told_of(Session& session, ChannelNo channel, const std::string& kind, Time now) {
  const Time end = hour_of(now) + hour, today = end - day;
  Told told;
  told.today = store::told_between(session, channel, kind, today, end);
  const auto since = store::get_cursor(session, channel, kind == taken ? taken_watched : watched);
  if (since) told.days = std::clamp<std::int64_t>((today - since->at) / day, 0, most_days);
  told.before = store::told_between(session, channel, kind, today - day * told.days, today);
  return told;
}

void note_told(Session& session, const Channel& channel, const store::OrderRow& order, const std::string& state_before, Time now) {
  const std::string kind = kind_told(state_before, order.state);
  if (kind.empty() || is_ours(session, kind, order.no)) return;
  // After an outage everything is told at once, but did not happen at once.
  const bool dated = channel.facts.changed_at_trusted && order.changed_at != long_ago;
  count(session, channel, kind, dated ? std::min(order.changed_at, now) : now, now);
}

void note_taken(Session& session, const Channel& channel, std::optional<Time> placed_at, Time now) {
  count(session, channel, taken, placed_at ? std::min(channel.clock.ours(*placed_at), now) : now, now);
}

void tend_unusual(Session& session, const World& world, const std::string& kind, ChannelNo channel, Time now) {
  judge(session, channel, world.name_of(channel), kind, now);
}

std::string told_kind_of(const std::string& due) {
  return due.starts_with(due_prefix) ? due.substr(std::string_view(due_prefix).size()) : "";
}

void begin_to_watch(Session& session, const std::vector<std::shared_ptr<Channel>>& channels, Time now) {
  for (const auto& channel : channels) {
    for (const char* since : {watched, taken_watched}) {
      if (!store::get_cursor(session, channel->no, since)) store::set_cursor(session, channel->no, since, "orders", now);
    }
  }
}

}  // namespace tally::engine
