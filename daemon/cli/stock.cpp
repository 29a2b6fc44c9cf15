#include "cli/command.hpp"
#include "cli/status_view.hpp"
#include "cli/stock_file.hpp"
#include "cli/table.hpp"
#include "cli/whole_number.hpp"

#include <CLI/App.hpp>

#include <charconv>
#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::string sku, quantity, location, reason, file, from, to, channel, until, cause, order, line, encoding;
  bool again = false, arrived = false;
  std::int64_t number = 0, units = 0;
};

constexpr std::int64_t most_units = 1'000'000'000;
constexpr std::size_t most_shown = 100;
constexpr Duration patience{600'000};  // a file of 20,000 rows is one transaction

Result<std::int64_t> quantity_in(const std::string& word, bool may_be_negative) {
  const std::size_t first = word.find_first_not_of(" +");  // cli.cpp puts a space before a minus
  std::int64_t quantity = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, fault] = std::from_chars(word.data() + std::min(first, word.size()), end, quantity);
  if (fault != std::errc() || stop != end || quantity > most_units || quantity < (may_be_negative ? -most_units : 0)) {
    return error(Fault::invalid, "'" + word + "' is no quantity", {},
                 may_be_negative ? "write a whole number such as 12 or -3" : "write a whole number such as 12");
  }
  return quantity;
}

void add_said(Json& movement, const char* name, const std::string& value) {
  if (!value.empty()) movement.set(name, value);
}

std::string levels_of(const Json& answer) {
  if (answer.find("on_hand") == nullptr) return {};
  return "; on hand " + shown(answer.find("on_hand")) + ", reserved " + shown(answer.find("reserved")) + ", available " +
         shown(answer.find("available"));
}

/// An adjustment after which fewer than none lie there. The ledger takes it, and whoever typed it may have meant something else; empty
/// where it is not so.
std::string below_zero(const Json& movement, const Json& answer) {
  if (movement.text_or("kind") != "adjust" || answer.integer_or("on_hand") >= 0) return {};
  const std::string sku = movement.text_or("sku"), location = answer.text_or("location");
  const std::string meant = location == "transit" ? std::string()
                                                  : "did you mean `tallyd stock count " + sku + " UNITS --location " + location +
                                                        "`, which says how many lie there? ";
  return "now " + shown(answer.find("on_hand")) + " on hand at " + location + ", fewer than none; " + meant + "`tallyd stock reverse " +
         answer.text_or("cause") + "` takes this back";
}

int post_movement(Desk& desk, const Json& movement, const std::string& what) {
  auto answer = desk.daemon().post("stock", movement);
  if (!answer) return desk.fail(answer.error());
  const std::string warning = below_zero(movement, *answer);
  if (!warning.empty()) answer->set("warning", warning);
  if (!warning.empty()) desk.warn(what + ": " + warning);
  return desk.print(*answer, [&] {
    desk.console.out << printable(what) << ": recorded";
    if (const std::string cause = answer->text_or("cause"); !cause.empty()) desk.console.out << " as " << printable(cause);
    desk.console.out << levels_of(*answer) << "\n";
    if (const std::string todo = answer->text_or("todo"); !todo.empty()) desk.console.out << printable(todo) << "\n";
  });
}

void show_held(Desk& desk, const Json& answer) {
  for (const Json& digest : items_in(answer, "held"))
    desk.console.out << painted(desk.console, "held", Colour::yellow) << ": `tallyd release " << printable(shown(&digest))
                     << "` lets it out, `tallyd status` says why\n";
}

void show_file(Desk& desk, const std::string& file, const Json& answer) {
  std::ostream& out = desk.console.out;
  const auto& refused = items_in(answer, "refused");
  const auto applied = answer.integer_or("applied"), again = answer.integer_or("again");
  out << printable(file) << ": " << counted(applied, "row", "rows") << " recorded as " << printable(answer.text_or("cause")) << "\n";
  if (again > 0)
    out << "  " << counted(again, "row", "rows")
        << " had been recorded before from this same file: nothing was done again; --again does it\n";
  for (std::size_t i = 0; i < std::min(refused.size(), most_shown); ++i)
    out << painted(desk.console, "  line " + shown(refused[i].find("line")), Colour::yellow) << ": " << printable(refused[i].text_or("why"))
        << "\n";
  if (refused.size() > most_shown)
    out << "  … and " << grouped(static_cast<std::int64_t>(refused.size() - most_shown)) << " more refused rows; --json lists all\n";
  show_held(desk, answer);
  const auto& below = items_in(answer, "below_zero");
  for (std::size_t i = 0; i < std::min(below.size(), most_shown); ++i)
    desk.warn("line " + shown(below[i].find("line")) + ": " + below[i].text_or("sku") + " at " + below[i].text_or("location") +
              " is now below zero: on hand " + shown(below[i].find("on_hand")) + ", available " + shown(below[i].find("available")));
  if (!below.empty()) desk.warn("`tallyd stock reverse " + answer.text_or("cause") + "` takes the whole file back");
  if (below.size() > most_shown) desk.warn(grouped(static_cast<std::int64_t>(below.size())) + " are below zero; --json lists all");
}

