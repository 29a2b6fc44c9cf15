#include "store/journal.hpp"

#include "store/session.hpp"

namespace tally::store {
namespace {

constexpr const char* entry_columns = "sequence, at, what, cause, channel_no, thing, detail";

struct EntryBound {
  Int sequence = 0, at = 0, channel = 0;
  std::string what, cause, thing, detail;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(sequence), into(at), into(what), into(cause), into(channel), into(thing), into(detail);
  }
  Entry row() const { return {sequence, from_ms(at), what, cause, ChannelNo(channel), thing, detail}; }
};

std::vector<Entry> rows_of(soci::statement& st, EntryBound& bound) {
  std::vector<Entry> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row());
  return rows;
}

}  // namespace

void journal(Session& session, const Entry& e) {
  Int at = to_ms(e.at), channel = e.channel.value;
  session.sql << "INSERT INTO journal (at, what, cause, channel_no, thing, detail) VALUES (:a, :w, :c, :n, :t, :d)", use(at), use(e.what),
      use(e.cause), use(channel), use(e.thing), use(e.detail);
}

std::vector<Entry> journal_after(Session& session, std::int64_t sequence, std::size_t limit) {
  EntryBound bound;
  Int from = sequence, most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + entry_columns + " FROM journal WHERE sequence > :s ORDER BY sequence LIMIT :l";
  prepared, use(from), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<Entry> journal_of(Session& session, const std::string& thing, std::size_t limit) {
  EntryBound bound;
  Int most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + entry_columns + " FROM journal WHERE thing = :t ORDER BY sequence DESC LIMIT :l";
  prepared, use(thing), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::int64_t last_sequence(Session& session) {
  Int last = 0;
  session.sql << "SELECT COALESCE(MAX(sequence), 0) FROM journal", into(last);
  return last;
}

void set_problem(Session& session, const ProblemRow& p) {
  Int c = p.channel.value, at = to_ms(p.since);
  session.sql << "INSERT INTO problem (channel_no, kind, thing, reason, todo, since) VALUES (:c, :k, :t, :r, :d, :s) ON CONFLICT "
                 "(channel_no, kind, thing) "
                 "DO UPDATE SET reason = excluded.reason, todo = excluded.todo",
      use(c), use(p.kind), use(p.thing), use(p.reason), use(p.todo), use(at);
}

void clear_problem(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing) {
  Int c = channel.value;
  session.sql << "DELETE FROM problem WHERE channel_no = :c AND kind = :k AND thing = :t", use(c), use(kind), use(thing);
}

namespace {

/// A mark that was parked and is tried again keeps what was refused (`parked_hash`), and so its problem.
std::string refused_mark(const std::string& aspect, const std::string& things) {
  return "EXISTS (SELECT 1 FROM " + things + " JOIN mark m ON m.thing = t.no WHERE m.channel_no = p.channel_no AND m.aspect = '" + aspect +
         "' AND (m.parked <> '' OR m.parked_hash <> '')) ";
}

/// A product that has ended needs no listing.
std::string listing_in(const std::string& state) {
  return "EXISTS (SELECT 1 FROM product d JOIN listing l ON l.product_no = d.product_no WHERE d.code = p.thing AND "
         "l.channel_no = p.channel_no AND l.state = '" +
         state + "' AND COALESCE(d.document ->> 'state', '') <> 'ended') ";
}

/// Of a row `p` of the table `problem`.
std::string cause_is_there() {
  const std::string variant = "(SELECT v.variant_no AS no FROM variant v WHERE v.sku = p.thing) t";
  const std::string product = "(SELECT d.product_no AS no FROM product d WHERE d.code = p.thing) t";
  return "CASE p.kind WHEN 'stock' THEN " + refused_mark("stock", variant) + "WHEN 'price' THEN " + refused_mark("price", variant) +
         "WHEN 'content' THEN " + refused_mark("content", product) + "OR " + listing_in("gone") + "WHEN 'listing' THEN " +
         listing_in("bound") + "WHEN 'twice' THEN " + listing_in("bound") +
         "WHEN 'inbox' THEN EXISTS (SELECT 1 FROM parked_row r WHERE r.row_no = CAST(p.thing AS BIGINT)) "
         "WHEN 'guard' THEN EXISTS (SELECT 1 FROM held h WHERE h.digest = p.thing) "
         "WHEN 'channel' THEN EXISTS (SELECT 1 FROM channel c WHERE c.channel_no = p.channel_no AND c.paused <> '') "
         "WHEN 'shelf' THEN NOT EXISTS (SELECT 1 FROM movement v JOIN location l ON l.location_no = v.location_no WHERE l.name = p.thing "
         "AND "
         "v.kind NOT IN ('order', 'cover')) "
         "ELSE 1 = 1 END ";
}

}  // namespace

void forget_solved_problems(Session& session) {
  session.sql << "DELETE FROM problem AS p WHERE NOT (" + cause_is_there() + ")";
}

std::vector<ProblemRow> problems(Session& session, std::size_t limit) {
  std::vector<ProblemRow> rows;
  Int channel = 0, at = 0, most = static_cast<Int>(limit);
  std::string kind, thing, reason, todo;
  soci::statement st = (session.sql.prepare << "SELECT p.channel_no, p.kind, p.thing, p.reason, p.todo, p.since FROM problem p WHERE " +
                                                   cause_is_there() + "ORDER BY p.since, p.channel_no, p.kind, p.thing LIMIT :l",
                        use(most), into(channel), into(kind), into(thing), into(reason), into(todo), into(at));
  st.execute();
  while (st.fetch()) rows.push_back({ChannelNo(channel), kind, thing, reason, todo, from_ms(at)});
  return rows;
}

void set_due(Session& session, const Due& due) {
  Int thing = due.thing, at = to_ms(due.at);
  session.sql << "INSERT INTO due (kind, thing, at) VALUES (:k, :t, :a) ON CONFLICT (kind, thing) DO UPDATE SET at = excluded.at",
      use(due.kind), use(thing), use(at);
}

void clear_due(Session& session, const std::string& kind, std::int64_t thing) {
  Int t = thing;
  session.sql << "DELETE FROM due WHERE kind = :k AND thing = :t", use(kind), use(t);
}

std::vector<Due> due_by(Session& session, Time now, std::size_t limit) {
  std::vector<Due> rows;
  Int at = 0, thing = 0, until = to_ms(now), most = static_cast<Int>(limit);
  std::string kind;
  soci::statement st = (session.sql.prepare << "SELECT kind, thing, at FROM due WHERE at <= :u ORDER BY at, kind, thing LIMIT :l",
                        use(until), use(most), into(kind), into(thing), into(at));
  st.execute();
  while (st.fetch()) rows.push_back({kind, thing, from_ms(at)});
  return rows;
}

std::optional<Time> next_due(Session& session) {
  Int at = -1;
  session.sql << "SELECT COALESCE(MIN(at), -1) FROM due", into(at);
  if (at < 0) return std::nullopt;
  return from_ms(at);
}

}  // namespace tally::store
