#include "cli/calm.hpp"
#include "cli/command.hpp"
#include "cli/progress.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>
#include <thread>

namespace tally::cli {
namespace {

struct Options {
  std::string channel;
  std::string wait = "1h";
};

struct End {
  Calm::State state = Calm::State::busy;
  std::string reason;
  Json status;
  std::int64_t parked = 0;
  bool refused = false;
};

Result<End> wait_for_calm(Desk& desk, const Daemon& daemon, Calm calm, Duration most) {
  Progress progress(desk.console, desk.json, "syncing");
  const SystemClock clock;
  const Duration begin = clock.since_start();
  for (;;) {
    auto status = daemon.get("status");
    if (!status) return status.error();
    const Calm::State state = calm.look(*status);
    const bool over = clock.since_start() - begin >= most;
    if (state != Calm::State::busy || over)
      return End{.state = state, .reason = calm.reason(), .status = std::move(*status), .parked = calm.parked(), .refused = calm.refused()};
    progress.say(calm.text());
    std::this_thread::sleep_for(desk.console.pause);
  }
}

int code_for(const End& end) {
  switch (end.state) {
    case Calm::State::paused:
      return end.refused ? exit_credentials : exit_unavailable;
    case Calm::State::held:
      return exit_guard;
    case Calm::State::busy:
      return exit_partly;
    case Calm::State::calm:
      return end.parked > 0 ? exit_partly : exit_ok;
  }
  return exit_error;
}

void show(Desk& desk, const End& end, const std::string& waited) {
  std::ostream& out = desk.console.out;
  switch (end.state) {
    case Calm::State::paused:
      out << painted(desk.console, printable(end.reason), Colour::red) << "\n";
      return;
    case Calm::State::held:
      out << "Done, but for what waits for a person: `tallyd status` shows it, `tallyd release DIGEST` sends it.\n";
      return;
    case Calm::State::busy:
      out << "Not done after " << waited << "; it goes on in the daemon, and `tallyd status` shows how far it is.\n";
      return;
    case Calm::State::calm:
      break;
  }
  if (end.parked > 0) {
    out << painted(desk.console, "Done, but for " + counted(end.parked, "parked item", "parked items"), Colour::yellow)
        << "; `tallyd status` gives the reasons.\n";
  } else {
    out << painted(desk.console, "In sync: " + convergence_text(end.status) + ".", Colour::green) << "\n";
  }
}

int sync(Desk& desk, const Options& options) {
  const auto most = parse_duration(options.wait);
  if (!most) return desk.fail(most.error());
  const Daemon daemon = desk.daemon();
  const auto before = daemon.get("status");
  if (!before) return desk.fail(before.error());
  const auto started = daemon.post("sync", Json::object({{"channel", options.channel}}));
  if (!started) return desk.fail(started.error());
  std::set<std::string> channels;
  if (!options.channel.empty()) channels.insert(options.channel);
  const auto end = wait_for_calm(desk, daemon, Calm(*before, std::move(channels)), *most);
  if (!end) return desk.fail(end.error());
  const int code = code_for(*end);
  const Json answer = Json::object({{"calm", end->state == Calm::State::calm},
                                    {"held", end->state == Calm::State::held},
                                    {"reason", end->reason},
                                    {"parked", end->parked},
                                    {"exit", code}});
  return desk.print(
      answer, [&] { show(desk, *end, options.wait); }, code);
}

}  // namespace

void add_sync(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("sync", "Look at the channels, send what their policy allows, and wait until all is calm");
  command->add_option("--channel", options->channel, "Only this channel");
  command->add_option("--wait", options->wait, "At most so long: 30s, 10m, 2h (default 1h)");
  command->callback([&desk, options] { desk.chosen = [&desk, options] { return sync(desk, *options); }; });
}

}  // namespace tally::cli
