#include "engine/nonsense.hpp"

#include "base/crypto.hpp"
#include "base/decimal.hpp"
#include "channel/connector.hpp"
#include "engine/stock.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace tally::engine {
namespace {

constexpr std::string_view two_shapes = "this order was another one before: ";
constexpr std::string_view no_such_currency = "its currency '";
constexpr std::string_view currency_as_read = "currency: '";                          // how a mapping's doubts of that field begin
constexpr std::string_view state_as_read = "state: ", payment_as_read = "payment: ";  // and of these
constexpr std::string_view part_is_paid = "only a part of it is paid";
constexpr std::string_view no_table = " is not in the table ";
constexpr std::string_view no_sku = " names no SKU", unknown_sku = " names the unknown SKU ";
constexpr std::string_view before_released = ": it reserves and moves nothing before it is released";
constexpr std::string_view and_more = "and ", more = " more";

bool is_of_state(const std::string& doubt) {
  return doubt.starts_with(state_as_read) || doubt.starts_with(payment_as_read);
}

template <class Wanted>
bool any_doubt(const Json& document, const Wanted& wanted) {
  const Json* doubts = document.find("doubts");
  return doubts && doubts->is_array() &&
         std::ranges::any_of(doubts->as_array(), [&](const Json& doubt) { return wanted(doubt.scalar_text()); });
}

bool is_unknown(const Json& code) {
  return !code.is_string() || !Currency::parse(code.as_string()).has_value();
}

/// Amounts of this tree, however deep, that are in a currency nobody knows.
void take_out_amounts(Json& tree, std::set<std::string>& unknown) {
  if (tree.is_array()) {
    for (auto& item : tree.as_array()) take_out_amounts(item, unknown);
    return;
  }
  if (!tree.is_object()) return;
  std::vector<std::string> gone;
  for (auto& [name, value] : tree.as_object()) {
    const Json* code = value.is_object() && value.find("amount") ? value.find("currency") : nullptr;
    if (!code || !is_unknown(*code)) {
      take_out_amounts(value, unknown);
      continue;
    }
    unknown.insert(code->scalar_text());
    gone.push_back(name);
  }
  for (const auto& name : gone) tree.erase(name);
}

void tell_lines_apart(Json& lines, Doubts& doubts) {
  std::map<std::string, int> seen;
  for (auto& line : lines.as_array()) {
    const Json* id = line.is_object() ? line.find("@id") : nullptr;
    const std::string name = id && !id->is_null() ? id->scalar_text() : "";
    if (name.empty()) continue;
    const int times = ++seen[name];
    if (times == 1) continue;
    line.set("@id", name + " (" + std::to_string(times) + ")");
    if (times == 2) doubts.push_back("several lines have the id " + name);
  }
}

/// As complete() will have it.
Currency currency_of(const Order& order) {
  return order.currency.empty() && order.total ? order.total->currency : order.currency;
}

/// What the order says of too many units of this line; nothing where it says nothing of the kind.
std::optional<std::string> excess_of(const Order& order, const OrderLine& line) {
  Quantity most = std::max<Quantity>(line.quantity, line.restocked.value_or(0));
  const auto look_at = [&](const std::vector<LineRef>& refs) {
    for (const auto& ref : refs) most = ref.line == line.id ? std::max(most, ref.quantity) : most;
  };
  for (const auto& refund : order.refunds) look_at(refund.lines);
  for (const auto& shipment : order.shipments) look_at(shipment.lines);
  if (most <= most_units_a_line || most > most_units) return {};  // above that it is none at all, as complete() says
  return "line " + line.id + " is of " + std::to_string(most) + " units, more than " + std::to_string(most_units_a_line) +
         std::string(before_released);
}

bool says(const Json& thing, std::string_view what) {
  const Json* said = thing.find(what);
  return said && !said->is_null();
}

/// By its own words.
bool sells_as(const OrderLine& line, const OrderLine& other) {
  return normal_sku(line.sku.text).text == normal_sku(other.sku.text).text && line.offer.id == other.offer.id;
}

bool have_a_line_in_common(const Order& a, const Order& b) {
  return std::any_of(a.lines.begin(), a.lines.end(), [&](const OrderLine& line) {
    return std::any_of(b.lines.begin(), b.lines.end(), [&](const OrderLine& other) {
      return line.id == other.id || (!line.sku.empty() && normal_sku(line.sku.text) == normal_sku(other.sku.text));
    });
  });
}

/// What is looked for among the reasons that an order was stored with.
bool is_looked_for(const std::string& reason) {
  return is_of_state(reason) || stays(reason) || reason.starts_with(channel::lacks_words) || reason.ends_with(before_released);
}

std::string more_words(std::size_t hidden) {
  return std::string(and_more) + std::to_string(hidden) + std::string(more);
}

std::size_t take_out_more(Doubts& reasons) {
  std::size_t hidden = 0;
  std::erase_if(reasons, [&](const std::string& reason) {
    const std::size_t stands_for = more_of(reason);
    hidden += stands_for;
    return stands_for > 0;
  });
  return hidden;
}

/// At most so many bytes, and no half letter.
std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

void make_readable(Json& order, Doubts& doubts) {
  if (!order.is_object()) return;
  std::set<std::string> unknown;
  take_out_amounts(order, unknown);
  if (const Json* code = order.find("currency"); code && !code->is_null() && !code->empty() && is_unknown(*code)) {
    unknown.insert(code->scalar_text());
    order.erase("currency");
  }
  for (const auto& code : unknown) doubts.push_back(std::string(no_such_currency) + code + "' does not exist");
  if (Json* lines = order.find("lines"); lines && lines->is_array()) tell_lines_apart(*lines, doubts);
}

std::string own_currency(const Json& document) {
  const Json* doubts = document.find("doubts");
  if (!doubts || !doubts->is_array()) return {};
  for (const auto& doubt : doubts->as_array()) {
    const std::string text = doubt.scalar_text();
    for (const std::string_view words : {no_such_currency, currency_as_read}) {
      if (text.starts_with(words)) return text.substr(words.size(), text.find('\'', words.size()) - words.size());
    }
  }
  return {};
}

Json total_as_said(const Json& document) {
  const Json* total = document.find("total");
  Json said = total ? *total : Json();
  if (const std::string own = own_currency(document); !own.empty() && said.is_object()) said.set("currency", own);
  return said;
}

void hold_unknown_state(Order& order, const Doubts& doubts) {
  if (!doubts_its_state(doubts)) return;
  const bool of_payment = std::ranges::any_of(doubts, [](const std::string& doubt) { return doubt.starts_with(payment_as_read); });
  if (of_payment && (order.payment == PaymentState::pending || order.payment == PaymentState::void_)) order.payment.reset();
  if (order.state == OrderState::pending && !order.payment && !order.cancelled_at) order.state = OrderState::held;
}

bool is_guessed(const std::string& state, const Json& document) {
  return state == name_of(OrderState::held) && any_doubt(document, is_of_state);
}

bool asks_for_a_table(const Json& document) {
  return any_doubt(document, [](const std::string& doubt) { return doubt.find(no_table) != std::string::npos; });
}

Doubts paid_in_part(const Order& order) {
  const bool may_be_sent = order.state == OrderState::paid || order.state == OrderState::held || order.state == OrderState::released ||
                           order.state == OrderState::part_shipped;
  return order.payment == PaymentState::part_paid && may_be_sent ? Doubts{std::string(part_is_paid)} : Doubts();
}

void release_guess(Order& order, const Doubts& doubts) {
  const auto waits = [](const std::string& hold) { return is_of_state(hold) || hold == part_is_paid; };
  const bool held_there = order.fulfilment == FulfilmentState::held;
  const bool guessed = doubts_its_state(doubts) || (!paid_in_part(order).empty() && !held_there);
  if (order.state == OrderState::held && guessed && std::ranges::none_of(order.holds, waits)) order.state = OrderState::released;
}

bool doubts_its_state(const Doubts& doubts) {
  return std::ranges::any_of(doubts, is_of_state);
}

bool says_no_state(const Json& tree) {
  return !says(tree, "state") && !says(tree, "payment") && !says(tree, "fulfilment") && !says(tree, "cancelled_at");
}

std::string no_state() {
  return std::string(state_as_read) + "none is said";
}

Kept keep_known(Order& order, const Json& tree, const Order& told, const Order& done) {
  Kept kept;
  if (!says(tree, "state") && !says(tree, "payment") && !order.cancelled_at) {
    order.state = told.state;
    kept.doubts.push_back(no_state());
  }
  if (!says(tree, "lines") && !told.lines.empty()) {
    order.lines = told.lines;
    kept.doubts.push_back("it says no lines: it keeps those that it had");
    return kept;
  }
  const auto left_of = [&](const OrderLine& line) { return line.quantity > 0 ? count_of(done, line).shipped : 0; };
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    auto& line = order.lines[i];
    const bool is_said = says(tree.find("lines")->as_array()[i], "quantity");
    const auto was = std::ranges::find(told.lines, line.id, &OrderLine::id);
    if (was == told.lines.end() || was->quantity <= 0 || !sells_as(line, *was)) continue;
    const bool is_none = is_said && line.quantity == 0;
    if ((is_said && line.quantity > 0) || (is_none && left_of(*was) == 0)) continue;
    kept.doubts.push_back("line " + line.id + ": " + (is_said ? "a quantity of " + std::to_string(line.quantity) : "no quantity") +
                          (is_none ? ", and " + std::to_string(left_of(*was)) + " have left: they stay gone"
                                   : "; it keeps the " + std::to_string(was->quantity) + " that it had"));
    kept.lines.insert(line.id);
    line.quantity = is_none ? left_of(*was) : was->quantity;
  }
  for (const auto& was : told.lines) {
    const bool is_there = std::ranges::any_of(
        order.lines, [&](const OrderLine& line) { return line.id == was.id || (!line.sku.empty() && sells_as(line, was)); });
    if (is_there || left_of(was) == 0) continue;
    kept.doubts.push_back("line " + was.id + (was.sku.empty() ? "" : " (" + was.sku.text + ")") + " is gone from it, and " +
                          std::to_string(left_of(was)) + " have left: they stay gone");
    kept.lines.insert(was.id);
    OrderLine gone;
    gone.id = was.id, gone.offer = was.offer, gone.sku = was.sku, gone.quantity = left_of(was);
    order.lines.push_back(std::move(gone));
  }
  return kept;
}

