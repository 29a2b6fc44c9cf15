#include "server/service.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>

namespace tally::server {
namespace {

/// A message is lines of NAME=VALUE; a line break in a status would begin another.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// The answer only says whether somebody listens; nothing depends on it.
void tell(const std::string& message) {
  static_cast<void>(sd_notify(0, message.c_str()));
}

}  // namespace

Service::~Service() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Service::ready(const std::string& status) {
  tell("READY=1\nSTATUS=" + one_line(status));
}
void Service::reloading() {
  tell("RELOADING=1\nSTATUS=reading the configuration again");
}
void Service::stopping() {
  tell("STOPPING=1\nSTATUS=stopping");
}
void Service::status(const std::string& text) {
  tell("STATUS=" + one_line(text));
}

std::optional<Duration> Service::watchdog_period() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
}

void Service::watch(std::function<bool()> healthy) {
  const auto period = watchdog_period();
  if (!period || thread_.joinable()) return;
  thread_ = std::thread([this, pause = *period / 3, healthy = std::move(healthy)] {
    std::unique_lock lock(mutex_);
    while (!over_) {
      lock.unlock();
      if (healthy()) tell("WATCHDOG=1");
      lock.lock();
      wake_.wait_for(lock, pause, [this] { return over_; });
    }
  });
}

}  // namespace tally::server
