// tallyd privacy erase, tallyd privacy forget-all
#include "cli/command.hpp"
#include "cli/status_view.hpp"

#include <CLI/App.hpp>

#include <memory>
#include <ostream>

namespace tally::cli {
namespace {

struct Options {
  std::string buyer, order, channel;
  bool yes = false;
};

constexpr Duration patience{600'000};  // a month of raw documents is looked through

int erase(Desk& desk, const Options& options) {
  if (options.buyer.empty() == options.order.empty())
    return desk.fail(error(Fault::invalid, "say who: either --buyer EMAIL, or --order ID of one of their orders"));
  Json wish = Json::object();
  if (!options.buyer.empty()) wish.set("buyer", options.buyer);
  if (!options.order.empty()) wish.set("order", options.order);
  if (!options.channel.empty()) wish.set("channel", options.channel);
  const auto answer = desk.daemon(patience).post("privacy/erase", wish);
  if (!answer) return desk.fail(answer.error());
  const std::int64_t waiting = answer->integer_or("waiting");
  return desk.print(
      *answer,
      [&] {
        const std::string documents = counted(answer->integer_or("documents"), "raw document", "raw documents");
        if (answer->bool_or("again"))
          desk.console.out << "erased before; now " << documents << " too that nobody had read then\n";
        else
          desk.console.out << "erased: the buyer of " << counted(answer->integer_or("orders"), "order", "orders") << ", and " << documents
                           << "; orders, sums and stock stay\n";
        if (waiting > 0)
          desk.console.out
              << counted(waiting, "raw document names", "raw documents name")
              << " an erased buyer too and nobody could read it yet: `tallyd replay` or `tallyd discard` it, then erase by --order "
                 "again; it is gone by itself in time (privacy: keep_raw)\n";
      },
      waiting > 0 ? exit_partly : exit_ok);
}

int forget_all(Desk& desk, const Options& options) {
  if (!options.yes)
    return desk.fail(error(Fault::invalid, "this gives up every buyer's data and every raw document of this store for ever", {},
                           "restore the file of keys from its backup if there is one; else add --yes"));
  if (auto done = desk.parts.forget_keys(desk.config()); !done) return desk.fail(done.error());
  return desk.print(Json::object({{"forgotten", true}}), [&] {
    desk.console.out << "forgotten: every buyer and every raw document; orders, sums and stock stay. A new file of keys was begun\n";
  });
}

}  // namespace

void add_privacy(CLI::App& app, Desk& desk) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("privacy", "Erase what is known of a buyer");
  command->require_subcommand(1);
  CLI::App* erasing = command->add_subcommand("erase", "Erase a buyer from every order and raw document, for ever; sums and stock stay");
  erasing->add_option("--buyer", options->buyer, "By this e-mail address (or telephone number, where orders have no address)");
  erasing->add_option("--order", options->order, "The buyer of this order, as the platform calls it; all of their orders");
  erasing->add_option("--channel", options->channel, "Of this channel (needed where several have such an id)");
  erasing->callback([&desk, options] { desk.chosen = [&desk, options] { return erase(desk, *options); }; });
  CLI::App* forgetting = command->add_subcommand("forget-all", "Give up all buyers' data of a store whose keys are lost; needs no daemon");
  forgetting->add_flag("--yes", options->yes, "There is no backup of the keys");
  forgetting->callback([&desk, options] { desk.chosen = [&desk, options] { return forget_all(desk, *options); }; });
}

}  // namespace tally::cli
