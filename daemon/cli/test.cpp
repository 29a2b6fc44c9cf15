#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

int test(Desk& desk, const std::vector<std::string>& mappings) {
  Complaints complaints;
  auto found = desk.parts.test({.config = desk.config(), .mappings = mappings}, complaints);
  if (!found) return desk.fail(found.error());
  Json::Array texts;
  for (const Complaint& complaint : complaints) texts.push_back(complaint.text());
  Json answer = *found;
  answer.set("complaints", std::move(texts));
  std::int64_t all = 0, failed = 0;
  for (const Json& item : items_in(*found, "mappings")) {
    all += item.integer_or("tests");
    failed += item.integer_or("failed");
  }
  const auto show = [&] {
    Table table({{"MAPPING"}, {"TESTS", Table::Side::right}, {"FAILED", Table::Side::right}});
    for (const Json& item : items_in(*found, "mappings")) {
      const auto broken = item.integer_or("failed");
      table.add({{item.text_or("name")}, {grouped(item.integer_or("tests"))}, {grouped(broken), broken > 0 ? Colour::red : Colour::none}});
    }
    if (!table.empty()) desk.console.out << table.text(desk.console);
    desk.console.err << printable_lines(text_of(complaints));
    if (complaints.empty())
      desk.console.out << painted(desk.console, counted(all, "test holds", "tests hold") + ".", Colour::green) << "\n";
  };
  const int fault = failed > 0 ? exit_error : exit_configuration;
  return desk.print(answer, show, complaints.empty() ? exit_ok : fault);
}

}  // namespace

void add_test(CLI::App& app, Desk& desk) {
  const auto mappings = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("test", "Run the tests that are written inside the mapping files");
  command->add_option("MAPPING", *mappings, "Only these mappings");
  command->callback([&desk, mappings] { desk.chosen = [&desk, mappings] { return test(desk, *mappings); }; });
}

}  // namespace tally::cli
