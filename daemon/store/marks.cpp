#include "store/marks.hpp"

#include "store/inbox.hpp"
#include "store/session.hpp"

#include <algorithm>
#include <utility>

namespace tally::store {
namespace {

constexpr const char* mark_columns =
    "m.channel_no, m.aspect, m.thing, m.generation, m.since, m.cause, m.by_order, m.batch, m.not_before, m.parked, m.parked_hash, "
    "m.discarded_by";
/// Marks that are neither parked nor waiting for a batch or a person.
constexpr const char* may_be_tried =
    " m.parked = '' AND (m.batch = 0 OR EXISTS (SELECT 1 FROM batch b WHERE b.batch_no = m.batch AND b.closed = 1)) "
    "AND (m.by_order = 1 OR NOT EXISTS (SELECT 1 FROM held_item i JOIN held h ON h.digest = i.digest "
    "WHERE i.thing = m.thing AND h.channel_no = m.channel_no AND h.aspect = m.aspect)) ";

/// A listing to be made, not to be mended.
constexpr const char* not_listed_yet =
    "(m.aspect = 'content' AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.channel_no = m.channel_no AND l.product_no = m.thing AND "
    "l.state = 'bound'))";

struct MarkBound {
  Int channel = 0, thing = 0, generation = 0, since = 0, by_order = 0, batch = 0, not_before = 0;
  std::string aspect, cause, parked, hash, discarded_by;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(channel), into(aspect), into(thing), into(generation), into(since), into(cause), into(by_order), into(batch),
           into(not_before), into(parked), into(hash), into(discarded_by);
  }
  Mark row() const {
    return {ChannelNo(channel),  aspect, thing, generation,  from_ms(since), cause, by_order != 0, batch,
            from_ms(not_before), parked, hash,  discarded_by};
  }
};

std::vector<Mark> rows_of(soci::statement& st, MarkBound& bound) {
  std::vector<Mark> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row());
  return rows;
}

constexpr const char* intent_columns =
    "intent_no, channel_no, aspect, thing, value, delta, relative, before_value, hash, generation, cause, committed_at, taken_since, "
    "given_since, outcome, "
    "reply, finished_at";

struct IntentBound {
  Int no = 0, channel = 0, thing = 0, value = 0, delta = 0, relative = 0, before = 0, generation = 0, committed = 0, taken = 0, given = 0,
      finished = 0;
  std::string aspect, hash, cause, outcome, reply;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(channel), into(aspect), into(thing), into(value), into(delta), into(relative), into(before), into(hash),
           into(generation), into(cause), into(committed), into(taken), into(given), into(outcome), into(reply), into(finished);
  }
  Intent row() const {
    return {IntentNo(no), ChannelNo(channel), aspect, thing, value,   delta, relative != 0,    before, hash, generation,
            cause,        from_ms(committed), taken,  given, outcome, reply, from_ms(finished)};
  }
};

std::vector<Intent> rows_of(soci::statement& st, IntentBound& bound) {
  std::vector<Intent> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row());
  return rows;
}

}  // namespace

void mark(Session& session, const Mark& m) {
  session.stirred.insert(m.channel.value);
  Int c = m.channel.value, thing = m.thing, since = to_ms(m.since), by_order = m.by_order ? 1 : 0, batch = m.batch,
      not_before = to_ms(m.not_before);
  session.sql
      << "INSERT INTO mark (channel_no, aspect, thing, generation, since, cause, by_order, batch, not_before, parked, parked_hash) "
         "VALUES (:c, :a, :t, 1, :s, :u, :o, :b, :n, '', '') ON CONFLICT (channel_no, aspect, thing) DO UPDATE SET generation = "
         "generation + 1, "
         // A look finds what was marked already: what changed the number remains its cause.
         "cause = CASE WHEN excluded.cause = 'look' THEN cause ELSE excluded.cause END, "
         // Only stock is an order's: the price or the text of an import is the import's, whatever had marked it before.
         "by_order = CASE WHEN excluded.batch <> 0 AND aspect <> 'stock' THEN excluded.by_order ELSE MAX(by_order, excluded.by_order) END, "
         "batch = CASE WHEN excluded.by_order = 1 OR (by_order = 1 AND aspect = 'stock') THEN 0 WHEN excluded.batch <> 0 THEN "
         "excluded.batch ELSE batch END, "
         "not_before = MIN(not_before, "
         "excluded.not_before), parked = ''",
      use(c), use(m.aspect), use(thing), use(since), use(m.cause), use(by_order), use(batch), use(not_before);
}

