#include "engine/order_answer.hpp"

#include "model/claim.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using Answer = Result<std::optional<store::OrderTask>>;

Error cannot(std::string what, std::string todo) {
  return error(Fault::rejected, std::move(what), "order", std::move(todo));
}

bool is_of_goods(const AfterSale& sale) {
  return sale.kind == AfterSaleKind::return_;
}
bool is_of_money(const AfterSale& sale) {
  return sale.kind == AfterSaleKind::refund || sale.kind == AfterSaleKind::cancel;
}

/// It is the merchant's turn.
bool waits(const AfterSale& sale) {
  return sale.state == AfterSaleState::asked || (is_of_goods(sale) && sale.state == AfterSaleState::sent_back);
}

std::vector<const AfterSale*> waiting(const Order& order, const std::string& named, bool of_goods) {
  std::vector<const AfterSale*> found;
  for (const AfterSale& sale : order.after_sales) {
    if (waits(sale) && (of_goods ? is_of_goods(sale) : is_of_money(sale)) && (named.empty() || sale.id == named)) found.push_back(&sale);
  }
  return found;
}

std::string command_for(const char* verb, const Order& order, const Channel& channel) {
  return "`tallyd order " + std::string(verb) + " " + order.id + " --channel " + channel.config.name + "`";
}

bool has_left(const Order& order) {
  return std::any_of(order.lines.begin(), order.lines.end(), [&](const OrderLine& line) { return count_of(order, line).shipped > 0; });
}

Error no_refund(const Order& order, const Channel& channel) {
  if (!waiting(order, "", true).empty())
    return cannot("the buyer wants to send goods back, not money alone", "agree to it: " + command_for("return", order, channel));
  return cannot(
      channel.config.name + " (" + channel.config.connector + ") pays back only what a buyer asked it for, and nothing is asked for",
      "the buyer asks for it in the platform's app; then the same command agrees to it");
}

Result<const AfterSale*> meant(const std::vector<const AfterSale*>& found) {
  if (found.size() == 1) return found.front();
  std::string ids;
  for (const AfterSale* sale : found) ids += (ids.empty() ? "" : ", ") + sale->id;
  return error(Fault::invalid, "several after-sales of the order wait: " + ids, "order", "say which: --after-sale ID");
}

Json lines_of(const AfterSale& sale, bool restocked) {
  Json lines = Json::array();
  for (const LineRef& ref : sale.lines) {
    Json line = Json::object({{"line", Json::object({{"@id", ref.line}})}, {"quantity", ref.quantity}});
    if (restocked) line.set("restocked", true);
    lines.push_back(std::move(line));
  }
  return lines;
}

const char* word_for(const AfterSale& sale) {
  if (is_of_goods(sale)) return sale.state == AfterSaleState::asked ? "agree" : "receive";
  return sale.kind == AfterSaleKind::cancel ? "cancel" : "refund";
}

store::OrderTask task_for(const AfterSale& sale, const std::string& reason, Time now) {
  store::OrderTask task;
  const std::string word = word_for(sale);
  const bool receives = word == "receive";
  task.kind = word == "agree" ? "agree" : "refund";
  task.remote = sale.id;
  task.document = Json::object({{"@id", sale.id}, {"answer", word}, {"at", format_iso(now)}});
  if (!sale.lines.empty()) task.document.set("lines", lines_of(sale, receives));
  if (sale.amount) task.document.set("amount", Json::object({{"amount", sale.amount->major()}, {"currency", sale.amount->currency.code}}));
  if (!reason.empty()) task.document.set("reason", reason);
  if (task.kind == "refund") task.document.set("return_money", true);
  if (task.kind == "refund" && !receives) task.document.set("cancels", true);  // refused, nothing was paid
  return task;
}

}  // namespace

Answer answer_of(const Json& wish, const Order& order, const Channel& channel, Time now) {
  const std::string kind = wish.text_or("kind"), named = wish.text_or("after_sale"), reason = wish.text_or("reason");
  const bool of_goods = kind == "return";
  if (!of_goods && kind != "refund" && kind != "cancel") return std::optional<store::OrderTask>();
  if (!named.empty() && std::ranges::find(order.after_sales, named, &AfterSale::id) == order.after_sales.end())
    return error(Fault::invalid, "the order has no after-sale " + named, "order", "`tallyd order show` lists them");
  if (kind == "cancel" && has_left(order)) return cannot("some of it has left", "refund it: " + command_for("refund", order, channel));
  const auto found = waiting(order, named, of_goods);
  if (found.empty() && !of_goods) return no_refund(order, channel);
  if (found.empty()) {
    const bool agreed = std::any_of(order.after_sales.begin(), order.after_sales.end(),
                                    [](const AfterSale& sale) { return is_of_goods(sale) && sale.state == AfterSaleState::agreed; });
    if (agreed)
      return cannot("the platform does not know yet that the buyer has sent the goods back",
                    "wait until it does: then the same command receives them");
    if (!named.empty()) return cannot("the after-sale " + named + " waits for nobody's goods", "`tallyd order show` tells how far it is");
    return std::optional<store::OrderTask>();
  }
  for (const char* part : {"lines", "amount", "restock", "by_hand"}) {
    if (wish.find(part))
      return error(Fault::invalid, "a buyer's after-sale is agreed to as it was asked for", "order",
                   "leave out --line, --amount, --restock and --by-hand");
  }
  const auto sale = meant(found);
  if (!sale) return sale.error();
  if (reason.size() > 500) return error(Fault::invalid, "reason is longer than 500 bytes", "order");
  return std::optional(task_for(**sale, reason, now));
}

std::optional<Awaited> awaited_of(const Order& order, const Channel& channel) {
  if (!channel.facts.refunds_only_asked) return std::nullopt;
  const auto goods = waiting(order, "", true), money = waiting(order, "", false);
  if (!money.empty()) return Awaited{"the buyer asks for money back", command_for("refund", order, channel) + " agrees"};
  if (goods.empty()) return std::nullopt;
  const bool here = goods.front()->state == AfterSaleState::sent_back;
  return Awaited{here ? "the buyer has sent goods back" : "the buyer asks to send goods back",
                 command_for("return", order, channel) + (here ? ", when they are here, pays" : " agrees")};
}

}  // namespace tally::engine
