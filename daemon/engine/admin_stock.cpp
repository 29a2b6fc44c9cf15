// What a person asks of the stock: movements one by one and by file, goods sent from one location to another, quotas, reversals,
// re-routing. Runs on the engine's thread; what only looks, on the caller's.
#include "base/crypto.hpp"
#include "base/units.hpp"
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "engine/orders.hpp"
#include "engine/oversell.hpp"
#include "engine/quota.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/orders.hpp"

#include <algorithm>
#include <map>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t most_rows = 20000;  // of one file: they are one transaction
constexpr std::size_t most_listed = 1000;

const LocationConfig* location_of(const World& world, const std::string& name) {
  for (const auto& location : world.config.locations) {
    if (location.name == name) return &location;
  }
  return nullptr;
}

std::string place_named(const World& world, const std::string& said) {
  return !said.empty() ? said : world.config.locations.empty() ? "main" : world.config.locations.front().name;
}

Result<LocationNo> place_in(Session& session, const World& world, const std::string& said, bool may_be_transit) {
  const std::string name = place_named(world, said);
  const auto* location = location_of(world, name);
  if (!location && !(may_be_transit && name == transit)) return error(Fault::not_found, "there is no location '" + name + "'", "stock");
  if (location && !location->held_by.empty())
    return error(Fault::invalid, "what lies at '" + name + "' is held by " + location->held_by + "'s platform: it is read, never written",
                 "stock");
  return store::open_location(session, name);
}

Result<store::VariantRow> variant_in(Session& session, const std::string& sku) {
  auto variant = store::find_variant(session, normal_sku(sku));
  if (!variant) return error(Fault::not_found, "there is no SKU '" + sku + "'", "stock");
  if (!store::components_of(session, variant->no).empty())
    return error(Fault::invalid, "'" + sku + "' is a bundle: its components have the stock", "stock");
  return std::move(*variant);
}

Result<Quantity> units_in(const Json* value) {
  const bool blank = !value || value->is_null() || (value->is_string() && value->as_string().empty());
  if (blank) return error(Fault::invalid, "the quantity must be a whole number", "stock", "blank is never zero");
  const auto units = value->is_string() ? whole_units(value->as_string()) : value->integer();
  if (!units) return error(Fault::invalid, units.error().what, "stock", "write whole units without separators");
  if (*units > most_units || *units < -most_units)
    return error(Fault::invalid, "'" + value->scalar_text() + "' is too many to be a quantity", "stock");
  return *units;
}

/// When it was counted: said with its zone, or now. What lies far ahead has a wrong clock or zone and is not trusted.
Result<Time> counted_at(const Json& row, Time now) {
  const std::string said = row.text_or("counted_at");
  if (said.empty()) return now;
  const auto moment = parse_iso(said);
  if (!moment) return error(Fault::invalid, "'" + said + "' is no moment with its zone", "stock", "write it as 2026-11-27T18:00:00+01:00");
  if (*moment > now + furthest_ahead) return error(Fault::invalid, "it was counted in the future, at " + said, "stock");
  return std::min(*moment, now);
}

/// The reason that was given, and who says so.
std::string note_of(const Json& movement, const std::string& author) {
  const std::string reason = movement.text_or("reason");
  return reason.empty() ? "by " + author : reason + " (" + author + ")";
}

/// One movement, by hand or a line of a file.
struct Deed {
  std::string kind, cause, author;
  Why why;
};

struct Moved {
  VariantNo variant;
  LocationNo location;
  bool again = false;  ///< it had been done before under this cause: nothing was done
};

Result<void> check_kind(const std::string& kind) {
  if (kind == "receipt" || kind == "adjust" || kind == "count") return {};
  return error(Fault::invalid, "'" + kind + "' is no kind of movement", "stock", "receipt, adjust, count, transfer or arrive");
}

