#include "demo/demo.hpp"

#include "cli/daemon.hpp"
#include "cli/demo_table.hpp"
#include "connectors/sandbox/shopper.hpp"
#include "demo/child.hpp"
#include "demo/judge.hpp"
#include "demo/platforms.hpp"
#include "demo/stage.hpp"

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace tally::demo {
namespace {

namespace fs = std::filesystem;
using Stop = std::function<bool()>;

constexpr Duration most_patience{180000};  ///< for one stage: listing everything, becoming calm
constexpr Duration between_orders{50};
constexpr Duration between_gentle_orders{1500};
constexpr std::size_t products_a_chunk = 50;

/// What a platform does to us while shoppers shop. The till is a folder: only its files misbehave. After "too many" WeChat wants to be left
/// alone for a minute; that is left to the other two, so that the demonstration shows how fast a decrease travels.
Json mischief(const std::string& platform) {
  return Json::object({{"lose_percent", 2},
                       {"error_5xx_percent", 2},
                       {"error_429_percent", platform == "mini" ? 0 : 1},
                       {"garbage_percent", 1},
                       {"lose_reply_percent", 2},
                       {"delay_ms", 20},
                       {"webhooks_lost_percent", 10},
                       {"duplicate_percent", 10},
                       {"reorder_percent", 10}});
}

Json no_mischief() {
  return Json::object({{"lose_percent", 0},
                       {"error_5xx_percent", 0},
                       {"error_429_percent", 0},
                       {"garbage_percent", 0},
                       {"lose_reply_percent", 0},
                       {"delay_ms", 0},
                       {"webhooks_lost_percent", 0},
                       {"duplicate_percent", 0},
                       {"reorder_percent", 0}});
}

struct Later {
  std::chrono::steady_clock::time_point at;
  std::string platform, order, verb;
};

class Demo {
 public:
  Demo(const cli::DemoOptions& options, Stop stop)
      : options_(options), stop_(std::move(stop)), assortment_(assortment(options.seed)), rng_(options.seed) {}
  ~Demo() {
    daemon_process_.stop();
    sandbox_process_.stop();
    if (!options_.keep && !folder_.empty()) {
      std::error_code failed;
      fs::remove_all(folder_, failed);
    }
  }

  Result<int> run() {
    for (auto step : {&Demo::make_folder, &Demo::start_platforms, &Demo::start_daemon, &Demo::fill}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    if (auto done = misbehave(options_.orders.has_value()); !done) return done.error();
    if (auto done = shop(); !done) return done.error();
    if (!options_.orders) return 0;
    if (auto done = misbehave(false); !done) return done.error();
    say("waiting until everything is calm");
    if (auto done = become_calm(); !done) return done.error();
    auto verdict = judge(*platforms_, *daemon_, assortment_);
    if (!verdict) return verdict.error();
    std::cout << verdict->json().dump() << std::endl;
    return verdict->good() ? 0 : 1;
  }

 private:
  void say(const std::string& text) {
    if (!options_.json) std::cerr << "demo: " << text << std::endl;
  }

  Result<void> make_folder() {
    std::error_code failed;
    if (options_.keep) {
      folder_ = fs::absolute(*options_.keep);
      if (fs::exists(folder_ / "config", failed))
        return error(Fault::invalid, "there is a demonstration already", folder_.string(), "name another folder");
    } else {
      std::string name = (fs::temp_directory_path() / "tallyd-demo-XXXXXX").string();
      if (!::mkdtemp(name.data())) return error(Fault::io, "no temporary folder can be made", name);
      folder_ = name;
    }
    fs::create_directories(folder_, failed);
    if (failed) return error(Fault::io, failed.message(), folder_.string());
    return {};
  }

  Result<void> start_platforms() {
    const fs::path config = folder_ / "sandbox.json";
    std::ofstream(config) << sandbox_config(folder_, options_.seed).dump();
    if (auto started = sandbox_process_.start({"sandbox", "--config", config.string()}, folder_ / "sandbox.log"); !started) return started;
    const auto line = sandbox_process_.line(Duration(20000));
    auto description =
        line ? Json::parse(*line) : Result<Json>(error(Fault::io, "the sandbox did not start", (folder_ / "sandbox.log").string()));
    if (!description) return description.error();
    std::ofstream(folder_ / "platforms.json") << description->pretty() << "\n";  // where the curious find the control interface
    std::vector<std::string> names;
    for (const auto& platform : description->find("platforms")->as_array()) names.push_back(platform.text_or("name"));
    platforms_.emplace(static_cast<int>(description->find("control")->integer_or("port")), names);
    auto port = free_port();
    if (!port) return port.error();
    hook_port_ = *port;
    return write_configuration(folder_, *description, hook_port_);
  }

  Result<void> start_daemon() {
    const fs::path config = folder_ / "config", socket = options_.socket.value_or(config / "tallyd.sock");
    daemon_.emplace(socket);
    if (auto started = daemon_process_.start({"run", "--config", config.string(), "--socket", socket.string()}, folder_ / "tallyd.log");
        !started)
      return started;
    if (!options_.json) std::cerr << "demo: the daemon is process " << daemon_process_.id() << std::endl;
    std::ofstream(folder_ / "daemon.pid") << daemon_process_.id() << "\n";
    for (int tenth = 0; tenth < 300; ++tenth) {
      const auto there = daemon_->is_there();
      if (there && *there) return {};
      if (!daemon_process_.runs())
        return error(Fault::io, "the daemon did not start", (folder_ / "tallyd.log").string(), "read its log (with --keep it stays)");
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return error(Fault::io, "the daemon does not answer", (folder_ / "tallyd.log").string());
  }

  /// A daemon that died is started again, as its service manager would: what it had acknowledged must still be there.
  Result<void> keep_daemon() {
    if (daemon_process_.runs()) return {};
    say("the daemon ended; it is started again");
    return start_daemon();
  }

  Result<void> fill() {
    for (const auto& name : platforms_->names()) {
      if (auto told =
              platforms_->post(name, "hook", Json::object({{"url", "http://127.0.0.1:" + std::to_string(hook_port_) + "/hooks/" + name}}));
          !told && name != "till")
        return told.error();
    }
    say("importing the catalogue");
    const auto& products = assortment_.products.as_array();
    for (std::size_t at = 0; at < products.size(); at += products_a_chunk) {
      const std::size_t end = std::min(at + products_a_chunk, products.size());
      Json chunk = Json::object({{"products", Json(Json::Array(products.begin() + static_cast<std::ptrdiff_t>(at),
                                                               products.begin() + static_cast<std::ptrdiff_t>(end)))},
                                 {"close", end == products.size()}});
      auto answer = daemon_->post("import", chunk);
      if (!answer) return answer.error();
      if (!answer->find("refused")->empty())
        return error(Fault::invalid, "the demo's catalogue was refused: " + answer->find("refused")->dump(), "import");
    }
    Json stock = Json::array();
    for (const auto& [sku, units] : assortment_.supply) {
      if (!assortment_.shelf.contains(sku)) stock.push_back(Json::object({{"sku", sku}, {"location", "main"}, {"counted", units}}));
    }
    if (auto answer = daemon_->post("import", Json::object({{"stock", std::move(stock)}})); !answer) return answer.error();
    for (const auto& [sku, units] : assortment_.shelf) {
      if (auto put = platforms_->post("till", "stock", Json::object({{"sku", sku}, {"quantity", units}})); !put) return put.error();
    }
    say("listing it on four platforms");
    for (const auto& name : platforms_->names()) {
      if (auto released = daemon_->post("channels/" + name + "/release"); !released) return released.error();
    }
    return become_calm();
  }

  Result<void> misbehave(bool really) {
    for (const auto& name : platforms_->names()) {
      if (auto told = platforms_->post(name, "misbehave", really ? mischief(name) : no_mischief()); !told) return told.error();
    }
    return {};
  }

  Result<std::vector<sandbox::Shelf>> shelves() {
    std::vector<sandbox::Shelf> all;
    for (const auto& name : platforms_->names()) {
      auto offers = platforms_->get(name, "offers");
      if (!offers) return offers.error();
      sandbox::Shelf shelf{name, {}};
      for (const auto& offer : offers->find("offers")->as_array()) {
        const std::int64_t units = name == "till" && offer.find("shelf") ? offer.integer_or("shelf") : offer.integer_or("quantity");
        shelf.items.push_back({offer.text_or("sku"), units});
      }
      all.push_back(std::move(shelf));
    }
    return all;
  }

  Result<bool> buy(sandbox::Shoppers& shoppers) {
    auto seen = shelves();
    if (!seen) return seen.error();
    const auto purchase = shoppers.next(*seen);
    if (!purchase) return false;
    const bool till = purchase->platform == "till";
    const bool unpaid = !purchase->paid && !till;
    auto order = platforms_->post(
        purchase->platform, "buy",
        Json::object({{"sku", purchase->sku},
                      {"quantity", purchase->quantity},
                      {"state", unpaid ? "unpaid" : "paid"},
                      {"buyer", Json::object({{"name", "Buyer " + std::to_string(accepted_)}, {"email", "buyer@example.com"}})}}));
    if (!order) return order.error();
    if (order->find("refused")) return true;
    ++accepted_;
    ++orders_[purchase->platform];
    const auto now = std::chrono::steady_clock::now();
    const std::string id = order->text_or("id");
    if (purchase->cancels && !till)
      later_.push_back({now + std::chrono::milliseconds(rng_.between(100, 3000)), purchase->platform, id, "cancel"});
    else if (unpaid)
      later_.push_back({now + std::chrono::milliseconds(rng_.between(100, 3000)), purchase->platform, id, "pay"});
    return true;
  }

  /// Pays and cancels what is due; all that is left when `now_all`.
  Result<void> do_later(bool now_all) {
    const auto now = std::chrono::steady_clock::now();
    for (auto it = later_.begin(); it != later_.end();) {
      if (!now_all && it->at > now) {
        ++it;
        continue;
      }
      if (auto done = platforms_->post(it->platform, "orders/" + it->order + "/" + it->verb, Json::object()); !done) return done.error();
      it = later_.erase(it);
    }
    return {};
  }

  Result<void> shop() {
    sandbox::Shoppers shoppers(options_.seed, {});
    cli::Console console = cli::Console::of_process();
    cli::Screen screen(std::cout, ::isatty(STDOUT_FILENO) == 1);
    const auto began = std::chrono::steady_clock::now();
    const Duration mean = options_.orders ? between_orders : between_gentle_orders;
    auto last_drawn = began - std::chrono::seconds(1);
    say(options_.orders ? "shoppers place " + std::to_string(*options_.orders) + " orders" : std::string("shoppers shop; Ctrl-C ends"));
    while (!stop_() && (!options_.orders || accepted_ < static_cast<std::int64_t>(*options_.orders))) {
      if (auto kept = keep_daemon(); !kept) return kept;
      auto bought = buy(shoppers);
      if (!bought) return bought.error();
      if (!*bought && options_.orders) {  // nothing is left to sell anywhere: goods arrive
        if (auto restocked = restock(); !restocked) return restocked;
      }
      if (auto done = do_later(false); !done) return done;
      const auto now = std::chrono::steady_clock::now();
      if (!options_.json && now - last_drawn >= std::chrono::milliseconds(500)) {
        last_drawn = now;
        if (auto status = daemon_->get("status")) {
          const cli::DemoFacts facts{std::chrono::duration_cast<Duration>(now - began), options_.seed, orders_,
                                     "folder " + folder_.string()};
          if (!options_.orders || screen.terminal())
            screen.show(screen.terminal() ? cli::draw_demo(console, *status, facts) : cli::draw_demo_line(*status, facts) + "\n");
        }
      }
      std::this_thread::sleep_for(shoppers.pause(mean));
    }
    screen.leave();
    return do_later(true);
  }

  Result<void> restock() {
    for (auto& [sku, units] : assortment_.supply) {
      if (assortment_.shelf.contains(sku) || !rng_.chance(10)) continue;
      const std::int64_t more = rng_.between(2, 6);
      auto moved = daemon_->post(
          "stock", Json::object({{"sku", sku}, {"location", "main"}, {"kind", "receipt"}, {"quantity", more}, {"reason", "delivery"}}));
      if (!moved) return moved.error();
      units += more;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
    return {};
  }

  /// Until the daemon says that nothing is left to do, and the platforms show what it says,
  /// twice in a row and after one more look at everything.
  Result<void> become_calm() {
    const auto until = std::chrono::steady_clock::now() + most_patience;
    int calm = 0;
    while (!stop_()) {
      if (auto kept = keep_daemon(); !kept) return kept;
      auto status = daemon_->get("status");
      auto drift =
          status && status->bool_or("converged") ? count_drift(*platforms_, *daemon_, assortment_, nullptr) : Result<std::int64_t>(1);
      calm = drift && *drift == 0 ? calm + 1 : 0;
      if (calm >= 12) return {};  // six seconds: longer than a poll and a sweep
      if (std::chrono::steady_clock::now() > until) {
        say("it did not become calm within three minutes");
        return {};  // the verdict says what is not right
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    return error(Fault::cancelled, "stopped", "demo");
  }

  const cli::DemoOptions& options_;
  Stop stop_;
  Assortment assortment_;
  Rng rng_;
  fs::path folder_;
  Child sandbox_process_, daemon_process_;
  std::optional<Platforms> platforms_;
  std::optional<cli::Daemon> daemon_;
  int hook_port_ = 0;
  std::int64_t accepted_ = 0;
  std::map<std::string, std::int64_t> orders_;
  std::vector<Later> later_;
};

}  // namespace

int run_demo(const cli::DemoOptions& options, const Stop& stop_requested) {
  if (options.replay) {
    std::cerr << "tallyd: run --demo --replay: a replay from a file is not in this version\n";
    return 1;
  }
  Demo demo(options, stop_requested);
  auto done = demo.run();
  if (done) return *done;
  if (done.error().fault == Fault::cancelled) return 130;
  std::cerr << "tallyd: " << done.error().text() << "\n";
  return 1;
}

}  // namespace tally::demo
