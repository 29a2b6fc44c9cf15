#include "store/ledger.hpp"

#include "store/session.hpp"

namespace tally::store {
namespace {

constexpr const char* movement_columns = "variant_no, sequence, location_no, kind, on_hand, reserved, cause, effective_at, at, note";

struct MovementBound {
  Int variant = 0, sequence = 0, location = 0, on_hand = 0, reserved = 0, effective = 0, at = 0;
  std::string kind, cause, note;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(variant), into(sequence), into(location), into(kind), into(on_hand), into(reserved), into(cause), into(effective),
           into(at), into(note);
  }
  std::vector<MovementRow> rows(soci::statement& st) {
    std::vector<MovementRow> all;
    st.execute();
    while (st.fetch())
      all.push_back(
          {{VariantNo(variant), LocationNo(location), kind, {on_hand, reserved}, cause, from_ms(effective), note}, sequence, from_ms(at)});
    return all;
  }
};

struct TransferBound {
  Int no = 0, variant = 0, from = 0, to = 0, units = 0, arrived = 0, sent_at = 0, arrived_at = 0;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(variant), into(from), into(to), into(units), into(arrived), into(sent_at), into(arrived_at);
  }
  std::vector<Transfer> rows(soci::statement& st) {
    std::vector<Transfer> all;
    st.execute();
    while (st.fetch()) {
      const auto came = arrived < 0 ? std::nullopt : std::optional<Quantity>(arrived);
      all.push_back({no, VariantNo(variant), LocationNo(from), LocationNo(to), units, came, from_ms(sent_at), from_ms(arrived_at)});
    }
    return all;
  }
};

constexpr const char* transfer_columns = "transfer_no, variant_no, from_no, to_no, units, arrived, sent_at, arrived_at";

}  // namespace

bool append(Session& session, const Movement& m, Time now) {
  Int variant = m.variant.value, location = m.location.value, on_hand = m.effect.on_hand, reserved = m.effect.reserved;
  Int effective = to_ms(m.effective_at), at = to_ms(now), sequence = 0;
  session.sql << "INSERT INTO movement (variant_no, sequence, location_no, kind, on_hand, reserved, cause, effective_at, at, note) "
                 "SELECT :v, COALESCE((SELECT MAX(sequence) FROM movement WHERE variant_no = :v2), 0) + 1, :l, :k, :h, :r, :c, :e, :a, :n "
                 "WHERE true "
                 "ON CONFLICT (cause, variant_no, location_no) DO NOTHING RETURNING sequence",
      use(variant, "v"), use(variant, "v2"), use(location, "l"), use(m.kind, "k"), use(on_hand, "h"), use(reserved, "r"), use(m.cause, "c"),
      use(effective, "e"), use(at, "a"), use(m.note, "n"), into(sequence);
  if (!session.sql.got_data()) return false;
  session.sql << "INSERT INTO stock (variant_no, location_no, on_hand, reserved, counted_at, counted_cause) VALUES (:v, :l, :h, :r, 0, '') "
                 "ON CONFLICT (variant_no, location_no) DO UPDATE SET on_hand = on_hand + excluded.on_hand, reserved = reserved + "
                 "excluded.reserved",
      use(variant, "v"), use(location, "l"), use(on_hand, "h"), use(reserved, "r");
  return true;
}

std::vector<StockRow> stock_of(Session& session, VariantNo variant) {
  std::vector<StockRow> rows;
  Int no = variant.value, location = 0, on_hand = 0, reserved = 0, counted = 0;
  std::string cause;
  soci::statement st =
      (session.sql.prepare << "SELECT location_no, on_hand, reserved, counted_at, counted_cause FROM stock WHERE variant_no = :v "
                              "ORDER BY location_no",
       use(no), into(location), into(on_hand), into(reserved), into(counted), into(cause));
  st.execute();
  while (st.fetch()) rows.push_back({variant, LocationNo(location), {on_hand, reserved}, from_ms(counted), cause});
  return rows;
}

