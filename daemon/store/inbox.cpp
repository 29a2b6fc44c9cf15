#include "store/inbox.hpp"

#include "base/json.hpp"
#include "store/buyers.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

std::string headers_text(const std::map<std::string, std::string>& headers) {
  Json json = Json::object();
  for (const auto& [name, value] : headers) json.set(name, value);
  return json.dump();
}

std::map<std::string, std::string> headers_from(const std::string& text) {
  std::map<std::string, std::string> headers;
  const auto json = Json::parse(text);
  ensure(json.has_value() && json->is_object(), "stored headers are a JSON object");
  for (const auto& [name, value] : json->as_object()) headers[name] = value.scalar_text();
  return headers;
}

}  // namespace

std::int64_t add_inbox(Session& session, const InboxRow& row) {
  session.stirred.insert(row.channel.value);
  Int channel = row.channel.value, at = to_ms(row.received_at), no = 0;
  std::string headers = headers_text(row.headers), body = sealed_body(session, row.channel, row.body, row.received_at);
  session.sql
      << "INSERT INTO inbox (channel_no, source, kind, body, headers, received_at) VALUES (:c, :s, :k, :b, :h, :t) RETURNING row_no",
      use(channel), use(row.source), use(row.kind), use(body), use(headers), use(at), into(no);
  return no;
}

std::vector<InboxRow> inbox_after(Session& session, ChannelNo channel, std::int64_t after, std::size_t limit) {
  std::vector<InboxRow> rows;
  Int c = channel.value, from = after, most = static_cast<Int>(limit), no = 0, at = 0;
  std::string source, kind, body, headers;
  soci::statement st =
      (session.sql.prepare << "SELECT row_no, source, kind, body, headers, received_at FROM inbox WHERE channel_no = :c AND row_no > :a "
                              "ORDER BY row_no LIMIT :l",
       use(c), use(from), use(most), into(no), into(source), into(kind), into(body), into(headers), into(at));
  st.execute();
  while (st.fetch())
    rows.push_back(
        {no, channel, source, kind, opened_body(session, channel, body, from_ms(at)).value_or(""), headers_from(headers), from_ms(at)});
  return rows;
}

std::optional<InboxRow> inbox_row(Session& session, std::int64_t row) {
  Int no = row, channel = 0, at = 0;
  std::string source, kind, body, headers;
  session.sql << "SELECT channel_no, source, kind, body, headers, received_at FROM inbox WHERE row_no = :n", use(no), into(channel),
      into(source), into(kind), into(body), into(headers), into(at);
  if (!session.sql.got_data()) return std::nullopt;
  auto opened = opened_body(session, ChannelNo(channel), body, from_ms(at));
  if (!opened) return std::nullopt;
  return InboxRow{row, ChannelNo(channel), source, kind, std::move(*opened), headers_from(headers), from_ms(at)};
}

std::int64_t last_inbox_row(Session& session, ChannelNo channel) {
  Int c = channel.value, no = 0;
  session.sql << "SELECT COALESCE(MAX(row_no), 0) FROM inbox WHERE channel_no = :c", use(c), into(no);
  return no;
}

void set_applied_through(Session& session, ChannelNo channel, std::int64_t row) {
  Int c = channel.value, no = row;
  session.sql << "UPDATE channel SET applied_through = :r WHERE channel_no = :c", use(no), use(c);
}

std::int64_t applied_through(Session& session, ChannelNo channel) {
  Int c = channel.value, no = 0;
  session.sql << "SELECT applied_through FROM channel WHERE channel_no = :c", use(c), into(no);
  return no;
}

std::int64_t unread_rows(Session& session, ChannelNo channel) {
  Int c = channel.value, count = 0;
  session.sql
      << "SELECT COUNT(*) FROM inbox WHERE channel_no = :c AND row_no > (SELECT applied_through FROM channel WHERE channel_no = :c2)",
      use(c), use(c), into(count);
  return count;
}

void forget_inbox(Session& session, ChannelNo channel, Time before) {
  Int c = channel.value, at = to_ms(before);
  session.sql << "DELETE FROM inbox WHERE channel_no = :c AND received_at < :t AND row_no <= (SELECT applied_through FROM channel WHERE "
                 "channel_no = :c2) "
                 "AND row_no NOT IN (SELECT row_no FROM parked_row)",
      use(c), use(at), use(c);
}

void park_row(Session& session, std::int64_t row, ChannelNo channel, const std::string& reason, Time now) {
  Int no = row, c = channel.value, at = to_ms(now);
  session.sql << "INSERT INTO parked_row (row_no, channel_no, reason, since) VALUES (:n, :c, :r, :t) ON CONFLICT (row_no) DO UPDATE SET "
                 "reason = excluded.reason",
      use(no), use(c), use(reason), use(at);
}

bool unpark_row(Session& session, std::int64_t row) {
  Int no = row, gone = 0;
  session.sql << "DELETE FROM parked_row WHERE row_no = :n RETURNING row_no", use(no), into(gone);
  return gone != 0;
}

std::optional<ParkedRow> parked_row(Session& session, std::int64_t row) {
  Int no = row, channel = 0, at = 0;
  std::string reason;
  session.sql << "SELECT channel_no, reason, since FROM parked_row WHERE row_no = :n", use(no), into(channel), into(reason), into(at);
  if (!session.sql.got_data()) return std::nullopt;
  return ParkedRow{row, ChannelNo(channel), reason, from_ms(at)};
}

