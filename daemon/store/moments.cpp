#include "store/moments.hpp"

#include "store/inbox.hpp"
#include "store/session.hpp"

#include <array>
#include <string>
#include <string_view>

namespace tally::store {
namespace {

struct Moments {
  std::string_view table;
  std::string_view column;
  std::string_view only = "";
};

constexpr std::string_view unanswered = " AND outcome IN ('', 'unknown')";
constexpr std::string_view expiry = " AND kind = 'expiry'";
constexpr std::string_view orders = " AND kind IN ('orders', 'night')";
constexpr std::array<Moments, 27> moved{
    {{"cursor", "at", orders},  {"offer", "anchor_from"},        {"offer", "anchor_to"},      {"offer", "owed_look_at"},
     {"offer", "verified_at"},  {"offer", "written_at"},         {"offer", "price_sent_at"},  {"offer", "price_observed_at"},
     {"listing", "next_at"},    {"listing", "sent_at"},          {"listing", "confirmed_at"}, {"listing", "observed_at"},
     {"mark", "since"},         {"mark", "not_before"},          {"poke", "not_before"},      {"intent", "committed_at", unanswered},
     {"order_task", "sent_at"}, {"order_task", "next_at"},       {"order_task", "read_at"},   {"differing_hour", "next_at"},
     {"metered", "at"},         {"parcel", "asked_at"},          {"parcel", "next_due"},      {"parcel", "added_at"},
     {"due", "at", expiry},     {"offer", "number_observed_at"}, {"listing", "found_at"}}};

}  // namespace

void move_moments(Session& session, Duration by, Time now) {
  Int shift = by.count(), none = to_ms(long_ago), ever = to_ms(never), present = to_ms(now), slack = clock_slack.count();
  // An order that was accepted while a listing is being made is asked for by that when the answer is here (taken_since).
  session.sql
      << "UPDATE orders SET accepted_at = MAX(accepted_at + :by, 1) WHERE order_no > (SELECT COALESCE(MAX(order_no), 0) - 10000 "
         "FROM orders) AND accepted_at >= (SELECT MIN(committed_at) - :slack FROM intent WHERE outcome = '' AND aspect = 'content')",
      use(shift), use(slack);
  for (const auto& [table, column, only] : moved) {
    const std::string name(column);
    session.sql << "UPDATE " + std::string(table) + " SET " + name + " = MAX(" + name + " + :by, 1) WHERE " + name + " > :none AND " +
                       name + " < :never" + std::string(only),
        use(shift), use(none), use(ever);
  }
  session.sql << "UPDATE cursor SET value = CAST(:now AS TEXT) WHERE kind IN ('orders', 'comparison') AND CAST(value AS BIGINT) > :now2",
      use(present), use(present);
  for (const char* future : {"UPDATE movement SET effective_at = :now WHERE effective_at > :now2",
                             "UPDATE stock SET counted_at = :now WHERE counted_at > :now2"})
    session.sql << future, use(present), use(present);
}

void forget_anchors(Session& session, std::optional<ChannelNo> channel, Time until) {
  Int no = channel ? channel->value : 0, all = channel ? 0 : 1, to = to_ms(until);
  session.sql << "UPDATE offer SET anchor_from = 0, anchor_to = MAX(anchor_to, :t) WHERE channel_no = :c OR :all = 1", use(to), use(no),
      use(all);
}

std::optional<MachineClock> kept_machine_clock(Session& session) {
  const auto start = get_cursor(session, ChannelNo(), "machine's start"), ahead = get_cursor(session, ChannelNo(), "machine's clock");
  if (!start || !ahead) return std::nullopt;
  return MachineClock{start->value, Duration(std::stoll(ahead->value))};
}

void keep_machine_clock(Session& session, const MachineClock& clock, Time now) {
  set_cursor(session, ChannelNo(), "machine's start", clock.start, now);
  set_cursor(session, ChannelNo(), "machine's clock", std::to_string(clock.ahead.count()), now);
}

std::optional<Time> last_journaled(Session& session) {
  Int at = 0;
  session.sql << "SELECT at FROM journal ORDER BY sequence DESC LIMIT 1", into(at);
  return session.sql.got_data() ? std::optional<Time>(from_ms(at)) : std::nullopt;
}

}  // namespace tally::store
