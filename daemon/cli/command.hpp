// What every subcommand is given, and where each is added. One file a subcommand.
#pragma once

#include "cli/cli.hpp"
#include "cli/console.hpp"
#include "cli/daemon.hpp"
#include "cli/exit_code.hpp"

#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace tally::cli {

/// One start of the program. `--config`, `--socket` and `--json` may stand before or behind the subcommand.
struct Desk {
  const Parts& parts;
  Console& console;
  std::string config_option, socket_option;
  bool json = false;
  std::function<int()> chosen;  ///< set by the subcommand that was named

  /// --config, else TALLYD_CONFIG, else here if a tallyd.yaml lies here, else /etc/tallyd.
  std::filesystem::path config() const;
  /// --socket, else TALLYD_SOCKET; nothing: the settings say.
  std::optional<std::filesystem::path> named_socket() const;
  /// `patience` for one answer.
  Daemon daemon(Duration patience = Duration(60'000)) const;

  int fail(const Error& error) { return cli::fail(console, error, json); }
  /// "tallyd: warning: …" on `err`; with --json only, the answer says it instead.
  void warn(const std::string& what);
  /// Prints the answer as one JSON line when that is wanted; otherwise `show` does.
  int print(const Json& answer, const std::function<void()>& show, int code = exit_ok);
};

/// Of the user who runs this, for the journal.
std::string own_name();

void add_run(CLI::App& app, Desk& desk);
void add_check(CLI::App& app, Desk& desk);
void add_test(CLI::App& app, Desk& desk);
void add_plan(CLI::App& app, Desk& desk);
void add_sync(CLI::App& app, Desk& desk);
void add_status(CLI::App& app, Desk& desk);
void add_explain(CLI::App& app, Desk& desk);
void add_import(CLI::App& app, Desk& desk);
void add_sandbox(CLI::App& app, Desk& desk);
void add_reload(CLI::App& app, Desk& desk);
void add_channel(CLI::App& app, Desk& desk);
void add_hold(CLI::App& app, Desk& desk);  ///< release, discard
void add_replay(CLI::App& app, Desk& desk);
void add_order(CLI::App& app, Desk& desk);
void add_order_deeds(CLI::App& order, Desk& desk);  ///< what is done with one order
void add_product(CLI::App& app, Desk& desk);
void add_pins(CLI::App& product, Desk& desk);  ///< what a channel shows whatever the catalogue says
void add_undo(CLI::App& app, Desk& desk);
void add_stock(CLI::App& app, Desk& desk);
void add_privacy(CLI::App& app, Desk& desk);

/// For tests: the words behind the program's name, and a console of one's own.
int run_cli(const std::vector<std::string>& words, const Parts& parts, Console& console);

}  // namespace tally::cli
