#include "cli/chunk.hpp"
#include "cli/command.hpp"
#include "cli/progress.hpp"
#include "cli/status_view.hpp"

#include <pwd.h>
#include <unistd.h>
#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr Duration patience{600'000};  // a chunk may wait for the writer
constexpr std::size_t most_shown = 100;

using Take = std::function<Result<Json>(const Json& chunk)>;

struct Outcome {
  std::int64_t created = 0, updated = 0, unchanged = 0;
  Json::Array refused;  ///< {thing, why}
};

std::string own_name() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : "uid " + std::to_string(geteuid());
}

/// To the daemon, or, where none runs, straight into the store.
Result<Take> way_in(Desk& desk) {
  const Daemon daemon = desk.daemon(patience);
  const auto there = daemon.is_there();
  if (!there) return there.error();
  if (*there) return Take([daemon](const Json& chunk) { return daemon.post("import", chunk); });
  const auto offline = desk.parts.open_offline(desk.config());
  if (!offline) return offline.error();
  return Take([offline = *offline, author = own_name()](const Json& chunk) { return offline.import(chunk, author); });
}

Result<Outcome> send(Desk& desk, const CatalogueFile& file, const Take& take) {
  Outcome outcome;
  Progress progress(desk.console, desk.json, "importing");
  std::size_t done = 0;
  for (const Json& chunk : chunks_of(file.products, file.stock)) {
    const auto answer = take(chunk);
    if (!answer) {
      Error fault = answer.error();
      fault.todo += (fault.todo.empty() ? "" : "; ") + grouped(static_cast<std::int64_t>(done)) +
                    " products were taken: importing the file again takes the rest";
      return fault;
    }
    outcome.created += answer->integer_or("created");
    outcome.updated += answer->integer_or("updated");
    outcome.unchanged += answer->integer_or("unchanged");
    const Json::Array& refused = items_in(*answer, "refused");
    outcome.refused.insert(outcome.refused.end(), refused.begin(), refused.end());
    done += items_in(chunk, "products").size();
    progress.step(done, file.products.size());
  }
  return outcome;
}

std::int64_t variants_in(const CatalogueFile& file) {
  std::int64_t count = 0;
  for (const Json& product : file.products) count += static_cast<std::int64_t>(items_in(product, "variants").size());
  return count;
}

Json report(const CatalogueFile& file, const Outcome& outcome) {
  return Json::object({{"format", file.format},
                       {"rows", static_cast<std::uint64_t>(file.rows)},
                       {"products", static_cast<std::uint64_t>(file.products.size())},
                       {"variants", variants_in(file)},
                       {"created", outcome.created},
                       {"updated", outcome.updated},
                       {"unchanged", outcome.unchanged},
                       {"corrected", file.corrected},
                       {"refused_rows", file.refused},
                       {"refused", outcome.refused}});
}

void show(Desk& desk, const std::string& name, const CatalogueFile& file, const Outcome& outcome) {
  std::ostream& out = desk.console.out;
  out << printable(name) << ": " << printable(file.format) << ", " << counted(static_cast<std::int64_t>(file.rows), "row", "rows") << "\n";
  for (const std::string& sentence : file.summary) out << "  " << printable(sentence) << "\n";
  std::size_t lines = 0;
  for (const Json& row : file.refused) {
    if (++lines > most_shown) break;
    out << painted(desk.console, "  line " + shown(row.find("line")), Colour::yellow) << ": " << printable(row.text_or("why")) << "\n";
  }
  if (file.refused.size() > most_shown)
    out << "  … and " << grouped(static_cast<std::int64_t>(file.refused.size() - most_shown)) << " more refused rows; --json lists all\n";
  for (const Json& thing : outcome.refused) {
    out << painted(desk.console, "  " + printable(thing.text_or("thing")), Colour::yellow) << ": " << printable(thing.text_or("why"))
        << "\n";
  }
  out << "Imported "
      << counted(static_cast<std::int64_t>(file.products.size() - std::min(outcome.refused.size(), file.products.size())), "product",
                 "products")
      << " with " << counted(variants_in(file), "sellable variant", "sellable variants") << ": " << grouped(outcome.created) << " created, "
      << grouped(outcome.updated) << " updated, " << grouped(outcome.unchanged) << " unchanged.\n";
}

int import(Desk& desk, const std::string& name, const std::string& location) {
  const auto take = way_in(desk);  // before the file is read: nothing is worse than waiting for a refusal
  if (!take) return desk.fail(take.error());
  Result<CatalogueFile> file = [&] {
    Progress progress(desk.console, desk.json, "reading");
    return desk.parts.read_catalogue({.config = desk.config(), .file = name, .location = location},
                                     [&](std::size_t done, std::size_t total) { progress.step(done, total); });
  }();
  if (!file) return desk.fail(file.error());
  const auto outcome = send(desk, *file, *take);
  if (!outcome) return desk.fail(outcome.error());
  const bool partly = !file->refused.empty() || !outcome->refused.empty();
  const bool none = file->products.empty() && partly;
  return desk.print(
      report(*file, *outcome), [&] { show(desk, name, *file, *outcome); },
      none     ? exit_error
      : partly ? exit_partly
               : exit_ok);
}

}  // namespace

void add_import(CLI::App& app, Desk& desk) {
  struct Options {
    std::string file, location;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("import", "Take products and stock from a file: a WooCommerce or Shopify export, or tallyd's own CSV or JSON");
  command->add_option("FILE", options->file, "The file; which format it is shows its header")->required()->check(CLI::ExistingFile);
  command->add_option("--location", options->location, "Where the stock in the file lies (default: the first location of tallyd.yaml)");
  command->callback([&desk, options] { desk.chosen = [&desk, options] { return import(desk, options->file, options->location); }; });
}

}  // namespace tally::cli
