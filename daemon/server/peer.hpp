// Who is at the other end of the Unix socket, as the kernel says.
#pragma once

#include "base/result.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace tally::server {

struct Peer {
  uid_t user = 0;
  std::vector<gid_t> groups;  ///< the primary one and all others
};

/// Of a connected Unix socket.
Result<Peer> peer_of(int socket);

/// root, the daemon's own user, and whoever is in the daemon's own group may speak.
bool may_speak(const Peer& peer, uid_t own_user, gid_t own_group);

/// The user's name, or "uid 1000" when nobody knows it.
std::string name_of_user(uid_t user);

}  // namespace tally::server
