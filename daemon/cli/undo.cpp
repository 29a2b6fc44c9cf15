#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr Duration patience{600'000};  // tens of thousands of pins are one transaction
constexpr std::size_t most_shown = 50;

struct Options {
  std::string channel, to, aspect;
  bool dry_run = false;
};

std::string change_text(const Json& item) {
  if (item.text_or("aspect") == "price") return item.text_or("from") + " → " + item.text_or("to");
  std::string fields;
  for (const Json& field : items_in(item, "fields")) fields += (fields.empty() ? "" : ", ") + shown(&field);
  return fields;
}

void show(Desk& desk, const Options& options, const Json& answer) {
  std::ostream& out = desk.console.out;
  const auto& items = items_in(answer, "items");
  Table table({{"ASPECT"}, {"THING", Table::Side::left, 40}, {"CHANGE", Table::Side::left, 60}});
  for (std::size_t n = 0; n < std::min(most_shown, items.size()); ++n)
    table.add({{items[n].text_or("aspect")}, {items[n].text_or("thing")}, {change_text(items[n])}});
  if (!table.empty()) out << table.text(desk.console);
  const auto prices = answer.integer_or("prices"), contents = answer.integer_or("contents");
  if (prices + contents > static_cast<std::int64_t>(std::min(most_shown, items.size())))
    out << "… and more; --json lists the first 1,000\n";
  if (prices + contents == 0) {
    out << printable(options.channel) << ": is to show what it showed at " << printable(answer.text_or("to")) << "; nothing was done\n";
  } else {
    out << printable(options.channel) << ": " << counted(prices, "price", "prices") << " and " << counted(contents, "content", "contents")
        << (options.dry_run ? " would be pinned" : " pinned") << " to what was confirmed at " << printable(answer.text_or("to")) << "\n";
  }
  for (const Json& item : items_in(answer, "unknown"))
    out << painted(desk.console, "  " + printable(item.text_or("aspect") + " of " + item.text_or("thing")), Colour::yellow) << ": "
        << printable(item.text_or("why")) << "; left as it is\n";
  for (const Json& digest : items_in(answer, "held"))
    out << painted(desk.console, "held", Colour::yellow) << ": `tallyd release " << printable(shown(&digest))
        << "` lets it out, `tallyd status` says why\n";
  if (prices + contents > 0 && !options.dry_run)
    out << "The pins win over the catalogue until `tallyd product unpin --all --channel " << printable(options.channel) << "`.\n";
  out << "Stock is not undone by time: `tallyd stock reverse CAUSE` undoes one count, receipt, adjustment or file.\n";
}

int undo(Desk& desk, const Options& options) {
  Json wish = Json::object({{"channel", options.channel}, {"to", options.to}});
  if (!options.aspect.empty()) wish.set("aspect", options.aspect);
  if (options.dry_run) wish.set("dry_run", true);
  const auto answer = desk.daemon(patience).post("undo", wish);
  if (!answer) return desk.fail(answer.error());
  const bool changes = answer->integer_or("prices") + answer->integer_or("contents") > 0;
  const int code = !items_in(*answer, "held").empty()   ? exit_guard
                   : answer->integer_or("unknowns") > 0 ? exit_partly
                   : options.dry_run && changes         ? exit_changes
                                                        : exit_ok;
  return desk.print(
      *answer, [&] { show(desk, options, *answer); }, code);
}

}  // namespace

void add_undo(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("undo", "Let a channel show the prices and contents that it showed at a moment; stock stays");
  command->add_option("--channel", options->channel, "On this channel")->required();
  command->add_option("--to", options->to, "The moment, as 2026-11-27T10:00:00+01:00")->required();
  command->add_option("--aspect", options->aspect, "Only this: price or content");
  command->add_flag("--dry-run", options->dry_run, "Only say what would change; exit 2 when something would");
  command->callback([&desk, options] { desk.chosen = [&desk, options] { return undo(desk, *options); }; });
}

}  // namespace tally::cli
