// What the engine does about each answer of a platform: one table.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

namespace tally::engine {

struct Reaction {
  enum class Change { retry, wait, park, look, drop_binding } change;  ///< what becomes of the change
  enum class Lane { go_on, back_off, sleep, pause } lane;              ///< what becomes of the channel
};

constexpr Reaction react(Fault fault) {
  using C = Reaction::Change;
  using L = Reaction::Lane;
  switch (fault) {
    case Fault::transient:
      return {C::retry, L::back_off};
    case Fault::throttled:
      return {C::retry, L::sleep};
    case Fault::not_yet:
      return {C::wait, L::go_on};
    case Fault::unauthorized:
    case Fault::forbidden:
    case Fault::elsewhere:
      return {C::retry, L::pause};
    case Fault::rejected:
    case Fault::invalid:
      return {C::park, L::go_on};
    case Fault::missing:
      return {C::drop_binding, L::go_on};
    case Fault::conflict:
      return {C::look, L::go_on};
    case Fault::unknown:
      return {C::look, L::back_off};
    case Fault::broken:
      return {C::look, L::back_off};  // it may have been done; a look tells
    case Fault::not_found:
    case Fault::io:
    case Fault::locked:
    case Fault::gone:
    case Fault::internal:
    case Fault::cancelled:
    case Fault::held:
      return {C::retry, L::back_off};
  }
  return {C::retry, L::back_off};
}

/// What a person must do when a channel was paused for this.
constexpr std::string_view advice(Fault fault) {
  switch (fault) {
    case Fault::unauthorized:
      return "the platform refuses the credentials: put new ones in place and run `tallyd reload`";
    case Fault::forbidden:
      return "the account lacks a permission: grant it on the platform and run `tallyd reload`";
    case Fault::elsewhere:
      return "the platform does not let this machine's address in: add it to the platform's list and run `tallyd reload`";
    default:
      return "";
  }
}

/// 200 ms, 400 ms, 800 ms … at most 5 min, with up to a quarter of jitter (`random` in 0..255).
constexpr Duration back_off(unsigned failures, unsigned random) {
  const unsigned shift = failures > 12 ? 12 : failures;
  const auto base = std::min<Duration::rep>(100LL << shift, 300000);
  return Duration(base + base * static_cast<Duration::rep>(random % 256) / 1024);
}

}  // namespace tally::engine
