// The two doors: a TCP port for the platforms and a Unix socket for the command line.
#pragma once

#include "server/reception.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace tally::server {

/// "127.0.0.1:8780", "[::1]:8780", "localhost:0"; nothing before the colon is 127.0.0.1; port 0 is any free one. `invalid` otherwise.
Result<boost::asio::ip::tcp::endpoint> parse_listen(const std::string& text);

/// What connections from this address are counted under: IPv4 by the address, IPv6 by its /64, which one customer of a network owns whole.
std::string counted_as(const boost::asio::ip::address& address);

/// open() before the listener's thread runs, close() on it.
class Listener {
 public:
  explicit Listener(Reception& reception);
  ~Listener();

  /// An empty text opens no TCP port. Errors: invalid (the address), io (taken, or not allowed).
  Result<void> open_tcp(const std::string& listen);
  /// Mode 0660. A socket that nobody answers on is a leftover and is replaced; one that is answered is `locked`.
  Result<void> open_socket(const std::filesystem::path& path);
  void close();
  unsigned short port() const { return port_; }

 private:
  void accept_tcp();
  void accept_local();
  void welcome_tcp(boost::asio::ip::tcp::socket socket);
  void welcome_local(boost::asio::local::stream_protocol::socket socket);
  /// After a failed accept (no descriptors left): waits a little, so as not to spin.
  void pause(boost::asio::steady_timer& timer, const boost::system::error_code& failure, void (Listener::*again)());

  Reception& reception_;
  std::optional<boost::asio::ip::tcp::acceptor> tcp_;
  std::optional<boost::asio::local::stream_protocol::acceptor> local_;
  boost::asio::steady_timer tcp_pause_, local_pause_;
  std::filesystem::path path_;
  unsigned short port_ = 0;
};

}  // namespace tally::server