Result<Moved> move_one(Session& session, const World& world, const Deed& deed, const Json& row, Time now) {
  const auto variant = variant_in(session, row.text_or("sku"));
  if (!variant) return variant.error();
  const auto location = place_in(session, world, row.text_or("location"), deed.kind == "adjust");
  if (!location) return location.error();
  const auto units = units_in(row.find("quantity"));
  if (!units) return units.error();
  if (deed.kind == "receipt" && *units <= 0) return error(Fault::invalid, "a receipt brings at least 1", "stock");
  if (deed.kind == "count" && *units < 0) return error(Fault::invalid, "nobody counts less than nothing", "stock");
  const auto as_of = counted_at(row, now);
  if (!as_of) return as_of.error();
  const auto before = store::stock_at(session, variant->no, *location);
  const std::string note = note_of(row, deed.author);
  const bool moved = deed.kind == "count" ? append_count(session, variant->no, *location, *units, *as_of, deed.cause, note, now)
                                          : append_change(session, variant->no, *location, deed.kind, *units, deed.cause, note, now, now);
  if (!moved && deed.kind == "count" && store::movements_by_cause(session, deed.cause, 1).empty())
    return error(Fault::invalid, "a count that is as new or newer stands: " + format_iso(before->counted_at), "stock");
  if (moved) {
    if (before) record_shortage(session, world, variant->no, *location, before->sum.on_hand - before->sum.reserved, deed.cause, now);
    mark_stock(session, world, {variant->no}, deed.why, now);
  }
  return Moved{variant->no, *location, !moved};
}

Json answer_of(Session& session, const Moved& moved, const std::string& cause) {
  const auto row = store::stock_at(session, moved.variant, moved.location);
  const Effect sum = row ? row->sum : Effect{};
  const std::string location = store::location_name(session, moved.location);
  return Json::object({{"moved", !moved.again},
                       {"cause", cause},
                       {"location", location},
                       {"on_hand", sum.on_hand},
                       {"reserved", sum.reserved},
                       {"available", available_at(location, sum)}});
}

void note_movement(Session& session, const Json& movement, const std::string& kind, const std::string& author, Time now) {
  Json detail = Json::object();
  for (const char* field : {"quantity", "location", "from", "to", "transfer", "reason"}) {
    if (const Json* value = movement.find(field)) detail.set(field, *value);
  }
  store::journal(session, {0, now, "stock." + kind, author, ChannelNo(0), normal_sku(movement.text_or("sku")).text, detail.dump()});
}

Result<Json> send_by_hand(Session& session, const World& world, const Json& movement, const std::string& author, Time now) {
  const auto variant = variant_in(session, movement.text_or("sku"));
  if (!variant) return variant.error();
  const auto from = place_in(session, world, movement.text_or("from"), false), to = place_in(session, world, movement.text_or("to"), false);
  if (!from) return from.error();
  if (!to) return to.error();
  const auto units = units_in(movement.find("quantity"));
  if (!units) return units.error();
  const auto before = store::stock_at(session, variant->no, *from);
  const store::Transfer transfer{0, variant->no, *from, *to, *units, std::nullopt, now, long_ago};
  const auto no = send_goods(session, transfer, note_of(movement, author));
  if (!no) return no.error();
  const std::string cause = "transfer:" + std::to_string(*no);
  record_shortage(session, world, variant->no, *from, before ? before->sum.on_hand - before->sum.reserved : 0, cause + ":out", now);
  mark_stock(session, world, {variant->no}, {cause, false, 0}, now);
  Json answer = answer_of(session, {variant->no, *from, false}, cause + ":out");
  answer.set("transfer", *no);
  return answer;
}

Result<Json> arrive_by_hand(Session& session, const World& world, const Json& movement, const std::string& author, Time now) {
  const auto no = movement.integer_or("transfer");
  std::optional<Quantity> units;
  if (movement.find("quantity")) {
    const auto said = units_in(movement.find("quantity"));
    if (!said) return said.error();
    units = *said;
  }
  if (auto done = take_goods_in(session, no, units, note_of(movement, author), now); !done) return done.error();
  const auto transfer = store::get_transfer(session, no);
  const std::string cause = "transfer:" + std::to_string(no) + ":in";
  mark_stock(session, world, {transfer->variant}, {cause, false, 0}, now);
  Json answer = answer_of(session, {transfer->variant, transfer->to, false}, cause);
  if (const Quantity missing = transfer->units - transfer->arrived.value_or(transfer->units); missing > 0) {
    const auto variant = store::get_variant(session, transfer->variant);
    ensure(variant.has_value(), "a transfer is of a variant");
    answer.set("missing", missing);
    answer.set("todo", std::to_string(missing) + " of it did not arrive and are for sale nowhere: `tallyd stock adjust " + variant->sku +
                           " -" + std::to_string(missing) +
                           " --location transit` takes them off the books, `tallyd stock receive` brings them when they come");
  }
  return answer;
}

