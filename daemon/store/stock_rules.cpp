#include "store/stock_rules.hpp"

#include "store/session.hpp"

namespace tally::store {
namespace {

constexpr const char* quota_columns =
    "q.quota_no, q.channel_no, q.variant_no, q.units, q.from_at, q.until_at, q.state, q.author, q.by_file, "
    "COALESCE((SELECT SUM(d.units) FROM drawn d WHERE d.quota_no = q.quota_no), 0) FROM quota q ";

struct QuotaBound {
  Int no = 0, channel = 0, variant = 0, units = 0, from = 0, until = 0, by_file = 0, drawn = 0;
  std::string state, author;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(channel), into(variant), into(units), into(from), into(until), into(state), into(author), into(by_file),
           into(drawn);
  }
  std::vector<Quota> rows(soci::statement& st) {
    std::vector<Quota> all;
    st.execute();
    while (st.fetch())
      all.push_back({no, ChannelNo(channel), VariantNo(variant), units, from_ms(from), from_ms(until), state, author, by_file != 0, drawn});
    return all;
  }
};

}  // namespace

std::int64_t add_quota(Session& session, const Quota& quota) {
  Int channel = quota.channel.value, variant = quota.variant.value, units = quota.units, from = to_ms(quota.from);
  Int until = to_ms(quota.until), by_file = quota.by_file ? 1 : 0, no = 0;
  session.sql << "INSERT INTO quota (channel_no, variant_no, units, from_at, until_at, state, author, by_file) "
                 "VALUES (:c, :v, :n, :f, :u, :s, :a, :b) RETURNING quota_no",
      use(channel), use(variant), use(units), use(from), use(until), use(quota.state), use(quota.author), use(by_file), into(no);
  return no;
}

void update_quota(Session& session, const Quota& quota) {
  Int no = quota.no, units = quota.units, until = to_ms(quota.until);
  session.sql << "UPDATE quota SET units = :n, until_at = :u, state = :s WHERE quota_no = :q", use(units), use(until), use(quota.state),
      use(no);
}

