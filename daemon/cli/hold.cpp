#include "cli/command.hpp"

#include "base/crypto.hpp"

#include <CLI/App.hpp>

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

}  // namespace

void add_hold(CLI::App& app, Desk& desk) {
  const auto digest = std::make_shared<std::string>();
  CLI::App* release = app.add_subcommand("release", "Send exactly the changes that the guard held back under this digest");
  release->add_option("DIGEST", *digest, "As `tallyd status` shows it")->required();
  release->callback([&desk, digest] { desk.chosen = [&desk, digest] { return decide(desk, *digest, "release", "released"); }; });
  CLI::App* discard = app.add_subcommand("discard", "Never send the changes that the guard held back under this digest");
  discard->add_option("DIGEST", *digest, "As `tallyd status` shows it")->required();
  discard->callback([&desk, digest] { desk.chosen = [&desk, digest] { return decide(desk, *digest, "discard", "discarded"); }; });
}

}  // namespace tally::cli
