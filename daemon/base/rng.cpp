#include "base/rng.hpp"

#include "base/result.hpp"

namespace tally {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t rotated(std::uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = splitmix(seed);
}

std::uint64_t Rng::next() {
  const std::uint64_t result = rotated(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = rotated(state_[3], 45);
  return result;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  ensure(bound > 0, "a random number below zero was asked for");
  // Lemire's method: the high half of a product, refusing the few low halves that would make some numbers likelier.
  const std::uint64_t refused = -bound % bound;
  for (;;) {
    const Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) >= refused) return static_cast<std::uint64_t>(product >> 64);
  }
}

std::int64_t Rng::between(std::int64_t low, std::int64_t high) {
  ensure(low <= high, "a random number from an empty range was asked for");
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t step = span == 0 ? next() : below(span);  // span 0: all 64 bits
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + step);
}

std::string Rng::text(std::size_t length) {
  constexpr char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  out.reserve(length);
  for (std::size_t i = 0; i < length; ++i) out += alphabet[below(36)];
  return out;
}

}  // namespace tally
