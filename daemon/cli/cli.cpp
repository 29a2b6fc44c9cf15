#include "cli/cli.hpp"

#include "cli/command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cstdlib>
#include <ostream>

namespace tally::cli {
namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// CLI11 takes "-3" for an option. With a space before it, it is a value, and whoever reads a quantity skips the space.
std::string as_value(const std::string& word) {
  const bool negative =
      word.size() > 1 && word[0] == '-' && std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
  return negative ? " " + word : word;
}

void add_all(CLI::App& app, Desk& desk) {
  for (const auto add : {add_run, add_check, add_test, add_plan, add_sync, add_status, add_explain, add_import, add_sandbox, add_reload,
                         add_channel, add_hold, add_replay, add_order, add_product, add_undo, add_stock, add_privacy}) {
    add(app, desk);
  }
}

/// "did you mean" for the first word, which is a subcommand or a mistake.
std::string hint_for(const CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  const auto word = std::find_if(words.begin(), words.end(), [](const std::string& text) { return !text.starts_with("-"); });
  if (word == words.end() || std::find(names.begin(), names.end(), *word) != names.end()) return {};
  return did_you_mean(*word, names);
}

int usage(const CLI::App& app, const CLI::ParseError& fault, const std::vector<std::string>& words, Desk& desk) {
  if (fault.get_exit_code() == 0) return app.exit(fault, desk.console.out, desk.console.err);  // --help, --version
  const std::string hint = hint_for(app, words);
  return desk.fail(error(Fault::invalid, fault.what(), {},
                         hint.empty() ? "`tallyd --help` lists the commands, `tallyd COMMAND --help` explains one" : hint));
}

}  // namespace

std::filesystem::path Desk::config() const {
  if (!config_option.empty()) return config_option;
  if (const std::string named = from_environment("TALLYD_CONFIG"); !named.empty()) return named;
  std::error_code unreadable;
  return std::filesystem::exists("tallyd.yaml", unreadable) ? "." : "/etc/tallyd";
}

std::optional<std::filesystem::path> Desk::named_socket() const {
  if (!socket_option.empty()) return socket_option;
  if (const std::string named = from_environment("TALLYD_SOCKET"); !named.empty()) return named;
  return std::nullopt;
}

Daemon Desk::daemon(Duration patience) const {
  const auto named = named_socket();
  return Daemon(named ? *named : socket_of(config()), patience);
}

int Desk::print(const Json& answer, const std::function<void()>& show, int code) {
  if (json) {
    console.out << answer.dump() << "\n";
  } else {
    show();
  }
  return code;
}

int run_cli(const std::vector<std::string>& words, const Parts& parts, Console& console) {
  Desk desk{.parts = parts, .console = console, .config_option = {}, .socket_option = {}, .json = false, .chosen = {}};
  CLI::App app("tallyd keeps a merchant's listings, stock and orders the same on every sales channel.", "tallyd");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "tallyd " + parts.version);
  app.add_option("--config", desk.config_option, "The folder of tallyd.yaml (default: TALLYD_CONFIG, here, /etc/tallyd)");
  app.add_option("--socket", desk.socket_option, "The daemon's Unix socket (default: TALLYD_SOCKET, or as tallyd.yaml says)");
  app.add_flag("--json", desk.json, "JSON instead of tables; JSON lines for long work");
  add_all(app, desk);

  std::vector<std::string> reversed;  // as CLI11 wants them
  std::transform(words.rbegin(), words.rend(), std::back_inserter(reversed), as_value);
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& fault) {
    desk.json = desk.json || std::find(words.begin(), words.end(), "--json") != words.end();
    return usage(app, fault, words, desk);
  }
  try {
    const int code = desk.chosen();
    console.out.flush();
    return code;
  } catch (const std::exception& fault) {
    return desk.fail(error(Fault::internal, fault.what(), {}, "this is a fault of tallyd's; please report it with the command"));
  }
}

int run_cli(int argc, char** argv, const Parts& parts) {
  Console console = Console::of_process();
  return run_cli(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), parts, console);
}

}  // namespace tally::cli
