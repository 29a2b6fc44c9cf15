#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

void show_one_way(std::ostream& out, const Json& channel, const char* whose) {
  for (const Json& hole : items_in(channel, whose))
    out << channel.text_or("name") << ": written, never read: " << printable(hole.scalar_text()) << "\n";
}

/// How the platform gets to tell us of orders, where that asks something of a person.
void show_webhooks(std::ostream& out, const Json& channel) {
  const std::string way = channel.text_or("webhooks"), name = channel.text_or("name");
  if (way == "no address") out << name << ": " << list_alone(channel) << "\n";
  if (way == "by hand") out << name << ": enter " << channel.text_or("address") << " at the platform as the address of its webhooks\n";
}

/// What comes out of the budgets that the platform publishes.
void show_budgets(std::ostream& out, const Json& channel) {
  std::string all;
  for (const Json& budget : items_in(channel, "budgets")) {
    const std::string entity = budget.text_or("entity");
    const std::int64_t kept = budget.integer_or("keep");
    all += (all.empty() ? "" : ", ") + budget.text_or("name") + " " + budget.text_or("terms") +
           (entity.empty() ? "" : " for each " + entity) + (kept > 0 ? " (" + grouped(kept) + " kept)" : "");
  }
  if (all.empty()) return;
  out << channel.text_or("name") << ": ";
  if (channel.find("orders_every_s")) out << "orders are read every " << ago_text(channel.integer_or("orders_every_s") * 1000) << "; ";
  out << "requests: " << printable(all) << "\n";
}

/// With `all`, what the mappings that tallyd brings never read is listed too: the merchant can do nothing about it.
void show(Desk& desk, const Json& found, bool all) {
  Table table({{"CHANNEL"}, {"CONNECTOR"}, {"MAPPING"}, {"POLICY"}, {"PROTECTION"}});
  for (const Json& channel : items_in(found, "channels")) {
    table.add({{channel.text_or("name")},
               {channel.text_or("connector")},
               {channel.text_or("mapping")},
               {channel.text_or("policy")},
               {channel.text_or("protection")}});
  }
  std::ostream& out = desk.console.out;
  if (!table.empty()) out << table.text(desk.console);
  for (const Json& channel : items_in(found, "channels")) {
    show_webhooks(out, channel);
    show_budgets(out, channel);
    show_one_way(out, channel, "one_way");
    if (all) show_one_way(out, channel, "one_way_installed");
  }
  for (const Json& warning : items_in(found, "warnings"))
    out << painted(desk.console, "warning: ", Colour::yellow) << printable(warning.scalar_text()) << "\n";
}

int check(Desk& desk, bool all) {
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
                           << "; mend this, then run `tallyd check` again\n";
          return;
        }
        show(desk, *found, all);
        desk.console.out << painted(desk.console, "The configuration in " + desk.config().string() + " is in order.", Colour::green)
                         << "\n";
      },
      complaints.empty() ? exit_ok : exit_configuration);
}

}  // namespace

void add_check(CLI::App& app, Desk& desk) {
  CLI::App* command =
      app.add_subcommand("check", "Read the whole configuration and say everything that is wrong with it, before anything runs");
  const auto all = std::make_shared<bool>(false);
  command->add_flag("--all", *all, "Also list what the mappings that tallyd brings write and never read");
  command->callback([&desk, all] { desk.chosen = [&desk, all] { return check(desk, *all); }; });
}

}  // namespace tally::cli
