// Reads settings, builds the parts, runs, stops.
#include "assemble.hpp"
#include "assemble_account.hpp"
#include "assemble_disk.hpp"
#include "catalogue/catalogue.hpp"
#include "catalogue/trees.hpp"
#include "catalogue_watch.hpp"
#include "cli/cli.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "connectors/sandbox/sandbox.hpp"
#include "demo/demo.hpp"
#include "server/server.hpp"
#include "server/service.hpp"
#include "settings/diff.hpp"
#include "store/database.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

namespace {

using namespace tally;
namespace fs = std::filesystem;

constexpr const char* version = TALLYD_VERSION;
constexpr std::uintmax_t largest_sandbox = 1 << 20, largest_catalogue = std::uintmax_t{512} << 20;

volatile std::sig_atomic_t asked_to_stop = 0;
volatile std::sig_atomic_t asked_to_reload = 0;

void listen_to_signals() {
  struct sigaction action {};
  action.sa_handler = [](int signal) { (signal == SIGHUP ? asked_to_reload : asked_to_stop) = 1; };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

Level level_of(const std::string& name) {
  if (name == "debug") return Level::debug;
  if (name == "warning") return Level::warning;
  if (name == "error") return Level::error;
  return Level::info;
}

int refuse(const Complaints& complaints, bool json) {
  if (json) {
    Json texts = Json::array();
    for (const auto& complaint : complaints) texts.push_back(complaint.text());
    const Json what = Json::object({{"fault", name_of(Fault::invalid)},
                                    {"what", "the configuration is not in order"},
                                    {"where", ""},
                                    {"todo", "mend what the complaints say"}});
    std::cout << Json::object({{"complaints", std::move(texts)}, {"error", what}, {"exit", cli::exit_configuration}}).dump() << std::endl;
  } else {
    std::cerr << text_of(complaints);
  }
  return cli::exit_configuration;
}

int refuse(const Error& error, bool json, std::optional<int> code = std::nullopt) {
  auto console = cli::Console::of_process();
  return cli::fail(console, error, json, code);
}

std::string store_of(const settings::Settings& settings) {
  return "sqlite:" + store_file(settings).string();
}

/// A whole file that a person named.
Result<std::string> bytes_of(const fs::path& file, std::uintmax_t most) {
  std::error_code failed;
  const auto kind = fs::status(file, failed).type();
  if (kind == fs::file_type::directory) return error(Fault::invalid, "this is a folder, and a file is meant", file.string());
  if (kind == fs::file_type::not_found) return error(Fault::invalid, "there is no such file", file.string());
  std::ifstream in(file, std::ios::binary);
  if (!in) return error(Fault::io, "cannot be opened", file.string(), "look at its owner and mode");
  std::string bytes, block(1 << 16, '\0');  // not by its size: it may be a pipe
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    bytes.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > most) return error(Fault::invalid, "it is larger than " + std::to_string(most >> 20) + " MiB", file.string());
  }
  if (in.bad()) return error(Fault::io, "cannot be read to its end", file.string());
  return bytes;
}

std::uint64_t seed_of(const Clock& clock) {
  return static_cast<std::uint64_t>(to_ms(clock.now()));
}

engine::Engine::Reload reload_from(const fs::path& folder, Lent& lent, store::Database& store,
                                   std::shared_ptr<settings::Settings> current) {
  return [folder, &lent, &store, current]() -> Result<engine::Reloaded> {
    Complaints complaints;
    auto fresh = assemble(folder, lent, Disk::untried, complaints);
    if (fresh) {
      if (auto known = check_accounts(*fresh, store, complaints); !known) return known.error();
    }
    if (!complaints.empty()) return error(Fault::invalid, text_of(complaints), "reload", "the configuration that runs stays as it is");
    const auto change = settings::difference(*current, fresh->settings);
    const auto names = [](const std::vector<ChannelId>& ids) {
      Json list = Json::array();
      for (const auto& id : ids) list.push_back(id.text);
      return list;
    };
    if (!change.needs_restart.empty()) {
      std::string what;
      for (const auto& name : change.needs_restart) what += "'" + name + "' can only be changed by a restart\n";
      return error(Fault::invalid, what, "reload", "restart tallyd");
    }
    engine::Reloaded reloaded{
        fresh->config, std::move(fresh->channels),
        Json::object({{"added", names(change.added)}, {"changed", names(change.changed)}, {"removed", names(change.removed)}})};
    *current = fresh->settings;
    return reloaded;
  };
}

