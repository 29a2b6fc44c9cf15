// Buyers: found, shown in clear to whoever asks for it by name, and erased. Any thread.
#include "engine/engine.hpp"
#include "engine/orders.hpp"
#include "model/privacy.hpp"
#include "store/buyers.hpp"
#include "store/erasures.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"
#include "store/parcels.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t raw_rows_at_once = 500;
constexpr std::size_t shortest_id = 5;  ///< a shorter one also stands in documents as something else

/// Who is to be erased, and by what raw documents name them.
struct Named {
  std::string key;    ///< of their values; empty: they were erased before
  std::string buyer;  ///< keyed hash of what they were named by
  std::vector<std::string> texts;
  std::string order;  ///< by which they were named
};

void add_texts(const store::OrderRow& row, std::vector<std::string>& texts) {
  Json document = row.document;
  for (const auto& place : personal_places) {
    const bool tells = place.field == "email" || place.field == "phone" || place.field == "name" || place.field == "line1";
    const Json* value = tells ? personal_value(document, place) : nullptr;
    if (value != nullptr) texts.push_back(value->as_string());
  }
  if (row.id.size() >= shortest_id) texts.push_back(row.id);
}

Result<Named> named_in(Session& session, const World& world, const Json& wish) {
  Named named;
  if (const std::string buyer = wish.text_or("buyer"); !buyer.empty()) {
    const auto key = store::find_buyer(session, buyer);
    if (!key)
      return error(Fault::not_found, "no buyer is known by that", "privacy erase",
                   "a whole e-mail address or telephone number as the orders have it; or name one of their orders");
    named.key = *key;
    named.buyer = store::buyer_hash(session, buyer);
  } else {
    const Json* id = wish.find("order");
    const auto row = find_named(session, world, wish.text_or("channel"), id ? id->scalar_text() : "");
    if (!row) return row.error();
    if (row->sealed_by.empty()) return error(Fault::not_found, "this order names no buyer", "privacy erase");
    named.order = row->id;
    if (row->sealed_by == store::erased_mark) {
      if (row->id.size() >= shortest_id) named.texts.push_back(row->id);
      return named;
    }
    named.key = row->sealed_by;
  }
  for (const auto order : store::orders_of_buyer(session, named.key)) {
    if (const auto row = store::get_order(session, order)) add_texts(*row, named.texts);
    for (const auto& parcel : store::parcels_of(session, order)) named.texts.push_back(parcel.number);  // what couriers wrote of it
  }
  return named;
}

/// Whoever is erased again is so because documents waited to be read the first time: they are on the list, and perhaps read or discarded by
/// now. Which erased buyer each one names is not known any more; it goes all the same.
Result<void> add_listed(Session& session, std::vector<std::int64_t>& raw) {
  const auto listed = store::listed_raw(session);
  if (!listed) return listed.error();
  raw.insert(raw.end(), listed->begin(), listed->end());
  std::sort(raw.begin(), raw.end());
  raw.erase(std::unique(raw.begin(), raw.end()), raw.end());
  return {};
}

Result<Json> erase_named(Session& session, const Named& named, store::Erasure& erasure) {
  if (named.key.empty()) {
    if (auto added = add_listed(session, erasure.raw); !added) return added.error();
  } else {
    for (const auto order : store::orders_of_buyer(session, named.key)) store::forget_parcel_events(session, order);
  }
  const auto done = store::erase(session, erasure);
  if (!done) return done.error();
  return Json::object({{"orders", static_cast<std::int64_t>(done->orders)},
                       {"documents", static_cast<std::int64_t>(done->documents)},
                       {"waiting", static_cast<std::int64_t>(done->waiting)},
                       {"again", named.key.empty()}});
}

}  // namespace

Result<Json> Engine::find_orders(const std::string& buyer) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json items = Json::array();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto key = store::find_buyer(session, buyer);
    if (!key) return {};
    for (const auto order : store::orders_of_buyer(session, *key)) {
      if (const auto row = store::get_order(session, order)) items.push_back(order_item(session, world, *row));
    }
    return {};
  });
  if (!read) return read.error();
  return Json::object({{"items", std::move(items)}});
}

Result<Json> Engine::reveal_order(const std::string& channel, const std::string& id, const std::string& author) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json answer;
  auto written = world.store.write([&](Session& session) -> Result<void> {
    const auto row = find_named(session, world, channel, id);
    if (!row) return row.error();
    store::journal(session, {0, world.clock.now(), "order.shown_clear", author, row->channel, row->id, "{}"});
    answer = person_of(row->document, true);
    answer.set("channel", world.name_of(row->channel));
    answer.set("id", row->id);
    answer.set("erased", row->sealed_by == store::erased_mark);
    return {};
  });
  if (!written) return written.error();
  return answer;
}

Result<Json> Engine::erase(const Json& wish, const std::string& author) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Named named;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    auto found = named_in(session, world, wish);
    if (!found) return found.error();
    named = std::move(*found);
    return {};
  });
  store::Erasure erasure{world.clock.now(), named.key, named.buyer, {}};
  for (std::int64_t after = 0; read;) {
    read = world.store.read([&](Session& session) -> Result<void> {
      const auto rows = store::raw_naming(session, named.texts, after, raw_rows_at_once);
      erasure.raw.insert(erasure.raw.end(), rows.begin(), rows.end());
      return {};
    });
    if (after == 0) break;
  }
  if (!read) return read.error();
  Json answer;
  auto written = world.store.write([&](Session& session) -> Result<void> {
    auto done = erase_named(session, named, erasure);
    if (!done) return done.error();
    answer = std::move(*done);
    const std::string who = named.key.empty() ? "order:" + named.order : "buyer:" + named.key;
    store::journal(session, {0, erasure.at, "buyer.erased", author, ChannelNo(), who, answer.dump()});
    return {};
  });
  if (!written) return written.error();
  world.log.info("a buyer was erased", {{"by", author}, {"what", answer.dump()}});
  return answer;
}

}  // namespace tally::engine
