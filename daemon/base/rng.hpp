// Random numbers that repeat: the same seed gives the same numbers on every machine and library.
#pragma once

#include <cstdint>
#include <string>

namespace tally {

/// xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64. Not for secrets: those come from crypto.hpp.
class Rng {
 public:
  explicit Rng(std::uint64_t seed);
  std::uint64_t next();
  /// Evenly in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Evenly in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// True in `percent` of 100 cases.
  bool chance(unsigned percent) { return below(100) < percent; }
  /// `length` characters of [a-z0-9].
  std::string text(std::size_t length);

 private:
  std::uint64_t state_[4];
};

}  // namespace tally
