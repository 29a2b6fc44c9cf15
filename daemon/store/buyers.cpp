#include "store/buyers.hpp"

#include "model/privacy.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/keys.hpp"
#include "store/session.hpp"

#include <algorithm>

namespace tally::store {
namespace {

/// A state after which an order is not worked on any more.
constexpr const char* finished = "('shipped', 'completed', 'cancelled', 'refunded')";

std::string about_order(const OrderName& order, const PersonalPlace& place) {
  return "order:" + std::to_string(order.channel.value) + ":" + order.id + ":" + std::string(place.object) + "." + std::string(place.field);
}

std::string about_raw(ChannelNo channel) {
  return "raw:" + std::to_string(channel.value);
}

std::string opened_or_throw(const seal::Key& key, const std::string& sealed, const std::string& about) {
  auto plain = seal::opened(key, sealed, about);
  if (!plain) throw soci::soci_error(about + ": " + plain.error().what + "; restore the store and its keys from a backup");
  return std::move(*plain);
}

/// Who the order's key belongs to: the buyer where something tells them from others, else the order itself.
std::string owner_of(const OrderName& order, const Json& document) {
  const std::string buyer = buyer_identity(document);
  return buyer.empty() ? "order:" + std::to_string(order.channel.value) + ":" + order.id : buyer;
}

}  // namespace

std::string sealed_document(Session& session, const OrderName& order, Json document, std::string& sealed_by) {
  if (sealed_by == erased_mark) {
    strip_personal(document);
    return document.dump();
  }
  std::optional<Keys::BuyerKey> with;
  for (const auto& place : personal_places) {
    Json* value = personal_value(document, place);
    if (value == nullptr) continue;
    if (!with) with = session.keys->buyer_key(owner_of(order, document));
    *value = Json(seal::sealed(with->key, value->as_string(), about_order(order, place), session.keys->random()));
  }
  sealed_by = with ? with->id : "";
  return document.dump();
}

Json opened_document(Session& session, const OrderName& order, Json document, const std::string& sealed_by) {
  std::optional<seal::Key> key;
  if (!sealed_by.empty() && sealed_by != erased_mark) key = session.keys->find_buyer_key(sealed_by);
  bool gone = false;
  for (const auto& place : personal_places) {
    Json* value = personal_value(document, place);
    if (value == nullptr || !seal::is_sealed(value->as_string())) continue;
    gone = gone || !key;
    if (key) *value = Json(opened_or_throw(*key, value->as_string(), about_order(order, place)));
  }
  if (gone) strip_personal(document);
  return document;
}

std::string sealed_body(Session& session, ChannelNo channel, const std::string& body, Time received_at) {
  return seal::sealed(session.keys->day_key(received_at), body, about_raw(channel), session.keys->random());
}

std::optional<std::string> opened_body(Session& session, ChannelNo channel, const std::string& body, Time received_at) {
  if (!seal::is_sealed(body)) return body;
  const auto key = session.keys->find_day_key(received_at);
  if (!key) return std::nullopt;
  return opened_or_throw(*key, body, about_raw(channel));
}

std::optional<std::string> find_buyer(Session& session, const std::string& said) {
  const std::string who = buyer_identity_of(said);
  return who.empty() ? std::nullopt : session.keys->key_of(who);
}

std::string buyer_hash(Session& session, const std::string& said) {
  return session.keys->hash(buyer_identity_of(said));
}

std::vector<OrderNo> orders_of_buyer(Session& session, const std::string& key) {
  std::vector<OrderNo> rows;
  Int no = 0;
  soci::statement st = (session.sql.prepare << "SELECT order_no FROM orders WHERE sealed_by = :k ORDER BY order_no", use(key), into(no));
  st.execute();
  while (st.fetch()) rows.push_back(OrderNo(no));
  return rows;
}

std::size_t erase_buyer(Session& session, const std::string& key) {
  ensure(!key.empty() && key != erased_mark, "a buyer who is erased has a key");
  const auto orders = orders_of_buyer(session, key);
  for (const auto order : orders) {
    Int no = order.value;
    std::string text, mark = erased_mark;
    session.sql << "SELECT document FROM orders WHERE order_no = :n", use(no), into(text);
    auto document = Json::parse(text);
    ensure(document.has_value(), "a stored order is JSON");
    strip_personal(*document);
    text = document->dump();
    session.sql << "UPDATE orders SET document = :d, sealed_by = :m WHERE order_no = :n", use(text), use(mark), use(no);
  }
  session.keys->forget_buyer(key);
  return orders.size();
}

std::size_t expire_buyers(Session& session, Time before, std::size_t limit) {
  std::vector<std::string> keys;
  {
    Int at = to_ms(before), most = static_cast<Int>(limit);
    std::string key, mark = erased_mark;
    soci::statement st =
        (session.sql.prepare << std::string("SELECT sealed_by FROM orders WHERE sealed_by <> '' AND sealed_by <> :m GROUP BY sealed_by "
                                            "HAVING MAX(changed_at) < :t AND MAX(accepted_at) < :t2 AND MIN(CASE WHEN state IN ") +
                                    finished + " THEN 1 ELSE 0 END) = 1 ORDER BY sealed_by LIMIT :l",
         use(mark), use(at), use(at), use(most), into(key));
    st.execute();
    while (st.fetch()) keys.push_back(key);
  }
  for (const auto& key : keys) erase_buyer(session, key);
  return keys.size();
}

std::string forget_unused_keys(Session& session, const std::string& after, std::size_t limit) {
  const auto ids = session.keys->buyer_keys_after(after, limit);
  for (const auto& id : ids) {
    Int order = 0;
    session.sql << "SELECT order_no FROM orders WHERE sealed_by = :k ORDER BY order_no LIMIT 1", use(id), into(order);
    if (!session.sql.got_data()) session.keys->forget_buyer(id);
  }
  return ids.size() == limit ? ids.back() : "";
}

std::vector<std::int64_t> expire_raw(Session& session, Time before) {
  Int at = to_ms(before), no = 0, oldest = at;
  session.sql << "SELECT received_at FROM inbox ORDER BY row_no LIMIT 1", into(oldest);
  std::vector<std::int64_t> parked;
  if (oldest < at) {  // else nothing is old: rows are stored in the order in which they come
    soci::statement st = (session.sql.prepare << "SELECT p.row_no FROM parked_row p JOIN inbox i ON i.row_no = p.row_no "
                                                 "WHERE i.received_at < :t ORDER BY p.row_no",
                          use(at), into(no));
    st.execute();
    while (st.fetch()) parked.push_back(no);
  }
  for (const auto row : parked) unpark_row(session, row);
  Time keys_from = before;
  for (const auto& channel : all_channels(session)) {
    if (oldest < at) forget_inbox(session, channel.no, before);
    Int c = channel.no.value, unread = at;
    session.sql
        << "SELECT COALESCE(MIN(received_at), :t) FROM inbox WHERE channel_no = :c AND row_no > (SELECT applied_through FROM channel "
           "WHERE channel_no = :c2)",
        use(at), use(c), use(c), into(unread);
    keys_from = std::min(keys_from, from_ms(unread));
  }
  session.keys->forget_days(keys_from);
  return parked;
}

DroppedRaw drop_raw(Session& session, const std::vector<std::int64_t>& rows) {
  DroppedRaw done;
  for (const auto row : rows) {
    Int no = row, gone = 0;
    session.sql << "DELETE FROM inbox WHERE row_no = :n AND row_no <= (SELECT applied_through FROM channel c WHERE c.channel_no = "
                   "inbox.channel_no) AND row_no NOT IN (SELECT row_no FROM parked_row) RETURNING row_no",
        use(no), into(gone);
    ++(session.sql.got_data() ? done.dropped : done.kept);
  }
  return done;
}

std::int64_t give_up_sealed(Session& session) {
  Int unread = 0;
  std::string mark = erased_mark;
  session.sql << "SELECT COUNT(*) FROM inbox i JOIN channel c ON c.channel_no = i.channel_no WHERE i.row_no > c.applied_through",
      into(unread);
  session.sql << "UPDATE orders SET sealed_by = '', body_hash = '' WHERE sealed_by <> '' AND sealed_by <> :m", use(mark);
  session.sql << "DELETE FROM parked_row";
  session.sql << "DELETE FROM inbox";
  return unread;
}

}  // namespace tally::store
