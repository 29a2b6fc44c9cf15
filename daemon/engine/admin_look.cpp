// What the engine tells: channels, products, offers, orders, status, events, metrics.
// Reads with sessions of its own, on the caller's thread.
#include "engine/engine.hpp"
#include "engine/nonsense.hpp"
#include "engine/number.hpp"
#include "engine/offer_view.hpp"
#include "engine/orders.hpp"
#include "engine/oversell.hpp"
#include "engine/parcels.hpp"
#include "engine/plan.hpp"
#include "engine/stock.hpp"
#include "engine/unusual.hpp"
#include "store/comparison.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/orders.hpp"
#include "store/standing.hpp"

#include <algorithm>
#include <set>

namespace tally::engine {
namespace {

using store::Session;

std::int64_t number_after(const std::string& cursor) {
  const auto value = Json(cursor).integer();
  return value ? *value : 0;
}

std::size_t limited(std::size_t limit) {
  return std::clamp<std::size_t>(limit, 1, 1000);
}

}  // namespace

std::string protection_of(const channel::Capabilities& facts) {
  if (facts.tracks_parcels) return "sells nothing";
  if (facts.takes == channel::Takes::never) return "by file";
  if (facts.compare_and_set) return "by compare";
  if (facts.stock == channel::StockWrites::delta || (facts.stock == channel::StockWrites::both && facts.idempotency_key)) return "by delta";
  return facts.can_look ? "by look" : "by age";
}

namespace {

/// Who else has a say in what lies at a location.
void add_keeper(Json& row, const World& world, const std::string& location) {
  for (const auto& known : world.config.locations) {
    if (known.name != location) continue;
    if (!known.counted_by.empty()) row.set("counted_by", known.counted_by);
    if (!known.held_by.empty()) row.set("held_by", known.held_by);
  }
}

Json stock_json(Session& session, const World& world, const Product& product) {
  Json rows = Json::array();
  for (const auto& variant : product.variants) {
    const auto row = store::find_variant(session, variant.sku);
    if (!row) continue;
    for (const auto& stock : store::stock_of(session, row->no)) {
      const std::string location = store::location_name(session, stock.location);
      Json levels = Json::object({{"sku", variant.sku.text},
                                  {"location", location},
                                  {"on_hand", stock.sum.on_hand},
                                  {"reserved", stock.sum.reserved},
                                  {"available", available_at(location, stock.sum)}});
      add_keeper(levels, world, location);
      rows.push_back(std::move(levels));
    }
  }
  return rows;
}

/// How far the channel's own list of placed orders was compared with ours.
void add_comparison(Json& json, Session& session, const Channel& channel) {
  const auto& facts = channel.facts;
  json.set("comparison", facts.lists_placed_orders ? "hourly" : facts.has_order_list ? "no list by placing" : "no order list");
  json.set("differing_hours", store::count_differing_hours(session, channel.no));
  if (const auto cursor = store::get_cursor(session, channel.no, "comparison"))
    json.set("compared_through", format_iso(from_ms(std::stoll(cursor->value))));
}

/// Nothing where the platform has no webhooks.
void add_webhooks(Json& json, const Channel& channel, const WebhooksState& state, Time now) {
  const std::string way = way_of_webhooks(channel.facts, channel.config);
  if (way.empty()) return;
  Json webhooks =
      Json::object({{"how", way}, {"address", channel.config.hook_url}, {"orders_every_s", channel.config.orders_every.count() / 1000}});
  if (way == "by itself" && state.checked_at != long_ago) {
    webhooks.set("wanted", state.wanted).set("active", state.active).set("revived", state.revived);
    webhooks.set("checked_at", format_iso(state.checked_at)).set("checked_s", (now - state.checked_at).count() / 1000);
    if (state.revived_at != long_ago) webhooks.set("revived_at", format_iso(state.revived_at));
  }
  if (!state.trouble.empty()) webhooks.set("trouble", state.trouble);
  json.set("webhooks", std::move(webhooks));
}

/// What is used up now; it is the reason that something waits, where there is no other.
void add_budgets(Json& json, const Channel& channel) {
  const auto* meter = channel.connector->meter();
  if (!meter) return;
  constexpr std::size_t most_said = 5;
  Json spent = Json::array();
  std::string words;
  std::size_t i = 0;
  for (const auto& budget : meter->spent()) {
    spent.push_back(Json::object({{"budget", budget.budget},
                                  {"entity", budget.entity},
                                  {"opens_at", budget.opens == never ? "" : format_iso(budget.opens)},
                                  {"kept_too", budget.urgent},
                                  {"text", budget.text}}));
    if (i++ < most_said) words += (words.empty() ? "" : "; ") + budget.text;
  }
  if (i > most_said) words += "; and " + std::to_string(i - most_said) + " more";
  if (json.text_or("reason").empty()) json.set("reason", words);
  json.set("budgets_spent", std::move(spent));
}

/// So many marks are looked at for a status, which is asked for every few seconds.
constexpr std::int64_t most_compared = 300;

/// What a plan would list where nothing may be sent. Where more is marked than can be compared at each status, each mark is taken for one:
/// a channel that was never written to differs nearly everywhere.
void add_observed(Json& json, Session& session, const Channel& channel, const store::Standing& standing) {
  const std::int64_t marked = standing.pending + standing.waiting + standing.held + standing.parked;
  const bool compared = marked <= most_compared;
  json.set("observed_differences", compared ? static_cast<std::int64_t>(plan_of(session, channel).lines.size()) : marked);
  json.set("observed_about", !compared);
}

}  // namespace

Json Engine::channel_json(Session& session, const Channel& channel) const {
  const auto lane = seen(channel.no);
  const Time now = core_.world().clock.now();
  const bool backing_off = std::max(lane.sleep_until, lane.list_rests_until) > now;
  const bool writes = channel.released && channel.config.policy != Policy::observe;
  const auto standing = store::standing_of(session, channel.no);
  const bool can_look = channel.facts.can_look && channel.facts.takes != channel::Takes::never;
  Json json = Json::object({{"name", channel.config.name},
                            {"connector", channel.config.connector},
                            {"policy", std::string(channel.released ? engine::name_of(channel.config.policy) : "observe")},
                            {"state", !channel.paused.empty() ? "paused"
                                      : backing_off           ? "backing_off"
                                                              : "ok"},
                            {"reason", !channel.paused.empty() ? channel.paused
                                       : lane.reason.empty()   ? lane.list_reason
                                                               : lane.reason},
                            {"protection", protection_of(channel.facts)}});
  if (!channel.paused_for.empty()) json.set("fault", channel.paused_for);
  json.set("offers", standing.offers);
  json.set("listings", standing.listings);
  json.set("orders", store::count_orders(session, channel.no));
  json.set("differences", standing.differences);
  if (!writes) add_observed(json, session, channel, standing);
  json.set("not_listed", standing.not_listed);
  json.set("in_doubt", standing.in_doubt);
  json.set("never_looked", can_look ? standing.never_looked : std::int64_t{0});
  json.set("pending", writes ? standing.pending : std::int64_t{0});
  json.set("waiting", standing.waiting);
  json.set("held", standing.held);
  json.set("parked", standing.parked);
  json.set("left_alone", standing.left_alone);
  json.set("waiting_for_release", channel.released ? std::int64_t{0} : standing.pending);
  json.set("calls_out", static_cast<std::int64_t>(lane.calls_out));
  json.set("syncing", lane.hurried);
  json.set("unread_rows", standing.unread_rows);
  json.set("parked_rows", standing.parked_rows);
  json.set("held_orders", store::count_held(session, channel.no));
  add_comparison(json, session, channel);
  add_webhooks(json, channel, lane.webhooks, now);
  add_budgets(json, channel);
  std::int64_t unusual = 0;
  for (const std::string kind : {"taken", "cancelled", "shipped"}) {
    const Told told = told_of(session, channel.no, kind, now);
    json.set(kind + "_24h", told.today);
    unusual += told.is_unusual() ? 1 : 0;
  }
  json.set("unusual", unusual);
  json.set("orders_missed", static_cast<std::int64_t>(lane.orders_missed));
  json.set("closed", channel.closed);
  json.set("raises_held", static_cast<std::int64_t>(lane.raises_held));
  if (lane.raises_held > 0) json.set("raises_held_s", (now - lane.raises_held_since).count() / 1000);
  if (lane.last_order_read != long_ago) json.set("last_order_read", format_iso(lane.last_order_read));
  if (lane.last_sweep != long_ago) json.set("last_sweep", format_iso(lane.last_sweep));
  if (standing.oldest_verified) json.set("oldest_unverified_s", (now - *standing.oldest_verified).count() / 1000);
  if (lane.last_decrease) json.set("last_decrease_ms", lane.last_decrease->count());
  return json;
}

Result<Json> Engine::channels() {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json items = Json::array();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    for (const auto& channel : world.channels) items.push_back(channel_json(session, *channel));
    return {};
  });
  if (!read) return read.error();
  return Json::object({{"items", std::move(items)}});
}

