// tallyd product pin, unpin, pins.
#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr Duration patience{600'000};  // tens of thousands of pins are one transaction

struct Options {
  std::string sku, channel, price, compare_at, title, description, until, aspect, cursor;
  bool all = false;
};

void add_said(Json& wish, const char* name, const std::string& value) {
  if (!value.empty()) wish.set(name, value);
}

std::string value_text(const Json& pin) {
  const Json* value = pin.find("value");
  if (!value || !value->is_object()) return shown(value);
  std::string fields;
  for (const auto& [name, member] : value->as_object()) {
    fields += (fields.empty() ? "" : ", ") + name;
    if (name == "title") fields += " \"" + member.scalar_text() + "\"";
  }
  return fields;
}

void show_pins(Desk& desk, const Json& answer) {
  Table table({{"CHANNEL"},
               {"ASPECT"},
               {"THING", Table::Side::left, 30},
               {"PINNED TO", Table::Side::left, 50},
               {"UNTIL"},
               {"BY", Table::Side::left, 40},
               {"SINCE"}});
  for (const Json& pin : items_in(answer, "items"))
    table.add({{pin.text_or("channel")},
               {pin.text_or("aspect")},
               {pin.text_or("thing")},
               {value_text(pin)},
               {pin.text_or("until", "cleared")},
               {pin.text_or("author")},
               {pin.text_or("at")}});
  desk.console.out << (table.empty() ? "Nothing is pinned.\n" : table.text(desk.console));
  if (const std::string cursor = answer.text_or("cursor"); !cursor.empty())
    desk.console.out << "more: --cursor " << printable(cursor) << "\n";
}

int pin(Desk& desk, const Options& options) {
  Json wish = Json::object({{"sku", options.sku}, {"channel", options.channel}});
  add_said(wish, "price", options.price);
  add_said(wish, "compare_at", options.compare_at);
  add_said(wish, "title", options.title);
  add_said(wish, "description", options.description);
  add_said(wish, "until", options.until);
  const auto answer = desk.daemon().post("pins", wish);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { show_pins(desk, *answer); });
}

int unpin(Desk& desk, const Options& options) {
  if (options.all != options.sku.empty()) return desk.fail(error(Fault::invalid, "name one SKU, or --all"));
  Json wish = Json::object({{"channel", options.channel}});
  add_said(wish, "sku", options.sku);
  add_said(wish, "aspect", options.aspect);
  if (options.all) wish.set("all", true);
  const auto answer = desk.daemon(patience).post("pins/clear", wish);
  if (!answer) return desk.fail(answer.error());
  const auto cleared = answer->integer_or("cleared");
  return desk.print(
      *answer,
      [&] {
        desk.console.out << printable(options.channel) << ": "
                         << (cleared == 0 ? "nothing was pinned"
                                          : counted(cleared, "pin", "pins") + " cleared; the catalogue and the rules hold again")
                         << "\n";
        for (const Json& digest : items_in(*answer, "held"))
          desk.console.out << painted(desk.console, "held", Colour::yellow) << ": `tallyd release " << printable(shown(&digest))
                           << "` lets it out, `tallyd status` says why\n";
      },
      items_in(*answer, "held").empty() ? exit_ok : exit_guard);
}

int list(Desk& desk, const Options& options) {
  const auto answer = desk.daemon().get("pins", {{"channel", options.channel}, {"cursor", options.cursor}, {"limit", "1000"}});
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { show_pins(desk, *answer); });
}

}  // namespace

void add_pins(CLI::App& product, Desk& desk) {
  const auto options = std::make_shared<Options>();
  const auto on_call = [&desk, options](CLI::App* command, int (*deed)(Desk&, const Options&)) {
    command->callback([&desk, options, deed] { desk.chosen = [&desk, options, deed] { return deed(desk, *options); }; });
  };
  CLI::App* fix = product.add_subcommand("pin", "Let a channel show this price or text, whatever the catalogue and the rules say");
  fix->add_option("SKU", options->sku, "The variant; a title or a description is its product's")->required();
  fix->add_option("--channel", options->channel, "On this channel")->required();
  fix->add_option("--price", options->price, "12.50, or \"12.50 EUR\"");
  fix->add_option("--compare-at", options->compare_at, "The price before the sale; without it none is shown")->needs("--price");
  fix->add_option("--title", options->title, "The listing's title");
  fix->add_option("--description", options->description, "The listing's description");
  fix->add_option("--until", options->until, "Until, as 2026-11-27T18:00:00+01:00 (default: until it is cleared)");
  on_call(fix, pin);
  CLI::App* loose = product.add_subcommand("unpin", "Let the catalogue and the rules say again what a channel shows");
  loose->add_option("SKU", options->sku, "The variant");
  loose->add_option("--channel", options->channel, "On this channel")->required();
  loose->add_option("--aspect", options->aspect, "Only this: price or content");
  loose->add_flag("--all", options->all, "Everything that is pinned there, also by `tallyd undo`");
  on_call(loose, unpin);
  CLI::App* all = product.add_subcommand("pins", "What is pinned, by whom and until when");
  all->add_option("--channel", options->channel, "Only on this channel");
  all->add_option("--cursor", options->cursor, "Go on where the last answer ended");
  on_call(all, list);
}

}  // namespace tally::cli