std::vector<Mark> due_marks(Session& session, ChannelNo channel, const std::string& aspect, Time now, std::size_t limit) {
  MarkBound bound;
  Int c = channel.value, t = to_ms(now), most = static_cast<Int>(limit);
  auto prepared = session.sql.prepare << std::string("SELECT ") + mark_columns +
                                             " FROM mark m WHERE m.channel_no = :c AND m.aspect = :a AND m.not_before <= :t AND" +
                                             may_be_tried + "ORDER BY m.by_order DESC, " + not_listed_yet + ", m.since, m.thing LIMIT :l";
  prepared, use(c), use(aspect), use(t), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<Mark> due_marks(Session& session, ChannelNo channel, const std::string& aspect, Time now, std::size_t limit, const Rank& rank) {
  constexpr Int most_asked = 20000;
  Int c = channel.value, t = to_ms(now), most = most_asked, thing = 0, generation = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> ranked;  // the rank, the thing
  soci::statement st =
      (session.sql.prepare << std::string("SELECT m.thing, m.generation FROM mark m WHERE m.channel_no = :c AND m.aspect "
                                          "= :a AND m.not_before <= :t AND") +
                                  may_be_tried + "ORDER BY m.by_order DESC, " + not_listed_yet + ", m.since, m.thing LIMIT :l",
       use(c), use(aspect), use(t), use(most), into(thing), into(generation));
  st.execute();
  while (st.fetch()) {
    if (const auto its = rank(thing, generation)) ranked.emplace_back(*its, thing);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  if (ranked.size() > limit) ranked.resize(limit);
  std::vector<Mark> marks;
  for (const auto& [its, each] : ranked) marks.push_back(*find_mark(session, channel, aspect, each));
  return marks;
}

std::set<std::string> aspects_due(Session& session, ChannelNo channel, Time now) {
  std::set<std::string> aspects;
  Int c = channel.value, t = to_ms(now);
  std::string aspect;
  soci::statement st =
      (session.sql.prepare << "SELECT DISTINCT aspect FROM mark WHERE channel_no = :c AND not_before <= :t AND parked = '' ORDER BY aspect",
       use(c), use(t), into(aspect));
  st.execute();
  while (st.fetch()) aspects.insert(aspect);
  return aspects;
}

std::optional<Mark> find_mark(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  MarkBound bound;
  Int c = channel.value, t = thing;
  auto prepared = session.sql.prepare << std::string("SELECT ") + mark_columns +
                                             " FROM mark m WHERE m.channel_no = :c AND m.aspect = :a AND m.thing = :t";
  prepared, use(c), use(aspect), use(t);
  soci::statement st(bound.bind(prepared));
  auto rows = rows_of(st, bound);
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

void clear_mark(Session& session, const Mark& m) {
  Int c = m.channel.value, t = m.thing, g = m.generation;
  session.sql << "DELETE FROM mark WHERE channel_no = :c AND aspect = :a AND thing = :t AND generation = :g", use(c), use(m.aspect), use(t),
      use(g);
}

void delay_mark(Session& session, const Mark& m, Time not_before) {
  session.stirred.insert(m.channel.value);
  Int c = m.channel.value, t = m.thing, n = to_ms(not_before);
  session.sql << "UPDATE mark SET not_before = :n WHERE channel_no = :c AND aspect = :a AND thing = :t", use(n), use(c), use(m.aspect),
      use(t);
}

void park_mark(Session& session, const Mark& m, const std::string& reason, const std::string& hash) {
  Int c = m.channel.value, t = m.thing;
  session.sql << "UPDATE mark SET parked = :r, parked_hash = :h, discarded_by = CASE WHEN parked_hash = :h2 THEN discarded_by ELSE '' END "
                 "WHERE channel_no = :c AND aspect = :a AND thing = :t",
      use(reason), use(hash), use(hash), use(c), use(m.aspect), use(t);
}

void discard_mark(Session& session, const Mark& m, const std::string& author, const std::string& hash) {
  park_mark(session, m, "discarded by " + author, hash);
  Int c = m.channel.value, t = m.thing;
  session.sql << "UPDATE mark SET discarded_by = :d WHERE channel_no = :c AND aspect = :a AND thing = :t", use(author), use(c),
      use(m.aspect), use(t);
}

void unpark(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  session.stirred.insert(channel.value);
  Int c = channel.value, t = thing;
  session.sql << "UPDATE mark SET parked = '', parked_hash = '', discarded_by = '', not_before = 0 WHERE channel_no = :c AND aspect = :a "
                 "AND thing = :t",
      use(c), use(aspect), use(t);
}

std::optional<Time> next_due_mark(Session& session, ChannelNo channel) {
  Int c = channel.value, at = -1;
  session.sql << std::string("SELECT COALESCE(MIN(m.not_before), -1) FROM mark m WHERE m.channel_no = :c AND") + may_be_tried, use(c),
      into(at);
  if (at < 0) return std::nullopt;
  return from_ms(at);
}

std::vector<Mark> marks_of_batch(Session& session, std::int64_t batch) {
  MarkBound bound;
  Int b = batch;
  auto prepared = session.sql.prepare << std::string("SELECT ") + mark_columns +
                                             " FROM mark m WHERE m.batch = :b ORDER BY m.channel_no, m.aspect, m.thing";
  prepared, use(b);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<Mark> marks_of_channel(Session& session, ChannelNo channel, const std::string& aspect) {
  MarkBound bound;
  Int c = channel.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + mark_columns +
                                             " FROM mark m WHERE m.channel_no = :c AND m.aspect = :a ORDER BY m.thing";
  prepared, use(c), use(aspect);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::int64_t open_batch(Session& session, const std::string& author, Time now) {
  Int at = to_ms(now), no = 0;
  session.sql << "INSERT INTO batch (author, at, closed) VALUES (:a, :t, 0) RETURNING batch_no", use(author), use(at), into(no);
  return no;
}

std::vector<std::int64_t> unclosed_batches(Session& session) {
  std::vector<std::int64_t> rows;
  Int no = 0;
  soci::statement st = (session.sql.prepare << "SELECT batch_no FROM batch WHERE closed = 0 ORDER BY batch_no", into(no));
  st.execute();
  while (st.fetch()) rows.push_back(no);
  return rows;
}

void close_batch(Session& session, std::int64_t batch) {
  session.stirred.insert(0);
  Int no = batch;
  session.sql << "UPDATE batch SET closed = 1 WHERE batch_no = :n", use(no);
}

void take_from_batch(Session& session, const Mark& m) {
  Int c = m.channel.value, t = m.thing;
  session.sql << "UPDATE mark SET batch = 0 WHERE channel_no = :c AND aspect = :a AND thing = :t", use(c), use(m.aspect), use(t);
}

void hold(Session& session, const Held& held, const std::vector<std::int64_t>& things) {
  Int c = held.channel.value, at = to_ms(held.since), count = held.count;
  session.sql << "INSERT INTO held (digest, channel_no, aspect, reason, since, count) VALUES (:d, :c, :a, :r, :t, :n) ON CONFLICT (digest) "
                 "DO NOTHING",
      use(held.digest), use(c), use(held.aspect), use(held.reason), use(at), use(count);
  for (const auto thing : things) {
    Int t = thing;
    session.sql << "INSERT INTO held_item (digest, thing) VALUES (:d, :t) ON CONFLICT (digest, thing) DO NOTHING", use(held.digest), use(t);
  }
}

std::vector<Held> holds(Session& session) {
  std::vector<Held> rows;
  Int channel = 0, at = 0, count = 0;
  std::string digest, aspect, reason;
  soci::statement st = (session.sql.prepare << "SELECT digest, channel_no, aspect, reason, since, count FROM held ORDER BY since, digest",
                        into(digest), into(channel), into(aspect), into(reason), into(at), into(count));
  st.execute();
  while (st.fetch()) rows.push_back({digest, ChannelNo(channel), aspect, reason, from_ms(at), count});
  return rows;
}

std::vector<std::int64_t> held_things(Session& session, const std::string& digest) {
  std::vector<std::int64_t> rows;
  Int thing = 0;
  soci::statement st = (session.sql.prepare << "SELECT thing FROM held_item WHERE digest = :d ORDER BY thing", use(digest), into(thing));
  st.execute();
  while (st.fetch()) rows.push_back(thing);
  return rows;
}

bool is_held(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  Int c = channel.value, t = thing, count = 0;
  session.sql
      << "SELECT COUNT(*) FROM held_item i JOIN held h ON h.digest = i.digest WHERE i.thing = :t AND h.channel_no = :c AND h.aspect = :a",
      use(t), use(c), use(aspect), into(count);
  return count > 0;
}

void take_from_holds(Session& session, ChannelNo channel, const std::string& aspect, const std::vector<std::int64_t>& things) {
  Int c = channel.value, held = 0;
  session.sql << "SELECT COUNT(*) FROM held WHERE channel_no = :c AND aspect = :a", use(c), use(aspect), into(held);
  if (held == 0) return;
  session.stirred.insert(channel.value);
  for (const auto thing : things) {
    Int t = thing;
    session.sql << "DELETE FROM held_item WHERE thing = :t AND digest IN (SELECT digest FROM held WHERE channel_no = :c AND aspect = :a)",
        use(t), use(c), use(aspect);
  }
  session.sql << "UPDATE held SET count = (SELECT COUNT(*) FROM held_item i WHERE i.digest = held.digest) "
                 "WHERE channel_no = :c AND aspect = :a",
      use(c), use(aspect);
  session.sql << "DELETE FROM held WHERE channel_no = :c AND aspect = :a AND count = 0", use(c), use(aspect);
}

void give_to_guard(Session& session, const Mark& m) {
  Int c = m.channel.value, t = m.thing;
  session.sql << "UPDATE mark SET by_order = 0 WHERE channel_no = :c AND aspect = :a AND thing = :t", use(c), use(m.aspect), use(t);
}

bool remove_hold(Session& session, const std::string& digest) {
  session.stirred.insert(0);
  Int count = 0;
  session.sql << "SELECT COUNT(*) FROM held WHERE digest = :d", use(digest), into(count);
  session.sql << "DELETE FROM held_item WHERE digest = :d", use(digest);
  session.sql << "DELETE FROM held WHERE digest = :d", use(digest);
  return count > 0;
}

void meter(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, Time now) {
  Int c = channel.value, t = thing, at = to_ms(now);
  session.sql << "INSERT INTO metered (channel_no, aspect, thing, at) VALUES (:c, :a, :t, :n) ON CONFLICT (channel_no, aspect, thing) "
                 "DO UPDATE SET at = excluded.at",
      use(c), use(aspect), use(t), use(at);
}

std::int64_t metered_since(Session& session, ChannelNo channel, const std::string& aspect, Time since) {
  Int c = channel.value, at = to_ms(since), count = 0;
  session.sql << "SELECT COUNT(*) FROM metered WHERE channel_no = :c AND aspect = :a AND at >= :t", use(c), use(aspect), use(at),
      into(count);
  return count;
}

IntentNo add_intent(Session& session, const Intent& i) {
  Int c = i.channel.value, thing = i.thing, value = i.value, delta = i.delta, relative = i.relative ? 1 : 0, before = i.before,
      generation = i.generation;
  Int at = to_ms(i.committed_at), no = 0;
  session.sql << "INSERT INTO intent (channel_no, aspect, thing, value, delta, relative, before_value, hash, generation, cause, "
                 "committed_at, taken_since, "
                 "given_since, outcome, reply, finished_at) VALUES (:c, :a, :t, :v, :d, :r, :b, :h, :g, :u, :m, 0, 0, '', '', 0) RETURNING "
                 "intent_no",
      use(c), use(i.aspect), use(thing), use(value), use(delta), use(relative), use(before), use(i.hash), use(generation), use(i.cause),
      use(at), into(no);
  return IntentNo(no);
}

std::optional<Intent> get_intent(Session& session, IntentNo intent) {
  IntentBound bound;
  Int no = intent.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + intent_columns + " FROM intent WHERE intent_no = :n";
  prepared, use(no);
  soci::statement st(bound.bind(prepared));
  auto rows = rows_of(st, bound);
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

void finish_intent(Session& session, IntentNo intent, const std::string& outcome, const std::string& reply, Time now) {
  Int no = intent.value, at = to_ms(now);
  session.sql << "UPDATE intent SET outcome = :o, reply = :r, finished_at = :t WHERE intent_no = :n", use(outcome), use(reply), use(at),
      use(no);
}

std::vector<Intent> open_intents(Session& session, ChannelNo channel) {
  IntentBound bound;
  Int c = channel.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + intent_columns +
                                             " FROM intent WHERE outcome = '' AND channel_no = :c ORDER BY intent_no";
  prepared, use(c);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::optional<Intent> open_intent_of(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  IntentBound bound;
  Int c = channel.value, t = thing;
  auto prepared =
      session.sql.prepare
      << std::string("SELECT ") + intent_columns +
             " FROM intent WHERE channel_no = :c AND aspect = :a AND thing = :t AND outcome = '' ORDER BY intent_no DESC LIMIT 1";
  prepared, use(c), use(aspect), use(t);
  soci::statement st(bound.bind(prepared));
  auto rows = rows_of(st, bound);
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

void collect_step(Session& session, IntentNo intent, Quantity taken) {
  Int no = intent.value, plus = taken > 0 ? taken : 0, minus = taken < 0 ? taken : 0;
  session.sql << "UPDATE intent SET taken_since = taken_since + :p, given_since = given_since + :m WHERE intent_no = :n", use(plus),
      use(minus), use(no);
}

std::vector<Intent> unknown_intents(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, Time since) {
  IntentBound bound;
  Int c = channel.value, t = thing, after = to_ms(since);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + intent_columns +
                                 " FROM intent WHERE channel_no = :c AND aspect = :a AND thing = :t AND outcome = 'unknown' AND "
                                 "committed_at > :s ORDER BY intent_no DESC";
  prepared, use(c), use(aspect), use(t), use(after);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<Intent> last_intents(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, std::size_t limit) {
  IntentBound bound;
  Int c = channel.value, t = thing, most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + intent_columns +
                                 " FROM intent WHERE channel_no = :c AND aspect = :a AND thing = :t ORDER BY intent_no DESC LIMIT :l";
  prepared, use(c), use(aspect), use(t), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

bool forget_intents(Session& session, Time before, std::size_t keep, std::size_t limit, Time now) {
  constexpr const char* looked_at = "intents looked at";
  const auto cursor = get_cursor(session, ChannelNo(), looked_at);
  Int after = cursor ? std::stoll(cursor->value) : 0, at = to_ms(before), most = static_cast<Int>(limit), kept = static_cast<Int>(keep);
  IntentBound bound;
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + intent_columns + " FROM intent WHERE intent_no > :n ORDER BY intent_no LIMIT :l";
  prepared, use(after), use(most);
  soci::statement st(bound.bind(prepared));
  auto rows = rows_of(st, bound);
  const auto young = std::find_if(rows.begin(), rows.end(), [&](const Intent& row) { return row.committed_at >= before; });
  const bool more = young == rows.end() && rows.size() == limit;
  rows.erase(young, rows.end());
  for (const auto& row : rows) {
    Int no = row.no.value, c = row.channel.value, t = row.thing;
    session.sql << "DELETE FROM intent WHERE channel_no = :c AND aspect = :a AND thing = :t AND intent_no <= :n AND outcome <> '' AND "
                   "finished_at < :b AND intent_no <= (SELECT k.intent_no FROM intent k WHERE k.channel_no = :c2 AND k.aspect = :a2 AND "
                   "k.thing = :t2 ORDER BY k.intent_no DESC LIMIT 1 OFFSET :k)",
        use(c), use(row.aspect), use(t), use(no), use(at), use(c), use(row.aspect), use(t), use(kept);
  }
  if (!rows.empty()) set_cursor(session, ChannelNo(), looked_at, std::to_string(rows.back().no.value), now);
  return more;
}

}  // namespace tally::store
