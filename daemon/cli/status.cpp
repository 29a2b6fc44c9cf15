#include "cli/command.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <ostream>

namespace tally::cli {

void add_status(CLI::App& app, Desk& desk) {
  CLI::App* command = app.add_subcommand("status", "Show the channels, what is to be solved, and whether everything is in place");
  command->callback([&desk] {
    desk.chosen = [&desk] {
      const auto status = desk.daemon().get("status");
      if (!status) return desk.fail(status.error());
      return desk.print(*status, [&] { desk.console.out << status_text(desk.console, *status); });
    };
  });
}

}  // namespace tally::cli