Result<Json> Engine::products(const Query& query) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json items = Json::array();
  std::string cursor;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto add = [&](const store::ProductRow& row) {
      Json tree = to_json(row.product);
      tree.set("stock", stock_json(session, world, row.product));
      items.push_back(std::move(tree));
    };
    if (!query.sku.empty()) {
      if (const auto variant = store::find_variant(session, normal_sku(query.sku))) add(*store::get_product(session, variant->product));
      return {};
    }
    const auto rows = store::products_after(session, ProductNo(number_after(query.cursor)), limited(query.limit));
    for (const auto& row : rows) add(row);
    if (rows.size() == limited(query.limit)) cursor = std::to_string(rows.back().no.value);
    return {};
  });
  if (!read) return read.error();
  Json answer = Json::object({{"items", std::move(items)}});
  if (!cursor.empty()) answer.set("cursor", cursor);
  return answer;
}

namespace {
constexpr std::size_t most_offers_looked_at = 1000;  ///< a page: each is reckoned and spelt while the engine may have to wait
}

Result<Json> Engine::offers(const Query& query) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json items = Json::array();
  std::string cursor;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto at = query.cursor.find(':');
    const std::int64_t from_channel = number_after(query.cursor.substr(0, at));
    std::int64_t from = at == std::string::npos ? 0 : number_after(query.cursor.substr(at + 1));
    const auto only = query.sku.empty() ? std::nullopt : store::find_variant(session, Sku(query.sku));
    if (!query.sku.empty() && !only) return {};
    std::size_t looked = 0;
    for (const auto& channel : world.channels) {
      if (channel->no.value < from_channel || (!query.channel.empty() && channel->config.name != query.channel)) continue;
      if (channel->no.value > from_channel) from = 0;
      if (only) from = std::max(from, only->no.value - 1);
      while (true) {
        const auto rows = store::offers_after(session, channel->no, VariantNo(from), only ? 1 : 100);
        if (rows.empty() || (only && rows.front().variant != only->no)) break;
        for (const auto& row : rows) {
          if (items.as_array().size() >= limited(query.limit) || looked >= most_offers_looked_at) return {};
          from = row.variant.value;
          cursor = std::to_string(channel->no.value) + ":" + std::to_string(from);
          ++looked;
          Json json = offer_json(session, *channel, row);
          if (query.state.empty() || json.text_or("state") == query.state) items.push_back(std::move(json));
        }
      }
    }
    cursor.clear();
    return {};
  });
  if (!read) return read.error();
  Json answer = Json::object({{"items", std::move(items)}});
  if (!cursor.empty()) answer.set("cursor", cursor);
  return answer;
}

