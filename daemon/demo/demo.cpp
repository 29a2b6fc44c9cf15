#include "demo/demo.hpp"

#include "cli/console.hpp"
#include "cli/demo_table.hpp"
#include "connectors/sandbox/shopper.hpp"
#include "demo/judge.hpp"
#include "demo/replay.hpp"
#include "demo/scene.hpp"

#include <chrono>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace tally::demo {
namespace {

using Stop = std::function<bool()>;

constexpr Duration most_patience{180000};  ///< for one stage: listing everything, becoming calm
constexpr Duration between_orders{50};
constexpr Duration between_gentle_orders{1500};

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
      : options_(options), assortment_(assortment(options.seed)), rng_(options.seed), scene_(options, std::move(stop), Terms{}) {}

  Result<int> run() {
    if (auto opened = scene_.open(); !opened) return opened.error();
    if (auto filled = scene_.fill(assortment_, most_patience); !filled) return filled.error();
    if (auto done = misbehave(options_.orders.has_value()); !done) return done.error();
    if (auto done = shop(); !done) return done.error();
    if (!options_.orders) return 0;
    if (auto done = misbehave(false); !done) return done.error();
    scene_.say("waiting until everything is calm");
    if (auto done = scene_.become_calm(assortment_, most_patience); !done) return done.error();
    auto verdict = judge(scene_.platforms(), scene_.daemon(), assortment_);
    if (!verdict) return verdict.error();
    std::cout << verdict->json().dump() << std::endl;
    return verdict->good() ? 0 : 1;
  }

 private:
  Result<void> misbehave(bool really) {
    for (const auto& name : scene_.platforms().names()) {
      if (auto told = scene_.platforms().post(name, "misbehave", really ? mischief(name) : no_mischief()); !told) return told.error();
    }
    return {};
  }

  Result<std::vector<sandbox::Shelf>> shelves() {
    std::vector<sandbox::Shelf> all;
    for (const auto& name : scene_.platforms().names()) {
      auto offers = scene_.platforms().get(name, "offers");
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
    auto order = scene_.platforms().post(
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
      if (auto done = scene_.platforms().post(it->platform, "orders/" + it->order + "/" + it->verb, Json::object()); !done)
        return done.error();
      it = later_.erase(it);
    }
    return {};
  }

  Result<void> shop() {
    sandbox::Shoppers shoppers(options_.seed, {});
    cli::Screen screen(std::cout, ::isatty(STDOUT_FILENO) == 1);
    const auto began = std::chrono::steady_clock::now();
    const Duration mean = options_.orders ? between_orders : between_gentle_orders;
    auto last_drawn = began - std::chrono::seconds(1);
    scene_.say(options_.orders ? "shoppers place " + std::to_string(*options_.orders) + " orders"
                               : std::string("shoppers shop; Ctrl-C ends"));
    while (!scene_.stopped() && (!options_.orders || accepted_ < static_cast<std::int64_t>(*options_.orders))) {
      if (auto kept = scene_.keep_daemon(); !kept) return kept;
      auto bought = buy(shoppers);
      if (!bought) return bought.error();
      if (!*bought && options_.orders) {  // nothing is left to sell anywhere: goods arrive
        if (auto restocked = restock(); !restocked) return restocked;
      }
      if (auto done = do_later(false); !done) return done;
      const auto now = std::chrono::steady_clock::now();
      if (!options_.json && now - last_drawn >= std::chrono::milliseconds(500)) {
        last_drawn = now;
        if (auto status = scene_.daemon().get("status")) {
          const cli::DemoFacts facts{std::chrono::duration_cast<Duration>(now - began), options_.seed, orders_,
                                     "folder " + scene_.folder().string()};
          if (!options_.orders || screen.terminal())
            screen.show(screen.terminal() ? cli::draw_demo(cli::Console::of_process(), *status, facts)
                                          : cli::draw_demo_line(*status, facts) + "\n");
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
      auto moved = scene_.daemon().post(
          "stock", Json::object({{"sku", sku}, {"location", "main"}, {"kind", "receipt"}, {"quantity", more}, {"reason", "delivery"}}));
      if (!moved) return moved.error();
      units += more;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
    return {};
  }

  const cli::DemoOptions& options_;
  Assortment assortment_;
  Rng rng_;
  Scene scene_;
  std::int64_t accepted_ = 0;
  std::map<std::string, std::int64_t> orders_;
  std::vector<Later> later_;
};

}  // namespace

int run_demo(const cli::DemoOptions& options, const Stop& stop_requested) {
  auto done = options.replay ? replay(options, stop_requested) : Demo(options, stop_requested).run();
  if (done) return *done;
  if (done.error().fault == Fault::cancelled || stop_requested()) return 130;  // what fails after Ctrl-C fails because of it
  auto console = cli::Console::of_process();
  return cli::fail(console, done.error(), options.json);
}

}  // namespace tally::demo
