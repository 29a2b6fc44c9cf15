// When a synchronisation is over, judged from the daemon's status alone.
#pragma once

#include "base/json.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tally::cli {

/// Fed with one status after another. A channel is calm when it was looked at since the beginning and nothing that may be sent is left.
class Calm {
 public:
  /// `before`: the status when the synchronisation was asked for. `channels`: which ones; all of it when empty.
  Calm(const Json& before, std::set<std::string> channels);

  enum class State {
    busy,
    calm,
    held,  ///< all that is left waits for a person (`tallyd release`)
  };
  /// Of the channels that are worked on: a paused one is not waited for.
  State look(const Json& status);
  /// "shop: 12 to go; till: looking"
  const std::string& text() const { return text_; }
  const std::set<std::string>& channels() const { return channels_; }

  struct Paused {
    std::string channel, reason;
    bool refused = false;  ///< because the platform refuses us, not because it is away
  };
  const std::vector<Paused>& paused() const { return paused_; }

 private:
  enum class Stage { looking, sending, held, done };
  Stage stage_of(const Json& channel);

  std::set<std::string> channels_;
  std::map<std::string, std::string> swept_;  ///< `last_sweep` at the beginning
  std::map<std::string, int> quiet_;          ///< looks in a row with nothing pending
  std::string text_;
  std::vector<Paused> paused_;
};

}  // namespace tally::cli