namespace {

/// So many orders one call looks through for a SKU; with fewer found than asked for, the cursor leads on.
constexpr std::size_t most_looked = 5000, looked_at_once = 500;

const Json::Array& lines_of(const store::OrderRow& row) {
  static const Json::Array none;
  const auto* list = row.document.find("lines");
  return list ? list->as_array() : none;
}

/// By what a line moves, or by the platform's own word for it.
bool has_sku(const store::OrderRow& row, const std::string& sku, VariantNo variant) {
  const auto& lines = lines_of(row);
  return (variant.value != 0 && sells(row, variant)) ||
         std::any_of(lines.begin(), lines.end(), [&](const Json& line) { return normal_sku(line.text_or("sku")).text == sku; });
}

}  // namespace

Json order_item(Session& session, const World& world, const store::OrderRow& row) {
  Json lines = Json::array();
  const auto skus = sold_by_line(session, row);
  for (const auto& line : lines_of(row)) {
    const Json* id = line.find("@id");
    const auto sold = skus.find(id ? id->scalar_text() : "");
    const std::string said = line.text_or("sku"), sku = sold == skus.end() ? said : sold->second;
    Json item = Json::object({{"sku", sku}, {"quantity", line.integer_or("quantity")}});
    if (!said.empty() && normal_sku(said).text != normal_sku(sku).text) item.set("said", said);
    lines.push_back(std::move(item));
  }
  Json item = Json::object({{"channel", world.name_of(row.channel)},
                            {"id", row.id},
                            {"number", row.document.text_or("number")},
                            {"state", row.state},
                            {"revision", row.revision}});
  if (row.document.find("total")) item.set("total", total_as_said(row.document));
  const std::string own = own_currency(row.document);
  item.set("currency", own.empty() ? row.document.text_or("currency") : own);
  const auto* held = row.document.find("holds");
  item.set("holds", held ? *held : Json::array());
  item.set("lines", std::move(lines));
  item.set("placed_at", row.document.text_or("placed_at"));
  item.set("changed_at", row.document.text_or("changed_at"));
  item.set("accepted_at", format_iso(row.accepted_at));
  return item;
}

