#include "engine/order_wish.hpp"

#include "engine/order_answer.hpp"
#include "model/claim.hpp"
#include "model/parcel.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

constexpr Duration ahead{86400000};  ///< so far in the future a parcel may be dated
constexpr std::size_t most_text = 500;

Error refused(std::string what, std::string todo = {}) {
  return error(Fault::invalid, std::move(what), "order", std::move(todo));
}

Error cannot(std::string what, std::string todo) {
  return error(Fault::rejected, std::move(what), "order", std::move(todo));
}

struct Part {
  const OrderLine* line = nullptr;
  Quantity units = 0;
};
using Parts = std::vector<Part>;
/// How many units of a line can still be concerned.
using Room = Quantity (*)(const LineCount&);

Quantity open_units(const LineCount& count) {
  return count.open();
}
Quantity units_left(const LineCount& count) {
  return std::max<Quantity>(count.shipped - count.returned, 0);
}
Quantity units_sold(const LineCount& count) {
  return std::max<Quantity>(count.ordered - count.cancelled - count.returned, 0);
}

Parts whole_order(const Order& order, Room room) {
  Parts parts;
  for (const auto& line : order.lines) {
    if (const Quantity units = room(count_of(order, line)); units > 0) parts.push_back({&line, units});
  }
  return parts;
}

bool names(const Json& wanted, const OrderLine& line) {
  const Json* id = wanted.find("line");
  return id ? id->scalar_text() == line.id : normal_sku(line.sku.text).text == normal_sku(wanted.text_or("sku")).text;
}

std::string called(const Json& wanted) {
  const Json* id = wanted.find("line");
  return id ? "the line " + id->scalar_text() : wanted.text_or("sku");
}

/// Units of one SKU may stand on several lines: the first ones first.
Result<void> add_parts(const Json& wanted, const Order& order, Room room, Parts& parts) {
  const Json* asked = wanted.find("quantity");
  std::optional<Quantity> units;
  if (asked) {
    const auto number = asked->integer();
    if (!number || *number < 1) return refused("a quantity is a whole number above 0", "write --line SKU=2");
    units = *number;
  }
  bool found = false;
  Quantity there = 0;
  for (const auto& line : order.lines) {
    if (!names(wanted, line)) continue;
    found = true;
    Quantity free = room(count_of(order, line));
    for (const auto& part : parts) free -= part.line == &line ? part.units : 0;
    const Quantity taken = std::min(free, units.value_or(free));
    there += std::max<Quantity>(free, 0);
    if (taken <= 0) continue;
    parts.push_back({&line, taken});
    if (units) *units -= taken;
  }
  if (!found) return refused("the order has no " + called(wanted), "`tallyd order show` lists its lines");
  if (units.value_or(0) > 0)
    return refused(called(wanted) + ": only " + std::to_string(there) + " can be meant", "`tallyd order show` tells what left");
  return {};
}

Result<Parts> parts_of(const Json& wish, const Order& order, Room room) {
  const Json* lines = wish.find("lines");
  if (!lines || lines->empty()) return whole_order(order, room);
  if (!lines->is_array() || lines->as_array().size() > 1000) return refused("lines must be a list of at most 1,000");
  Parts parts;
  for (const auto& wanted : lines->as_array()) {
    if (!wanted.is_object()) return refused("a line is {sku, quantity}");
    if (auto added = add_parts(wanted, order, room, parts); !added) return added.error();
  }
  return parts;
}

Json ref_of(const Part& part) {
  return Json::object({{"line", Json::object({{"@id", part.line->id}})}, {"quantity", part.units}});
}

Result<std::string> text_in(const Json& wish, const char* name) {
  const std::string text = wish.text_or(name);
  if (text.size() > most_text) return refused(std::string(name) + " is longer than " + std::to_string(most_text) + " bytes");
  return text;
}

Result<void> allowed(const Channel& channel, const char* action, const std::string& what) {
  if (channel.facts.actions.contains(action)) return {};
  return cannot(channel.config.name + " (" + channel.config.connector + ") takes no " + what + " from outside",
                "do it on the platform itself: the order is read again and follows");
}

Result<Time> moment_in(const Json& wish, Time now) {
  const std::string text = wish.text_or("at");
  if (text.empty()) return now;
  const auto at = parse_iso(text);
  if (!at) return refused("'" + text + "' is no moment", "write it like 2026-03-02T09:15:00Z");
  if (*at > now + ahead) return refused("'" + text + "' is more than a day ahead");
  return *at;
}

Result<std::string> carrier_in(const Json& wish, const Channel& channel) {
  const std::string carrier = wish.text_or("carrier");
  const auto& known = channel.facts.carriers;
  if (carrier.empty()) return refused("a parcel needs a carrier", "--carrier dhl");
  if (known.empty() || known.contains(carrier)) return carrier;
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  return refused("for '" + carrier + "' " + channel.config.name + " knows no name of its own: it knows " + list,
                 "add it to the channel's file: tables: { carriers: { " + carrier + ": … } }");
}

