// What is done with one order: shown, shipped, cancelled, paid back, taken back.
#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <charconv>
#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::string id, channel, line, sku, carrier, tracking, tracking_url, at, reason, amount, after_sale, task;
  std::vector<std::string> lines;
  bool restock = false, by_hand = false, clear = false;
};

/// SKU or SKU=2; a SKU may have an '=' of its own, so the last one counts, and only before a number.
Json line_of(const std::string& word) {
  const auto sign = word.rfind('=');
  std::int64_t units = 0;
  if (sign != std::string::npos && sign + 1 < word.size()) {
    const char* const end = word.data() + word.size();
    const auto [stop, fault] = std::from_chars(word.data() + sign + 1, end, units);
    if (fault == std::errc() && stop == end) return Json::object({{"sku", word.substr(0, sign)}, {"quantity", units}});
  }
  return Json::object({{"sku", word}});
}

Json wish_of(const Options& options, const char* kind) {
  Json wish = Json::object({{"kind", kind}, {"order", options.id}});
  const auto say = [&wish](const char* name, const std::string& value) {
    if (!value.empty()) wish.set(name, value);
  };
  say("channel", options.channel);
  say("carrier", options.carrier);
  say("tracking", options.tracking);
  say("tracking_url", options.tracking_url);
  say("at", options.at);
  say("reason", options.reason);
  say("amount", options.amount);
  say("after_sale", options.after_sale);
  Json lines = Json::array();
  for (const auto& word : options.lines) lines.push_back(line_of(word));
  if (!lines.empty()) wish.set("lines", std::move(lines));
  if (options.restock) wish.set("restock", true);
  if (options.by_hand) wish.set("by_hand", true);
  return wish;
}

void show_lines(Desk& desk, const Json& order) {
  using Side = Table::Side;
  Table lines({{"LINE"},
               {"SKU"},
               {"ORDERED", Side::right},
               {"OPEN", Side::right},
               {"SHIPPED", Side::right},
               {"CANCELLED", Side::right},
               {"BACK", Side::right}});
  for (const Json& line : items_in(order, "lines")) {
    const std::string said = line.text_or("said");
    lines.add({{shown(line.find("line"))},
               {line.text_or("sku") + (said.empty() ? "" : " (there: " + said + ")")},
               {shown(line.find("quantity"))},
               {shown(line.find("open"))},
               {shown(line.find("shipped"))},
               {shown(line.find("cancelled"))},
               {shown(line.find("returned"))}});
  }
  desk.console.out << lines.text(desk.console);
}

std::string about(const Json& task) {
  std::string text;
  for (const char* part : {"carrier", "tracking", "amount", "for"}) {
    if (const Json* value = task.find(part)) text += (text.empty() ? "" : " ") + shown(value);
  }
  return text;
}

void show_tasks(Desk& desk, const Json& order) {
  Table tasks({{"TASK", Table::Side::right}, {"WHAT"}, {"STATE"}, {"", Table::Side::left, 50}, {"WHY", Table::Side::left, 60}});
  for (const Json& task : items_in(order, "tasks")) {
    const std::string state = task.text_or("state");
    tasks.add({{shown(task.find("task"))},
               {task.text_or("kind")},
               {state, state == "refused" ? Colour::yellow : Colour::none},
               {about(task)},
               {task.text_or("reason")}});
  }
  if (!tasks.empty()) desk.console.out << "\n" << tasks.text(desk.console);
}

/// Where its parcels are, as far as somebody tracks them.
void show_parcels(Desk& desk, const Json& order) {
  Table parcels({{"PARCEL"}, {"WHERE"}, {"AT"}, {"", Table::Side::left, 80}});
  for (const Json& parcel : items_in(order, "parcels")) {
    const std::string state = parcel.text_or("state"), problem = parcel.text_or("problem");
    const bool is_fine = problem.empty() && state != "problem" && state != "refused" && state != "returning" && state != "returned";
    parcels.add({{parcel.text_or("carrier") + " " + parcel.text_or("tracking")},
                 {parcel.text_or("watch") == "untracked" ? "not tracked" : state, is_fine ? Colour::none : Colour::yellow},
                 {parcel.text_or("event_at")},
                 {problem.empty() ? parcel.text_or("event") : problem}});
  }
  if (!parcels.empty()) desk.console.out << "\n" << parcels.text(desk.console);
}

