#include "cli/command.hpp"

#include "base/crypto.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

int decide(Desk& desk, const std::string& digest, const char* deed, const char* outcome) {
  const auto answer = desk.daemon().post("holds/" + crypto::url_encode(digest) + "/" + deed);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    desk.console.out << printable(digest) << ": " << outcome;
    if (answer->find("count") != nullptr) desk.console.out << ", " << counted(answer->integer_or("count"), "change", "changes");
    desk.console.out << "\n";
  });
}

/// A digest has twelve characters, and no inbox comes to so many rows.
bool is_row(const std::string& word) {
  return !word.empty() && word.size() < 12 && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int drop(Desk& desk, const std::string& row) {
  const auto answer = desk.daemon().post("inbox/" + row + "/discard");
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { desk.console.out << "row " << row << ": dropped (" << printable(answer->text_or("reason")) << ")\n"; });
}

}  // namespace

void add_hold(CLI::App& app, Desk& desk) {
  const auto digest = std::make_shared<std::string>();
  CLI::App* release = app.add_subcommand("release", "Send exactly the changes that the guard held back under this digest");
  release->add_option("DIGEST", *digest, "As `tallyd status` shows it")->required();
  release->callback([&desk, digest] { desk.chosen = [&desk, digest] { return decide(desk, *digest, "release", "released"); }; });
  CLI::App* discard = app.add_subcommand(
      "discard", "Never send the changes that the guard held back under this digest, or drop the parked document of this row");
  discard->add_option("DIGEST|ROW", *digest, "As `tallyd status` shows it")->required();
  discard->callback([&desk, digest] {
    desk.chosen = [&desk, digest] { return is_row(*digest) ? drop(desk, *digest) : decide(desk, *digest, "discard", "discarded"); };
  });
}

}  // namespace tally::cli
