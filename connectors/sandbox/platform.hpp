// One pretend platform: its shop, its dialect, its port, its webhooks, its faults, and what the control interface may ask of it.
#pragma once

#include "connectors/sandbox/dialect.hpp"
#include "connectors/sandbox/door.hpp"

#include <atomic>
#include <condition_variable>
#include <thread>

namespace tally::sandbox {

/// All functions may be called from any thread.
class Platform {
 public:
  Platform(PlatformOptions options, Nature nature, std::uint64_t seed, const Clock& clock, Log log);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  Result<void> start();
  void stop();
  const std::string& name() const { return options_.name; }
  Json description() const;  ///< name, dialect, url or folder

  // The control interface. Answers are documents; errors say what the driver did wrong.
  Json offers();
  Json orders();
  Json sold();
  Json counters(std::int64_t after);
  Result<Json> buy(const Json& wish);
  Result<Json> sell(const Json& wish);
  Result<Json> take_back(const Json& wish);
  Result<Json> act(const std::string& order, const std::string& verb, const Json& wish);
  Result<Json> edit(const Json& wish);
  Result<Json> put_stock(const Json& wish);
  Result<Json> misbehave(const Json& wish);
  Result<Json> enter_hook(const Json& wish);

 private:
  Answer serve(const Request& request);
  Answer reach(const Request& request, Fate fate);
  void tick();
  bool pause(Duration time);  ///< false when it was cut short by stop()
  Json order_json(const Order& order) const;
  Result<std::vector<Wanted>> basket_of(const Json& wish);
  Result<Wanted> priced_line(const Json& line);
  Result<Order*> sale_to_undo(const Json& wish);

  PlatformOptions options_;
  Nature nature_;
  Log log_;
  std::mutex mutex_;
  Mischief mischief_;
  Shop shop_;
  Meter meter_;
  Courier courier_;
  std::unique_ptr<Dialect> dialect_;
  std::unique_ptr<Door> door_;
  int port_ = 0;
  std::int64_t requests_ = 0, over_limit_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex pause_mutex_;
  std::condition_variable pause_over_;
  std::thread ticker_;
};

}  // namespace tally::sandbox
