#include "cli/calm.hpp"
#include "cli/command.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_view.hpp"
#include "cli/progress.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <memory>
#include <ostream>
#include <thread>

namespace tally::cli {
namespace {

constexpr Duration plan_patience{600'000};  // a large plan is compared line by line

struct Options {
  std::string channel, plan;
  std::string wait = "1h";
};

struct End {
  Calm::State state = Calm::State::busy;
  std::vector<Calm::Paused> paused;
  Convergence convergence;
};

Result<End> wait_for_calm(Desk& desk, const Daemon& daemon, Calm calm, Duration most) {
  Progress progress(desk.console, desk.json, "syncing");
  const SystemClock clock;
  const Duration begin = clock.since_start();
  for (;;) {
    const auto status = daemon.get("status");
    if (!status) return status.error();
    const Calm::State state = calm.look(*status);
    const bool over = clock.since_start() - begin >= most;
    if (state != Calm::State::busy || over)
      return End{.state = state, .paused = calm.paused(), .convergence = convergence_of(*status, calm.channels())};
    progress.say(calm.text());
    std::this_thread::sleep_for(desk.console.pause);
  }
}

int code_for(const End& end) {
  if (!end.paused.empty()) {
    const bool refused = std::any_of(end.paused.begin(), end.paused.end(), [](const auto& channel) { return channel.refused; });
    return refused ? exit_credentials : exit_unavailable;
  }
  switch (end.state) {
    case Calm::State::held:
      return exit_guard;
    case Calm::State::busy:
      return exit_partly;
    case Calm::State::calm:
      return end.convergence.settled() ? exit_ok : exit_partly;
  }
  return exit_error;
}

void show(Desk& desk, const End& end, const std::string& waited) {
  std::ostream& out = desk.console.out;
  for (const auto& channel : end.paused)
    out << painted(desk.console, printable(channel.channel + " is paused: " + channel.reason), Colour::red) << "\n";
  const std::string text = printable(end.convergence.text());
  switch (end.state) {
    case Calm::State::held:
      out << "Done, but for what waits for a person: `tallyd status` shows it, `tallyd release DIGEST` sends it.\n" << text << ".\n";
      return;
    case Calm::State::busy:
      out << "Not done after " << waited << "; it goes on in the daemon, and `tallyd status` shows how far it is.\n" << text << ".\n";
      return;
    case Calm::State::calm:
      break;
  }
  if (end.convergence.in_sync()) {
    out << painted(desk.console, "In sync: " + text + ".", Colour::green) << "\n";
    return;
  }
  out << painted(desk.console, "Done: " + text + ".", Colour::yellow) << "\n";
  if (!end.convergence.settled()) out << "`tallyd status` gives the reasons.\n";
}

Json paused_json(const End& end) {
  Json list = Json::array();
  for (const auto& channel : end.paused)
    list.push_back(Json::object({{"channel", channel.channel}, {"reason", channel.reason}, {"refused", channel.refused}}));
  return list;
}

int sync(Desk& desk, const Options& options) {
  const auto most = parse_duration(options.wait);
  if (!most) return desk.fail(most.error());
  Json applied = Json::object();
  if (!options.plan.empty()) {
    const auto plan = read_plan(options.plan);
    if (!plan) return desk.fail(plan.error());
    auto answer = desk.daemon(plan_patience).post("plan/apply", *plan);
    if (!answer) return desk.fail(answer.error());
    applied = std::move(*answer);
    if (!desk.json) desk.console.out << applied_text(desk.console, applied);
  }
  const Daemon daemon = desk.daemon();
  const auto before = daemon.get("status");
  if (!before) return desk.fail(before.error());
  const auto started = daemon.post("sync", Json::object({{"channel", options.channel}}));
  if (!started) return desk.fail(started.error());
  std::set<std::string> channels;
  if (!options.channel.empty()) channels.insert(options.channel);
  const auto end = wait_for_calm(desk, daemon, Calm(*before, std::move(channels)), *most);
  if (!end) return desk.fail(end.error());
  const int of_sync = code_for(*end);
  const int code = of_sync == exit_ok ? code_of_applied(applied) : of_sync;
  Json answer = Json::object({{"calm", end->state == Calm::State::calm},
                              {"held", end->state == Calm::State::held},
                              {"paused", paused_json(*end)},
                              {"in_sync", end->convergence.in_sync()},
                              {"differences", end->convergence.differences},
                              {"not_listed", end->convergence.not_listed},
                              {"pending", end->convergence.pending},
                              {"parked", end->convergence.parked},
                              {"exit", code}});
  if (!options.plan.empty()) answer.set("plan", applied);
  return desk.print(
      answer, [&] { show(desk, *end, options.wait); }, code);
}

}  // namespace

void add_sync(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("sync", "Look at the channels, send what their policy allows, and wait until all is calm");
  command->add_option("--channel", options->channel, "Only this channel");
  command->add_option("--plan", options->plan, "First release what this file of `tallyd plan --save` says; exit 3 when lines were dropped");
  command->add_option("--wait", options->wait, "At most so long: 30s, 10m, 2h (default 1h)");
  command->callback([&desk, options] { desk.chosen = [&desk, options] { return sync(desk, *options); }; });
}

}  // namespace tally::cli
