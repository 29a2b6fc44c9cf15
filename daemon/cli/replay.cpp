#include "cli/command.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::vector<std::int64_t> rows;
  std::string channel;
};

struct Outcome {
  std::int64_t applied = 0;
  Json::Array parked;  ///< {row, channel, reason}
};

/// The daemon reads some hundreds at a time, so that its channels need not wait; `cursor` says where it goes on.
Result<Outcome> read_again(Desk& desk, const Options& options) {
  const Daemon daemon = desk.daemon();
  Outcome outcome;
  Json question = Json::object();
  if (!options.channel.empty()) question.set("channel", options.channel);
  if (!options.rows.empty()) {
    Json rows = Json::array();
    for (const auto row : options.rows) rows.push_back(row);
    question.set("rows", std::move(rows));
  }
  for (;;) {
    const auto answer = daemon.post("inbox/replay", question);
    if (!answer) return answer.error();
    outcome.applied += answer->integer_or("applied");
    const Json::Array& parked = items_in(*answer, "parked");
    outcome.parked.insert(outcome.parked.end(), parked.begin(), parked.end());
    if (answer->find("cursor") == nullptr) return outcome;
    question.set("cursor", answer->integer_or("cursor"));
  }
}

void show(Desk& desk, const Outcome& outcome) {
  std::ostream& out = desk.console.out;
  for (const Json& row : outcome.parked) {
    out << painted(desk.console, "row " + shown(row.find("row")) + " (" + printable(row.text_or("channel")) + ")", Colour::yellow) << ": "
        << printable(row.text_or("reason")) << "\n";
  }
  const auto still = static_cast<std::int64_t>(outcome.parked.size());
  if (outcome.applied == 0 && still == 0) {
    out << "Nothing is parked.\n";
    return;
  }
  out << counted(outcome.applied, "document", "documents") << " applied, " << grouped(still) << " still parked.\n";
}

}  // namespace

void add_replay(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("replay", "Read parked documents again, after their cause was corrected; none named: all that are parked");
  CLI::Option* rows = command->add_option("ROW", options->rows, "As `tallyd status` shows it");
  command->add_option("--channel", options->channel, "What is parked of this channel")->excludes(rows);
  command->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      const auto outcome = read_again(desk, *options);
      if (!outcome) return desk.fail(outcome.error());
      const Json answer = Json::object({{"applied", outcome->applied}, {"parked", outcome->parked}});
      return desk.print(
          answer, [&] { show(desk, *outcome); }, outcome->parked.empty() ? exit_ok : exit_partly);
    };
  });
}

}  // namespace tally::cli
