#include "store/pins.hpp"

#include "base/crypto.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

constexpr const char* pin_columns = "pin_no, channel_no, aspect, thing, value, until_at, author, at";
/// As the index journal_shown says it, or SQLite does not use it.
const std::string shown_there = "what IN ('price.confirmed', 'listing.found', 'listing.created', 'listing.updated') ";

struct PinBound {
  Int no = 0, channel = 0, thing = 0, until = 0, at = 0;
  std::string aspect, value, author;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(channel), into(aspect), into(thing), into(value), into(until), into(author), into(at);
  }
  std::vector<Pin> rows(soci::statement& st) {
    std::vector<Pin> all;
    st.execute();
    while (st.fetch())
      all.push_back({no, ChannelNo(channel), aspect, thing, value, until == 0 ? never : from_ms(until), author, from_ms(at)});
    return all;
  }
};

std::string of_aspect(const std::string& aspect) {
  return aspect == "price" ? "AND what = 'price.confirmed' " : "AND what <> 'price.confirmed' ";
}

/// The newest detail of the journal that says what stood there at that moment.
std::optional<Json> detail_at(Session& session, ChannelNo channel, const std::string& aspect, const std::string& thing, Time at) {
  Int c = channel.value, until = to_ms(at), found = 0;
  std::string detail;
  session.sql << "SELECT COUNT(*), COALESCE(MAX(detail), '') FROM (SELECT detail FROM journal WHERE " + shown_there + of_aspect(aspect) +
                     "AND channel_no = :c AND thing = :t AND at <= :a ORDER BY at DESC, sequence DESC LIMIT 1)",
      use(c), use(thing), use(until), into(found), into(detail);
  if (found == 0) return std::nullopt;
  auto json = Json::parse(detail);
  ensure(json.has_value(), "a detail of the journal is JSON");
  return std::move(*json);
}

}  // namespace

std::int64_t put_pin(Session& session, const Pin& pin) {
  Int channel = pin.channel.value, thing = pin.thing, until = pin.until == never ? 0 : to_ms(pin.until), at = to_ms(pin.at), no = 0;
  session.sql << "INSERT INTO pin (channel_no, aspect, thing, value, until_at, author, at) VALUES (:c, :a, :t, :v, :u, :w, :n) ON CONFLICT "
                 "(channel_no, aspect, thing) DO UPDATE SET value = excluded.value, until_at = excluded.until_at, author = "
                 "excluded.author, at = excluded.at RETURNING pin_no",
      use(channel), use(pin.aspect), use(thing), use(pin.value), use(until), use(pin.author), use(at), into(no);
  return no;
}

void remove_pin(Session& session, std::int64_t no) {
  Int pin = no;
  session.sql << "DELETE FROM pin WHERE pin_no = :p", use(pin);
}

std::optional<Pin> get_pin(Session& session, std::int64_t no) {
  PinBound bound;
  Int pin = no;
  auto prepared = session.sql.prepare << std::string("SELECT ") + pin_columns + " FROM pin WHERE pin_no = :p";
  prepared, use(pin);
  soci::statement st(bound.bind(prepared));
  auto rows = bound.rows(st);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::optional<Pin> find_pin(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  PinBound bound;
  Int c = channel.value, t = thing;
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + pin_columns + " FROM pin WHERE channel_no = :c AND aspect = :a AND thing = :t";
  prepared, use(c), use(aspect), use(t);
  soci::statement st(bound.bind(prepared));
  auto rows = bound.rows(st);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<Pin> pins_after(Session& session, std::optional<ChannelNo> channel, const std::string& aspect, std::int64_t after,
                            std::size_t limit) {
  PinBound bound;
  Int c = channel ? channel->value : 0, from = after, most = static_cast<Int>(limit);
  auto prepared = session.sql.prepare << std::string("SELECT ") + pin_columns + " FROM pin WHERE pin_no > :n AND " +
                                             (channel ? "channel_no = :c " : "channel_no <> :c ") +
                                             (aspect.empty() ? "AND aspect <> :a " : "AND aspect = :a ") + "ORDER BY pin_no LIMIT :l";
  prepared, use(from), use(c), use(aspect), use(most);
  soci::statement st(bound.bind(prepared));
  return bound.rows(st);
}

std::string keep_content(Session& session, const Json& content) {
  std::string document = content.dump_sorted();
  std::string digest = crypto::hex(crypto::digest(crypto::Digest::sha256, document)).substr(0, 32);
  session.sql << "INSERT INTO content (digest, document) VALUES (:d, :t) ON CONFLICT (digest) DO NOTHING", use(digest), use(document);
  return digest;
}

std::optional<std::string> price_shown_at(Session& session, ChannelNo channel, const std::string& sku, Time at) {
  const auto detail = detail_at(session, channel, "price", sku, at);
  if (!detail) return std::nullopt;
  return detail->text_or("price");
}

std::optional<Json> content_shown_at(Session& session, ChannelNo channel, const std::string& code, Time at) {
  const auto detail = detail_at(session, channel, "content", code, at);
  std::string digest = detail ? detail->text_or("content") : "", document;
  if (digest.empty()) return std::nullopt;
  session.sql << "SELECT document FROM content WHERE digest = :d", use(digest), into(document);
  auto content = Json::parse(document);
  ensure(content.has_value(), "a content that the journal names is there");
  return std::move(*content);
}

std::set<std::string> shown_since(Session& session, ChannelNo channel, const std::string& aspect, Time since) {
  std::set<std::string> things;
  Int c = channel.value, from = to_ms(since);
  std::string thing;
  soci::statement st = (session.sql.prepare << "SELECT DISTINCT thing FROM journal WHERE " + shown_there + of_aspect(aspect) +
                                                   "AND channel_no = :c AND at > :s ORDER BY thing",
                        use(c), use(from), into(thing));
  st.execute();
  while (st.fetch()) things.insert(thing);
  return things;
}

}  // namespace tally::store
