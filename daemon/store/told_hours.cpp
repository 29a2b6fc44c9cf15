#include "store/told_hours.hpp"

#include "store/session.hpp"

namespace tally::store {

void count_told(Session& session, ChannelNo channel, const std::string& kind, Time begin) {
  Int c = channel.value, hour = to_ms(begin);
  session.sql << "INSERT INTO told_hour (channel_no, kind, hour, orders) VALUES (:c, :k, :h, 1) ON CONFLICT (channel_no, kind, hour) "
                 "DO UPDATE SET orders = orders + 1",
      use(c), use(kind), use(hour);
}

std::int64_t told_between(Session& session, ChannelNo channel, const std::string& kind, Time from, Time until) {
  Int c = channel.value, begin = to_ms(from), end = to_ms(until), orders = 0;
  session.sql << "SELECT COALESCE(SUM(orders), 0) FROM told_hour WHERE channel_no = :c AND kind = :k AND hour >= :f AND hour < :u", use(c),
      use(kind), use(begin), use(end), into(orders);
  return orders;
}

void forget_told_before(Session& session, ChannelNo channel, const std::string& kind, Time before) {
  Int c = channel.value, hour = to_ms(before);
  session.sql << "DELETE FROM told_hour WHERE channel_no = :c AND kind = :k AND hour < :h", use(c), use(kind), use(hour);
}

}  // namespace tally::store
