#include "cli/command.hpp"
#include "cli/whole_number.hpp"

#include <CLI/App.hpp>

#include <filesystem>
#include <memory>

namespace tally::cli {

void add_run(CLI::App& app, Desk& desk) {
  struct Options {
    bool demo = false;
    std::uint64_t orders = 0, seed = 1;
    std::string keep, replay;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("run", "Run the daemon in the foreground; with --demo, with pretend platforms and shoppers around it");
  CLI::Option* demo =
      command->add_flag("--demo", options->demo, "Try it: four pretend platforms, an empty store, a catalogue, and shoppers");
  CLI::Option* orders =
      command->add_option("--orders", options->orders, "Demo: place so many orders, wait for calm, print the result as the last line");
  orders->check(whole_number(1, 10'000'000))->needs(demo);
  command->add_option("--seed", options->seed, "Demo: the same number gives the same shoppers")->check(whole_number(0))->needs(demo);
  command->add_option("--keep", options->keep, "Demo: work in this folder and leave it there")
      ->check([](const std::string& path) {
        std::error_code unseen;
        const bool taken = std::filesystem::exists(path, unseen) && !std::filesystem::is_directory(path, unseen);
        return taken ? "'" + path + "' is a file, and a folder is meant" : std::string();
      })
      ->needs(demo);
  command
      ->add_option("--replay", options->replay,
                   "Demo: play this order book (InvoiceNo, StockCode, Quantity … as CSV, also gzipped), print the result")
      ->needs(demo)
      ->excludes(orders)
      ->check(CLI::ExistingFile);
  command->callback([&desk, options, orders] {
    desk.chosen = [&desk, options, placed = orders->count() > 0] {
      if (!options->demo) return desk.parts.run({.config = desk.config(), .socket = desk.named_socket(), .json = desk.json});
      DemoOptions demo{.orders = {}, .seed = options->seed, .json = desk.json, .keep = {}, .replay = {}, .socket = desk.named_socket()};
      if (placed) demo.orders = options->orders;
      if (!options->keep.empty()) demo.keep = options->keep;
      if (!options->replay.empty()) demo.replay = options->replay;
      return desk.parts.demo(demo);
    };
  });
}

}  // namespace tally::cli
