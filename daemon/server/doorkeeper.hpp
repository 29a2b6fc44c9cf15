// Counts who is in: connections in total and by address, bytes of bodies, streams. What is over the limit does not come in.
#pragma once

#include "base/json.hpp"
#include "server/limits.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace tally::server {

/// Something that was counted and is given back when this goes.
class Pass {
 public:
  Pass() = default;
  explicit Pass(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
  Pass(Pass&& other) noexcept : give_back_(std::exchange(other.give_back_, nullptr)) {}
  Pass& operator=(Pass&& other) noexcept {
    std::swap(give_back_, other.give_back_);
    return *this;
  }
  ~Pass() {
    if (give_back_) give_back_();
  }

 private:
  std::function<void()> give_back_;
};

/// The listener's thread only. Passes must not outlive it.
class Doorkeeper {
 public:
  explicit Doorkeeper(const Limits& limits) : limits_(limits) {}

  /// Nothing when the house is full, or this address has too many. An empty address counts towards the total only.
  std::optional<Pass> admit(const std::string& address);
  /// Room for a body of so many bytes.
  std::optional<Pass> hold(std::size_t bytes);
  std::optional<Pass> stream();
  void refused(unsigned status) { ++refused_[status]; }
  void answered() { ++answered_; }

  std::size_t connections() const { return connections_; }
  /// As Admin::metrics(): what the door itself counted.
  Json::Array metrics() const;

 private:
  Limits limits_;
  std::size_t connections_ = 0;
  std::map<std::string, std::size_t> by_address_;
  std::size_t bytes_ = 0;
  std::size_t streams_ = 0;
  std::int64_t answered_ = 0;
  std::int64_t turned_away_ = 0;
  std::map<unsigned, std::int64_t> refused_;
};

}  // namespace tally::server
