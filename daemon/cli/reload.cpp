#include "cli/command.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <ostream>

namespace tally::cli {
namespace {

std::string names_in(const Json& changes, const char* key) {
  std::string text;
  for (const Json& name : items_in(changes, key)) text += (text.empty() ? "" : ", ") + printable(name.scalar_text());
  return text;
}

void show(Desk& desk, const Json& answer) {
  std::ostream& out = desk.console.out;
  if (!answer.bool_or("applied")) {
    for (const Json& complaint : items_in(answer, "complaints")) desk.console.err << printable(complaint.scalar_text()) << "\n";
    desk.console.err << "Nothing was changed: the daemon goes on with the configuration that it has.\n";
    return;
  }
  out << painted(desk.console, "The configuration is in use.", Colour::green) << "\n";
  const Json* changes = answer.find("channels");
  for (const char* key : {"added", "changed", "removed"}) {
    if (changes == nullptr) break;
    if (const std::string names = names_in(*changes, key); !names.empty()) out << key << ": " << names << "\n";
  }
}

}  // namespace

void add_reload(CLI::App& app, Desk& desk) {
  CLI::App* command =
      app.add_subcommand("reload", "Make the daemon read its configuration again: the whole, or nothing when anything is wrong");
  command->callback([&desk] {
    desk.chosen = [&desk] {
      const auto answer = desk.daemon().post("reload");
      if (!answer) return desk.fail(answer.error());
      return desk.print(
          *answer, [&] { show(desk, *answer); }, answer->bool_or("applied") ? exit_ok : exit_configuration);
    };
  });
}

}  // namespace tally::cli