Result<Json> Engine::orders(const Query& query) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  const auto* channel = query.channel.empty() ? nullptr : world.find(query.channel);
  if (!query.channel.empty() && !channel) return error(Fault::not_found, "there is no channel '" + query.channel + "'", "orders");
  const auto of = channel ? std::optional(channel->no) : std::nullopt;
  const std::string sku = normal_sku(query.sku).text;
  const std::size_t wanted = limited(query.limit), at_once = sku.empty() ? wanted : looked_at_once;
  Json items = Json::array();
  std::string cursor;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    OrderNo before(number_after(query.cursor));
    const auto variant = sku.empty() ? std::nullopt : store::find_variant(session, Sku(sku));
    const VariantNo sold = variant ? variant->no : VariantNo();
    for (std::size_t looked = 0; looked < most_looked && items.as_array().size() < wanted; looked += at_once) {
      const auto rows = store::orders_before(session, of, query.state, before, at_once);
      for (const auto& row : rows) {
        before = row.no;
        if (!sku.empty() && !has_sku(row, sku, sold)) continue;
        items.push_back(order_item(session, world, row));
        if (items.as_array().size() == wanted) break;
      }
      const bool all = rows.size() < at_once && (rows.empty() || before == rows.back().no);
      cursor = all ? "" : std::to_string(before.value);
      if (all) break;
    }
    return {};
  });
  if (!read) return read.error();
  Json answer = Json::object({{"items", std::move(items)}});
  if (!cursor.empty()) answer.set("cursor", cursor);
  return answer;
}

namespace {

/// What is read must be applied everywhere; what is to be shown counts where it may be written.
bool has_converged(const Json& channel) {
  const auto none = [&](const char* count) { return channel.integer_or(count) == 0; };
  if (!none("unread_rows") || !none("parked_rows") || !none("differences") || channel.bool_or("syncing")) return false;
  if (channel.text_or("policy") == "observe") return true;
  return channel.text_or("state") != "paused" && none("pending") && none("waiting") && none("held") && none("parked") &&
         none("not_listed") && none("in_doubt");
}

}  // namespace

