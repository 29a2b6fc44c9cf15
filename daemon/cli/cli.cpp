#include "cli/cli.hpp"

#include "cli/command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
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

bool takes_a_value(const CLI::App* command, const std::string& option) {
  for (; command != nullptr; command = command->get_parent()) {
    if (const CLI::Option* known = command->get_option_no_throw(option)) return known->get_items_expected_min() > 0;
  }
  return false;
}

/// Where a command was to stand: the one that it would have been of, and the word, empty where there is none.
struct Misnamed {
  const CLI::App* of;
  std::string word;
};

/// Nothing where the words name a command to its end, whatever is wrong behind it.
std::optional<Misnamed> misnamed_in(const CLI::App& app, const std::vector<std::string>& words) {
  const auto any = [](const CLI::App*) { return true; };
  const CLI::App* command = &app;
  for (std::size_t i = 0; i < words.size() && !command->get_subcommands(any).empty(); ++i) {
    if (words[i].starts_with("-")) {
      if (takes_a_value(command, words[i])) ++i;
      continue;
    }
    const auto below = command->get_subcommands([&](const CLI::App* each) { return each->get_name() == words[i]; });
    if (below.empty()) return Misnamed{command, words[i]};
    command = below.front();
  }
  if (command->get_subcommands(any).empty()) return std::nullopt;
  return Misnamed{command, ""};
}

std::string whole_name(const CLI::App& command) {
  return (command.get_parent() != nullptr ? whole_name(*command.get_parent()) + " " : "") + command.get_name();
}

Error error_of(const Misnamed& misnamed) {
  std::vector<std::string> names;
  for (const CLI::App* command : misnamed.of->get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  const std::string of = whole_name(*misnamed.of);
  const std::string list = "`" + of + " --help` lists the commands";
  if (misnamed.word.empty()) return error(Fault::invalid, "`" + of + "` alone is no command", {}, list);
  const std::string meant = did_you_mean(misnamed.word, names);
  return error(Fault::invalid, "'" + misnamed.word + "' is no command of `" + of + "`", {}, meant.empty() ? list : meant + " " + list);
}

int usage(const CLI::App& app, const CLI::ParseError& fault, const std::vector<std::string>& words, Desk& desk) {
  if (fault.get_exit_code() == 0) return app.exit(fault, desk.console.out, desk.console.err);  // --help, --version
  const bool lacks_a_value = fault.get_name() == "ArgumentMismatch";
  if (const auto misnamed = misnamed_in(app, words); misnamed && !lacks_a_value) return desk.fail(error_of(*misnamed));
  return desk.fail(error(Fault::invalid, fault.what(), {}, "`tallyd --help` lists the commands, `tallyd COMMAND --help` explains one"));
}

}  // namespace

std::string own_name() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : "uid " + std::to_string(geteuid());
}

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

void Desk::warn(const std::string& what) {
  if (!json) console.err << "tallyd: warning: " << printable(what) << "\n";
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
