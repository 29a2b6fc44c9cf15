#include "cli/command.hpp"
#include "cli/plan_view.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr Duration patience{600'000};  // a whole catalogue is compared
constexpr std::size_t most_lines = 1'000'000;

Result<Json> ask(Desk& desk, const std::string& channel) {
  const Daemon daemon = desk.daemon(patience);
  const auto there = daemon.is_there();
  if (!there) return there.error();
  if (*there) return daemon.get("plan", {{"channel", channel}});
  const auto offline = desk.parts.open_offline(desk.config());
  if (!offline) return offline.error();
  return offline->plan(channel);
}

}  // namespace

void add_plan(CLI::App& app, Desk& desk) {
  struct Options {
    std::string channel;
    std::size_t lines = 50;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "plan", "Show what would be sent to the channels and why; exit 2 when there is something, 0 when there is nothing");
  command->add_option("--channel", options->channel, "Only this channel");
  command->add_option("--lines", options->lines, "Show at most so many lines (default 50)")->check(CLI::Range(std::size_t{0}, most_lines));
  command->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      const auto plan = ask(desk, options->channel);
      if (!plan) return desk.fail(plan.error());
      const bool empty = plan->bool_or("empty");
      return desk.print(
          *plan, [&] { desk.console.out << plan_text(desk.console, *plan, options->lines); }, empty ? exit_ok : exit_changes);
    };
  });
}

}  // namespace tally::cli
