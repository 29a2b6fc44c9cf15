#include "store/offers.hpp"

#include "store/session.hpp"

#include <limits>

namespace tally::store {
namespace {

constexpr const char* offer_columns =
    "variant_no, low, high, anchor_from, anchor_to, suspect, owed_look_at, verified_at, written_at, unequal_looks, number_sent, "
    "number_confirmed, "
    "number_observed, number_observed_at, price_sent, price_confirmed, price_observed, price_sent_at, price_observed_at";

struct OfferBound {
  Int variant = 0, low = 0, high = 0, from = 0, to = 0, suspect = 0, owed = 0, verified = 0, written = 0, unequal = 0, sent = 0,
      confirmed = 0;
  Int observed = 0, seen_at = 0, price_sent_at = 0, price_observed_at = 0;
  std::string price_sent, price_confirmed, price_observed;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(variant), into(low), into(high), into(from), into(to), into(suspect), into(owed), into(verified), into(written),
           into(unequal), into(sent), into(confirmed), into(observed), into(seen_at), into(price_sent), into(price_confirmed),
           into(price_observed), into(price_sent_at), into(price_observed_at);
  }
  OfferRow row(ChannelNo channel) const {
    OfferRow r;
    r.channel = channel;
    r.variant = VariantNo(variant);
    r.low = low, r.high = high;
    r.anchor_from = from_ms(from), r.anchor_to = from_ms(to);
    r.suspect = suspect != 0;
    r.owed_look_at = from_ms(owed), r.verified_at = from_ms(verified), r.written_at = from_ms(written);
    r.unequal_looks = unequal;
    r.number_sent = sent, r.number_confirmed = confirmed, r.number_observed = observed;
    r.number_observed_at = from_ms(seen_at);
    r.price_sent = price_sent, r.price_confirmed = price_confirmed, r.price_observed = price_observed;
    r.price_sent_at = from_ms(price_sent_at), r.price_observed_at = from_ms(price_observed_at);
    return r;
  }
};

std::vector<OfferRow> rows_of(soci::statement& st, OfferBound& bound, ChannelNo channel) {
  std::vector<OfferRow> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row(channel));
  return rows;
}

std::vector<ListingRow> listings_where(Session& session, ChannelNo channel, const char* only) {
  std::vector<ProductNo> products;
  Int c = channel.value, p = 0;
  {
    soci::statement st =
        (session.sql.prepare << std::string("SELECT product_no FROM listing WHERE channel_no = :c") + only + " ORDER BY product_no", use(c),
         into(p));
    st.execute();
    while (st.fetch()) products.push_back(ProductNo(p));
  }
  std::vector<ListingRow> rows;
  for (const auto product : products) rows.push_back(*find_listing(session, channel, product));
  return rows;
}

}  // namespace

std::optional<ListingRow> find_listing(Session& session, ChannelNo channel, ProductNo product) {
  Int c = channel.value, p = product.value, next = 0, sent_at = 0, confirmed_at = 0, observed_at = 0, tries = 0, found_at = 0;
  ListingRow row;
  session.sql
      << "SELECT state, tries, next_at, ticket, sent, confirmed, observed, sent_at, confirmed_at, observed_at, found_at FROM listing "
         "WHERE channel_no = :c AND product_no = :p",
      use(c), use(p), into(row.state), into(tries), into(next), into(row.ticket), into(row.sent), into(row.confirmed), into(row.observed),
      into(sent_at), into(confirmed_at), into(observed_at), into(found_at);
  if (!session.sql.got_data()) return std::nullopt;
  row.channel = channel, row.product = product, row.tries = tries, row.next_at = from_ms(next);
  row.sent_at = from_ms(sent_at), row.confirmed_at = from_ms(confirmed_at), row.observed_at = from_ms(observed_at);
  row.found_at = from_ms(found_at);
  return row;
}

void put_listing(Session& session, const ListingRow& row) {
  Int c = row.channel.value, p = row.product.value, tries = row.tries, next = to_ms(row.next_at), sent_at = to_ms(row.sent_at);
  Int confirmed_at = to_ms(row.confirmed_at), observed_at = to_ms(row.observed_at), found_at = to_ms(row.found_at);
  session.sql
      << "INSERT INTO listing (channel_no, product_no, state, tries, next_at, ticket, sent, confirmed, observed, sent_at, "
         "confirmed_at, observed_at, found_at) "
         "VALUES (:c, :p, :s, :r, :n, :t, :a, :b, :o, :sa, :ca, :oa, :fa) ON CONFLICT (channel_no, product_no) DO UPDATE SET state = "
         "excluded.state, "
         "tries = excluded.tries, next_at = excluded.next_at, ticket = excluded.ticket, sent = excluded.sent, confirmed = "
         "excluded.confirmed, "
         "observed = excluded.observed, sent_at = excluded.sent_at, confirmed_at = excluded.confirmed_at, observed_at = "
         "excluded.observed_at, found_at = excluded.found_at",
      use(c), use(p), use(row.state), use(tries), use(next), use(row.ticket), use(row.sent), use(row.confirmed), use(row.observed),
      use(sent_at), use(confirmed_at), use(observed_at), use(found_at);
}

