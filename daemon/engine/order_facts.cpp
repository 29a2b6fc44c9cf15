#include "engine/order_facts.hpp"

#include "model/claim.hpp"
#include "model/parcel.hpp"

#include <algorithm>
#include <map>

namespace tally::engine {
namespace {

using store::OrderTask;

template <class T>
T fact_of(const OrderTask& task);

/// Through an order's tree: the one description of how a parcel and a refund are written.
Order one_fact(const char* list, const Json& document) {
  Json tree = Json::object();
  tree.set(list, Json::Array{document});
  auto order = order_from_json(tree);
  ensure(order.has_value(), "a stored parcel or refund is one");
  return std::move(*order);
}

Json only_model(const OrderTask& task) {
  Json tree = task.document;
  for (const auto* ours : {"return_money", "cancels", "answer"}) tree.erase(ours);
  return tree;
}

template <>
Shipment fact_of<Shipment>(const OrderTask& task) {
  return one_fact("shipments", only_model(task)).shipments.front();
}
template <>
Refund fact_of<Refund>(const OrderTask& task) {
  return one_fact("refunds", only_model(task)).refunds.front();
}

template <class T>
bool ours(const T& theirs, const T& fact, const OrderTask& task) {
  return (!fact.mark.empty() && theirs.mark == fact.mark) || (!task.remote.empty() && theirs.id == task.remote);
}

template <class List>
auto find_shipment(List& order, const Shipment& parcel, const OrderTask& task) {
  const std::string number = plain_tracking(parcel.tracking);
  return std::find_if(order.shipments.begin(), order.shipments.end(), [&](const Shipment& theirs) {
    return ours(theirs, parcel, task) || (!number.empty() && plain_tracking(theirs.tracking) == number);
  });
}

template <class List>
auto find_refund(List& order, const Refund& refund, const OrderTask& task) {
  return std::find_if(order.refunds.begin(), order.refunds.end(), [&](const Refund& theirs) { return ours(theirs, refund, task); });
}

/// The state of the after-sale that the task answers.
std::optional<AfterSaleState> answered(const Order& order, const OrderTask& task) {
  const auto sale = std::ranges::find(order.after_sales, task.remote, &AfterSale::id);
  return task.remote.empty() || sale == order.after_sales.end() ? std::nullopt : std::optional(sale->state);
}

bool ended(OrderState state) {
  return state == OrderState::cancelled || state == OrderState::refunded;
}
bool all_left(OrderState state) {
  return state == OrderState::shipped || state == OrderState::completed;
}

void lay_parcel(Order& order, const OrderTask& task) {
  const auto parcel = fact_of<Shipment>(task);
  const auto theirs = find_shipment(order, parcel, task);
  if (theirs == order.shipments.end()) {
    order.shipments.push_back(parcel);
    return;
  }
  theirs->carrier = parcel.carrier;  // in our own word for it
  if (!theirs->at) theirs->at = parcel.at;
  if (theirs->lines.empty()) theirs->lines = parcel.lines;
}

/// The platform says what it paid back; what of it lies on our shelf again, we say.
void lay_refund(Order& order, const OrderTask& task) {
  auto refund = fact_of<Refund>(task);
  refund.had_left = task.kind == "return" || task.document.text_or("answer") == "receive";
  const auto theirs = find_refund(order, refund, task);
  if (theirs == order.refunds.end()) {
    order.refunds.push_back(refund);
    return;
  }
  for (const auto& line : refund.lines) {
    if (!line.restocked) continue;
    const auto same = std::find_if(theirs->lines.begin(), theirs->lines.end(),
                                   [&](const LineRef& ref) { return ref.line == line.line && ref.quantity == line.quantity; });
    if (same != theirs->lines.end())
      same->restocked = true;
    else
      theirs->lines.push_back(line);
  }
}

/// An answer to an after-sale that the order does not show yet is not given twice; one that came to its state after it waits again.
void lay_answer(Order& order, const OrderTask& task) {
  const auto sale = std::ranges::find(order.after_sales, task.remote, &AfterSale::id);
  if (task.remote.empty() || sale == order.after_sales.end()) return;
  if (task.state == "confirmed" && sale->at && *sale->at > task.sent_at) return;
  const bool receives = task.document.text_or("answer") == "receive";
  if (sale->state != (receives ? AfterSaleState::sent_back : AfterSaleState::asked)) return;
  sale->state = task.kind == "agree" ? AfterSaleState::agreed : AfterSaleState::paying;
}

/// Goods that left or came back did so whatever the platform thinks of it; a cancellation that it refuses is none.
bool counts(const OrderTask& task) {
  if (task.state == "dropped") return false;
  if (task.state != "refused") return true;
  return task.kind == "ship" || (task.kind == "refund" && !task.document.bool_or("cancels"));
}

/// The channel had taken the cancellation, and shows the order open in a later state of it.
bool taken_up_again(const Order& order, const OrderTask& task) {
  constexpr Duration same_moment{2000};
  return task.state == "confirmed" && order.changed_at && *order.changed_at > task.sent_at + same_moment;
}

/// Everything has left, says the platform, and names no parcel: what ours do not hold left too.
void add_the_rest(Order& order) {
  Shipment rest;
  for (const auto& line : order.lines) {
    if (const Quantity open = count_of(order, line).open(); open > 0) rest.lines.push_back({line.id, open, std::nullopt, false});
  }
  if (!rest.lines.empty()) order.shipments.push_back(std::move(rest));
}

}  // namespace

bool shows(const Order& order, const OrderTask& task) {
  if (task.kind == "ship") return find_shipment(order, fact_of<Shipment>(task), task) != order.shipments.end();
  const auto sale = answered(order, task);
  if (task.kind == "agree") return sale && *sale != AfterSaleState::asked;
  if (task.kind == "refund")
    return sale == AfterSaleState::paying || find_refund(order, fact_of<Refund>(task), task) != order.refunds.end();
  return task.kind == "cancel" && ended(order.state);
}

Order with_tasks(Order order, const std::vector<OrderTask>& tasks, std::int64_t last) {
  const bool theirs_named = !order.shipments.empty();
  bool shipped = false;
  for (const auto& task : tasks) {
    if (task.no > last || !counts(task)) continue;
    lay_answer(order, task);
    if (task.kind == "agree") continue;
    if (task.kind == "ship") {
      lay_parcel(order, task);
      shipped = true;
    } else if (task.kind == "cancel") {
      if (ended(order.state) || all_left(order.state) || taken_up_again(order, task)) continue;
      order.state = OrderState::cancelled;
      if (!order.cancelled_at) order.cancelled_at = task.at;
    } else {
      lay_refund(order, task);
    }
  }
  if (!shipped || ended(order.state)) return order;
  if (all_left(order.state)) {
    if (!theirs_named) add_the_rest(order);
    return order;
  }
  const bool open = std::any_of(order.lines.begin(), order.lines.end(), [&](const auto& line) { return count_of(order, line).open() > 0; });
  order.state = open ? OrderState::part_shipped : OrderState::shipped;
  return order;
}

bool says_all_left(const Order& order) {
  return all_left(order.state) || order.fulfilment == FulfilmentState::done;
}

void name_what_left(Order& order, const Order& before, const std::vector<OrderTask>& tasks) {
  const Order is = with_tasks(order, tasks), was = with_tasks(before, tasks);
  if (is.shipments.empty()) return;  // none is named, and so all left, whatever was paid back
  Order named = order;
  named.state = OrderState::part_shipped;
  named.fulfilment.reset();
  named = with_tasks(std::move(named), tasks);
  Shipment rest;
  for (const auto& line : order.lines) {
    const auto had = std::ranges::find(was.lines, line.id, &OrderLine::id);
    const Quantity had_left = had == was.lines.end() ? 0 : std::min(count_of(was, *had).shipped, line.quantity);
    const Quantity units = std::max(count_of(is, line).shipped, had_left) - count_of(named, line).shipped;
    if (units > 0) rest.lines.push_back({line.id, units, std::nullopt, false});
  }
  if (!rest.lines.empty()) order.shipments.push_back(std::move(rest));
}

namespace {

std::string id_at(const Json& tree, std::string_view first, std::string_view second = {}) {
  const Json* found = tree.find(first);
  if (found && !second.empty()) found = found->find(second);
  return found && !found->is_null() ? found->scalar_text() : "";
}

/// The order's lines that sold the offer which `named` names.
std::vector<const Json*> sold_as(const Json::Array& lines, const Json& named) {
  std::vector<const Json*> found;
  const Json* offer = named.find("offer");
  const std::string wanted = offer ? id_at(*offer, "@id") : "";
  if (wanted.empty()) return found;
  for (const auto& line : lines) {
    const Json* sold = line.find("offer");
    if (sold && id_at(*sold, "@id") == wanted) found.push_back(&line);
  }
  return found;
}

Json of_line(Json ref, const Json& line) {
  ref.set("line", Json::object({{"@id", id_at(line, "@id")}}));
  return ref;
}

using UnitsByLine = std::map<std::string, Quantity>;

/// What is of an offer that several lines sold is of each in turn, as far as nothing before it was (`named`); more than all of them is of
/// the last. An amount stays whole, with the first part.
void share_out(const Json& ref, const std::vector<const Json*>& lines, UnitsByLine& named, Json& parts) {
  Quantity rest = ref.integer_or("quantity");
  if (lines.size() == 1 || rest <= 0) {
    parts.push_back(of_line(ref, *lines.front()));
    return;
  }
  Json part = ref;
  for (const Json* line : lines) {
    Quantity& so_far = named[id_at(*line, "@id")];
    const Quantity open = std::max<Quantity>(line->integer_or("quantity") - so_far, 0);
    const Quantity units = line == lines.back() ? rest : std::min(open, rest);
    if (units == 0) continue;
    parts.push_back(of_line(part.set("quantity", units), *line));
    part.erase("amount");
    so_far += units;
    rest -= units;
  }
}

void name_refs(Json& order, const char* list) {
  Json* facts = order.find(list);
  const Json* lines = order.find("lines");
  if (!facts || !facts->is_array() || !lines || !lines->is_array()) return;
  UnitsByLine named;
  for (auto& fact : facts->as_array()) {
    Json* refs = fact.find("lines");
    if (!refs || !refs->is_array()) continue;
    UnitsByLine came_to_nothing;  // an after-sale that is over leaves its units to the next one
    auto& so_far = fact.text_or("state") == "over" ? came_to_nothing : named;
    Json parts = Json::array();
    for (const auto& ref : refs->as_array()) {
      const Json* line = ref.find("line");
      const bool by_offer = line && line->is_object() && id_at(*line, "@id").empty();
      const auto sold = by_offer ? sold_as(lines->as_array(), *line) : std::vector<const Json*>{};
      if (sold.empty())
        parts.push_back(ref);
      else
        share_out(ref, sold, so_far, parts);
    }
    *refs = std::move(parts);
  }
}

/// What left in no parcel that anybody knows.
bool is_nameless(const Shipment& parcel) {
  return parcel.id.empty() && parcel.mark.empty() && parcel.carrier.empty() && parcel.tracking.empty();
}

}  // namespace

void name_lines(Json& order) {
  if (Json* lines = order.find("lines"); lines && lines->is_array()) {
    for (std::size_t i = 0; i < lines->as_array().size(); ++i) {
      Json& line = lines->as_array()[i];
      if (line.is_object() && id_at(line, "@id").empty()) line.set("@id", std::to_string(i + 1));
    }
  }
  name_refs(order, "shipments");
  name_refs(order, "refunds");
  name_refs(order, "after_sales");
}

Json with_whole_lines(Json tree, const Order& order) {
  const Json whole = to_json(order);
  const Json* lines = whole.find("lines");
  Json* refs = tree.find("lines");
  if (!lines || !refs || !refs->is_array()) return tree;
  for (auto& ref : refs->as_array()) {
    const Json* named = ref.find("line");
    const std::string id = named ? id_at(*named, "@id") : "";
    for (const auto& line : lines->as_array()) {
      if (id_at(line, "@id") == id) ref.set("line", line);
    }
  }
  return tree;
}

Json tree_for_connector(const Order& order) {
  Order told = order;
  std::erase_if(told.shipments, is_nameless);
  Json tree = to_json(told);
  for (const auto* list : {"shipments", "refunds"}) {
    Json* facts = tree.find(list);
    if (!facts) continue;
    for (auto& fact : facts->as_array()) fact = with_whole_lines(std::move(fact), order);
  }
  return tree;
}

}  // namespace tally::engine