Result<Json> Engine::status() {
  auto& world = core_.world();
  auto listed = channels();
  if (!listed) return listed;
  const std::shared_lock guard(world.mutex);
  Json problems = Json::array(), holds = Json::array(), oversold = Json::array(), trackers = Json::array();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    for (const auto& p : store::problems(session, 200)) {
      if (p.channel.value != 0 && !world.find_any(p.channel)) continue;  // of a channel that is not configured any more
      problems.push_back(Json::object({{"channel", world.name_of(p.channel)},
                                       {"thing", p.thing},
                                       {"aspect", p.kind},
                                       {"reason", p.reason},
                                       {"since", format_iso(p.since)},
                                       {"todo", p.todo}}));
    }
    for (const auto& tracker : world.trackers) {
      Json json = tracker_json(session, *tracker);
      add_budgets(json, *tracker);
      trackers.push_back(std::move(json));
    }
    for (const auto& h : store::holds(session))
      holds.push_back(Json::object({{"digest", h.digest},
                                    {"channel", world.name_of(h.channel)},
                                    {"aspect", h.aspect},
                                    {"count", h.count},
                                    {"reason", h.reason},
                                    {"since", format_iso(h.since)}}));
    for (const auto& o : store::oversells(session, 1000)) {
      const auto variant = store::get_variant(session, o.variant);
      oversold.push_back(Json::object({{"sku", variant ? variant->sku : ""},
                                       {"order", order_name(session, world, o.order)},
                                       {"other_order", order_name(session, world, o.other_order)},
                                       {"short", o.short_by},
                                       {"delay_ms", o.delay.count()},
                                       {"rule", o.rule},
                                       {"cause", o.cause},
                                       {"at", format_iso(o.at)}}));
    }
    return {};
  });
  if (!read) return read.error();
  std::int64_t differences = 0, observed = 0, unread = 0, parked = 0;
  bool converged = true;
  std::optional<std::int64_t> last;
  for (const auto& channel : listed->find("items")->as_array()) {
    differences += channel.integer_or("differences");
    observed += channel.integer_or("observed_differences");
    unread += channel.integer_or("unread_rows");
    parked += channel.integer_or("parked_rows");
    converged = converged && has_converged(channel);
    if (channel.find("last_decrease_ms")) last = std::max(last.value_or(0), channel.integer_or("last_decrease_ms"));
  }
  Json answer = Json::object({{"uptime_ms", (world.clock.now() - started_).count()},
                              {"version", version_},
                              {"converged", converged},
                              {"differences", differences},
                              {"observed_differences", observed}});
  answer.set("channels", *listed->find("items"));
  if (!trackers.empty()) answer.set("trackers", std::move(trackers));
  answer.set("problems", std::move(problems));
  answer.set("holds", std::move(holds));
  answer.set("inbox", Json::object({{"unread", unread}, {"parked", parked}}));
  answer.set("oversold", std::move(oversold));
  if (last) answer.set("last_decrease_ms", *last);
  return answer;
}

Result<Json> Engine::events(std::int64_t sequence, std::size_t limit) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Json items = Json::array();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    for (const auto& entry : store::journal_after(session, sequence, limited(limit))) {
      auto detail = Json::parse(entry.detail);
      Json item = Json::object({{"sequence", entry.sequence},
                                {"at", format_iso(entry.at)},
                                {"what", entry.what},
                                {"cause", entry.cause},
                                {"channel", world.name_of(entry.channel)},
                                {"thing", entry.thing}});
      if (detail) item.set("detail", std::move(*detail));
      items.push_back(std::move(item));
      sequence = entry.sequence;
    }
    return {};
  });
  if (!read) return read.error();
  return Json::object({{"items", std::move(items)}, {"sequence", sequence}});
}