Result<Json> move_by_hand(Session& session, const World& world, const Json& movement, const std::string& author, Time now) {
  const std::string kind = movement.text_or("kind");
  Result<Json> answer = Json();
  if (kind == "transfer") {
    answer = send_by_hand(session, world, movement, author, now);
  } else if (kind == "arrive") {
    answer = arrive_by_hand(session, world, movement, author, now);
  } else {
    if (auto known = check_kind(kind); !known) return known.error();
    const std::string cause = kind + ":" + std::to_string(store::last_sequence(session) + 1);
    const auto moved = move_one(session, world, {kind, cause, author, {cause, false, 0}}, movement, now);
    if (!moved) return moved.error();
    answer = answer_of(session, *moved, cause);
  }
  if (answer) note_movement(session, movement, kind, author, now);
  return answer;
}

/// What became of a file.
struct FileReport {
  std::string cause;
  std::int64_t applied = 0, again = 0;
  Json refused = Json::array(), below_zero = Json::array();
};

/// The lines at which a file counts each SKU and location first.
using Counted = std::map<std::pair<std::string, std::string>, std::int64_t>;

/// Of two counts of one thing nobody knows which one holds: the second is refused whatever became of the first.
Result<Moved> move_row(Session& session, const World& world, const Deed& deed, const Json& row, std::int64_t line, Counted& counted,
                       Time now) {
  if (!row.is_object()) return error(Fault::invalid, "a row is an object");
  if (const std::string why = row.text_or("unreadable"); !why.empty()) return error(Fault::invalid, why, "stock");
  if (deed.kind == "count") {
    const std::string sku = normal_sku(row.text_or("sku")).text;
    const auto [taken, fresh] = counted.emplace(std::pair(sku, place_named(world, row.text_or("location"))), line);
    if (!fresh) return error(Fault::invalid, "the count of '" + sku + "' stands already at line " + std::to_string(taken->second), "stock");
  }
  return move_one(session, world, deed, row, now);
}

/// What is promised or was taken beyond what lies there, now that the whole file is done; named by the last line that moved it.
Json below_zero(Session& session, const std::map<std::pair<VariantNo, LocationNo>, std::int64_t>& moved) {
  Json rows = Json::array();
  for (const auto& [shelf, line] : moved) {
    const auto row = store::stock_at(session, shelf.first, shelf.second);
    const Quantity available = row ? row->sum.on_hand - row->sum.reserved : 0;
    if (available >= 0) continue;
    rows.push_back(Json::object({{"line", line},
                                 {"sku", store::get_variant(session, shelf.first)->sku},
                                 {"location", store::location_name(session, shelf.second)},
                                 {"on_hand", row->sum.on_hand},
                                 {"available", available}}));
  }
  return rows;
}

/// The same rows have the same cause, line by line: the file twice has the effect of once.
FileReport move_rows(Session& session, const World& world, const Json& file, const std::string& author, std::int64_t batch, Time now) {
  FileReport report;
  const std::string kind = file.text_or("kind");
  const auto& rows = file.find("rows")->as_array();
  report.cause = kind + ":" + crypto::hex(crypto::digest(crypto::Digest::sha256, file.find("rows")->dump())).substr(0, 16);
  if (file.bool_or("again", false)) report.cause += "." + std::to_string(store::last_sequence(session) + 1);
  Counted counted;
  std::map<std::pair<VariantNo, LocationNo>, std::int64_t> shelves;
  std::int64_t line = 0;
  for (const auto& row : rows) {
    line = row.is_object() ? row.integer_or("line", line + 1) : line + 1;
    const Deed deed{kind, report.cause + ":" + std::to_string(line), author, {report.cause, false, batch}};
    const auto moved = move_row(session, world, deed, row, line, counted, now);
    if (moved && !moved->again) shelves[{moved->variant, moved->location}] = line;
    if (!moved)
      report.refused.push_back(Json::object({{"line", line},
                                             {"sku", row.is_object() ? row.text_or("sku") : ""},
                                             {"why", moved.error().what + (moved.error().todo.empty() ? "" : ": " + moved.error().todo)}}));
    else
      ++(moved->again ? report.again : report.applied);
  }
  report.below_zero = below_zero(session, shelves);
  store::journal(
      session,
      {0, now, "stock.file", author, ChannelNo(0), report.cause,
       Json::object({{"applied", report.applied}, {"again", report.again}, {"refused", report.refused.as_array().size()}}).dump()});
  return report;
}

