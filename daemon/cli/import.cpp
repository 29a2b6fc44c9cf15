#include "cli/chunk.hpp"
#include "cli/command.hpp"
#include "cli/progress.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

constexpr Duration patience{600'000};  // a chunk may wait for the writer
constexpr std::size_t most_shown = 100;

using Take = std::function<Result<Json>(const Json& chunk)>;

struct Outcome {
  std::int64_t created = 0, updated = 0, unchanged = 0, counted = 0;
  Json::Array refused;       ///< {thing, why} where the daemon refused what is on no line of the file
  Json::Array refused_rows;  ///< {line, column, reason, scope}: the file's, and the daemon's
  Json::Array corrected;     ///< {line, kind, what}: the same
  Json::Array kept;          ///< {sku, code}: variants that no row which was taken names
};

/// What the daemon refused is a row of the file like those that could not be read, when it has a line.
void take_refusals(const Json& answer, Outcome& into) {
  for (const Json& one : items_in(answer, "refused")) {
    const Json* line = one.find("line");
    if (line == nullptr) {
      into.refused.push_back(one);
      continue;
    }
    into.refused_rows.push_back(Json::object({{"line", *line},
                                              {"column", one.text_or("column")},
                                              {"reason", one.text_or("thing") + ": " + one.text_or("why")},
                                              {"scope", "row"}}));
  }
}

void sort_by_line(Json::Array& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a.integer_or("line") < b.integer_or("line"); });
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

Result<Outcome> send(Desk& desk, const CatalogueFile& file, const Take& take, bool dry_run) {
  Outcome outcome;
  outcome.refused_rows = file.refused;
  outcome.corrected = file.corrected;
  Progress progress(desk.console, desk.json, dry_run ? "rehearsing" : "importing");
  std::size_t done = 0;
  const bool update = !file.changes.empty();
  const std::string_view list = update ? "changes" : "products";
  const std::size_t all = update ? file.changes.size() : file.products.size();
  auto chunks = update ? chunks_of_changes(file.changes) : chunks_of(file.products, file.stock);
  if (dry_run) rehearse(chunks);
  std::int64_t batch = 0;  // as the daemon names it: the guard judges all of it together
  for (Json& chunk : chunks) {
    if (!file.keep.empty()) chunk.set("keep", file.keep);
    if (batch != 0) chunk.set("batch", batch);
    const auto answer = take(chunk);
    if (!answer) {
      Error fault = answer.error();
      fault.todo += (fault.todo.empty() ? "" : "; ") + grouped(static_cast<std::int64_t>(done)) + " " + (update ? "rows" : "products") +
                    " were taken: importing the file again takes the rest";
      return fault;
    }
    batch = answer->integer_or("batch");
    outcome.created += answer->integer_or("created");
    outcome.updated += answer->integer_or("updated");
    outcome.unchanged += answer->integer_or("unchanged");
    outcome.counted += answer->integer_or("counted");
    take_refusals(*answer, outcome);
    const Json::Array& corrected = items_in(*answer, "corrected");
    outcome.corrected.insert(outcome.corrected.end(), corrected.begin(), corrected.end());
    const Json::Array& kept = items_in(*answer, "kept");
    outcome.kept.insert(outcome.kept.end(), kept.begin(), kept.end());
    done += items_in(chunk, list).size();
    progress.step(done, all);
  }
  sort_by_line(outcome.refused_rows);
  sort_by_line(outcome.corrected);
  return outcome;
}

std::int64_t variants_in(const CatalogueFile& file) {
  std::int64_t count = 0;
  for (const Json& product : file.products) count += static_cast<std::int64_t>(items_in(product, "variants").size());
  return count;
}

Json report(const CatalogueFile& file, const Outcome& outcome, bool dry_run) {
  return Json::object({{"format", file.format},
                       {"dry_run", dry_run},
                       {"rows", static_cast<std::uint64_t>(file.rows)},
                       {"products", static_cast<std::uint64_t>(file.products.size())},
                       {"variants", variants_in(file)},
                       {"changes", static_cast<std::uint64_t>(file.changes.size())},
                       {"created", outcome.created},
                       {"updated", outcome.updated},
                       {"unchanged", outcome.unchanged},
                       {"counted", outcome.counted},
                       {"corrected", outcome.corrected},
                       {"kept", outcome.kept},
                       {"refused_rows", outcome.refused_rows},
                       {"refused", outcome.refused}});
}