std::optional<Quota> get_quota(Session& session, std::int64_t no) {
  QuotaBound bound;
  Int quota = no;
  auto prepared = session.sql.prepare << std::string("SELECT ") + quota_columns + "WHERE q.quota_no = :q";
  prepared, use(quota);
  soci::statement st(bound.bind(prepared));
  auto rows = bound.rows(st);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<Quota> quotas_of(Session& session, ChannelNo channel, VariantNo variant) {
  QuotaBound bound;
  Int c = channel.value, v = variant.value;
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + quota_columns + "WHERE q.variant_no = :v AND q.channel_no = :c ORDER BY q.quota_no";
  prepared, use(v), use(c);
  soci::statement st(bound.bind(prepared));
  return bound.rows(st);
}

std::vector<Quota> quotas(Session& session, std::optional<ChannelNo> by_file_of, std::size_t limit) {
  QuotaBound bound;
  Int channel = by_file_of ? by_file_of->value : 0, most = static_cast<Int>(limit);
  auto prepared = session.sql.prepare << std::string("SELECT ") + quota_columns +
                                             (by_file_of ? "WHERE q.by_file = 1 AND q.channel_no = :c " : "WHERE q.channel_no <> :c ") +
                                             "ORDER BY q.quota_no DESC LIMIT :l";
  prepared, use(channel), use(most);
  soci::statement st(bound.bind(prepared));
  return bound.rows(st);
}

std::vector<VariantNo> set_parts(Session& session, std::int64_t quota, const std::vector<QuotaPart>& parts) {
  Int no = quota, variant = 0, each = 0;
  std::vector<VariantNo> before;
  {
    soci::statement st =
        (session.sql.prepare << "SELECT variant_no FROM quota_part WHERE quota_no = :q ORDER BY variant_no", use(no), into(variant));
    st.execute();
    while (st.fetch()) before.push_back(VariantNo(variant));
  }
  session.sql << "DELETE FROM quota_part WHERE quota_no = :q", use(no);
  for (const auto& part : parts) {
    variant = part.variant.value;
    each = part.each;
    session.sql << "INSERT INTO quota_part (variant_no, quota_no, each_unit) VALUES (:v, :q, :e)", use(variant), use(no), use(each);
  }
  return before;
}

std::vector<SetAside> set_aside_of(Session& session, VariantNo variant) {
  std::vector<SetAside> all;
  Int v = variant.value, channel = 0, offer = 0, units = 0, drawn = 0, each = 0;
  soci::statement st =
      (session.sql.prepare << "SELECT q.channel_no, q.variant_no, q.units, p.each_unit, "
                              "COALESCE((SELECT SUM(d.units) FROM drawn d WHERE d.quota_no = q.quota_no), 0) "
                              "FROM quota_part p JOIN quota q ON q.quota_no = p.quota_no WHERE p.variant_no = :v ORDER BY q.quota_no",
       use(v), into(channel), into(offer), into(units), into(each), into(drawn));
  st.execute();
  while (st.fetch()) {
    if (drawn < units) all.push_back({ChannelNo(channel), VariantNo(offer), (units - drawn) * each});
  }
  return all;
}

void forget_drawn(Session& session, OrderNo order) {
  Int no = order.value;
  session.sql << "DELETE FROM drawn WHERE order_no = :o", use(no);
}

void set_drawn(Session& session, std::int64_t quota, OrderNo order, Quantity units) {
  Int q = quota, o = order.value, n = units;
  session.sql << "INSERT INTO drawn (order_no, quota_no, units) VALUES (:o, :q, :n) "
                 "ON CONFLICT (order_no, quota_no) DO UPDATE SET units = excluded.units",
      use(o), use(q), use(n);
}

Quantity sales_buffer(Session& session, ChannelNo channel, VariantNo variant) {
  Int c = channel.value, v = variant.value, units = 0;
  session.sql << "SELECT COALESCE(SUM(units), 0) FROM sales_buffer WHERE channel_no = :c AND variant_no = :v", use(c), use(v), into(units);
  return units;
}

std::vector<SalesBuffer> sales_buffers(Session& session, ChannelNo channel) {
  std::vector<SalesBuffer> all;
  Int c = channel.value, variant = 0, units = 0;
  soci::statement st = (session.sql.prepare << "SELECT variant_no, units FROM sales_buffer WHERE channel_no = :c ORDER BY variant_no",
                        use(c), into(variant), into(units));
  st.execute();
  while (st.fetch()) all.push_back({VariantNo(variant), units});
  return all;
}

void set_sales_buffer(Session& session, ChannelNo channel, VariantNo variant, Quantity units) {
  Int c = channel.value, v = variant.value, n = units;
  if (n == 0)
    session.sql << "DELETE FROM sales_buffer WHERE channel_no = :c AND variant_no = :v", use(c), use(v);
  else
    session.sql << "INSERT INTO sales_buffer (channel_no, variant_no, units) VALUES (:c, :v, :n) "
                   "ON CONFLICT (channel_no, variant_no) DO UPDATE SET units = excluded.units",
        use(c), use(v), use(n);
}

std::vector<SalesBuffer> sold_since(Session& session, Time since) {
  std::vector<SalesBuffer> all;
  Int from = to_ms(since), variant = 0, units = 0;
  soci::statement st =
      (session.sql.prepare
           << "SELECT variant_no, SUM(reserved - on_hand) FROM movement "
              "WHERE kind = 'order' AND reserved - on_hand > 0 AND effective_at >= :s GROUP BY variant_no ORDER BY variant_no",
       use(from), into(variant), into(units));
  st.execute();
  while (st.fetch()) all.push_back({VariantNo(variant), units});
  return all;
}

}  // namespace tally::store