Result<void> check_file(const Json& file) {
  if (auto known = check_kind(file.text_or("kind")); !known) return known;
  const Json* rows = file.find("rows");
  if (!rows->is_array()) return error(Fault::invalid, "`rows` is a list", "stock");
  if (rows->as_array().size() > most_rows)
    return error(Fault::invalid, "more than " + std::to_string(most_rows) + " rows", "stock", "cut the file into several");
  return {};
}

/// Runs `work` in one transaction; what it refuses leaves nothing behind.
Result<Json> in_one(World& world, const std::function<Result<Json>(Session&, Time)>& work) {
  Json answer;
  auto written = world.store.write([&](Session& session) -> Result<void> {
    auto done = work(session, world.clock.now());
    if (!done) return done.error();
    answer = std::move(*done);
    return {};
  });
  if (!written) return written.error();
  return answer;
}

Json quota_json(Session& session, const World& world, const store::Quota& quota) {
  const auto variant = store::get_variant(session, quota.variant);
  return Json::object({{"quota", quota.no},
                       {"channel", world.name_of(quota.channel)},
                       {"sku", variant ? variant->sku : ""},
                       {"units", quota.units},
                       {"left", quota.state == "ended" ? 0 : quota.left()},
                       {"from", format_iso(quota.from)},
                       {"until", format_iso(quota.until)},
                       {"state", quota.state},
                       {"author", quota.author}});
}

Result<store::Quota> quota_in(Session& session, const World& world, const Json& said, const std::string& author, Time now) {
  store::Quota quota;
  const auto* channel = world.find(said.text_or("channel"));
  if (!channel) return error(Fault::not_found, "there is no channel '" + said.text_or("channel") + "'", "stock quota");
  const auto variant = store::find_variant(session, normal_sku(said.text_or("sku")));
  if (!variant) return error(Fault::not_found, "there is no SKU '" + said.text_or("sku") + "'", "stock quota");
  const auto units = units_in(said.find("units"));
  if (!units) return units.error();
  const auto from = said.text_or("from").empty() ? Result<Time>(now) : parse_iso(said.text_or("from"));
  const auto until = parse_iso(said.text_or("until"));
  if (!from || !until)
    return error(Fault::invalid, "`from` and `until` are moments with their zone", "stock quota",
                 "write them as 2026-11-27T00:00:00+01:00");
  return store::Quota{0, channel->no, variant->no, *units, *from, *until, "planned", author, false, 0};
}

/// By channel and id; the channel may be left out where only one has such an order.
Result<OrderNo> order_in(Session& session, const World& world, const std::string& name, const std::string& id) {
  std::optional<OrderNo> found;
  for (const auto& channel : world.channels) {
    if (!name.empty() && channel->config.name != name) continue;
    const auto row = store::find_order(session, channel->no, id);
    if (row && found) return error(Fault::invalid, "several channels have an order " + id, "order route", "name the channel");
    if (row) found = row->no;
  }
  if (!found) return error(Fault::not_found, "there is no order '" + id + "'", "order route");
  return *found;
}

}  // namespace

Result<Json> Engine::move_stock(const Json& movement, const std::string& author) {
  if (!movement.find("rows")) {
    return ask([this, movement, author]() -> Result<Json> {
      auto& world = core_.world();
      return in_one(world, [&](Session& session, Time now) { return move_by_hand(session, world, movement, author, now); });
    });
  }
  if (auto fine = check_file(movement); !fine) return fine.error();
  return ask([this, movement, author]() -> Result<Json> {
    auto& world = core_.world();
    FileReport report;
    std::int64_t batch = 0;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      batch = store::open_batch(session, author, world.clock.now());
      report = move_rows(session, world, movement, author, batch, world.clock.now());
      return {};
    });
    if (!written) return written.error();
    const auto held = judge_batch(world, batch);
    if (!held) return held.error();
    Json digests = Json::array();
    for (const auto& digest : *held) digests.push_back(digest);
    return Json::object({{"cause", report.cause},
                         {"applied", report.applied},
                         {"again", report.again},
                         {"refused", std::move(report.refused)},
                         {"below_zero", std::move(report.below_zero)},
                         {"held", std::move(digests)}});
  });
}