Doubts from_the_future(Order& order, Time came, Time now) {
  std::optional<Time> said;
  const auto look_at = [&](std::optional<Time>& moment) {
    if (!moment || *moment <= now + furthest_ahead) return;
    if (!said) said = moment;
    moment = std::min(came, now);
  };
  for (auto* moment : {&order.placed_at, &order.paid_at, &order.cancelled_at}) look_at(*moment);
  for (auto& shipment : order.shipments) look_at(shipment.at);
  for (auto& refund : order.refunds) look_at(refund.at);
  look_at(order.changed_at);
  if (!said) return {};
  return {"it is dated " + format_iso(*said) + ", more than a day ahead of our clock: it counts from when we had it"};
}

Doubts other_shape(const Order& before, const Order& now) {
  Doubts doubts;
  const Currency was = currency_of(before), is = currency_of(now);
  if (!was.empty() && !is.empty() && was != is) doubts.push_back(std::string(two_shapes) + "in " + was.code + ", now in " + is.code);
  if (!before.lines.empty() && !now.lines.empty() && !have_a_line_in_common(before, now))
    doubts.push_back(std::string(two_shapes) + "not one of its lines is the same");
  return doubts;
}

std::string shape_of(const Order& order) {
  std::multiset<std::string> lines;
  for (const auto& line : order.lines) lines.insert(Json(Json::Array{line.sku.text, line.offer.id, line.quantity}).dump());
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  return crypto::state_hash(all);
}

