#include "cli/command.hpp"

#include <CLI/App.hpp>

#include <charconv>
#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::string sku, quantity, location, reason;
};

constexpr std::int64_t most_units = 1'000'000'000;

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

int move(Desk& desk, const Options& options, const char* kind) {
  const auto quantity = quantity_in(options.quantity, std::string_view(kind) == "adjust");
  if (!quantity) return desk.fail(quantity.error());
  Json movement = Json::object({{"sku", options.sku}, {"kind", kind}, {"quantity", *quantity}});
  if (!options.location.empty()) movement.set("location", options.location);
  if (!options.reason.empty()) movement.set("reason", options.reason);
  const auto answer = desk.daemon().post("stock", movement);
  if (!answer) return desk.fail(answer.error());
  return desk.print(*answer, [&] {
    desk.console.out << printable(options.sku) << ": recorded";
    if (answer->find("on_hand") != nullptr) {
      desk.console.out << "; on hand " << shown(answer->find("on_hand")) << ", reserved " << shown(answer->find("reserved"))
                       << ", available " << shown(answer->find("available"));
    }
    desk.console.out << "\n";
  });
}

}  // namespace

void add_stock(CLI::App& app, Desk& desk) {
  struct Kind {
    const char *word, *kind, *help;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("stock", "Write into the stock ledger");
  command->require_subcommand(1);
  for (const Kind& kind : {Kind{"receive", "receipt", "So many units came in"},
                           Kind{"adjust", "adjust", "So many more (12) or less (-3) than the ledger says"},
                           Kind{"count", "count", "Exactly so many lie there now"}}) {
    CLI::App* deed = command->add_subcommand(kind.word, kind.help);
    deed->add_option("SKU", options->sku, "The variant")->required();
    deed->add_option("QUANTITY", options->quantity, "Units")->required();
    deed->add_option("--location", options->location, "Where (default: the first location of tallyd.yaml)");
    deed->add_option("--reason", options->reason, "For the journal");
    deed->callback([&desk, options, name = kind.kind] { desk.chosen = [&desk, options, name] { return move(desk, *options, name); }; });
  }
}

}  // namespace tally::cli