Result<Json> Engine::metrics() {
  auto listed = status();
  if (!listed) return listed;
  Json items = Json::array();
  const auto add = [&](const char* name, const char* help, const char* type, const std::string& channel, std::int64_t value) {
    Json labels = Json::object();
    if (!channel.empty()) labels.set("channel", channel);
    items.push_back(Json::object({{"name", name}, {"help", help}, {"type", type}, {"labels", std::move(labels)}, {"value", value}}));
  };
  add("tallyd_uptime_seconds", "Seconds since the start", "gauge", "", listed->integer_or("uptime_ms") / 1000);
  add("tallyd_drift", "Offers and listings that were seen otherwise than we put them there", "gauge", "",
      listed->integer_or("differences"));
  add("tallyd_problems", "What needs a person", "gauge", "", static_cast<std::int64_t>(listed->find("problems")->as_array().size()));
  add("tallyd_oversold", "Oversells that were recorded", "gauge", "",
      static_cast<std::int64_t>(listed->find("oversold")->as_array().size()));
  struct Gauge {
    const char *field, *name, *help;
  };
  for (const Gauge& gauge :
       {Gauge{"offers", "tallyd_offers", "Offers by channel"},
        Gauge{"orders", "tallyd_orders", "Orders by channel"},
        Gauge{"pending", "tallyd_pending", "Marks that wait to be pushed"},
        Gauge{"unread_rows", "tallyd_inbox_unread", "Inbox rows that are not applied yet"},
        Gauge{"not_listed", "tallyd_not_listed", "Products that are to be listed and are not"},
        Gauge{"held", "tallyd_held", "Changes that the guard holds for a person"},
        Gauge{"parked_rows", "tallyd_inbox_parked", "Documents that could not be read"},
        Gauge{"observed_differences", "tallyd_observed_differences", "What a plan would change on a channel that only observes"},
        Gauge{"never_looked", "tallyd_never_looked", "Offers that no look has confirmed yet"},
        Gauge{"oldest_unverified_s", "tallyd_oldest_unverified_seconds", "Since the offer that waits longest was looked at"},
        Gauge{"held_orders", "tallyd_orders_held", "Orders that wait for a person"},
        Gauge{"differing_hours", "tallyd_orders_differing_hours", "Hours whose placed orders are not the same here and there"},
        Gauge{"taken_24h", "tallyd_orders_taken_24h", "Orders of the last 24 hours that took goods"},
        Gauge{"cancelled_24h", "tallyd_orders_cancelled_24h", "Orders that the channel told were cancelled in the last 24 hours"},
        Gauge{"shipped_24h", "tallyd_orders_shipped_24h", "Orders that the channel told have left in the last 24 hours, without us"},
        Gauge{"unusual", "tallyd_orders_unusual", "Of these three, how many are more than three times the usual"},
        Gauge{"parked", "tallyd_parked", "Changes that were refused and wait for a correction"},
        Gauge{"left_alone", "tallyd_left_alone", "Changes that a person discarded: what is shown there differs on purpose"},
        Gauge{"raises_held", "tallyd_raises_held", "Raises that wait for an order read"},
        Gauge{"raises_held_s", "tallyd_raises_held_seconds", "Since the one of them that waits longest began to"}}) {
    for (const auto& channel : listed->find("channels")->as_array())
      add(gauge.name, gauge.help, "gauge", channel.text_or("name"), channel.integer_or(gauge.field));
  }
  for (const auto& channel : listed->find("channels")->as_array()) {
    const Json* webhooks = channel.find("webhooks");
    if (webhooks && webhooks->find("wanted"))
      add("tallyd_webhooks_off", "Webhooks that should tell of this channel and do not work", "gauge", channel.text_or("name"),
          webhooks->integer_or("wanted") - webhooks->integer_or("active"));
  }
  for (const auto& channel : listed->find("channels")->as_array())
    add("tallyd_orders_missed_total", "Orders that only the comparison with the channel's list brought", "counter", channel.text_or("name"),
        channel.integer_or("orders_missed"));
  return Json::object({{"items", std::move(items)}});
}

}  // namespace tally::engine
