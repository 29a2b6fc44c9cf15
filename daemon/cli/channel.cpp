#include "cli/command.hpp"
#include "cli/plan_view.hpp"
#include "cli/status_view.hpp"

#include "base/crypto.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr std::size_t lines = 50;

int list(Desk& desk) {
  const auto answer = desk.daemon().get("channels");
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { desk.console.out << channels_text(desk.console, items_in(*answer, "items")); });
}

int release(Desk& desk, const std::string& name) {
  const auto answer = desk.daemon().post("channels/" + crypto::url_encode(name) + "/release");
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    desk.console.out << printable(name) << " is released"
                     << (answer->text_or("policy").empty() ? "" : ": its policy is now " + answer->text_or("policy")) << "\n";
    if (answer->find("items") != nullptr) desk.console.out << plan_text(desk.console, *answer, lines);
  });
}

int moved(Desk& desk, const std::string& name) {
  const auto answer = desk.parts.move_channel(desk.config(), name, own_name());
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    desk.console.out << printable(name) << " was " << printable(answer->text_or("before")) << " and is now "
                     << printable(answer->text_or("after")) << "; its ids and listings stay.\n"
                     << "It observes: start tallyd, look at `tallyd plan --channel " << printable(name)
                     << "`, then `tallyd channel release " << printable(name) << "`.\n";
  });
}

}  // namespace

void add_channel(CLI::App& app, Desk& desk) {
  const auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("channel", "List the channels, or let a new one be written to");
  command->require_subcommand(1);
  command->add_subcommand("list", "The channels and how they are")->callback([&desk] { desk.chosen = [&desk] { return list(desk); }; });
  CLI::App* released =
      command->add_subcommand("release", "End a channel's observing: what `tallyd plan --channel NAME` shows will be sent");
  released->add_option("NAME", *name, "The channel")->required();
  CLI::App* at_another =
      command->add_subcommand("moved", "The same account has another address: keep its ids, and observe again; needs no daemon");
  at_another->add_option("NAME", *name, "The channel")->required();
  at_another->callback([&desk, name] { desk.chosen = [&desk, name] { return moved(desk, *name); }; });
  released->callback([&desk, name] { desk.chosen = [&desk, name] { return release(desk, *name); }; });
}

}  // namespace tally::cli