std::string keeps_turning() {
  return std::string(two_shapes) + "it keeps turning between lists of lines under one time of change";
}

bool stays(const std::string& doubt) {
  return doubt.starts_with(two_shapes);
}

Doubts beyond_measure(const Order& order) {
  Doubts doubts;
  for (const auto& line : order.lines) {
    if (auto excess = excess_of(order, line)) doubts.push_back(std::move(*excess));
  }
  return doubts;
}

std::vector<ResolvedLine> lines_that_count(const Order& order, std::vector<ResolvedLine> lines) {
  for (const auto& line : order.lines) {
    const auto excess = excess_of(order, line);
    if (!excess || std::find(order.holds.begin(), order.holds.end(), *excess) == order.holds.end()) continue;
    for (auto& resolved : lines) {
      if (resolved.line == line.id) resolved = {.line = line.id, .sold = VariantNo(), .parts = {}};
    }
  }
  return lines;
}

Doubts odd_for(const Order& order, const std::string& currency_of_channel) {
  if (currency_of_channel.empty() || order.currency.empty() || order.currency.code == currency_of_channel) return {};
  return {"it is in " + order.currency.code + " and the channel sells in " + currency_of_channel};
}

Doubts unknown_goods(const Order& order, const std::vector<ResolvedLine>& lines) {
  Doubts doubts;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const auto& line = order.lines[i];
    if (!lines[i].known())
      doubts.push_back("line " + line.id + (line.sku.empty() ? std::string(no_sku) : std::string(unknown_sku) + line.sku.text));
  }
  return doubts;
}