std::vector<ListingRow> listings_of(Session& session, ChannelNo channel) {
  return listings_where(session, channel, "");
}

std::vector<ListingRow> found_listings(Session& session, ChannelNo channel) {
  return listings_where(session, channel, " AND found_at <> 0");
}

void call_ours(Session& session, ChannelNo channel, std::optional<ProductNo> product) {
  Int c = channel.value, p = product ? product->value : 0;
  session.sql << "UPDATE listing SET found_at = 0 WHERE channel_no = :c AND found_at <> 0 AND (:p = 0 OR product_no = :p2)", use(c), use(p),
      use(p);
}

std::optional<OfferRow> find_offer(Session& session, ChannelNo channel, VariantNo variant) {
  OfferBound bound;
  Int c = channel.value, v = variant.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + offer_columns + " FROM offer WHERE channel_no = :c AND variant_no = :v";
  prepared, use(c), use(v);
  soci::statement st(bound.bind(prepared));
  auto rows = rows_of(st, bound, channel);
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

void put_offer(Session& session, const OfferRow& r) {
  session.stirred.insert(r.channel.value);
  Int c = r.channel.value, v = r.variant.value, low = r.low, high = r.high, from = to_ms(r.anchor_from), to = to_ms(r.anchor_to),
      suspect = r.suspect ? 1 : 0;
  Int owed = to_ms(r.owed_look_at), verified = to_ms(r.verified_at), written = to_ms(r.written_at), unequal = r.unequal_looks,
      sent = r.number_sent;
  Int confirmed = r.number_confirmed, observed = r.number_observed, seen_at = to_ms(r.number_observed_at), sent_at = to_ms(r.price_sent_at),
      observed_at = to_ms(r.price_observed_at);
  session.sql << std::string("INSERT OR REPLACE INTO offer (channel_no, ") + offer_columns +
                     ") VALUES (:c, :v, :lo, :hi, :af, :at, :su, :ow, :ve, :wr, :un, :ns, :nc, :no, :noa, :ps, :pc, :po, :psa, :poa)",
      use(c), use(v), use(low), use(high), use(from), use(to), use(suspect), use(owed), use(verified), use(written), use(unequal),
      use(sent), use(confirmed), use(observed), use(seen_at), use(r.price_sent), use(r.price_confirmed), use(r.price_observed),
      use(sent_at), use(observed_at);
}

void remove_offer(Session& session, ChannelNo channel, VariantNo variant) {
  Int c = channel.value, v = variant.value;
  session.sql << "DELETE FROM offer WHERE channel_no = :c AND variant_no = :v", use(c), use(v);
}

std::vector<OfferRow> offers_after(Session& session, ChannelNo channel, VariantNo after, std::size_t limit) {
  OfferBound bound;
  Int c = channel.value, a = after.value, most = static_cast<Int>(limit);
  auto prepared = session.sql.prepare << std::string("SELECT ") + offer_columns +
                                             " FROM offer WHERE channel_no = :c AND variant_no > :a ORDER BY variant_no LIMIT :l";
  prepared, use(c), use(a), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound, channel);
}

std::vector<OfferRow> offers_owed_a_look(Session& session, ChannelNo channel, Time now, std::size_t limit) {
  OfferBound bound;
  Int c = channel.value, t = to_ms(now), most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + offer_columns +
                                 " FROM offer WHERE channel_no = :c AND owed_look_at <= :t ORDER BY owed_look_at, variant_no LIMIT :l";
  prepared, use(c), use(t), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound, channel);
}

std::optional<Time> next_owed_look(Session& session, ChannelNo channel) {
  Int c = channel.value, at = 0, none = to_ms(never);
  session.sql << "SELECT COALESCE(MIN(owed_look_at), :n) FROM offer WHERE channel_no = :c", use(none), use(c), into(at);
  if (at == none) return std::nullopt;
  return from_ms(at);
}

std::int64_t count_offers(Session& session, ChannelNo channel) {
  Int c = channel.value, count = 0;
  session.sql << "SELECT COUNT(*) FROM offer WHERE channel_no = :c", use(c), into(count);
  return count;
}

bool has_suspects(Session& session, ChannelNo channel, Time before) {
  Int c = channel.value, t = to_ms(before), found = 0;
  session.sql << "SELECT EXISTS (SELECT 1 FROM offer WHERE channel_no = :c AND suspect = 1 AND anchor_to <= :t)", use(c), use(t),
      into(found);
  return found != 0;
}

std::vector<VariantNo> clear_suspects(Session& session, ChannelNo channel, Time before) {
  std::vector<VariantNo> cleared;
  Int c = channel.value, t = to_ms(before), v = 0;
  soci::statement st =
      (session.sql.prepare << "UPDATE offer SET suspect = 0 WHERE channel_no = :c AND suspect = 1 AND anchor_to <= :t RETURNING variant_no",
       use(c), use(t), into(v));
  st.execute();
  while (st.fetch()) cleared.push_back(VariantNo(v));
  return cleared;
}

}  // namespace tally::store