void show_refused(Desk& desk, const Outcome& outcome) {
  std::ostream& out = desk.console.out;
  std::size_t lines = 0;
  for (const Json& row : outcome.refused_rows) {
    if (++lines > most_shown) break;
    const std::string column = row.text_or("column");
    out << painted(desk.console, "  line " + shown(row.find("line")), Colour::yellow) << ": "
        << printable((column.empty() ? "" : column + ": ") + row.text_or("reason")) << "\n";
  }
  if (outcome.refused_rows.size() > most_shown)
    out << "  … and " << grouped(static_cast<std::int64_t>(outcome.refused_rows.size() - most_shown))
        << " more refused rows; --json lists all\n";
  for (const Json& thing : outcome.refused) {
    out << painted(desk.console, "  " + printable(thing.text_or("thing")), Colour::yellow) << ": " << printable(thing.text_or("why"))
        << "\n";
  }
}

/// What a file leaves out goes on as it was; whoever meant to end it is told how.
void show_kept(Desk& desk, const Outcome& outcome) {
  if (outcome.kept.empty()) return;
  constexpr std::size_t most_named = 10;
  std::string names;
  for (std::size_t i = 0; i < outcome.kept.size() && i < most_named; ++i) names += (i == 0 ? "" : ", ") + outcome.kept[i].text_or("sku");
  if (outcome.kept.size() > most_named) names += ", …";
  const bool one = outcome.kept.size() == 1;
  desk.console.out << "  " << counted(static_cast<std::int64_t>(outcome.kept.size()), "variant", "variants") << " that no row taken names "
                   << (one ? "stays" : "stay") << " on sale as before: " << printable(names)
                   << "; to end one, import `sku,variant_state` with `" << printable(outcome.kept.front().text_or("sku")) << ",ended`\n";
}

void show(Desk& desk, const std::string& name, const CatalogueFile& file, const Outcome& outcome, bool dry_run) {
  std::ostream& out = desk.console.out;
  out << printable(name) << ": " << printable(file.format) << ", " << counted(static_cast<std::int64_t>(file.rows), "row", "rows") << "\n";
  for (const std::string& sentence : file.summary) out << "  " << printable(sentence) << "\n";
  show_refused(desk, outcome);
  show_kept(desk, outcome);
  const std::string numbers = grouped(outcome.updated) + " updated, " + grouped(outcome.unchanged) + " unchanged" +
                              (dry_run ? ". Nothing was changed: this was a dry run.\n" : ".\n");
  if (!file.changes.empty()) {
    out << (dry_run ? "Would change " : "Changed ") << counted(outcome.updated, "variant", "variants") << ": " << numbers;
    return;
  }
  // Each product that the daemon takes is one of the three.
  out << (dry_run ? "Would import " : "Imported ") << counted(outcome.created + outcome.updated + outcome.unchanged, "product", "products")
      << " with " << counted(variants_in(file), "sellable variant", "sellable variants") << ": " << grouped(outcome.created) << " created, "
      << numbers;
}

int import(Desk& desk, const ImportOptions& wish, bool dry_run) {
  const auto take = way_in(desk);  // before the file is read: nothing is worse than waiting for a refusal
  if (!take) return desk.fail(take.error());
  Result<CatalogueFile> file = [&] {
    Progress progress(desk.console, desk.json, "reading");
    return desk.parts.read_catalogue(wish, [&](std::size_t done, std::size_t total) { progress.step(done, total); });
  }();
  if (!file) return desk.fail(file.error());
  const auto outcome = send(desk, *file, *take, dry_run);
  if (!outcome) return desk.fail(outcome.error());
  const bool partly = !outcome->refused_rows.empty() || !outcome->refused.empty();
  const bool none = partly && outcome->created + outcome->updated + outcome->unchanged == 0;
  return desk.print(
      report(*file, *outcome, dry_run), [&] { show(desk, wish.file.string(), *file, *outcome, dry_run); },
      none     ? exit_error
      : partly ? exit_partly
               : exit_ok);
}

}  // namespace

void add_import(CLI::App& app, Desk& desk) {
  struct Options {
    std::string file, location, encoding;
    bool dry_run = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("import", "Take products and stock from a file: a WooCommerce or Shopify export, or tallyd's own CSV or JSON");
  command->add_option("FILE", options->file, "The file; which format it is shows its header")->required()->check(CLI::ExistingFile);
  command->add_option("--location", options->location, "Where the stock in the file lies (default: the first location of tallyd.yaml)");
  command->add_option("--encoding", options->encoding, "What the file is written in (default: UTF-8, or GB18030 where that is clear)")
      ->check(CLI::IsMember(encodings));
  command->add_flag("--dry-run", options->dry_run, "Say what would be imported and refused, and change nothing");
  command->callback([&desk, options] {
    desk.chosen = [&desk, options] {
      return import(desk, {.config = desk.config(), .file = options->file, .location = options->location, .encoding = options->encoding},
                    options->dry_run);
    };
  });
}

}  // namespace tally::cli