bool must_be_mended(const std::string& hold) {
  return hold.starts_with("line ") && (hold.ends_with(no_sku) || hold.find(unknown_sku) != std::string::npos);
}

std::size_t more_of(const std::string& reason) {
  if (reason.size() <= and_more.size() + more.size() || !reason.starts_with(and_more) || !reason.ends_with(more)) return 0;
  std::size_t number = 0;
  const char* end = reason.data() + reason.size() - more.size();
  const auto read = std::from_chars(reason.data() + and_more.size(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : 0;
}

void shorten(Doubts& reasons) {
  std::size_t hidden = take_out_more(reasons);
  if (reasons.size() > most_reasons) {
    std::ranges::stable_partition(reasons, is_looked_for);
    hidden += reasons.size() - most_reasons;
    reasons.resize(most_reasons);
  }
  if (hidden > 0) reasons.push_back(more_words(hidden));
}

std::string in_short(Doubts reasons) {
  constexpr std::size_t most_bytes = 400;
  std::size_t hidden = take_out_more(reasons) + reasons.size();
  std::string text;
  for (const auto& reason : reasons) {
    if (!text.empty() && text.size() + reason.size() > most_bytes) break;
    text += (text.empty() ? "" : "; ") + cut(reason, most_bytes);
    --hidden;
  }
  if (hidden > 0) text += (text.empty() ? "" : "; ") + more_words(hidden);
  return text;
}

std::string way_out(const std::vector<std::string>& holds, const std::string& channel, const std::string& order) {
  const std::string of_order = order + " --channel " + channel, release = "`tallyd order release " + of_order + "`";
  const bool table =
      std::ranges::any_of(holds, [](const auto& hold) { return is_of_state(hold) && hold.find(no_table) != std::string::npos; });
  if (std::ranges::any_of(holds, must_be_mended)) {
    const std::string first =
        "add the missing SKU with `tallyd import`, correct the order on the channel, or say what the line sells: "
        "`tallyd order remap " +
        of_order + " --sku SKU`; no release lets it go before";
    return std::ranges::all_of(holds, must_be_mended) ? first : first + "; what else holds it goes by " + release;
  }
  if (table) return "add the word to its table in the channel's mapping and `tallyd reload`; or say that it is paid and may go: " + release;
  return "look at it, then correct it on the channel, or let it go as it is: " + release;
}

}  // namespace tally::engine
