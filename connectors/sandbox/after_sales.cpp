#include "connectors/sandbox/after_sales.hpp"

#include <algorithm>

namespace tally::sandbox {
namespace {

constexpr std::size_t most_after_sales = 100'000;

Error refused(std::string why) {
  return error(Fault::rejected, std::move(why));
}

bool is_open(const AfterSale& sale) {
  return sale.state != AfterSale::State::done && sale.state != AfterSale::State::withdrawn;
}

}  // namespace

AfterSale& AfterSales::add(const Order& order, const Line& line) {
  const std::int64_t id = next_++;
  AfterSale& sale = sales_[id];
  sale.id = id;
  sale.order = order.id;
  sale.line = line.id;
  sale.shipped = line.shipped > 0;
  sale.created = sale.modified = shop_.now();
  return sale;
}

Result<const AfterSale*> AfterSales::ask(const Order& order, const Json& wish) {
  if (sales_.size() >= most_after_sales) return refused("the pretend platform is full");
  const bool paid = order.state == OrderState::paid || order.state == OrderState::part_shipped || order.state == OrderState::shipped;
  if (!paid) return refused("the order is " + std::string(name_of(order.state)) + ": nothing can be asked for");
  const std::string sku = wish.text_or("sku"), kind = wish.text_or("kind", "money");
  if (kind != "money" && kind != "goods") return error(Fault::invalid, "a shopper asks for money, or sends goods back", "kind");
  const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&sku](const Line& l) { return sku.empty() || l.sku == sku; });
  if (line == order.lines.end()) return refused("the order has no " + sku);
  Units asked = 0;
  for (const auto& [id, other] : sales_) asked += other.line == line->id && is_open(other) ? other.units : 0;
  const Units units = wish.integer_or("quantity", line->quantity - line->refunded - asked);
  if (units < 1 || units > line->quantity - line->refunded - asked) return refused("more units than are left to ask for");
  if (kind == "goods" && units > line->shipped) return refused("what has not left cannot go back");
  AfterSale& sale = add(order, *line);
  sale.kind = kind == "goods" ? AfterSale::Kind::goods : AfterSale::Kind::money;
  sale.units = units;
  sale.amount = wish.integer_or("amount", units * line->unit_price);
  sale.reason = wish.text_or("reason", "no longer wanted");
  return &sale;
}

AfterSale* AfterSales::open_of(const Order& order) {
  AfterSale* last = nullptr;
  for (auto& [id, sale] : sales_) {
    if (sale.order == order.id && is_open(sale)) last = &sale;
  }
  return last;
}

Result<const AfterSale*> AfterSales::send_back(const Order& order) {
  AfterSale* sale = open_of(order);
  if (!sale || sale->state != AfterSale::State::agreed) return refused("nobody has agreed that goods of this order may go back");
  sale->state = AfterSale::State::sent_back;
  sale->modified = shop_.now();
  return sale;
}

Result<const AfterSale*> AfterSales::withdraw(const Order& order) {
  AfterSale* sale = open_of(order);
  if (!sale) return refused("nothing of this order is asked for");
  sale->state = AfterSale::State::withdrawn;
  sale->modified = shop_.now();
  return sale;
}

Result<const AfterSale*> AfterSales::act(const Order& order, std::string_view verb, const Json& wish) {
  if (verb == "ask") return ask(order, wish);
  return verb == "send-back" ? send_back(order) : withdraw(order);
}

Result<const AfterSale*> AfterSales::agree(std::int64_t id, bool goods_may_come) {
  const auto found = sales_.find(id);
  if (found == sales_.end()) return error(Fault::not_found, "there is no after-sale " + std::to_string(id));
  AfterSale& sale = found->second;
  const bool goods = sale.kind == AfterSale::Kind::goods;
  const auto turn = !goods || goods_may_come ? AfterSale::State::asked : AfterSale::State::sent_back;
  if (sale.state != turn || (goods_may_come && !goods)) return refused("the after-sale is not at this step");
  sale.modified = shop_.now();
  if (goods_may_come) {
    sale.state = AfterSale::State::agreed;
    return &sale;
  }
  const auto paid = shop_.refund(*shop_.order(sale.order), {{sale.line, sale.units, sale.amount}}, sale.reason, false);
  if (!paid) return paid.error();
  sale.state = AfterSale::State::done;
  return &sale;
}

std::vector<const AfterSale*> AfterSales::note(const Order& order, const Refund& refund) {
  std::vector<const AfterSale*> noted;
  for (const RefundedLine& part : refund.lines) {
    const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
    AfterSale& sale = add(order, *line);
    sale.state = AfterSale::State::done;
    sale.units = part.quantity;
    sale.amount = part.amount;
    sale.reason = refund.reason;
    sale.created = sale.modified = refund.at;
    noted.push_back(&sale);
  }
  return noted;
}

const AfterSale* AfterSales::find(std::int64_t id) const {
  const auto found = sales_.find(id);
  return found == sales_.end() ? nullptr : &found->second;
}

std::vector<const AfterSale*> AfterSales::of(const Order& order) const {
  std::vector<const AfterSale*> found;
  for (const auto& [id, sale] : sales_) {
    if (sale.order == order.id) found.push_back(&sale);
  }
  return found;
}

}  // namespace tally::sandbox
