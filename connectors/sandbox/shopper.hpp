// Who buys what, decided by seed: a driver carries the decisions out through the control interface.
#pragma once

#include "base/rng.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::sandbox {

/// What a shopper sees of one platform.
struct Shelf {
  std::string platform;
  struct Item {
    std::string sku;
    std::int64_t quantity = 0;
  };
  std::vector<Item> items;
};

struct Habits {
  unsigned last_unit_percent = 15;  ///< go for what is scarcest, and take all of it if it is little
  unsigned unpaid_percent = 10;     ///< order first, pay later (or never: those cancel)
  unsigned cancel_percent = 8;
  std::int64_t most_units = 3;
};

struct Purchase {
  std::string platform;
  std::string sku;
  std::int64_t quantity = 1;
  bool paid = true;  ///< else: pay a moment later, unless it is cancelled
  bool cancels = false;
};

/// The same seed and the same shelves give the same purchases. Not thread-safe.
class Shoppers {
 public:
  Shoppers(std::uint64_t seed, Habits habits) : rng_(seed), habits_(habits) {}
  /// Nothing when nothing is for sale anywhere.
  std::optional<Purchase> next(const std::vector<Shelf>& shelves);
  /// How long until the next one comes, around `mean`.
  Duration pause(Duration mean);

 private:
  Rng rng_;
  Habits habits_;
};

}  // namespace tally::sandbox
