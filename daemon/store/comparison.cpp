#include "store/comparison.hpp"

#include "store/session.hpp"

namespace tally::store {
namespace {

std::optional<DifferingHour> hour_where(Session& session, const std::string& condition, ChannelNo channel, Time hour) {
  Int c = channel.value, h = to_ms(hour), begin = 0, tries = 0, next = 0;
  session.sql << "SELECT hour, tries, next_at FROM differing_hour WHERE channel_no = :c AND " + condition, use(c), use(h), into(begin),
      into(tries), into(next);
  if (!session.sql.got_data()) return std::nullopt;
  return DifferingHour{channel, from_ms(begin), tries, from_ms(next)};
}

}  // namespace

std::vector<PlacedOrder> orders_placed(Session& session, ChannelNo channel, Time from, Time until, const std::string& after,
                                       std::size_t limit) {
  std::vector<PlacedOrder> rows;
  Int c = channel.value, begin = to_ms(from), end = to_ms(until), most = static_cast<Int>(limit);
  std::string behind = after, id, state, total;
  // By the hour and not by the id, of which the index leads through all that there are: so the id is no column here.
  soci::statement st =
      (session.sql.prepare
           << "SELECT id, state, COALESCE(document -> 'total', 'null') FROM orders WHERE channel_no = :c AND placed_at >= :f "
              "AND placed_at < :u AND id || '' > :a ORDER BY id || '' LIMIT :l",
       use(c), use(begin), use(end), use(behind), use(most), into(id), into(state), into(total));
  st.execute();
  while (st.fetch()) {
    auto amount = Json::parse(total);
    ensure(amount.has_value(), "a stored total is JSON");
    rows.push_back({id, state, std::move(*amount)});
  }
  return rows;
}

void put_differing_hour(Session& session, const DifferingHour& row) {
  Int c = row.channel.value, hour = to_ms(row.hour), tries = row.tries, next = to_ms(row.next_at);
  session.sql << "INSERT INTO differing_hour (channel_no, hour, tries, next_at) VALUES (:c, :h, :t, :n) ON CONFLICT (channel_no, hour) "
                 "DO UPDATE SET tries = excluded.tries, next_at = excluded.next_at",
      use(c), use(hour), use(tries), use(next);
}

void remove_differing_hour(Session& session, ChannelNo channel, Time begin) {
  Int c = channel.value, hour = to_ms(begin);
  session.sql << "DELETE FROM differing_hour WHERE channel_no = :c AND hour = :h", use(c), use(hour);
}

std::optional<DifferingHour> find_differing_hour(Session& session, ChannelNo channel, Time hour) {
  return hour_where(session, "hour = :h", channel, hour);
}

std::optional<DifferingHour> next_differing_hour(Session& session, ChannelNo channel) {
  return hour_where(session, "hour >= :h ORDER BY next_at, hour LIMIT 1", channel, long_ago);
}

std::int64_t count_differing_hours(Session& session, ChannelNo channel) {
  Int c = channel.value, count = 0;
  session.sql << "SELECT COUNT(*) FROM differing_hour WHERE channel_no = :c", use(c), into(count);
  return count;
}

}  // namespace tally::store