int move_file(Desk& desk, const Options& options, const std::string& kind) {
  if (!options.sku.empty()) return desk.fail(error(Fault::invalid, "give either a SKU with its quantity, or --file"));
  auto rows = movements_in(options.file, kind == "count", charset_named(options.encoding));
  if (!rows) return desk.fail(rows.error());
  for (Json& row : *rows) {
    if (row.find("location") == nullptr) add_said(row, "location", options.location);
    if (row.find("reason") == nullptr) add_said(row, "reason", options.reason);
  }
  Json file = Json::object({{"kind", kind}, {"rows", std::move(*rows)}});
  if (options.again) file.set("again", true);
  const auto answer = desk.daemon(patience).post("stock", file);
  if (!answer) return desk.fail(answer.error());
  const bool held = !items_in(*answer, "held").empty(), refused = !items_in(*answer, "refused").empty();
  return desk.print(
      *answer, [&] { show_file(desk, options.file, *answer); },
      held      ? exit_guard
      : refused ? exit_partly
                : exit_ok);
}

int move(Desk& desk, const Options& options, const std::string& kind) {
  if (!options.file.empty()) return move_file(desk, options, kind);
  if (options.sku.empty() || options.quantity.empty())
    return desk.fail(error(Fault::invalid, "SKU and QUANTITY are missing", {}, "or give --file FILE.csv"));
  const auto quantity = quantity_in(options.quantity, kind == "adjust");
  if (!quantity) return desk.fail(quantity.error());
  Json movement = Json::object({{"sku", options.sku}, {"kind", kind}, {"quantity", *quantity}});
  add_said(movement, "location", options.location);
  add_said(movement, "reason", options.reason);
  return post_movement(desk, movement, options.sku);
}

int send_goods(Desk& desk, const Options& options) {
  const auto quantity = quantity_in(options.quantity, false);
  if (!quantity) return desk.fail(quantity.error());
  Json movement =
      Json::object({{"kind", "transfer"}, {"sku", options.sku}, {"quantity", *quantity}, {"from", options.from}, {"to", options.to}});
  add_said(movement, "reason", options.reason);
  const auto sent = desk.daemon().post("stock", movement);
  if (!sent) return desk.fail(sent.error());
  const std::int64_t number = sent->integer_or("transfer");
  if (options.arrived)
    return post_movement(desk, Json::object({{"kind", "arrive"}, {"transfer", number}}), "transfer " + std::to_string(number));
  return desk.print(*sent, [&] {
    desk.console.out << printable(options.sku) << ": transfer " << number << " is under way" << levels_of(*sent) << " at "
                     << printable(options.from) << "; when it is there: tallyd stock arrive " << number << "\n";
  });
}

int arrive(Desk& desk, const Options& options) {
  Json movement = Json::object({{"kind", "arrive"}, {"transfer", options.number}});
  if (!options.quantity.empty()) {
    const auto quantity = quantity_in(options.quantity, false);
    if (!quantity) return desk.fail(quantity.error());
    movement.set("quantity", *quantity);
  }
  return post_movement(desk, movement, "transfer " + std::to_string(options.number));
}

int reverse(Desk& desk, const Options& options) {
  const auto answer = desk.daemon(patience).post("stock/reverse", Json::object({{"cause", options.cause}}));
  if (!answer) return desk.fail(answer.error());
  const auto movements = answer->integer_or("reversed");
  return desk.print(
      *answer,
      [&] {
        desk.console.out << printable(options.cause) << ": "
                         << (movements == 0 ? "had been reversed before; nothing was done"
                                            : counted(movements, "movement", "movements") + " reversed")
                         << "\n";
        show_held(desk, *answer);
      },
      items_in(*answer, "held").empty() ? exit_ok : exit_guard);
}

