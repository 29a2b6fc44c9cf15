// Shoppers at a platform: orders, and what each of their states takes from the numbers there.
#include "connectors/memory/platform.hpp"

#include <algorithm>

namespace tally::memory {
namespace {

using channel::GivesBack;
using channel::Takes;
using Why = NumberChange::Why;

constexpr std::int64_t minor_a_unit = 1000;

bool over(const PlacedOrder& order) {
  return order.state == OrderState::cancelled || order.state == OrderState::shipped || order.state == OrderState::completed ||
         order.state == OrderState::refunded;
}

/// The platform's own word, for facts that speak of its states.
std::string word_of(OrderState state) {
  switch (state) {
    case OrderState::pending:
      return "pending";
    case OrderState::paid:
    case OrderState::part_shipped:
      return "processing";
    case OrderState::shipped:
    case OrderState::completed:
      return "completed";
    default:
      return std::string(tally::name_of(state));
  }
}

Json money(std::int64_t minor, const std::string& currency) {
  return Json::object({{"amount", Decimal::of(minor, 2)}, {"currency", currency}});
}

Error no_order(const std::string& id, const char* why) {
  return error(Fault::rejected, "order " + id + ": " + why, "memory");
}

}  // namespace

Result<PlacedOrder*> Platform::open_order(const std::string& id) {
  for (auto& order : orders_) {
    if (order.id != id) continue;
    if (over(order)) return no_order(id, "it is over");
    return &order;
  }
  return error(Fault::missing, "there is no order " + id, "memory");
}

/// A platform whose number is what lies on the shelf keeps its own promises apart from it; a till sells what is in the customer's hand.
Quantity Platform::sellable(const Offer& offer) const {
  if (terms_.facts.takes == Takes::never) return 1'000'000;
  Quantity promised = 0;
  if (terms_.facts.takes == Takes::shipped) {
    for (const auto& order : orders_) {
      if (over(order)) continue;
      for (const auto& line : order.lines) promised += line.offer == offer.id ? line.quantity - line.shipped : 0;
    }
  }
  return offer.number - promised;
}

Quantity Platform::taken_of(const PlacedOrder& order, const OrderLine& line) const {
  const auto& facts = terms_.facts;
  const bool refunded = order.state == OrderState::refunded, ended = order.state == OrderState::cancelled || refunded;
  const bool paid = order.paid_at.has_value();
  const bool gives_back = facts.gives_back.contains(refunded ? GivesBack::refund
                                                    : paid   ? GivesBack::paid_cancel
                                                             : GivesBack::unpaid_cancel);
  const Quantity kept = ended && gives_back ? line.shipped : line.quantity;
  switch (facts.takes) {
    case Takes::never:
      return 0;
    case Takes::placed:
      return kept;
    case Takes::paid:
      return paid ? kept : 0;
    case Takes::shipped:
      return line.shipped;
    case Takes::by_state: {
      const auto found = facts.takes_in.find(word_of(order.state));
      return found != facts.takes_in.end() && found->second ? line.quantity : line.shipped;
    }
  }
  return 0;
}

/// Brings the numbers to what the order's state takes, and remembers the state.
void Platform::settle(PlacedOrder& order, Why why) {
  for (auto& line : order.lines) {
    const Quantity taken = taken_of(order, line);
    auto* offer = find_offer(line.offer);
    if (offer && taken != line.taken) {
      offer->taken += taken - line.taken;
      move(*offer, offer->number - (taken - line.taken), taken < line.taken && why != Why::edit ? Why::give_back : why, order.id);
    }
    line.taken = taken;
  }
  const Time now = clock_.now();
  Json tree = order_tree(order, order.versions.size() + 1);
  // Where nothing in a document tells when it changed, a state that comes again has the same bytes again.
  for (std::size_t i = 0; terms_.changed_at_stands && i < order.versions.size(); ++i) {
    if (order_tree(order, i + 1) == order.versions[i].tree) tree = order.versions[i].tree;
  }
  order.versions.push_back({now, stamp(now), std::move(tree)});
  if (!announce) return;
  Json document = terms_.whole_orders ? order.versions.back().tree
                                      : Json::object({{"kind", "order"}, {"subject", order.id}, {"changed_at", format_iso(stamp(now))}});
  Json delivery = Json::object({{"kind", terms_.whole_orders ? "order" : "event"}, {"body", document.dump()}});
  announce(Json::object({{"deliveries", Json::Array{std::move(delivery)}}}).dump());
}

Json Platform::order_tree(const PlacedOrder& order, std::size_t version) const {
  Json tree = Json::object(
      {{"@id", order.id}, {"number", order.id}, {"state", tally::name_of(order.state)}, {"platform_state", word_of(order.state)}});
  std::int64_t total = 0;
  Json lines = Json::array();
  for (const auto& line : order.lines) {
    total += line.quantity * minor_a_unit;
    lines.push_back(Json::object({{"@id", line.id},
                                  {"offer", Json::object({{"@id", line.offer}, {"listing", Json::object({{"@id", line.listing}})}})},
                                  {"sku", line.sku},
                                  {"quantity", line.quantity},
                                  {"amount", money(line.quantity * minor_a_unit, terms_.currency)}}));
  }
  tree.set("lines", std::move(lines));
  tree.set("total", money(total, terms_.currency));
  tree.set("currency", terms_.currency);
  Json shipments = Json::array();
  for (const auto& [at, units] : order.shipments) {
    Json refs = Json::array();
    for (const auto& [line, quantity] : units)
      refs.push_back(Json::object({{"line", Json::object({{"@id", line}})}, {"quantity", quantity}}));
    shipments.push_back(Json::object({{"@id", order.id + "-" + std::to_string(shipments.as_array().size() + 1)},
                                      {"at", format_iso(stamp(at))},
                                      {"lines", std::move(refs)}}));
  }
  if (!shipments.empty()) tree.set("shipments", std::move(shipments));
  if (order.refunded_at) {
    Json refs = Json::array();
    for (const auto& line : order.lines)
      refs.push_back(
          Json::object({{"line", Json::object({{"@id", line.id}})}, {"quantity", line.quantity}, {"restocked", line.restocked > 0}}));
    Json refund = Json::object({{"@id", order.id + "-refund"}, {"at", format_iso(stamp(*order.refunded_at))}, {"lines", std::move(refs)}});
    tree.set("refunds", Json::Array{std::move(refund)});
  }
  tree.set("buyer", Json::object({{"name", canary}, {"email", std::string(canary) + "@example.org"}}));
  if (order.placed_at) tree.set("placed_at", format_iso(stamp(*order.placed_at)));
  if (order.paid_at) tree.set("paid_at", format_iso(stamp(*order.paid_at)));
  if (order.cancelled_at) tree.set("cancelled_at", format_iso(stamp(*order.cancelled_at)));
  tree.set("changed_at", format_iso(stamp(terms_.changed_at_stands && order.placed_at ? *order.placed_at : clock_.now())));
  tree.set("note", "version " + std::to_string(version));
  return tree;
}

Result<std::string> Platform::buy(const std::vector<Item>& items) {
  const std::lock_guard guard(mutex_);
  std::map<std::string, Quantity> wanted;
  for (const auto& item : items) wanted[item.offer] += item.quantity;
  PlacedOrder order;
  for (const auto& [id, quantity] : wanted) {
    const auto* offer = find_offer(id);
    if (!offer) return error(Fault::missing, "there is no offer " + id, "memory");
    if (quantity <= 0 || sellable(*offer) < quantity) return error(Fault::rejected, "not enough of " + offer->sku, "memory");
    const auto listing = std::find_if(listings_.begin(), listings_.end(), [&](const Listing& each) {
      return std::any_of(each.offers.begin(), each.offers.end(), [&](const Offer& own) { return own.id == id; });
    });
    order.lines.push_back({std::to_string(order.lines.size() + 1), id, listing->id, offer->sku, quantity});
  }
  if (order.lines.empty()) return error(Fault::rejected, "an order without a line", "memory");
  order.id = next_id("o");
  order.placed_at = clock_.now();
  orders_.push_back(std::move(order));
  settle(orders_.back(), Why::sale);
  return orders_.back().id;
}

Result<void> Platform::pay(const std::string& id) {
  const std::lock_guard guard(mutex_);
  auto order = open_order(id);
  if (!order) return order.error();
  if ((*order)->state != OrderState::pending) return no_order(id, "it is paid");
  auto paid = **order;
  paid.state = OrderState::paid;
  paid.paid_at = clock_.now();
  for (const auto& line : paid.lines) {
    const auto* offer = find_offer(line.offer);
    const Quantity needed = taken_of(paid, line) - line.taken;
    if (offer && needed > 0 && needed > offer->number) return no_order(id, "nothing is left of a line when it is paid");
  }
  **order = std::move(paid);
  settle(**order, Why::sale);
  return {};
}

Result<void> Platform::cancel(const std::string& id) {
  const std::lock_guard guard(mutex_);
  auto order = open_order(id);
  if (!order) return order.error();
  (*order)->state = OrderState::cancelled;
  (*order)->cancelled_at = clock_.now();
  settle(**order, Why::give_back);
  return {};
}

Result<void> Platform::ship(const std::string& id, Quantity units) {
  const std::lock_guard guard(mutex_);
  auto order = open_order(id);
  if (!order) return order.error();
  if ((*order)->state == OrderState::pending) return no_order(id, "it is not paid");
  std::map<std::string, Quantity> parcel;
  bool all = true;
  for (auto& line : (*order)->lines) {
    const Quantity leaves = std::min(units, line.quantity - line.shipped);
    if (leaves > 0) parcel[line.id] = leaves;
    line.shipped += leaves;
    all = all && line.shipped == line.quantity;
  }
  if (parcel.empty()) return no_order(id, "nothing of it is open");
  (*order)->shipments.emplace_back(clock_.now(), std::move(parcel));
  (*order)->state = all ? OrderState::shipped : OrderState::part_shipped;
  settle(**order, Why::shipment);
  return {};
}

Result<void> Platform::refund(const std::string& id, bool restock) {
  const std::lock_guard guard(mutex_);
  const auto order = std::find_if(orders_.begin(), orders_.end(), [&](const PlacedOrder& each) { return each.id == id; });
  if (order == orders_.end()) return error(Fault::missing, "there is no order " + id, "memory");
  if (!order->paid_at || order->state == OrderState::cancelled || order->refunded_at) return no_order(id, "there is no money to give back");
  order->state = OrderState::refunded;
  order->refunded_at = clock_.now();
  for (auto& line : order->lines) line.restocked = restock ? line.quantity : 0;
  settle(*order, Why::give_back);
  return {};
}

Result<void> Platform::edit(const std::string& id, std::size_t at, Quantity quantity) {
  const std::lock_guard guard(mutex_);
  auto order = open_order(id);
  if (!order) return order.error();
  if (at >= (*order)->lines.size()) return no_order(id, "it has no such line");
  auto& line = (*order)->lines[at];
  const auto* offer = find_offer(line.offer);
  if (quantity < std::max<Quantity>(line.shipped, 1)) return no_order(id, "so few cannot be ordered");
  if (!offer || sellable(*offer) < quantity - line.quantity) return no_order(id, "not enough is there");
  line.quantity = quantity;
  settle(**order, Why::edit);
  return {};
}

Result<channel::Page> Platform::read_orders(const channel::Want& want) {
  const std::lock_guard guard(mutex_);
  if (failing_ > 0) {
    --failing_;
    return failure_;
  }
  channel::Page page;
  page.server_time = stamp(clock_.now());
  if (!want.things.empty()) {
    for (const auto& thing : want.things) {
      const auto found =
          std::find_if(orders_.begin(), orders_.end(), [&](const PlacedOrder& order) { return order.id == thing.text_or("@id"); });
      if (found != orders_.end()) page.documents.push_back({"order", found->versions.back().tree.dump(), {}});
    }
    return page;
  }
  const Time shown_until = clock_.now() - terms_.order_lag;
  std::vector<std::pair<std::string, const Json*>> found;  // by (changed_at, id): a page never skips what changes meanwhile
  for (const auto& order : orders_) {
    const PlacedOrder::Version* newest = nullptr;
    for (const auto& version : order.versions) newest = version.at <= shown_until ? &version : newest;
    if (!newest) continue;
    const Time changed = want.by_placed ? stamp(*order.placed_at) : newest->stamped;
    if ((want.since && changed < step_down(*want.since)) || (want.until && changed > *want.until)) continue;
    found.emplace_back(std::to_string(to_ms(changed)) + "/" + order.id, &newest->tree);
  }
  std::sort(found.begin(), found.end());
  for (const auto& [key, tree] : found) {
    if (!want.cursor.empty() && key <= want.cursor) continue;
    if (page.documents.size() == terms_.page) return page;
    page.documents.push_back({"order", tree->dump(), {}});
    page.cursor = key;
  }
  page.cursor.clear();
  return page;
}

}  // namespace tally::memory