std::optional<StockRow> stock_at(Session& session, VariantNo variant, LocationNo location) {
  for (auto& row : stock_of(session, variant)) {
    if (row.location == location) return row;
  }
  return std::nullopt;
}

void set_counted(Session& session, VariantNo variant, LocationNo location, Time as_of, const std::string& cause) {
  Int no = variant.value, place = location.value, at = to_ms(as_of);
  session.sql
      << "INSERT INTO stock (variant_no, location_no, on_hand, reserved, counted_at, counted_cause) VALUES (:v, :l, 0, 0, :t, :c) "
         "ON CONFLICT (variant_no, location_no) DO UPDATE SET counted_at = excluded.counted_at, counted_cause = excluded.counted_cause",
      use(no), use(place), use(at), use(cause);
}

Quantity on_hand_as_of(Session& session, VariantNo variant, LocationNo location, Time as_of) {
  Int no = variant.value, place = location.value, at = to_ms(as_of), sum = 0;
  session.sql << "SELECT COALESCE(SUM(on_hand), 0) FROM movement WHERE variant_no = :v AND location_no = :l AND effective_at <= :t",
      use(no), use(place), use(at), into(sum);
  return sum;
}

// The '+' keeps the planner at the few rows of the cause, away from all that ever moved the variant.
std::map<Time, Quantity> on_hand_by_moment(Session& session, VariantNo variant, LocationNo location, const std::string& cause) {
  std::map<Time, Quantity> moments;
  Int no = variant.value, place = location.value, effective = 0, sum = 0;
  const std::string from = cause + ":", until = cause + ";";  // ';' is the character behind ':'
  soci::statement st = (session.sql.prepare << "SELECT effective_at, SUM(on_hand) FROM movement WHERE cause >= :f AND cause < :u AND "
                                               "+variant_no = :v AND +location_no = :l GROUP BY effective_at HAVING SUM(on_hand) <> 0 "
                                               "ORDER BY effective_at",
                        use(from), use(until), use(no), use(place), into(effective), into(sum));
  st.execute();
  while (st.fetch()) moments[from_ms(effective)] = sum;
  return moments;
}

Quantity reserved_as_of(Session& session, VariantNo variant, LocationNo location, Time as_of) {
  Int no = variant.value, place = location.value, at = to_ms(as_of), sum = 0;
  session.sql << "SELECT COALESCE(SUM(reserved), 0) FROM movement WHERE variant_no = :v AND location_no = :l AND effective_at <= :t",
      use(no), use(place), use(at), into(sum);
  return sum;
}

std::vector<MovementRow> movements_of(Session& session, VariantNo variant, std::size_t limit) {
  MovementBound bound;
  Int no = variant.value, most = static_cast<Int>(limit);
  auto prepared = session.sql.prepare << std::string("SELECT ") + movement_columns +
                                             " FROM movement WHERE variant_no = :v ORDER BY sequence DESC LIMIT :l";
  prepared, use(no), use(most);
  soci::statement st(bound.bind(prepared));
  return bound.rows(st);
}

bool was_supplied(Session& session, VariantNo variant) {
  Int no = variant.value, found = 0;
  session.sql << "SELECT EXISTS (SELECT 1 FROM movement WHERE variant_no = :v AND kind NOT IN ('order', 'cover'))", use(no), into(found);
  return found != 0;
}

std::vector<MovementRow> movements_by_cause(Session& session, const std::string& cause, std::size_t limit) {
  MovementBound bound;
  Int most = static_cast<Int>(limit);
  const std::string from = cause + ":", until = cause + ";";  // ';' is the character behind ':'
  auto prepared = session.sql.prepare << std::string("SELECT ") + movement_columns +
                                             " FROM movement WHERE cause = :c OR (cause >= :f AND cause < :u) "
                                             "ORDER BY variant_no, sequence LIMIT :l";
  prepared, use(cause), use(from), use(until), use(most);
  soci::statement st(bound.bind(prepared));
  return bound.rows(st);
}