std::vector<ParkedRow> parked_rows(Session& session, std::int64_t after, std::size_t limit) {
  std::vector<ParkedRow> rows;
  Int from = after, most = static_cast<Int>(limit), no = 0, channel = 0, at = 0;
  std::string reason;
  soci::statement st =
      (session.sql.prepare << "SELECT row_no, channel_no, reason, since FROM parked_row WHERE row_no > :a ORDER BY row_no LIMIT :l",
       use(from), use(most), into(no), into(channel), into(reason), into(at));
  st.execute();
  while (st.fetch()) rows.push_back({no, ChannelNo(channel), reason, from_ms(at)});
  return rows;
}

std::vector<ParkedRow> parked_rows_of(Session& session, ChannelNo channel, std::int64_t after, std::size_t limit) {
  std::vector<ParkedRow> rows;
  Int c = channel.value, from = after, most = static_cast<Int>(limit), no = 0, at = 0;
  std::string reason;
  soci::statement st = (session.sql.prepare << "SELECT row_no, reason, since FROM parked_row WHERE channel_no = :c AND row_no > :a "
                                               "ORDER BY row_no LIMIT :l",
                        use(c), use(from), use(most), into(no), into(reason), into(at));
  st.execute();
  while (st.fetch()) rows.push_back({no, channel, reason, from_ms(at)});
  return rows;
}

bool has_parked_order(Session& session, ChannelNo channel, bool delivered) {
  Int c = channel.value, found = 0, both = delivered ? 1 : 0;
  session.sql << "SELECT EXISTS (SELECT 1 FROM parked_row p JOIN inbox i ON i.row_no = p.row_no WHERE p.channel_no = :c AND (i.source = "
                 "'read' OR :d = 1) "
                 "AND i.kind = 'order')",
      use(c), use(both), into(found);
  return found != 0;
}

std::optional<Cursor> get_cursor(Session& session, ChannelNo channel, const std::string& kind) {
  Int c = channel.value, at = 0;
  std::string value;
  session.sql << "SELECT value, at FROM cursor WHERE channel_no = :c AND kind = :k", use(c), use(kind), into(value), into(at);
  if (!session.sql.got_data()) return std::nullopt;
  return Cursor{value, from_ms(at)};
}

void set_cursor(Session& session, ChannelNo channel, const std::string& kind, const std::string& value, Time now) {
  Int c = channel.value, at = to_ms(now);
  session.sql << "INSERT INTO cursor (channel_no, kind, value, at) VALUES (:c, :k, :v, :t) ON CONFLICT (channel_no, kind) "
                 "DO UPDATE SET value = excluded.value, at = excluded.at",
      use(c), use(kind), use(value), use(at);
}

void add_poke(Session& session, ChannelNo channel, const std::string& kind, const std::string& subject, Time not_before, std::int64_t row) {
  session.stirred.insert(channel.value);
  Int c = channel.value, at = to_ms(not_before), no = row;
  session.sql
      << "INSERT INTO poke (channel_no, kind, subject, not_before, row_no) VALUES (:c, :k, :s, :t, :r) ON CONFLICT (channel_no, kind, "
         "subject) DO UPDATE SET not_before = MIN(not_before, excluded.not_before), generation = generation + 1, "
         "row_no = CASE WHEN excluded.row_no <> 0 THEN excluded.row_no ELSE row_no END",
      use(c), use(kind), use(subject), use(at), use(no);
}

std::optional<Time> next_poke(Session& session, ChannelNo channel, const std::string& kind) {
  Int c = channel.value, at = 0;
  session.sql << "SELECT not_before FROM poke WHERE channel_no = :c AND kind = :k ORDER BY not_before LIMIT 1", use(c), use(kind), into(at);
  return session.sql.got_data() ? std::optional<Time>(from_ms(at)) : std::nullopt;
}

std::optional<Time> poked_for(Session& session, ChannelNo channel, const std::string& kind, const std::string& subject) {
  Int c = channel.value, at = 0;
  session.sql << "SELECT not_before FROM poke WHERE channel_no = :c AND kind = :k AND subject = :s", use(c), use(kind), use(subject),
      into(at);
  return session.sql.got_data() ? std::optional<Time>(from_ms(at)) : std::nullopt;
}

std::vector<Poke> pokes(Session& session, ChannelNo channel, const std::string& kind, std::size_t limit) {
  std::vector<Poke> rows;
  Int c = channel.value, most = static_cast<Int>(limit), at = 0, generation = 0, row = 0;
  std::string subject;
  soci::statement st = (session.sql.prepare << "SELECT subject, not_before, generation, row_no FROM poke WHERE channel_no = :c AND "
                                               "kind = :k ORDER BY not_before, subject LIMIT :l",
                        use(c), use(kind), use(most), into(subject), into(at), into(generation), into(row));
  st.execute();
  while (st.fetch()) rows.push_back({kind, subject, from_ms(at), generation, row});
  return rows;
}

void remove_poke(Session& session, ChannelNo channel, const std::string& kind, const std::string& subject, std::int64_t generation) {
  Int c = channel.value, g = generation;
  session.sql << "DELETE FROM poke WHERE channel_no = :c AND kind = :k AND subject = :s AND generation = :g", use(c), use(kind),
      use(subject), use(g);
}

}  // namespace tally::store
