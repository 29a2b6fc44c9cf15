#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"
#include "cli/whole_number.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::string channel, sku, state, cursor, buyer;
  std::size_t limit = 50;
};

std::string lines_text(const Json& order) {
  std::string text;
  for (const Json& line : items_in(order, "lines")) {
    const std::string sku = line.text_or("sku"), said = line.text_or("said");
    text += (text.empty() ? "" : ", ") + shown(line.find("quantity")) + " × " + (sku.empty() ? "unknown" : sku) +
            (said.empty() ? "" : " (there: " + said + ")");
  }
  return text;
}

/// The total may be a value with its currency, or stand beside it.
std::string total_text(const Json& order) {
  const Json* total = order.find("total");
  const std::string text = shown(total);
  const std::string currency = order.text_or("currency");
  const bool complete = total == nullptr || total->is_null() || total->is_object() || text.ends_with(currency);
  return complete ? text : text + " " + currency;
}

/// What the other commands know the order by; and its number, where that is another.
std::string name_of(const Json& order) {
  const std::string id = order.text_or("id"), number = order.text_or("number");
  return number.empty() || id.starts_with(number) ? id : id + " (" + number + ")";
}

void show(Desk& desk, const Json& answer) {
  Table table({{"CHANNEL"},
               {"ORDER"},
               {"STATE"},
               {"HELD FOR", Table::Side::left, 40},
               {"TOTAL", Table::Side::right},
               {"LINES", Table::Side::left, 60},
               {"PLACED"}});
  for (const Json& order : items_in(answer, "items")) {
    std::string holds;
    for (const Json& hold : items_in(order, "holds"))
      holds += (holds.empty() ? "" : ", ") + shown(hold.find("reason") != nullptr ? hold.find("reason") : &hold);
    table.add({{order.text_or("channel")},
               {name_of(order)},
               {order.text_or("state")},
               {holds, Colour::yellow},
               {total_text(order)},
               {lines_text(order)},
               {shown(order.find("placed_at"))}});
  }
  desk.console.out << (table.empty() ? "No orders.\n" : table.text(desk.console));
  if (const std::string cursor = answer.text_or("cursor"); !cursor.empty())
    desk.console.out << "more: --cursor " << printable(cursor) << "\n";
}

}  // namespace

void add_order(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("order", "Look at orders, ship them, cancel them, pay them back");
  command->require_subcommand(1);
  add_order_deeds(*command, desk);
  CLI::App* list = command->add_subcommand("list", "Orders, the latest first");
  list->add_option("--channel", options->channel, "Of this channel");
  list->add_option("--sku", options->sku, "With this variant");
  list->add_option("--state", options->state, "In this state: pending, paid, cancelled, …");
  list->add_option("--cursor", options->cursor, "Go on where the last answer ended");
  list->add_option("--limit", options->limit, "At most so many (default 50)")->check(whole_number(1, 1000));
  list->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      const auto answer = desk.daemon().get("orders", {{"channel", options->channel},
                                                       {"sku", options->sku},
                                                       {"state", options->state},
                                                       {"cursor", options->cursor},
                                                       {"limit", std::to_string(options->limit)}});
      if (!answer) return desk.fail(answer.error());
      return desk.print(*answer, [&] { show(desk, *answer); });
    };
  });
  CLI::App* find = command->add_subcommand("find", "Orders of one buyer");
  find->add_option("--buyer", options->buyer, "Their whole e-mail address (or telephone number, where orders have no address)")->required();
  find->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      const auto answer = desk.daemon().post("orders/find", Json::object({{"buyer", options->buyer}}));
      if (!answer) return desk.fail(answer.error());
      return desk.print(*answer, [&] { show(desk, *answer); });
    };
  });
}

}  // namespace tally::cli
