#include "cli/command.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_view.hpp"
#include "cli/whole_number.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr Duration patience{600'000};  // a whole catalogue is compared
constexpr std::int64_t most_lines = 1'000'000;

Result<Json> ask(Desk& desk, const std::string& channel) {
  const Daemon daemon = desk.daemon(patience);
  const auto there = daemon.is_there();
  if (!there) return there.error();
  if (*there) return daemon.get("plan", {{"channel", channel}});
  const auto offline = desk.parts.open_offline(desk.config());
  if (!offline) return offline.error();
  return offline->plan(channel);
}

struct Options {
  std::string channel, save, apply;
  std::size_t lines = 50;
};

int apply_file(Desk& desk, const std::string& file) {
  const auto plan = read_plan(file);
  if (!plan) return desk.fail(plan.error());
  const auto answer = desk.daemon(patience).post("plan/apply", *plan);
  if (!answer) return desk.fail(answer.error());
  return desk.print(
      *answer, [&] { desk.console.out << applied_text(desk.console, *answer); }, code_of_applied(*answer));
}

int show(Desk& desk, const Options& options) {
  const auto plan = ask(desk, options.channel);
  if (!plan) return desk.fail(plan.error());
  if (!options.save.empty()) {
    if (const auto saved = save_plan(options.save, *plan); !saved) return desk.fail(saved.error());
  }
  return desk.print(
      *plan,
      [&] {
        desk.console.out << plan_text(desk.console, *plan, options.lines);
        if (!options.save.empty())
          desk.console.out << "saved in " << printable(options.save) << "; `tallyd plan --apply " << printable(options.save)
                           << "` sends it, until " << printable(plan->text_or("expires_at")) << "\n";
      },
      plan->bool_or("empty") ? exit_ok : exit_changes);
}

}  // namespace

void add_plan(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "plan", "Show what would be sent to the channels and why; exit 2 when there is something, 0 when there is nothing");
  command->add_option("--channel", options->channel, "Only this channel");
  command->add_option("--lines", options->lines, "Show at most so many lines (default 50)")->check(whole_number(0, most_lines));
  CLI::Option* save =
      command->add_option("--save", options->save, "Also write it into this file, each line bound to what it was made from");
  command
      ->add_option("--apply", options->apply,
                   "Send exactly the lines of this file that are still what they were; exit 3 when some were dropped")
      ->excludes(save)
      ->excludes("--channel");
  command->callback([&desk, options] {
    desk.chosen = [&desk, options] { return options->apply.empty() ? show(desk, *options) : apply_file(desk, options->apply); };
  });
}

}  // namespace tally::cli