int set_quota(Desk& desk, const Options& options) {
  Json quota = Json::object({{"sku", options.sku}, {"channel", options.channel}, {"units", options.units}, {"until", options.until}});
  add_said(quota, "from", options.from);
  const auto answer = desk.daemon().post("stock/quotas", quota);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    desk.console.out << "quota " << shown(answer->find("quota")) << ": " << shown(answer->find("units")) << " × " << printable(options.sku)
                     << " for " << printable(options.channel) << ", " << printable(answer->text_or("from")) << " until "
                     << printable(answer->text_or("until")) << "; " << printable(answer->text_or("state")) << "\n";
  });
}

int end_quota(Desk& desk, std::int64_t number) {
  const auto answer = desk.daemon().post("stock/quotas", Json::object({{"end", number}}));
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] { desk.console.out << "quota " << number << ": ended; what was left is for everybody again\n"; });
}

int show_rules(Desk& desk) {
  const auto answer = desk.daemon().get("stock/rules");
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    Table quotas(
        {{"QUOTA"}, {"CHANNEL"}, {"SKU"}, {"UNITS", Table::Side::right}, {"LEFT", Table::Side::right}, {"FROM"}, {"UNTIL"}, {"STATE"}});
    for (const Json& quota : items_in(*answer, "quotas"))
      quotas.add({{shown(quota.find("quota"))},
                  {quota.text_or("channel")},
                  {quota.text_or("sku")},
                  {shown(quota.find("units"))},
                  {shown(quota.find("left"))},
                  {quota.text_or("from")},
                  {quota.text_or("until")},
                  {quota.text_or("state")}});
    Table transfers({{"TRANSFER"}, {"SKU"}, {"UNITS", Table::Side::right}, {"FROM"}, {"TO"}, {"SENT"}});
    for (const Json& transfer : items_in(*answer, "transfers"))
      transfers.add({{shown(transfer.find("transfer"))},
                     {transfer.text_or("sku")},
                     {shown(transfer.find("units"))},
                     {transfer.text_or("from")},
                     {transfer.text_or("to")},
                     {transfer.text_or("sent_at")}});
    desk.console.out << (quotas.empty() ? "No quotas.\n" : quotas.text(desk.console));
    desk.console.out << (transfers.empty() ? "Nothing is under way.\n" : transfers.text(desk.console));
  });
}

int show_oversells(Desk& desk) {
  const auto answer = desk.daemon().get("stock/oversells", {{"limit", "1000"}});
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    Table table({{"AT"},
                 {"SKU"},
                 {"SHORT", Table::Side::right},
                 {"BY"},
                 {"TAKEN BEFORE BY"},
                 {"KNOWN AFTER", Table::Side::right},
                 {"WOULD HAVE PREVENTED IT"}});
    for (const Json& item : items_in(*answer, "items"))
      table.add({{item.text_or("at")},
                 {item.text_or("sku")},
                 {shown(item.find("short"))},
                 {taken_by(item)},
                 {taken_before_by(item)},
                 {known_after(item)},
                 {item.text_or("rule")}});
    desk.console.out << (table.empty() ? "Nothing was oversold.\n" : table.text(desk.console));
  });
}

int route_order(Desk& desk, const Options& options) {
  Json wish = Json::object({{"order", options.order}, {"location", options.location}});
  add_said(wish, "channel", options.channel);
  add_said(wish, "line", options.line);
  const auto answer = desk.daemon().post("stock/route", wish);
  if (!answer) return desk.fail(answer.error());
  const auto moved = answer->integer_or("moved");
  return desk.print(*answer, [&] {
    desk.console.out << "order " << printable(options.order) << ": "
                     << (moved == 0 ? "nothing of it can move there, or it is there already"
                                    : counted(moved, "part comes", "parts come") + " from " + printable(options.location))
                     << "\n";
  });
}

using Deed = std::function<int(Desk&, const Options&)>;

CLI::App* add(CLI::App& to, Desk& desk, const std::shared_ptr<Options>& options, const char* word, const char* help, Deed deed) {
  CLI::App* command = to.add_subcommand(word, help);
  command->callback([&desk, options, deed = std::move(deed)] { desk.chosen = [&desk, options, deed] { return deed(desk, *options); }; });
  return command;
}