std::optional<Movement> count_before(Session& session, VariantNo variant, LocationNo location, const std::string& but) {
  MovementBound bound;
  Int no = variant.value, place = location.value;
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + movement_columns +
                                 " FROM movement m WHERE variant_no = :v AND location_no = :l AND kind = 'count' AND cause <> :c "
                                 "AND NOT EXISTS (SELECT 1 FROM movement r WHERE r.cause = 'reverse:' || m.cause AND "
                                 "r.variant_no = m.variant_no AND r.location_no = m.location_no) "
                                 "ORDER BY effective_at DESC, sequence DESC LIMIT 1";
  prepared, use(no), use(place), use(but);
  soci::statement st(bound.bind(prepared));
  const auto rows = bound.rows(st);
  if (rows.empty()) return std::nullopt;
  return rows.front().movement;
}

std::int64_t add_transfer(Session& session, const Transfer& transfer) {
  Int variant = transfer.variant.value, from = transfer.from.value, to = transfer.to.value, units = transfer.units;
  Int sent = to_ms(transfer.sent_at), no = 0;
  session.sql << "INSERT INTO transfer (variant_no, from_no, to_no, units, arrived, sent_at, arrived_at) "
                 "VALUES (:v, :f, :t, :n, -1, :s, 0) RETURNING transfer_no",
      use(variant), use(from), use(to), use(units), use(sent), into(no);
  return no;
}

void set_arrived(Session& session, std::int64_t no, Quantity arrived, Time at) {
  Int transfer = no, units = arrived, when = to_ms(at);
  session.sql << "UPDATE transfer SET arrived = :n, arrived_at = :a WHERE transfer_no = :t", use(units), use(when), use(transfer);
}

std::optional<Transfer> get_transfer(Session& session, std::int64_t no) {
  TransferBound bound;
  Int transfer = no;
  auto prepared = session.sql.prepare << std::string("SELECT ") + transfer_columns + " FROM transfer WHERE transfer_no = :t";
  prepared, use(transfer);
  soci::statement st(bound.bind(prepared));
  const auto rows = bound.rows(st);
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

std::vector<Transfer> transfers_under_way(Session& session, std::size_t limit) {
  TransferBound bound;
  Int most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + transfer_columns + " FROM transfer WHERE arrived < 0 ORDER BY transfer_no LIMIT :l";
  prepared, use(most);
  soci::statement st(bound.bind(prepared));
  return bound.rows(st);
}

std::vector<std::string> check_sums(Session& session) {
  std::vector<std::string> faults;
  std::string sku;
  Int location = 0, cached_hand = 0, hand = 0, cached_reserved = 0, reserved = 0;
  soci::statement st =
      (session.sql.prepare
           << "SELECT v.sku, s.location_no, s.on_hand, COALESCE(SUM(m.on_hand), 0), s.reserved, COALESCE(SUM(m.reserved), 0) "
              "FROM stock s JOIN variant v ON v.variant_no = s.variant_no "
              "LEFT JOIN movement m ON m.variant_no = s.variant_no AND m.location_no = s.location_no "
              "GROUP BY s.variant_no, s.location_no HAVING s.on_hand <> COALESCE(SUM(m.on_hand), 0) "
              "OR s.reserved <> COALESCE(SUM(m.reserved), 0) ORDER BY v.sku, s.location_no",
       into(sku), into(location), into(cached_hand), into(hand), into(cached_reserved), into(reserved));
  st.execute();
  while (st.fetch())
    faults.push_back(sku + " at location " + std::to_string(location) + ": on hand " + std::to_string(cached_hand) + ", movements say " +
                     std::to_string(hand) + "; reserved " + std::to_string(cached_reserved) + ", movements say " +
                     std::to_string(reserved));
  return faults;
}

}  // namespace tally::store