void show_order(Desk& desk, const Json& order) {
  desk.console.out << printable(order.text_or("channel")) << " " << printable(order.text_or("id")) << ": " << order.text_or("state")
                   << "\n";
  for (const Json& hold : items_in(order, "holds"))
    desk.console.out << painted(desk.console, "held: " + printable(shown(&hold)), Colour::yellow) << "\n";
  show_lines(desk, order);
  for (const Json& parcel : items_in(order, "shipments"))
    desk.console.out << "parcel " << printable(parcel.text_or("carrier")) << " " << printable(parcel.text_or("tracking")) << " "
                     << parcel.text_or("at", parcel.text_or("day").substr(0, std::string_view("2026-03-02").size())) << "\n";
  for (const Json& refund : items_in(order, "refunds")) {
    std::string goods;
    for (const Json& part : items_in(refund, "lines"))
      goods += ", " + shown(part.find("quantity")) + " of line " + (part.at("/line/@id") ? shown(part.at("/line/@id")) : "?") +
               (part.bool_or("restocked") ? " back on the shelf" : "");
    desk.console.out << "refund " << (refund.find("amount") ? shown(refund.find("amount")) : "of no money") << printable(goods) << " "
                     << refund.text_or("at") << " " << printable(refund.text_or("reason")) << "\n";
  }
  for (const Json& sale : items_in(order, "after_sales"))
    desk.console.out << "after-sale " << printable(sale.text_or("@id")) << ": " << sale.text_or("kind") << ", " << sale.text_or("state")
                     << (sale.find("amount") ? ", " + shown(sale.find("amount")) : "") << " " << printable(sale.text_or("reason")) << "\n";
  for (const char* part : {"buyer", "ship_to"}) {
    std::string text;
    if (const Json* person = order.find(part)) {
      for (const auto& [field, value] : person->as_object()) text += (text.empty() ? "" : ", ") + shown(&value);
    }
    if (!text.empty()) desk.console.out << part << ": " << printable(text) << "\n";
  }
  if (const Json* note = order.find("note")) desk.console.out << "note: " << printable(shown(note)) << "\n";
  if (order.bool_or("erased")) desk.console.out << "the buyer was erased\n";
  show_tasks(desk, order);
  show_parcels(desk, order);
}

int wish(Desk& desk, const Options& options, const char* kind) {
  const auto answer = desk.daemon().post("order-tasks", wish_of(options, kind));
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    show_order(desk, *answer);
    if (const std::string todo = answer->text_or("todo"); !todo.empty()) desk.console.out << printable(todo) << "\n";
  });
}

int decide(Desk& desk, const Options& options, const char* verb) {
  const auto answer = desk.daemon().post("order-tasks/" + options.task + "/" + verb);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { desk.console.out << "task " << printable(options.task) << ": " << answer->text_or("state") << "\n"; });
}

int release(Desk& desk, const Options& options) {
  Json wish = Json::object({{"order", options.id}});
  if (!options.channel.empty()) wish.set("channel", options.channel);
  const auto answer = desk.daemon().post("orders/release", wish);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { show_order(desk, *answer); });
}

int remap(Desk& desk, const Options& options) {
  Json wish = Json::object({{"order", options.id}, {"sku", options.sku}});
  if (!options.channel.empty()) wish.set("channel", options.channel);
  if (!options.line.empty()) wish.set("line", options.line);
  const auto answer = desk.daemon().post("orders/remap", wish);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { show_order(desk, *answer); });
}