Result<Json> parcel_of(const Json& wish, const Order& order, const Channel& channel, Time now) {
  if (auto may = allowed(channel, "confirm_shipment", "shipments"); !may) return may.error();
  if (order.state == OrderState::cancelled || order.state == OrderState::refunded)
    return cannot("the order is " + std::string(name_of(order.state)), "nothing of it is to be sent any more");
  const auto carrier = carrier_in(wish, channel);
  if (!carrier) return carrier.error();
  const auto tracking = text_in(wish, "tracking"), url = text_in(wish, "tracking_url");
  if (!tracking) return tracking.error();
  const std::string number = plain_tracking(*tracking);
  if (number.empty()) return refused("a parcel needs its tracking number", "--tracking NUMBER");
  if (!url) return url.error();
  for (const auto& parcel : order.shipments) {
    if (plain_tracking(parcel.tracking) == number)
      return cannot("a parcel " + parcel.tracking + " of this order is there already", "`tallyd order show`");
  }
  const auto at = moment_in(wish, now);
  if (!at) return at.error();
  const auto parts = parts_of(wish, order, open_units);
  if (!parts) return parts.error();
  if (parts->empty()) return cannot("nothing of this order is open", "`tallyd order show` lists its parcels");
  Json lines = Json::array();
  for (const auto& part : *parts) lines.push_back(ref_of(part));
  Json parcel = Json::object({{"carrier", *carrier}, {"tracking", *tracking}, {"lines", std::move(lines)}, {"at", format_iso(*at)}});
  if (!url->empty()) parcel.set("tracking_url", *url);
  return parcel;
}

/// `part` of `all` of an amount, rounded down to the smallest coin.
std::int64_t share(std::int64_t amount, std::int64_t part, std::int64_t all) {
  return all <= 0 ? 0 : static_cast<std::int64_t>(Decimal::Int{amount} * part / all);
}

std::int64_t share(const std::optional<Money>& amount, const Part& part) {
  return amount ? share(amount->minor, part.units, part.line->quantity) : 0;
}

/// Without a tax that comes on top.
std::int64_t net_of(const Part& part) {
  return share(part.line->discounted ? part.line->discounted : part.line->amount, part);
}

Json money_json(std::int64_t minor, const Currency& currency) {
  return Json::object({{"amount", Money{minor, currency}.major()}, {"currency", currency.code}});
}

/// What was paid and has not gone back.
std::int64_t paid_left(const Order& order) {
  std::int64_t left = order.total ? order.total->minor : 0;
  for (const auto& refund : order.refunds) left -= refund.amount ? refund.amount->minor : 0;
  return std::max<std::int64_t>(left, 0);
}

/// Units of a line that money went back for.
Quantity paid_back(const Order& order, const OrderLine& line) {
  Quantity units = 0;
  for (const auto& refund : order.refunds) {
    if (!refund.amount || refund.amount->minor <= 0) continue;
    for (const auto& ref : refund.lines) units += ref.line == line.id ? ref.quantity : 0;
  }
  return units;
}

/// No unit is paid back twice: only a sum that the person names may be more.
Result<void> not_twice(const Order& order, const Parts& parts) {
  for (const auto& part : parts) {
    const Quantity gone = paid_back(order, *part.line), left = std::max<Quantity>(part.line->quantity - gone, 0);
    if (part.units <= left) continue;
    const std::string sku = part.line->sku.text;
    return cannot(
        "money for " + std::to_string(gone) + " of " + std::to_string(part.line->quantity) + " " + sku + " has gone back already",
        left > 0 ? "`--line " + sku + "=" + std::to_string(left) + "`, or say how much: --amount" : "say how much all the same: --amount");
  }
  return {};
}

/// Of what is paid for the lines each has its share, none more than it is worth, and the last one what remains.
Json refund_lines(const Parts& parts, std::int64_t paid, std::int64_t worth, bool restock, const Currency& currency) {
  Json lines = Json::array();
  for (const auto& part : parts) {
    const std::int64_t net = net_of(part), amount = share(net, paid, worth);
    paid -= amount;
    worth -= net;
    Json ref = ref_of(part);
    ref.set("amount", money_json(amount, currency));
    if (restock) ref.set("restocked", true);
    lines.push_back(std::move(ref));
  }
  return lines;
}