void reload_on_signal(engine::Engine& engine, const Log& log) {
  const auto done = engine.reload("SIGHUP");
  if (!done) return log.error("the configuration was not taken", {{"reason", done.error().text()}});
  if (done->bool_or("applied")) return;
  for (const auto& complaint : done->find("complaints")->as_array())
    log.error("the configuration was not taken", {{"reason", complaint.as_string()}});
}

int run_daemon(const cli::RunOptions& options) {
  listen_to_signals();
  SystemClock clock;
  Log early = Log::to_stderr(Level::info);
  Complaints complaints;
  auto lent = std::make_unique<Lent>(clock, early);
  auto assembled = assemble(options.config, *lent, Disk::store, complaints);
  if (!assembled) return refuse(complaints, options.json);
  Log log = Log::to_stderr(level_of(assembled->settings.log_level));
  lent->log = log;
  auto store = store::Database::open(store_of(assembled->settings), {}, clock, log);
  if (!store) return refuse(store.error(), options.json);
  if (auto known = check_accounts(*assembled, **store, complaints); !known) return refuse(known.error(), options.json);
  if (!complaints.empty()) return refuse(complaints, options.json);
  auto current = std::make_shared<settings::Settings>(assembled->settings);
  if (auto counted = lent->budgets.open(**store); !counted) return refuse(counted.error(), options.json);
  engine::Engine engine(**store, clock, log, assembled->config, seed_of(clock), version,
                        reload_from(options.config, *lent, **store, current));
  if (auto set = engine.set_channels(assembled->config, std::move(assembled->channels)); !set) return refuse(set.error(), options.json);
  std::atomic<std::int64_t> beat{clock.since_start().count()};
  engine.on_beat = [&] { beat = clock.since_start().count(); };
  server::Addresses addresses{assembled->settings.listen, options.socket.value_or(assembled->settings.socket)};
  server::Server server(addresses, engine, engine, clock, log);
  engine.start();
  if (auto started = server.start(); !started) return refuse(started.error(), options.json);
  std::optional<CatalogueWatch> watch;
  if (const auto currency = Currency::parse(current->currency); currency && !current->catalogue_watch.empty())
    watch.emplace(current->folder, current->catalogue_watch, *currency, engine, log);
  server::Service service;
  service.watch([&] { return clock.since_start().count() - beat < 30000 && server.answers(); });
  service.ready("serving on port " + std::to_string(server.port()));
  log.info("tallyd is ready",
           {{"version", version}, {"port", std::to_string(server.port())}, {"channels", std::to_string(current->channels.size())}});
  while (!asked_to_stop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (asked_to_reload) {
      asked_to_reload = 0;
      service.reloading();
      reload_on_signal(engine, log);
      service.ready("serving on port " + std::to_string(server.port()));
    }
  }
  service.stopping();
  log.info("tallyd stops");
  watch.reset();
  server.stop();
  lent->http.stop();
  engine.stop();
  return 0;
}

int run_sandbox(const cli::SandboxOptions& options) {
  listen_to_signals();
  Json config = Json::object({{"platforms", Json::array()}});
  if (options.config) {
    const auto text = bytes_of(*options.config, largest_sandbox);
    auto parsed = text ? Json::parse(*text) : Result<Json>(text.error());
    if (!parsed) {
      return refuse(error(Fault::invalid, parsed.error().what, options.config->string(),
                          "--config names the sandbox's own file, which connectors/sandbox/README.md describes; without it one of each "
                          "platform runs"),
                    options.json, cli::exit_configuration);
    }
    config = std::move(*parsed);
  } else {
    for (const auto& [name, dialect] : {std::pair{"shop", "woocommerce"}, {"mini", "wechat-shop"}, {"market", "douyin"}})
      config.find("platforms")->push_back(Json::object({{"name", name}, {"dialect", dialect}}));
  }
  auto done = sandbox::run_sandbox(
      config, [] { return asked_to_stop != 0; }, Log::to_stderr(Level::warning));
  return done ? 0 : refuse(done.error(), options.json);
}

