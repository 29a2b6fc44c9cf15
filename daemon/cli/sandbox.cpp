#include "cli/command.hpp"

#include <CLI/App.hpp>

namespace tally::cli {

void add_sandbox(CLI::App& app, Desk& desk) {
  CLI::App* command = app.add_subcommand(
      "sandbox", "Run the pretend platforms alone, to try a configuration against them; --config names a file that says which");
  command->callback([&desk] {
    desk.chosen = [&desk] {
      SandboxOptions options{.config = {}, .json = desk.json};
      if (!desk.config_option.empty()) options.config = desk.config_option;
      return desk.parts.sandbox(options);
    };
  });
}

}  // namespace tally::cli