Result<Json> Engine::reverse_stock(const std::string& cause, const std::string& author) {
  return ask([this, cause, author]() -> Result<Json> {
    auto& world = core_.world();
    std::size_t movements = 0;
    std::int64_t batch = 0;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      const Time now = world.clock.now();
      const auto reversed = reverse_cause(session, cause, "reversed (" + author + ")", now);
      if (!reversed) return reversed.error();
      movements = reversed->movements;
      batch = store::open_batch(session, author, now);
      mark_stock(session, world, reversed->variants, {"reverse:" + cause, false, batch}, now);
      store::journal(session, {0, now, "stock.reversed", author, ChannelNo(0), cause, Json::object({{"movements", movements}}).dump()});
      return {};
    });
    if (!written) return written.error();
    const auto held = judge_batch(world, batch);
    if (!held) return held.error();
    Json digests = Json::array();
    for (const auto& digest : *held) digests.push_back(digest);
    return Json::object({{"reversed", movements}, {"held", std::move(digests)}});
  });
}

Result<Json> Engine::set_quota(const Json& quota, const std::string& author) {
  return ask([this, quota, author]() -> Result<Json> {
    auto& world = core_.world();
    return in_one(world, [&](Session& session, Time now) -> Result<Json> {
      std::int64_t no = quota.integer_or("end");
      if (no != 0) {
        if (auto ended = end_quota(session, world, no, author, now); !ended) return ended.error();
      } else {
        const auto wanted = quota_in(session, world, quota, author, now);
        if (!wanted) return wanted.error();
        const auto planned = plan_quota(session, world, *wanted, now);
        if (!planned) return planned.error();
        no = *planned;
      }
      return quota_json(session, world, *store::get_quota(session, no));
    });
  });
}

Result<Json> Engine::route_order(const Json& wish, const std::string& author) {
  return ask([this, wish, author]() -> Result<Json> {
    auto& world = core_.world();
    return in_one(world, [&](Session& session, Time now) -> Result<Json> {
      const auto no = order_in(session, world, wish.text_or("channel"), wish.text_or("order"));
      if (!no) return no.error();
      const std::string name = wish.text_or("location");
      const auto* location = location_of(world, name);
      if (!location) return error(Fault::not_found, "there is no location '" + name + "'", "order route");
      if (!location->held_by.empty())
        return error(Fault::invalid, "what lies at '" + name + "' is held by " + location->held_by + "'s platform", "order route");
      const auto moved = reroute_order(session, world, *no, store::open_location(session, name), wish.text_or("line"), author);
      if (!moved) return moved.error();
      store::journal(session, {0, now, "order.routed", author, store::get_order(session, *no)->channel, wish.text_or("order"),
                               Json::object({{"location", name}, {"parts", *moved}}).dump()});
      return Json::object({{"order", wish.text_or("order")}, {"location", name}, {"moved", *moved}});
    });
  });
}

Result<Json> Engine::stock_rules() {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json quotas = Json::array(), transfers = Json::array();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    for (const auto& quota : store::quotas(session, std::nullopt, most_listed)) quotas.push_back(quota_json(session, world, quota));
    for (const auto& transfer : store::transfers_under_way(session, most_listed)) {
      const auto variant = store::get_variant(session, transfer.variant);
      transfers.push_back(Json::object({{"transfer", transfer.no},
                                        {"sku", variant ? variant->sku : ""},
                                        {"units", transfer.units},
                                        {"from", store::location_name(session, transfer.from)},
                                        {"to", store::location_name(session, transfer.to)},
                                        {"sent_at", format_iso(transfer.sent_at)}}));
    }
    return {};
  });
  if (!read) return read.error();
  return Json::object({{"quotas", std::move(quotas)}, {"transfers", std::move(transfers)}});
}

Result<Json> Engine::oversells(const Query& query) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json items = Json::array();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    for (const auto& oversell : store::oversells(session, std::clamp<std::size_t>(query.limit, 1, most_listed))) {
      const auto variant = store::get_variant(session, oversell.variant);
      items.push_back(Json::object({{"at", format_iso(oversell.at)},
                                    {"sku", variant ? variant->sku : ""},
                                    {"short", oversell.short_by},
                                    {"order", order_name(session, world, oversell.order)},
                                    {"cause", oversell.cause},
                                    {"other_order", order_name(session, world, oversell.other_order)},
                                    {"delay_ms", oversell.delay.count()},
                                    {"rule", oversell.rule}}));
    }
    return {};
  });
  if (!read) return read.error();
  return Json::object({{"items", std::move(items)}});
}

}  // namespace tally::engine