int look(Desk& desk, const Options& options) {
  auto answer = desk.daemon().get("orders/" + options.id, {{"channel", options.channel}});
  if (!answer) return desk.fail(answer.error());
  if (options.clear) {
    const auto person = desk.daemon().post("orders/" + options.id + "/reveal", Json::object({{"channel", options.channel}}));
    if (!person) return desk.fail(person.error());
    for (const auto& [part, value] : person->as_object()) answer->set(part, value);
  }
  return desk.print(*answer, [&] { show_order(desk, *answer); });
}

}  // namespace

void add_order_deeds(CLI::App& command, Desk& desk) {
  const auto options = std::make_shared<Options>();
  const auto deed = [&](const char* word, const char* help, const std::function<int()>& act) {
    CLI::App* added = command.add_subcommand(word, help);
    added->add_option("ID", options->id, "The order, as the platform calls it")->required();
    added->add_option("--channel", options->channel, "Of this channel (needed where several have such an id)");
    added->callback([&desk, act] { desk.chosen = act; });
    return added;
  };
  const auto lines = [&](CLI::App* added, const char* help) { added->add_option("--line", options->lines, help)->type_name("SKU=N"); };
  const auto after_sale = [&](CLI::App* added) {
    added->add_option("--after-sale", options->after_sale, "The buyer's after-sale that it agrees to (needed where several wait)");
  };
  const auto reason = [&](CLI::App* added) { added->add_option("--reason", options->reason, "For the platform and the journal"); };

  CLI::App* show =
      deed("show", "One order: lines, parcels, refunds, what its channel was told", [&desk, options] { return look(desk, *options); });
  show->add_flag("--clear", options->clear, "The buyer in clear; the journal says who looked");
  CLI::App* ship = deed("ship", "A parcel has left; its channel is told", [&desk, options] { return wish(desk, *options, "ship"); });
  lines(ship, "What is in it (default: all that is open)");
  ship->add_option("--carrier", options->carrier, "By your own name of it: dhl, sf, …")->required();
  ship->add_option("--tracking", options->tracking, "Its tracking number")->required();
  ship->add_option("--tracking-url", options->tracking_url, "Where the buyer can follow it");
  ship->add_option("--at", options->at, "When it left (default: now)");
  CLI::App* cancel =
      deed("cancel", "It is not to be sent, or some lines are not", [&desk, options] { return wish(desk, *options, "cancel"); });
  lines(cancel, "Only this (default: the whole order)");
  after_sale(cancel);
  reason(cancel);
  CLI::App* refund = deed("refund", "Money goes back", [&desk, options] { return wish(desk, *options, "refund"); });
  lines(refund, "For this (default: the whole order)");
  after_sale(refund);
  reason(refund);
  refund->add_option("--amount", options->amount, "So much (default: what the lines cost)");
  refund->add_flag("--restock", options->restock, "The goods are back on the shelf");
  refund->add_flag("--by-hand", options->by_hand, "The money goes another way: the platform only notes it");
  CLI::App* back = deed("return", "Goods came back to the shelf; money moves only where the buyer asked the platform for both",
                        [&desk, options] { return wish(desk, *options, "return"); });
  lines(back, "What came back (default: all that left)");
  after_sale(back);
  reason(back);
  deed("release", "Lets an order go that is held for a person", [&desk, options] { return release(desk, *options); });
  CLI::App* remap_line = deed("remap", "Says what a line sells that nobody knows, or that is not what it says",
                              [&desk, options] { return remap(desk, *options); });
  remap_line->add_option("--line", options->line, "The line, by its id or its SKU (default: the one of unknown goods)");
  remap_line->add_option("--sku", options->sku, "What it sells")->required();
  for (const char* verb : {"retry", "drop"}) {
    CLI::App* added = command.add_subcommand(
        verb, std::string_view(verb) == "retry" ? "Tell the channel again what it refused" : "Take back what the channel has not taken");
    added->add_option("TASK", options->task, "Its number in `order show` and `status`")->required();
    added->callback([&desk, options, verb] { desk.chosen = [&desk, options, verb] { return decide(desk, *options, verb); }; });
  }
}

}  // namespace tally::cli