Json budgets_json(const std::vector<channel::Budget>& budgets) {
  Json all = Json::array();
  for (const auto& budget : budgets)
    all.push_back(Json::object({{"name", budget.name}, {"terms", budget.terms()}, {"keep", budget.keep}, {"entity", budget.entity}}));
  return all;
}

Result<Json> check(const fs::path& folder, Complaints& complaints) {
  SystemClock clock;
  Lent lent(clock, Log());
  auto assembled = assemble(folder, lent, Disk::all, complaints);
  if (!assembled) return Json::object({{"channels", Json::array()}, {"warnings", Json::array()}});
  const std::string own = (assembled->settings.folder / "").string();
  Json channels = Json::array();
  for (std::size_t i = 0; i < assembled->channels.size(); ++i) {
    const auto& setup = assembled->channels[i];
    Json one_way = Json::array(), installed = Json::array();
    for (const auto& hole : assembled->mappings[i]->one_way_holes())  // each begins with its file
      (hole.starts_with(own) ? one_way : installed).push_back(hole);
    const auto& facts = setup.connector->capabilities();
    Json channel = Json::object({{"name", setup.config.name},
                                 {"connector", setup.config.connector},
                                 {"mapping", assembled->settings.channels[i].mapping},
                                 {"policy", std::string(engine::name_of(setup.config.policy))},
                                 {"protection", engine::protection_of(facts)},
                                 {"webhooks", engine::way_of_webhooks(facts, setup.config)},
                                 {"address", setup.config.hook_url},
                                 {"budgets", budgets_json(lent.budgets.published(setup.config.name))},
                                 {"one_way", std::move(one_way)},
                                 {"one_way_installed", std::move(installed)}});
    if (facts.has_order_list) channel.set("orders_every_s", setup.config.orders_every.count() / 1000);
    channels.push_back(std::move(channel));
  }
  return Json::object({{"channels", std::move(channels)}, {"warnings", Json::array()}});
}

std::int64_t tests_in(const fs::path& file) {
  std::error_code unseen;
  if (!fs::is_regular_file(file, unseen)) return 0;
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  Complaints said_already;  // the compiler has complained of what is wrong with the file
  const auto node = yaml::parse(text, file.string(), said_already);
  const auto* tests = node ? node->find("tests") : nullptr;
  return tests ? static_cast<std::int64_t>(tests->items.size()) : 0;
}

Result<void> check_names(const std::vector<std::string>& wanted, const std::vector<MappingFile>& files) {
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.name);
  for (const auto& name : wanted) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      return error(Fault::not_found, "there is no mapping '" + name + "'", {}, did_you_mean(name, names));
  }
  return {};
}

Result<Json> test_mappings(const cli::TestOptions& options, Complaints& complaints) {
  auto settings = settings::load(options.config, complaints);
  if (!settings) return Json::object({{"mappings", Json::array()}});
  const auto files = mapping_files(*settings);
  if (auto known = check_names(options.mappings, files); !known) return known.error();
  Json mappings = Json::array();
  for (const auto& file : files) {
    if (!options.mappings.empty() && std::find(options.mappings.begin(), options.mappings.end(), file.name) == options.mappings.end())
      continue;
    mapping::ChannelContext context;
    for (const auto& channel : settings->channels) {
      if (channel.mapping == file.name)
        context = {channel.settings, channel.overlay, channel.settings.text_or("currency", settings->currency)};
    }
    const auto before = complaints.size();
    const auto compiled = compile_mapping(*settings, file, context, complaints);
    std::int64_t failed = compiled ? 0 : 1;
    if (compiled) {
      auto failures = compiled->run_tests();
      failed = static_cast<std::int64_t>(failures.size());
      complaints.insert(complaints.end(), failures.begin(), failures.end());
    }
    ensure(failed == static_cast<std::int64_t>(complaints.size() - before) || !compiled, "each failure is one complaint");
    mappings.push_back(
        Json::object({{"name", file.name}, {"file", file.file.string()}, {"tests", tests_in(file.file)}, {"failed", failed}}));
  }
  return Json::object({{"mappings", std::move(mappings)}});
}

