#include "store/orders.hpp"

#include "store/buyers.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

constexpr const char* columns =
    "order_no, channel_no, id, revision, state, document, resolved, claim, taken, body_hash, inbox_row, changed_at, accepted_at, expired, "
    "sealed_by";

/// The columns of one row, bound once and read after each fetch.
struct Bound {
  Int no = 0, channel = 0, revision = 0, inbox = 0, changed = 0, accepted = 0, expired = 0;
  std::string id, state, document, resolved, claim, taken, hash, sealed_by;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(channel), into(id), into(revision), into(state), into(document), into(resolved), into(claim), into(taken),
           into(hash), into(inbox), into(changed), into(accepted), into(expired), into(sealed_by);
  }
  OrderRow row(Session& session) const {
    const auto json = [](const std::string& text) {
      auto value = Json::parse(text);
      ensure(value.has_value(), "a stored order is JSON");
      return std::move(*value);
    };
    return {OrderNo(no),
            ChannelNo(channel),
            id,
            revision,
            state,
            opened_document(session, {ChannelNo(channel), id}, json(document), sealed_by),
            json(resolved),
            json(claim),
            json(taken),
            hash,
            inbox,
            from_ms(changed),
            from_ms(accepted),
            expired != 0,
            sealed_by};
  }
};

std::vector<OrderRow> rows_of(Session& session, soci::statement& st, Bound& bound) {
  std::vector<OrderRow> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row(session));
  return rows;
}

/// Of what a platform has taken, [[variant, units]].
Quantity units_of(const std::string& taken, VariantNo variant) {
  Quantity sum = 0;
  const auto list = Json::parse(taken);
  ensure(list.has_value(), "a stored order is JSON");
  for (const auto& part : list->as_array()) {
    const auto no = part.as_array().at(0).integer(), units = part.as_array().at(1).integer();
    ensure(no.has_value() && units.has_value(), "a stored row holds whole numbers");
    if (*no == variant.value) sum += *units;
  }
  return sum;
}

Int placed_ms(const Json& document) {
  const auto placed = parse_iso(document.text_or("placed_at"));
  return placed ? to_ms(*placed) : 0;
}

