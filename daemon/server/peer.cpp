#include "server/peer.hpp"

#include <pwd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tally::server {
namespace {

constexpr std::size_t most_groups = 65536;  // the kernel's NGROUPS_MAX

Error unreadable(const char* what) {
  return error(Fault::io, std::string("cannot read the peer's ") + what + ": " + std::strerror(errno));
}

}  // namespace

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return unreadable("user");
  Peer peer{.user = credentials.uid, .groups = {}};

  std::vector<gid_t> groups(64);
  size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  int refused = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
  if (refused != 0 && errno == ERANGE && size <= most_groups * sizeof(gid_t)) {
    groups.resize(size / sizeof(gid_t));
    refused = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
  }
  if (refused != 0) return unreadable("groups");
  groups.resize(size / sizeof(gid_t));
  peer.groups = std::move(groups);
  peer.groups.push_back(credentials.gid);
  return peer;
}

bool may_speak(const Peer& peer, uid_t own_user, gid_t own_group) {
  return peer.user == 0 || peer.user == own_user || std::find(peer.groups.begin(), peer.groups.end(), own_group) != peer.groups.end();
}

std::string name_of_user(uid_t user) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  if (getpwuid_r(user, &entry, room.data(), room.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return "uid " + std::to_string(user);
}

}  // namespace tally::server
