// After a start or a reload with other rules (prices, buffers, locations, the mapping) everything that they say otherwise is marked, as one
// batch: a wrong rule is a mass change like a wrong import, and is judged like one.
#pragma once

#include "engine/world.hpp"

#include <map>
#include <string>

namespace tally::store {
class Session;
}

namespace tally::engine {

/// Thread: the engine's.
class NewRules {
 public:
  /// The channel follows `rules` (a digest of all that says what is to stand there) from now on; empty: nobody says. It is compared if
  /// these are others than those by which it was last compared whole, but for a new one, of which everything is marked anyway.
  void follow(store::Session& session, const Channel& channel, const std::string& rules, bool is_new, Time now);
  /// Forgets what was not compared yet: the channels are set anew.
  void clear() { left_.clear(); }
  /// That is open; 0: none. It is judged when everything was compared.
  std::int64_t batch() const { return batch_; }
  /// A page of what is left; judges the batch behind the last one. Answers whether something is left. Errors: io, gone (the store).
  Result<bool> compare_some(World& world);

 private:
  struct Left {
    std::string rules;
    ProductNo product;
    VariantNo offer;
    bool products_done = false;
  };
  void compare_page(store::Session& session, const World& world, const Channel& channel, Left& left);

  std::map<ChannelNo, Left> left_;
  std::int64_t batch_ = 0;  ///< 0: none is open
};

}  // namespace tally::engine