Result<cli::CatalogueFile> read_catalogue(const cli::ImportOptions& options,
                                          const std::function<void(std::size_t, std::size_t)>& progress) {
  Complaints complaints;
  const auto settings = settings::load(options.config, complaints);
  if (!settings) return error(Fault::invalid, text_of(complaints), cli::in_the_configuration);
  const auto currency = Currency::parse(settings->currency);
  if (!currency) return currency.error();
  const auto bytes = bytes_of(options.file, largest_catalogue);
  if (!bytes) return bytes.error();
  auto imported = catalogue::read(*bytes, options.file.filename().string(), *currency, progress, charset_named(options.encoding));
  if (!imported) return imported.error();
  cli::CatalogueFile file;
  file.format = imported->format;
  file.rows = imported->rows;
  const std::string location = options.location.empty() ? settings->locations.front().id.text : options.location;
  file.products = catalogue::product_trees(*imported);
  file.stock = catalogue::stock_trees(*imported, location);
  file.changes = catalogue::change_trees(*imported, location);
  for (const auto& name : imported->kept) file.keep.emplace_back(name);
  file.corrected = catalogue::correction_trees(*imported);
  file.refused = catalogue::refusal_trees(*imported);
  file.summary = catalogue::summary_of(*imported);
  return file;
}

/// The engine without a daemon: its thread runs, its lanes do not,
/// because no channel is set to work before it is released by a running daemon.
Result<cli::Offline> open_offline(const fs::path& folder) {
  struct Kept {
    SystemClock clock;
    Lent lent{clock, Log()};
    std::unique_ptr<store::Database> store;
    std::unique_ptr<engine::Engine> engine;
  };
  auto kept = std::make_shared<Kept>();
  Complaints complaints;
  auto assembled = assemble(folder, kept->lent, Disk::store, complaints);
  if (!assembled) return error(Fault::invalid, text_of(complaints), cli::in_the_configuration);
  auto store = store::Database::open(store_of(assembled->settings), {}, kept->clock, Log());
  if (!store) return store.error();
  if (auto known = check_accounts(*assembled, **store, complaints); !known) return known.error();
  if (!complaints.empty()) return error(Fault::invalid, text_of(complaints), cli::in_the_configuration);
  kept->store = std::move(*store);
  kept->engine = std::make_unique<engine::Engine>(*kept->store, kept->clock, Log(), assembled->config, 1, version, [] {
    return Result<engine::Reloaded>(error(Fault::invalid, "nothing runs that could be reloaded", "reload"));
  });
  if (auto set = kept->engine->set_channels(assembled->config, std::move(assembled->channels)); !set) return set.error();
  kept->engine->start_without_lanes();
  return cli::Offline{[kept](const Json& chunk, const std::string& author) { return kept->engine->import(chunk, author); },
                      [kept](const std::string& channel) { return kept->engine->plan(channel); }};
}

Result<Json> move_channel(const fs::path& folder, const std::string& channel, const std::string& author) {
  SystemClock clock;
  Lent lent(clock, Log());
  Complaints complaints;
  const auto assembled = assemble(folder, lent, Disk::store, complaints);
  if (!assembled) return error(Fault::invalid, text_of(complaints), cli::in_the_configuration);
  auto store = store::Database::open(store_of(assembled->settings), {}, clock, Log::to_stderr(Level::warning));
  if (!store) return store.error();
  return accept_moved(*assembled, channel, author, **store, clock.now());
}

/// Opening the store so gives up what is sealed.
Result<void> forget_keys(const fs::path& folder) {
  SystemClock clock;
  Complaints complaints;
  const auto settings = settings::load(folder, complaints);
  if (settings) check_store(*settings, complaints);
  if (!complaints.empty()) return error(Fault::invalid, text_of(complaints), cli::in_the_configuration);
  store::Options options;
  options.forget_keys = true;
  auto store = store::Database::open(store_of(*settings), std::move(options), clock, Log::to_stderr(Level::warning));
  if (!store) return store.error();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  cli::Parts parts;
  parts.version = version;
  parts.run = run_daemon;
  parts.demo = [](const cli::DemoOptions& options) {
    listen_to_signals();
    return demo::run_demo(options, [] { return asked_to_stop != 0; });
  };
  parts.sandbox = run_sandbox;
  parts.check = check;
  parts.test = test_mappings;
  parts.read_catalogue = read_catalogue;
  parts.open_offline = open_offline;
  parts.forget_keys = forget_keys;
  parts.move_channel = move_channel;
  return cli::run_cli(argc, argv, parts);
}
