// Which addresses the daemon may connect to. A platform's name that resolves to an address of the merchant's own network would let whoever
// owns the name reach machines that are not meant to be reached, so the address really connected to is looked at, not the name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace tally::http {

/// Four or sixteen bytes in network order.
struct Address {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};

  /// Nothing for other families than IPv4 and IPv6, or when `length` is too short for its family.
  static std::optional<Address> of(const sockaddr* address, std::size_t length);
  /// "192.0.2.1" or "2001:db8::1", without brackets, port or zone.
  static std::optional<Address> parse(std::string_view text);
  std::string text() const;
};

enum class Reach {
  everywhere,  ///< a public address
  loopback,    ///< this machine
  inside,      ///< private networks, shared carrier space, unique local addresses
  nowhere,     ///< link-local with the clouds' metadata services, multicast, reserved, and IPv6 addresses with an IPv4 address inside
};

Reach reach_of(const Address& address);

/// What is allowed beyond public addresses. Nothing opens `Reach::nowhere`.
struct Egress {
  bool allow_loopback = false;
  bool allow_private = false;

  bool allows(Reach reach) const;
};

}  // namespace tally::http
