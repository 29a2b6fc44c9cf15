#include "store/parcels.hpp"

#include "store/session.hpp"

#include <algorithm>

namespace tally::store {
namespace {

constexpr const char* columns =
    "p.parcel_no, p.channel_no, p.carrier, p.number, p.watch, p.state, p.since, p.event, p.event_at, p.added_at, p.asked_at, p.next_due, "
    "p.tries, p.problem";

struct Bound {
  Int no = 0, channel = 0, since = 0, event_at = 0, added = 0, asked = 0, due = 0, tries = 0;
  std::string carrier, number, watch, state, event, problem;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(channel), into(carrier), into(number), into(watch), into(state), into(since), into(event), into(event_at),
           into(added), into(asked), into(due), into(tries), into(problem);
  }
  ParcelRow row() const {
    return {no,    ChannelNo(channel), carrier,        number,         watch,        state, from_ms(since),
            event, from_ms(event_at),  from_ms(added), from_ms(asked), from_ms(due), tries, problem};
  }
};

std::vector<ParcelRow> rows_of(soci::statement& st, Bound& bound) {
  std::vector<ParcelRow> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row());
  return rows;
}

std::optional<ParcelRow> first_of(std::vector<ParcelRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::string selected(const std::string& behind) {
  return std::string("SELECT ") + columns + " FROM parcel p " + behind;
}

}  // namespace

std::int64_t add_parcel(Session& session, const ParcelRow& row) {
  session.stirred.insert(row.channel.value);
  Int channel = row.channel.value, since = to_ms(row.since), event_at = to_ms(row.event_at), added = to_ms(row.added_at),
      asked = to_ms(row.asked_at), due = to_ms(row.next_due), tries = row.tries, no = 0;
  session.sql
      << "INSERT INTO parcel (channel_no, carrier, number, watch, state, since, event, event_at, added_at, asked_at, next_due, tries, "
         "problem) VALUES (:c, :k, :n, :w, :s, :since, :e, :eat, :added, :asked, :due, :tries, :p) RETURNING parcel_no",
      use(channel), use(row.carrier), use(row.number), use(row.watch), use(row.state), use(since), use(row.event), use(event_at),
      use(added), use(asked), use(due), use(tries), use(row.problem), into(no);
  return no;
}

void put_parcel(Session& session, const ParcelRow& row) {
  session.stirred.insert(row.channel.value);
  Int no = row.no, channel = row.channel.value, since = to_ms(row.since), event_at = to_ms(row.event_at), asked = to_ms(row.asked_at),
      due = to_ms(row.next_due), tries = row.tries;
  session.sql
      << "UPDATE parcel SET channel_no = :c, watch = :w, state = :s, since = :since, event = :e, event_at = :eat, asked_at = :asked, "
         "next_due = :due, tries = :tries, problem = :p WHERE parcel_no = :n",
      use(channel), use(row.watch), use(row.state), use(since), use(row.event), use(event_at), use(asked), use(due), use(tries),
      use(row.problem), use(no);
}

std::optional<ParcelRow> get_parcel(Session& session, std::int64_t parcel) {
  Bound bound;
  Int no = parcel;
  auto prepared = session.sql.prepare << selected("WHERE p.parcel_no = :n");
  prepared, use(no);
  soci::statement st(bound.bind(prepared));
  return first_of(rows_of(st, bound));
}

std::optional<ParcelRow> find_parcel(Session& session, const std::string& carrier, const std::string& number) {
  Bound bound;
  auto prepared = session.sql.prepare << selected("WHERE p.number = :n AND p.carrier = :c");
  prepared, use(number), use(carrier);
  soci::statement st(bound.bind(prepared));
  return first_of(rows_of(st, bound));
}

