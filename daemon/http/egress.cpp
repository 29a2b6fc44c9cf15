#include "http/egress.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace tally::http {
namespace {

/// The addresses whose first `bits` bits are those of `begin`.
struct Net {
  std::array<std::uint8_t, 16> begin;
  int bits;
  Reach reach;

  bool has(const std::array<std::uint8_t, 16>& bytes) const {
    for (int bit = 0; bit < bits; bit += 8) {
      const std::size_t at = static_cast<std::size_t>(bit / 8);
      const int left = bits - bit;
      const int mask = left >= 8 ? 0xff : 0xff << (8 - left) & 0xff;
      if ((bytes[at] & mask) != (begin[at] & mask)) return false;
    }
    return true;
  }
};

// Of the IANA registries of special-purpose addresses. The first that fits decides, so the narrow ones stand first.
constexpr Net v4_nets[] = {
    {{0}, 8, Reach::nowhere},                    // "this network"; Linux connects 0.0.0.0 to itself
    {{10}, 8, Reach::inside},                    // private
    {{100, 100, 100, 200}, 32, Reach::nowhere},  // metadata service of Alibaba Cloud
    {{100, 64}, 10, Reach::inside},              // shared space of carriers
    {{127}, 8, Reach::loopback},                 // this machine
    {{168, 63, 129, 16}, 32, Reach::nowhere},    // metadata service of Azure
    {{169, 254}, 16, Reach::nowhere},            // link-local, with the metadata services of the other clouds
    {{172, 16}, 12, Reach::inside},              // private
    {{192, 0, 0}, 24, Reach::nowhere},           // protocol assignments
    {{192, 0, 2}, 24, Reach::nowhere},           // documentation
    {{192, 88, 99}, 24, Reach::nowhere},         // 6to4 relays
    {{192, 168}, 16, Reach::inside},             // private
    {{198, 18}, 15, Reach::nowhere},             // benchmarks
    {{198, 51, 100}, 24, Reach::nowhere},        // documentation
    {{203, 0, 113}, 24, Reach::nowhere},         // documentation
    {{224}, 3, Reach::nowhere},                  // multicast, reserved, broadcast
};

constexpr Net v6_nets[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, Reach::loopback},
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, Reach::nowhere},  // metadata service of Amazon
    {{0xfc}, 7, Reach::inside},                      // unique local
    {{0x20, 0x01, 0x00}, 23, Reach::nowhere},        // protocol assignments, with Teredo (IPv4 inside)
    {{0x20, 0x01, 0x0d, 0xb8}, 32, Reach::nowhere},  // documentation
    {{0x20, 0x02}, 16, Reach::nowhere},              // 6to4: IPv4 inside
    {{0x3f, 0xff}, 20, Reach::nowhere},              // documentation
    {{0x20}, 3, Reach::everywhere},                  // global unicast: the only part of IPv6 that platforms live in
    {{}, 0, Reach::nowhere},  // the rest: ::ffff:0:0/96 and 64:ff9b::/96 with IPv4 inside, fe80::/10, ff00::/8, unassigned
};

}  // namespace

std::optional<Address> Address::of(const sockaddr* address, std::size_t length) {
  Address out;
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::memcpy(out.bytes.data(), &v4.sin_addr, 4);
    return out;
  }
  if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    out.is_v6 = true;
    std::memcpy(out.bytes.data(), &v6.sin6_addr, 16);
    return out;
  }
  return std::nullopt;
}

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated(text.substr(0, 64));
  Address out;
  if (inet_pton(AF_INET, terminated.c_str(), out.bytes.data()) == 1) return out;
  out.is_v6 = true;
  if (inet_pton(AF_INET6, terminated.c_str(), out.bytes.data()) == 1) return out;
  return std::nullopt;
}

std::string Address::text() const {
  char out[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v6 ? AF_INET6 : AF_INET, bytes.data(), out, sizeof out);
  return out;
}

Reach reach_of(const Address& address) {
  if (address.is_v6) {
    for (const Net& net : v6_nets) {
      if (net.has(address.bytes)) return net.reach;
    }
    return Reach::nowhere;
  }
  for (const Net& net : v4_nets) {
    if (net.has(address.bytes)) return net.reach;
  }
  return Reach::everywhere;
}

bool Egress::allows(Reach reach) const {
  switch (reach) {
    case Reach::everywhere:
      return true;
    case Reach::loopback:
      return allow_loopback;
    case Reach::inside:
      return allow_private;
    case Reach::nowhere:
      return false;
  }
  return false;
}

}  // namespace tally::http