Result<Json> refund_of(const Json& wish, const Order& order, Room room, bool restock, Time now) {
  const auto parts = parts_of(wish, order, room);
  if (!parts) return parts.error();
  const auto reason = text_in(wish, "reason");
  if (!reason) return reason.error();
  for (const auto& hold : order.holds) {
    if (hold.starts_with(channel::lacks_words))
      return cannot("what went back of this order already is not known now: " + hold,
                    "it is asked for again by itself; `tallyd order show`");
  }
  const Json* named = wish.find("lines");
  const bool whole = !named || named->empty();
  if (!whole && wish.text_or("amount").empty()) {
    if (auto once = not_twice(order, *parts); !once) return once.error();
  }
  std::int64_t net = 0, tax = 0;
  for (const auto& part : *parts) {
    net += net_of(part);
    tax += order.tax_included ? 0 : share(part.line->tax, part);
  }
  const std::int64_t worth = net + tax;
  bool of_goods = true;
  std::int64_t amount = whole ? paid_left(order) : std::min(worth, paid_left(order));
  if (const std::string text = wish.text_or("amount"); !text.empty()) {
    const auto major = Decimal::parse(text);
    const auto given = major ? Money::of(*major, order.currency) : Result<Money>(major.error());
    if (!given || given->minor <= 0 || text.find_first_of("eE") != std::string::npos)
      return refused("'" + text + "' is no amount", "write it like 12.50");
    if (!(given->major() == *major))
      return refused("'" + text + "' has more digits behind the point than " + order.currency.code + " has",
                     "write at most " + std::to_string(order.currency.digits()));
    if (given->minor > paid_left(order)) return refused(text + " is more than what was paid and has not gone back");
    amount = given->minor;
    of_goods = !whole || restock;  // a sum alone names no goods
  }
  if (amount == 0) return cannot("there is nothing to pay back", "`tallyd order show` lists what went back");
  Json refund = Json::object({{"amount", money_json(amount, order.currency)}, {"at", format_iso(now)}});
  if (!reason->empty()) refund.set("reason", *reason);
  const std::int64_t paid = amount < worth ? share(net, amount, worth) : net;
  if (of_goods && !parts->empty()) refund.set("lines", refund_lines(*parts, paid, net, restock, order.currency));
  refund.set("return_money", !wish.bool_or("by_hand"));
  return refund;
}

Result<store::OrderTask> cancellation_of(const Json& wish, const Order& order, const Channel& channel, Time now) {
  store::OrderTask task;
  const Json* lines = wish.find("lines");
  if (lines && !lines->empty()) {  // the channel knows a part that will not leave only as money that goes back
    if (auto may = allowed(channel, "refund", "cancellations of single lines"); !may) return may.error();
    auto refund = refund_of(wish, order, open_units, true, now);
    if (!refund) return refund.error();
    task.kind = "refund";
    task.document = std::move(*refund);
    task.document.set("cancels", true);
    return task;
  }
  if (auto may = allowed(channel, "cancel_order", "cancellations"); !may) return may.error();
  if (order.state == OrderState::cancelled || order.state == OrderState::refunded)
    return cannot("the order is " + std::string(name_of(order.state)) + " already", "");
  for (const auto& line : order.lines) {
    if (count_of(order, line).shipped > 0) return cannot("some of it has left", "refund it: `tallyd order refund`");
  }
  const auto reason = text_in(wish, "reason");
  if (!reason) return reason.error();
  task.kind = "cancel";
  task.document = Json::object({{"reason", *reason}});
  return task;
}

Result<Json> return_of(const Json& wish, const Order& order, Time now) {
  const auto parts = parts_of(wish, order, units_left);
  if (!parts) return parts.error();
  const auto reason = text_in(wish, "reason");
  if (!reason) return reason.error();
  if (parts->empty()) return cannot("nothing of this order has left that could come back", "`tallyd order show`");
  Json lines = Json::array();
  for (const auto& part : *parts) {
    Json ref = ref_of(part);
    ref.set("restocked", true);
    lines.push_back(std::move(ref));
  }
  Json goods = Json::object({{"lines", std::move(lines)}, {"at", format_iso(now)}});
  if (!reason->empty()) goods.set("reason", *reason);
  return goods;
}

}  // namespace

Result<store::OrderTask> task_of(const Json& wish, const Order& order, const Channel& channel, Time now) {
  store::OrderTask task;
  task.kind = wish.text_or("kind");
  Result<Json> document = refused("'" + task.kind + "' is nothing that can be done with an order", "ship, cancel, refund or return");
  if (channel.facts.refunds_only_asked) {
    auto answer = answer_of(wish, order, channel, now);
    if (!answer) return answer.error();
    if (*answer) return std::move(**answer);
  }
  if (task.kind == "cancel") return cancellation_of(wish, order, channel, now);
  if (task.kind == "ship") document = parcel_of(wish, order, channel, now);
  if (task.kind == "refund") {
    if (auto may = allowed(channel, "refund", "refunds"); !may) return may.error();
    document = refund_of(wish, order, units_sold, wish.bool_or("restock"), now);
  }
  if (task.kind == "return") {
    document = return_of(wish, order, now);
    task.state = "done";
  }
  if (!document) return document.error();
  task.document = std::move(*document);
  return task;
}

}  // namespace tally::engine
