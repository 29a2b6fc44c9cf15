#include "cli/command.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <ostream>

namespace tally::cli {
namespace {

void show(Desk& desk, const Json& found) {
  Table table({{"CHANNEL"}, {"CONNECTOR"}, {"MAPPING"}, {"POLICY"}, {"PROTECTION"}});
  if (const Json* channels = found.find("channels"); channels != nullptr && channels->is_array()) {
    for (const Json& channel : channels->as_array()) {
      table.add({{channel.text_or("name")},
                 {channel.text_or("connector")},
                 {channel.text_or("mapping")},
                 {channel.text_or("policy")},
                 {channel.text_or("protection")}});
    }
  }
  std::ostream& out = desk.console.out;
  if (!table.empty()) out << table.text(desk.console);
  if (const Json* channels = found.find("channels"); channels != nullptr && channels->is_array()) {
    for (const Json& channel : channels->as_array()) {
      const Json* one_way = channel.find("one_way");
      if (one_way == nullptr || !one_way->is_array()) continue;
      for (const Json& hole : one_way->as_array())
        out << channel.text_or("name") << ": written, never read: " << printable(hole.scalar_text()) << "\n";
    }
  }
  if (const Json* warnings = found.find("warnings"); warnings != nullptr && warnings->is_array()) {
    for (const Json& warning : warnings->as_array())
      out << painted(desk.console, "warning: ", Colour::yellow) << printable(warning.scalar_text()) << "\n";
  }
}

int check(Desk& desk) {
  Complaints complaints;
  auto found = desk.parts.check(desk.config(), complaints);
  if (!found) return desk.fail(found.error());
  Json::Array texts;
  for (const Complaint& complaint : complaints) texts.push_back(complaint.text());
  Json answer = *found;
  answer.set("complaints", std::move(texts));
  return desk.print(
      answer,
      [&] {
        if (!complaints.empty()) {
          desk.console.err << printable_lines(text_of(complaints));
          desk.console.err << counted(static_cast<std::int64_t>(complaints.size()), "complaint", "complaints")
                           << "; nothing of this would be used\n";
          return;
        }
        show(desk, *found);
        desk.console.out << painted(desk.console, "The configuration in " + desk.config().string() + " is in order.", Colour::green)
                         << "\n";
      },
      complaints.empty() ? exit_ok : exit_configuration);
}

}  // namespace

void add_check(CLI::App& app, Desk& desk) {
  CLI::App* command =
      app.add_subcommand("check", "Read the whole configuration and say everything that is wrong with it, before anything runs");
  command->callback([&desk] { desk.chosen = [&desk] { return check(desk); }; });
}

}  // namespace tally::cli