void add_movements(CLI::App& stock, Desk& desk, const std::shared_ptr<Options>& options) {
  struct Kind {
    const char *word, *kind, *help;
  };
  for (const Kind& kind : {Kind{"receive", "receipt", "So many units came in"},
                           Kind{"adjust", "adjust", "So many more (12) or less (-3) than the ledger says"},
                           Kind{"count", "count", "Exactly so many lie there now"}}) {
    CLI::App* deed = add(stock, desk, options, kind.word, kind.help,
                         [name = std::string(kind.kind)](Desk& at, const Options& given) { return move(at, given, name); });
    deed->add_option("SKU", options->sku, "The variant");
    deed->add_option("QUANTITY", options->quantity, "Units");
    deed->add_option("--file", options->file, "Many at once: CSV with sku,quantity (count: sku,counted,counted_at), location and reason");
    deed->add_option("--encoding", options->encoding, "What the file is written in (default: UTF-8, or GB18030 where that is clear)")
        ->check(CLI::IsMember(encodings));
    deed->add_flag("--again", options->again, "Also where this same file was recorded before");
    deed->add_option("--location", options->location, "Where (default: the first location of tallyd.yaml)");
    deed->add_option("--reason", options->reason, "For the journal");
  }
}

void add_transfers(CLI::App& stock, Desk& desk, const std::shared_ptr<Options>& options) {
  CLI::App* transfer = add(stock, desk, options, "transfer", "Sends units from one location to another", send_goods);
  transfer->add_option("SKU", options->sku, "The variant")->required();
  transfer->add_option("QUANTITY", options->quantity, "Units")->required();
  transfer->add_option("--from", options->from, "The location they leave")->required();
  transfer->add_option("--to", options->to, "The location they go to")->required();
  transfer->add_option("--reason", options->reason, "For the journal");
  transfer->add_flag("--arrived", options->arrived, "They are there already");
  CLI::App* arrival = add(stock, desk, options, "arrive", "Takes a transfer in", arrive);
  arrival->add_option("TRANSFER", options->number, "Its number")->required()->check(whole_number(1));
  arrival->add_option("--units", options->quantity, "How many arrived (default: all; what is missing is told)");
}

void add_quotas(CLI::App& stock, Desk& desk, const std::shared_ptr<Options>& options) {
  CLI::App* quota = add(stock, desk, options, "quota", "Sets units aside for one channel from a moment until another", set_quota);
  quota->add_option("SKU", options->sku, "The variant, or a bundle")->required();
  quota->add_option("--channel", options->channel, "For this channel")->required();
  quota->add_option("--units", options->units, "So many")->required()->check(whole_number(1, most_units));
  quota->add_option("--from", options->from, "From, as 2026-11-27T00:00:00+01:00 (default: now)");
  quota->add_option("--until", options->until, "Until")->required();
  CLI::App* end = add(stock, desk, options, "quota-end", "Gives back what is left of a quota",
                      [](Desk& at, const Options& given) { return end_quota(at, given.number); });
  end->add_option("QUOTA", options->number, "Its number")->required()->check(whole_number(1));
  add(stock, desk, options, "rules", "Quotas, and transfers under way", [](Desk& at, const Options&) { return show_rules(at); });
}

}  // namespace

void add_stock(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("stock", "Write into the stock ledger, set units aside, see what was oversold");
  command->require_subcommand(1);
  add_movements(*command, desk, options);
  add_transfers(*command, desk, options);
  add_quotas(*command, desk, options);
  CLI::App* back = add(*command, desk, options, "reverse", "Undoes a receipt, an adjustment, a count or a whole file, once", reverse);
  back->add_option("CAUSE", options->cause, "As it was recorded: receipt:17, count:1a2b3c4d5e6f7a8b")->required();
  add(*command, desk, options, "oversells", "What was oversold, by whom, and what would have prevented it",
      [](Desk& at, const Options&) { return show_oversells(at); });
  CLI::App* route =
      add(*app.get_subcommand("order"), desk, options, "route", "Lets an order's open lines come from another location", route_order);
  route->add_option("ORDER", options->order, "Its id on the channel")->required();
  route->add_option("--location", options->location, "From there")->required();
  route->add_option("--channel", options->channel, "Of this channel, where several have such an id");
  route->add_option("--line", options->line, "Only this line");
}

}  // namespace tally::cli
