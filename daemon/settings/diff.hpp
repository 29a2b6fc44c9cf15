// What a reload changes.
#pragma once

#include "settings/settings.hpp"

namespace tally::settings {

struct Change {
  std::vector<ChannelId> added, changed, removed;  ///< by name
  std::vector<std::string> keys;                   ///< of tallyd.yaml, whose value is another
  std::vector<std::string> needs_restart;          ///< those of `keys` that a running daemon cannot follow: store, listen, socket
  bool empty() const { return added.empty() && changed.empty() && removed.empty() && keys.empty(); }
};

/// A channel has changed if the bytes of its file have, or the locations that it stands for.
Change difference(const Settings& before, const Settings& after);

}  // namespace tally::settings
