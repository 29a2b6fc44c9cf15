#include "cli/command.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
void add_explain(CLI::App& app, Desk& desk) {
  struct Options {
    std::string sku, channel, aspect, order;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "explain", "Say why a channel shows what it shows, from receipt to the platform's reply, or why an order is as it is");
  auto* sku = command->add_option("SKU", options->sku, "The variant");
  auto* aspect = command->add_option("--aspect", options->aspect, "stock (its number, where nothing is said), price or content");
  aspect->check(CLI::IsMember({"stock", "price", "content"}));
  command->add_option("--order", options->order, "An order of the channel instead, by the channel's own id")
      ->excludes(sku)
      ->excludes(aspect);
  command->add_option("--channel", options->channel, "The channel")->required();
  command->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      if (options->sku.empty() && options->order.empty())
        return desk.fail(error(Fault::invalid, "neither a SKU nor an order is named", "explain",
                               "`tallyd explain SKU --channel NAME`, or `--order ID`"));
      Daemon::Parameters question;
      for (const auto& [name, value] : {std::pair<const char*, const std::string*>{"sku", &options->sku},
                                        {"order", &options->order},
                                        {"channel", &options->channel},
                                        {"aspect", &options->aspect}}) {
        if (!value->empty()) question.emplace_back(name, *value);
      }
      const auto answer = desk.daemon().get("explain", question);
      if (!answer) return desk.fail(answer.error());
      return desk.print(*answer, [&] { desk.console.out << printable_lines(answer->text_or("text")); });
    };
  });
}

}  // namespace tally::cli
