#include "store/ledger.hpp"

#include "store/session.hpp"

namespace tally::store {

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

std::vector<MovementRow> movements_of(Session& session, VariantNo variant, std::size_t limit) {
  std::vector<MovementRow> rows;
  Int no = variant.value, most = static_cast<Int>(limit), sequence = 0, location = 0, on_hand = 0, reserved = 0, effective = 0, at = 0;
  std::string kind, cause, note;
  soci::statement st =
      (session.sql.prepare << "SELECT sequence, location_no, kind, on_hand, reserved, cause, effective_at, at, note FROM movement "
                              "WHERE variant_no = :v ORDER BY sequence DESC LIMIT :l",
       use(no), use(most), into(sequence), into(location), into(kind), into(on_hand), into(reserved), into(cause), into(effective),
       into(at), into(note));
  st.execute();
  while (st.fetch())
    rows.push_back({{variant, LocationNo(location), kind, {on_hand, reserved}, cause, from_ms(effective), note}, sequence, from_ms(at)});
  return rows;
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