std::optional<OrderRow> first_of(std::vector<OrderRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

std::optional<OrderRow> find_order(Session& session, ChannelNo channel, const std::string& id) {
  Bound bound;
  Int no = channel.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + columns + " FROM orders WHERE channel_no = :c AND id = :i";
  prepared, use(no), use(id);
  soci::statement st(bound.bind(prepared));
  return first_of(rows_of(session, st, bound));
}

std::optional<OrderRow> get_order(Session& session, OrderNo order) {
  Bound bound;
  Int no = order.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + columns + " FROM orders WHERE order_no = :n";
  prepared, use(no);
  soci::statement st(bound.bind(prepared));
  return first_of(rows_of(session, st, bound));
}

OrderNo insert_order(Session& session, const OrderRow& row) {
  Int channel = row.channel.value, revision = row.revision, inbox = row.inbox_row, changed = to_ms(row.changed_at),
      accepted = to_ms(row.accepted_at);
  Int expired = row.expired ? 1 : 0, placed = placed_ms(row.document), no = 0;
  std::string sealed_by = row.sealed_by, document = sealed_document(session, {row.channel, row.id}, row.document, sealed_by);
  std::string resolved = row.resolved.dump(), claim = row.claim.dump(), taken = row.taken.dump();
  session.sql << "INSERT INTO orders (channel_no, id, revision, state, document, resolved, claim, taken, body_hash, inbox_row, changed_at, "
                 "accepted_at, expired, sealed_by, placed_at) "
                 "VALUES (:c, :i, :r, :s, :d, :l, :m, :k, :h, :b, :t, :a, :e, :y, :p) RETURNING order_no",
      use(channel), use(row.id), use(revision), use(row.state), use(document), use(resolved), use(claim), use(taken), use(row.body_hash),
      use(inbox), use(changed), use(accepted), use(expired), use(sealed_by), use(placed), into(no);
  session.sql << "UPDATE channel SET orders = orders + 1 WHERE channel_no = :c", use(channel);
  return OrderNo(no);
}

bool update_order(Session& session, const OrderRow& row) {
  Int no = row.no.value, revision = row.revision, before = row.revision - 1, inbox = row.inbox_row, changed = to_ms(row.changed_at);
  Int expired = row.expired ? 1 : 0, placed = placed_ms(row.document), touched = 0;
  std::string sealed_by = row.sealed_by, document = sealed_document(session, {row.channel, row.id}, row.document, sealed_by);
  std::string resolved = row.resolved.dump(), claim = row.claim.dump(), taken = row.taken.dump();
  session.sql << "UPDATE orders SET revision = :r, state = :s, document = :d, resolved = :l, claim = :m, taken = :k, body_hash = :h, "
                 "inbox_row = :b, "
                 "changed_at = :t, expired = :e, sealed_by = :y, placed_at = :p WHERE order_no = :n AND revision = :f RETURNING order_no",
      use(revision), use(row.state), use(document), use(resolved), use(claim), use(taken), use(row.body_hash), use(inbox), use(changed),
      use(expired), use(sealed_by), use(placed), use(no), use(before), into(touched);
  return session.sql.got_data();
}

std::optional<std::string> order_body_hash(Session& session, ChannelNo channel, const std::string& id) {
  Int no = channel.value;
  std::string hash;
  session.sql << "SELECT body_hash FROM orders WHERE channel_no = :c AND id = :i", use(no), use(id), into(hash);
  if (!session.sql.got_data()) return std::nullopt;
  return hash;
}

void set_body_hash(Session& session, OrderNo order, const std::string& hash) {
  Int no = order.value;
  session.sql << "UPDATE orders SET body_hash = :h WHERE order_no = :n", use(hash), use(no);
}

std::vector<OrderRow> orders_before(Session& session, std::optional<ChannelNo> channel, const std::string& state, OrderNo before,
                                    std::size_t limit) {
  Bound bound;
  Int no = channel ? channel->value : 0, top = before.value > 0 ? before.value : std::numeric_limits<Int>::max(),
      most = static_cast<Int>(limit);
  // Nothing is asked but what the indexes of 0024 are for.
  auto prepared = session.sql.prepare << std::string("SELECT ") + columns + " FROM orders WHERE order_no < :b" +
                                             (channel ? " AND channel_no = :c" : "") + (state.empty() ? "" : " AND state = :s") +
                                             " ORDER BY order_no DESC LIMIT :l";
  prepared, use(top);
  if (channel) prepared, use(no);
  if (!state.empty()) prepared, use(state);
  prepared, use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(session, st, bound);
}

std::int64_t count_orders(Session& session, ChannelNo channel) {
  Int no = channel.value, count = 0;
  session.sql << "SELECT orders FROM channel WHERE channel_no = :c", use(no), into(count);
  return count;
}

std::int64_t count_held(Session& session, ChannelNo channel) {
  Int no = channel.value, count = 0;
  session.sql << "SELECT COUNT(*) FROM problem WHERE channel_no = :c AND kind = 'order'", use(no), into(count);
  return count;
}

void release_hold(Session& session, OrderNo order, const std::string& hold, const std::string& author, Time now) {
  Int no = order.value, at = to_ms(now);
  session.sql << "INSERT INTO released_hold (order_no, hold, author, at) VALUES (:o, :h, :a, :t) ON CONFLICT (order_no, hold) DO NOTHING",
      use(no), use(hold), use(author), use(at);
}

std::set<std::string> released_holds(Session& session, OrderNo order) {
  std::set<std::string> holds;
  Int no = order.value;
  std::string hold;
  soci::statement st = (session.sql.prepare << "SELECT hold FROM released_hold WHERE order_no = :o ORDER BY hold", use(no), into(hold));
  st.execute();
  while (st.fetch()) holds.insert(hold);
  return holds;
}

std::vector<OrderNo> orders_in_question(Session& session, ChannelNo channel, OrderNo after, std::size_t limit) {
  std::vector<OrderNo> orders;
  // A cross join begins on its left (SQLite): the problems are few.
  Int c = channel.value, last = after.value, most = static_cast<Int>(limit), no = 0;
  soci::statement st =
      (session.sql.prepare << "SELECT o.order_no FROM problem p CROSS JOIN orders o WHERE o.channel_no = p.channel_no AND o.id = p.thing "
                              "AND p.channel_no = :c AND p.kind = 'order' AND o.order_no > :a UNION "
                              "SELECT o.order_no FROM orders o WHERE o.channel_no = :c2 AND o.state = 'held' AND o.order_no > :a2 AND "
                              "EXISTS (SELECT 1 FROM released_hold r WHERE r.order_no = o.order_no) ORDER BY 1 LIMIT :l",
       use(c), use(last), use(c), use(last), use(most), into(no));
  st.execute();
  while (st.fetch()) orders.emplace_back(no);
  return orders;
}

std::optional<OrderShapes> order_shapes(Session& session, OrderNo order) {
  Int no = order.value, changed_at = 0, turns = 0;
  std::string seen;
  session.sql << "SELECT changed_at, shapes, turns FROM order_shape WHERE order_no = :o", use(no), into(changed_at), into(seen),
      into(turns);
  if (!session.sql.got_data()) return std::nullopt;
  OrderShapes shapes{from_ms(changed_at), {}, turns};
  const auto list = Json::parse(seen);
  ensure(list.has_value(), "what was stored as JSON is JSON");
  for (const auto& shape : list->as_array()) shapes.seen.push_back(shape.as_string());
  return shapes;
}

void keep_order_shapes(Session& session, OrderNo order, const OrderShapes& shapes) {
  Int no = order.value, changed_at = to_ms(shapes.changed_at), turns = shapes.turns;
  Json list = Json::array();
  for (const auto& shape : shapes.seen) list.push_back(shape);
  const std::string seen = list.dump();
  session.sql << "INSERT INTO order_shape (order_no, changed_at, shapes, turns) VALUES (:o, :c, :s, :t) ON CONFLICT (order_no) DO UPDATE "
                 "SET changed_at = excluded.changed_at, shapes = excluded.shapes, turns = excluded.turns",
      use(no), use(changed_at), use(seen), use(turns);
}

void set_unresolved(Session& session, OrderNo order, const std::vector<std::string>& skus) {
  Int no = order.value;
  session.sql << "DELETE FROM unresolved_line WHERE order_no = :o", use(no);
  for (const auto& sku : skus)
    session.sql << "INSERT INTO unresolved_line (sku, order_no) VALUES (:s, :o) ON CONFLICT (sku, order_no) DO NOTHING", use(sku), use(no);
}

std::vector<OrderNo> orders_waiting_for(Session& session, const std::string& sku) {
  std::vector<OrderNo> rows;
  Int no = 0;
  soci::statement st = (session.sql.prepare << "SELECT order_no FROM unresolved_line WHERE sku = :s ORDER BY order_no", use(sku), into(no));
  st.execute();
  while (st.fetch()) rows.push_back(OrderNo(no));
  return rows;
}

std::vector<OrderNo> orders_with_known_skus(Session& session, OrderNo after, std::size_t limit) {
  std::vector<OrderNo> rows;
  Int no = 0, from = after.value, most = static_cast<Int>(limit);
  soci::statement st = (session.sql.prepare << "SELECT DISTINCT u.order_no FROM unresolved_line u JOIN variant v ON v.sku = u.sku "
                                               "WHERE u.order_no > :a ORDER BY u.order_no LIMIT :l",
                        use(from), use(most), into(no));
  st.execute();
  while (st.fetch()) rows.push_back(OrderNo(no));
  return rows;
}

void set_add_back(Session& session, ChannelNo channel, VariantNo variant, OrderNo order, Quantity units) {
  Int c = channel.value, v = variant.value, o = order.value, n = units;
  if (n == 0)
    session.sql << "DELETE FROM add_back WHERE channel_no = :c AND variant_no = :v AND order_no = :o", use(c), use(v), use(o);
  else
    session.sql << "INSERT INTO add_back (channel_no, variant_no, order_no, units) VALUES (:c, :v, :o, :n) "
                   "ON CONFLICT (channel_no, variant_no, order_no) DO UPDATE SET units = excluded.units",
        use(c), use(v), use(o), use(n);
}

Quantity add_back(Session& session, ChannelNo channel, VariantNo variant) {
  Int c = channel.value, v = variant.value, sum = 0;
  session.sql << "SELECT COALESCE(SUM(units), 0) FROM add_back WHERE channel_no = :c AND variant_no = :v", use(c), use(v), into(sum);
  return sum;
}

Quantity taken_since(Session& session, ChannelNo channel, VariantNo variant, Time accepted) {
  Int of = 0, at = 0, since = to_ms(accepted);
  std::string taken;
  Quantity sum = 0;
  // Of all channels, newest first, as they were accepted: a channel that has few would be looked for through all that there ever were.
  soci::statement st =
      (session.sql.prepare << "SELECT channel_no, accepted_at, taken FROM orders ORDER BY order_no DESC", into(of), into(at), into(taken));
  st.execute();
  while (st.fetch() && at >= since) {
    if (of == channel.value) sum += units_of(taken, variant);
  }
  return sum;
}

std::optional<OrderNo> previous_taker(Session& session, VariantNo variant, OrderNo but, const std::vector<LocationNo>& places) {
  constexpr std::size_t most_asked = 20;
  std::string at = "0";
  for (const auto place : places) at += ", " + std::to_string(place.value);
  Int v = variant.value;
  std::string cause, mine = "order:" + std::to_string(but.value) + ":%";
  std::vector<Int> takers;
  {
    soci::statement st =
        (session.sql.prepare << "SELECT cause FROM movement WHERE variant_no = :v AND kind = 'order' AND cause NOT LIKE :m AND "
                                "(reserved > 0 OR on_hand < 0) AND location_no IN (" +
                                    at + ") ORDER BY sequence DESC LIMIT 200",
         use(v), use(mine), into(cause));
    st.execute();
    while (st.fetch() && takers.size() < most_asked) {
      const auto from = cause.find(':') + 1;
      const Int order = std::stoll(cause.substr(from, cause.find(':', from) - from));
      if (std::find(takers.begin(), takers.end(), order) == takers.end()) takers.push_back(order);
    }
  }
  for (const Int order : takers) {
    std::string first = "order:" + std::to_string(order) + ":", behind = "order:" + std::to_string(order) + ";";
    Int units = 0;
    session.sql << "SELECT COALESCE(SUM(reserved - on_hand), 0) FROM movement WHERE cause >= :f AND cause < :b AND variant_no = :v AND "
                   "location_no IN (" +
                       at + ")",
        use(first), use(behind), use(v), into(units);
    if (units > 0) return OrderNo(order);
  }
  return std::nullopt;
}

bool was_stocked(Session& session, LocationNo location) {
  Int l = location.value, found = 0;
  session.sql << "SELECT COUNT(*) FROM (SELECT 1 FROM movement WHERE location_no = :l AND kind NOT IN ('order', 'cover') LIMIT 1) m",
      use(l), into(found);
  return found != 0;
}

bool record_oversell(Session& session, const Oversell& o) {
  Int at = to_ms(o.at), v = o.variant.value, order = o.order.value, other = o.other_order.value, n = o.short_by, delay = o.delay.count();
  if (order != 0) {
    Int found = 0;
    session.sql << "UPDATE oversell SET short = MAX(short, :n) WHERE variant_no = :v AND ((order_no = :o AND other_order_no = :p) OR "
                   "(order_no = :p2 AND other_order_no = :o2)) RETURNING oversell_no",
        use(n, "n"), use(v, "v"), use(order, "o"), use(other, "p"), use(other, "p2"), use(order, "o2"), into(found);
    if (session.sql.got_data()) return false;
  }
  session.sql << "INSERT INTO oversell (at, variant_no, order_no, other_order_no, short, delay_ms, rule, cause) "
                 "VALUES (:a, :v, :o, :p, :n, :d, :r, :c)",
      use(at), use(v), use(order), use(other), use(n), use(delay), use(o.rule), use(o.cause);
  return true;
}

std::vector<Oversell> oversells(Session& session, std::size_t limit) {
  std::vector<Oversell> rows;
  Int at = 0, v = 0, order = 0, other = 0, n = 0, delay = 0, most = static_cast<Int>(limit);
  std::string rule, cause;
  soci::statement st =
      (session.sql.prepare << "SELECT at, variant_no, order_no, other_order_no, short, delay_ms, rule, cause FROM oversell "
                              "ORDER BY oversell_no DESC LIMIT :l",
       use(most), into(at), into(v), into(order), into(other), into(n), into(delay), into(rule), into(cause));
  st.execute();
  while (st.fetch()) rows.push_back({from_ms(at), VariantNo(v), OrderNo(order), OrderNo(other), n, Duration(delay), rule, cause});
  return rows;
}

}  // namespace tally::store