std::vector<ParcelRow> parcels_numbered(Session& session, ChannelNo tracker, const std::string& number) {
  Bound bound;
  Int channel = tracker.value;
  auto prepared = session.sql.prepare << selected("WHERE p.number = :n AND p.channel_no = :c ORDER BY p.parcel_no");
  prepared, use(number), use(channel);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::optional<ParcelRow> due_parcel(Session& session, ChannelNo tracker, Time now) {
  Bound bound;
  Int channel = tracker.value, at = to_ms(now);
  auto prepared =
      session.sql.prepare << selected(
          "WHERE p.channel_no = :c AND p.watch IN ('wanted', 'followed') AND p.next_due <= :t ORDER BY p.next_due, p.parcel_no LIMIT 1");
  prepared, use(channel), use(at);
  soci::statement st(bound.bind(prepared));
  return first_of(rows_of(st, bound));
}

std::optional<Time> next_parcel_due(Session& session, ChannelNo tracker) {
  Int channel = tracker.value, at = 0, count = 0;
  session.sql << "SELECT COALESCE(MIN(next_due), 0), COUNT(*) FROM parcel WHERE channel_no = :c AND watch IN ('wanted', 'followed')",
      use(channel), into(at), into(count);
  if (count == 0) return std::nullopt;
  return from_ms(at);
}

std::int64_t parcels_on_their_way(Session& session, ChannelNo tracker) {
  Int channel = tracker.value, count = 0;
  session.sql << "SELECT COUNT(*) FROM parcel WHERE channel_no = :c AND watch IN ('wanted', 'followed')", use(channel), into(count);
  return count;
}

std::string trouble_of_tracker(Session& session, ChannelNo tracker) {
  Int channel = tracker.value;
  std::string reason;
  session.sql << "SELECT reason FROM problem WHERE channel_no = :c AND kind = 'tracker' ORDER BY thing LIMIT 1", use(channel), into(reason);
  return reason;
}

void unfollow_parcels(Session& session, ChannelNo tracker, Time next_due) {
  Int channel = tracker.value, due = to_ms(next_due);
  session.sql << "UPDATE parcel SET watch = 'wanted', next_due = :d WHERE channel_no = :c AND watch = 'followed'", use(due), use(channel);
}

std::vector<ParcelRow> parcels_without_tracker(Session& session, const std::vector<ChannelNo>& trackers, std::int64_t after,
                                               std::size_t limit) {
  Bound bound;
  Int from = after, most = static_cast<Int>(limit);
  std::string known = "0";
  for (const auto tracker : trackers) known += ", " + std::to_string(tracker.value);
  auto prepared =
      session.sql.prepare << selected("WHERE p.parcel_no > :a AND p.watch <> 'over' AND (p.channel_no = 0 OR p.channel_no NOT IN (" +
                                      known + ")) ORDER BY p.parcel_no LIMIT :l");
  prepared, use(from), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<ParcelRow> parcels_of(Session& session, OrderNo order) {
  Bound bound;
  Int no = order.value;
  auto prepared = session.sql.prepare << selected(
                      "JOIN order_parcel o ON o.parcel_no = p.parcel_no WHERE o.order_no = :o ORDER BY p.carrier, p.number");
  prepared, use(no);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<OrderNo> orders_of_parcel(Session& session, std::int64_t parcel) {
  std::vector<OrderNo> orders;
  Int no = parcel, order = 0;
  soci::statement st =
      (session.sql.prepare << "SELECT order_no FROM order_parcel WHERE parcel_no = :p ORDER BY order_no", use(no), into(order));
  st.execute();
  while (st.fetch()) orders.push_back(OrderNo(order));
  return orders;
}

void set_parcels_of(Session& session, OrderNo order, const std::vector<std::int64_t>& parcels) {
  Int no = order.value;
  session.sql << "DELETE FROM order_parcel WHERE order_no = :o", use(no);
  for (const auto each : parcels) {
    Int parcel = each;
    session.sql << "INSERT INTO order_parcel (order_no, parcel_no) VALUES (:o, :p) ON CONFLICT DO NOTHING", use(no), use(parcel);
  }
}

void forget_parcel_events(Session& session, OrderNo order) {
  Int no = order.value;
  session.sql << "UPDATE parcel SET event = '' WHERE parcel_no IN (SELECT parcel_no FROM order_parcel WHERE order_no = :o)", use(no);
}

}  // namespace tally::store
