// What systemd is told: ready, reloading, stopping, still alive. Without systemd every call does nothing.
#pragma once

#include "base/time.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace tally::server {

/// Any thread.
class Service {
 public:
  Service() = default;
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void ready(const std::string& status);  ///< after the start and after each reload
  void reloading();
  void stopping();
  void status(const std::string& text);  ///< one line, shown by `systemctl status`

  /// How often the watchdog wants to hear from us; nothing when it does not watch.
  static std::optional<Duration> watchdog_period();
  /// Pings at a third of the period, for as long as `healthy` says so; silent otherwise, and then systemd restarts the daemon. `healthy`
  /// runs on a thread of its own and must not block for long. Does nothing when no watchdog watches.
  void watch(std::function<bool()> healthy);

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace tally::server
