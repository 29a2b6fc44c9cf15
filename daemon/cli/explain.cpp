#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

void show(Desk& desk, const Json& answer) {
  std::ostream& out = desk.console.out;
  if (const std::string text = answer.text_or("text"); !text.empty()) {
    out << printable_lines(text);
    return;
  }
  out << printable(answer.text_or("sku")) << " on " << printable(answer.text_or("channel")) << " shows " << shown(answer.find("number"))
      << "\n";
  Table table({{"AT"}, {"WHAT", Table::Side::left, 100}});
  for (const Json& step : items_in(answer, "steps")) table.add({{shown(step.find("at"))}, {shown(step.find("what"))}});
  if (!table.empty()) out << table.text(desk.console);
}

}  // namespace

void add_explain(CLI::App& app, Desk& desk) {
  struct Options {
    std::string sku, channel;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("explain", "Say why a channel shows the number that it shows, from receipt to the platform's reply");
  command->add_option("SKU", options->sku, "The variant")->required();
  command->add_option("--channel", options->channel, "The channel")->required();
  command->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      const auto answer = desk.daemon().get("explain", {{"sku", options->sku}, {"channel", options->channel}});
      if (!answer) return desk.fail(answer.error());
      return desk.print(*answer, [&] { show(desk, *answer); });
    };
  });
}

}  // namespace tally::cli
