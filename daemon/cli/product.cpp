#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"
#include "cli/whole_number.hpp"

#include <CLI/App.hpp>

#include <map>
#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::string sku, cursor;
  std::size_t limit = 50;
};

struct Amounts {
  std::int64_t on_hand = 0, reserved = 0, available = 0;
};

std::string options_text(const Json& variant) {
  std::string text;
  for (const Json& value : items_in(variant, "option_values")) text += (text.empty() ? "" : ", ") + value.text_or("value");
  return text;
}

void show(Desk& desk, const Json& answer) {
  using Side = Table::Side;
  Table table({{"CODE", Side::left, 24},
               {"TITLE", Side::left, 40},
               {"SKU", Side::left, 30},
               {"OPTIONS", Side::left, 30},
               {"PRICE", Side::right},
               {"ON HAND", Side::right},
               {"RESERVED", Side::right},
               {"AVAILABLE", Side::right}});
  for (const Json& product : items_in(answer, "items")) {
    std::map<std::string, Amounts> by_sku;  // over all locations
    for (const Json& entry : items_in(product, "stock")) {
      Amounts& sum = by_sku[entry.text_or("sku")];
      sum.on_hand += entry.integer_or("on_hand");
      sum.reserved += entry.integer_or("reserved");
      sum.available += entry.integer_or("available");
    }
    for (const Json& variant : items_in(product, "variants")) {
      const Amounts& sum = by_sku[variant.text_or("sku")];
      table.add({{product.text_or("code")},
                 {product.text_or("title")},
                 {variant.text_or("sku"), Colour::bold},
                 {options_text(variant)},
                 {shown(variant.find("price"))},
                 {grouped(sum.on_hand)},
                 {grouped(sum.reserved)},
                 {grouped(sum.available), sum.available < 0 ? Colour::red : Colour::none}});
    }
  }
  desk.console.out << (table.empty() ? "No products.\n" : table.text(desk.console));
  if (const std::string cursor = answer.text_or("cursor"); !cursor.empty())
    desk.console.out << "more: --cursor " << printable(cursor) << "\n";
}

}  // namespace

void add_product(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("product", "Look at the catalogue; let a channel show something else");
  command->require_subcommand(1);
  CLI::App* list = command->add_subcommand("list", "Products with their variants and stock");
  list->add_option("--sku", options->sku, "Only the one with this variant");
  list->add_option("--cursor", options->cursor, "Go on where the last answer ended");
  list->add_option("--limit", options->limit, "At most so many products (default 50)")->check(whole_number(1, 1000));
  list->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      const auto answer =
          desk.daemon().get("products", {{"sku", options->sku}, {"cursor", options->cursor}, {"limit", std::to_string(options->limit)}});
      if (!answer) return desk.fail(answer.error());
      return desk.print(*answer, [&] { show(desk, *answer); });
    };
  });
  add_pins(*command, desk);
}

}  // namespace tally::cli
