#include "server/listener.hpp"

#include "server/peer.hpp"
#include "server/session.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/connect.hpp>

#include <charconv>
#include <cstring>

namespace tally::server {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;
using Failure = boost::system::error_code;

namespace {

constexpr Duration accept_pause{100};
constexpr std::string_view full_house =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

Error not_an_address(const std::string& text) {
  return error(Fault::invalid, "'" + text + "' is no address to listen on", "listen",
               "write HOST:PORT with an IP address, for example 127.0.0.1:8780");
}

/// Says that the house is full without waiting for anything, then hangs up.
template <class AnySocket>
void turn_away(AnySocket& socket) {
  Failure ignored;  // we owe a guest over the limit no more than the attempt
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(full_house), ignored);
  socket.shutdown(AnySocket::shutdown_send, ignored);
  socket.close(ignored);
}

/// Removes the leftover of a daemon that is gone.
Result<void> clear_leftover(asio::io_context& io, const std::filesystem::path& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return error(Fault::io, path.string() + " exists and is no socket", {}, "remove it or choose another `socket:`");
  local::socket probe(io);
  Failure failure;
  probe.connect(local::endpoint(path.string()), failure);
  if (!failure) return error(Fault::locked, "another daemon answers on " + path.string(), {}, "stop it first, or choose another `socket:`");
  if (failure != asio::error::connection_refused)
    return error(Fault::io, "cannot tell who uses " + path.string() + ": " + failure.message());
  if (unlink(path.c_str()) != 0) return error(Fault::io, "cannot remove the leftover " + path.string() + ": " + std::strerror(errno));
  return {};
}

}  // namespace

Result<tcp::endpoint> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return not_an_address(text);
  unsigned short port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data() + colon + 1, end, port);
  if (fault != std::errc() || stop != end) return not_an_address(text);
  std::string host = text.substr(0, colon);
  if (host.empty() || host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  Failure failure;
  const auto address = asio::ip::make_address(host, failure);
  if (failure) return not_an_address(text);
  return tcp::endpoint(address, port);
}

std::string counted_as(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

Listener::Listener(Reception& reception) : reception_(reception), tcp_pause_(*reception.io), local_pause_(*reception.io) {}

Listener::~Listener() {
  if (!path_.empty()) unlink(path_.c_str());
}

Result<void> Listener::open_tcp(const std::string& listen) {
  if (listen.empty()) return {};
  const auto endpoint = parse_listen(listen);
  if (!endpoint) return endpoint.error();
  tcp::acceptor acceptor(*reception_.io);
  Failure failure;
  acceptor.open(endpoint->protocol(), failure);
  if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) acceptor.bind(*endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) {
    return error(Fault::io, "cannot listen on " + listen + ": " + failure.message(), "listen",
                 "is another program using this port? choose another `listen:`");
  }
  port_ = acceptor.local_endpoint(failure).port();
  tcp_ = std::move(acceptor);
  accept_tcp();
  return {};
}

Result<void> Listener::open_socket(const std::filesystem::path& path) {
  if (path.empty()) return {};
  if (path.string().size() >= sizeof(sockaddr_un::sun_path))
    return error(Fault::invalid, "the path is too long for a socket: " + path.string(), "socket", "choose a shorter `socket:`");
  if (const auto cleared = clear_leftover(*reception_.io, path); !cleared) return cleared.error();
  local::acceptor acceptor(*reception_.io);
  Failure failure;
  acceptor.open(local(), failure);
  if (!failure) acceptor.bind(local::endpoint(path.string()), failure);
  if (failure)
    return error(Fault::io, "cannot create the socket " + path.string() + ": " + failure.message(), "socket",
                 "does its folder exist, and may this user write there?");
  path_ = path;
  // Nobody can connect before listen(), so nobody meets the socket with another mode.
  if (chmod(path.c_str(), 0660) != 0)
    return error(Fault::io, "cannot set the mode of " + path.string() + ": " + std::strerror(errno), "socket");
  acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) return error(Fault::io, "cannot listen on " + path.string() + ": " + failure.message(), "socket");
  local_ = std::move(acceptor);
  accept_local();
  return {};
}

void Listener::close() {
  Failure ignored;  // closing is all we want
  if (tcp_) tcp_->close(ignored);
  if (local_) local_->close(ignored);
  tcp_pause_.cancel();
  local_pause_.cancel();
}

void Listener::pause(asio::steady_timer& timer, const Failure& failure, void (Listener::*again)()) {
  reception_.log.warning("cannot accept connections", {{"why", failure.message()}});
  timer.expires_after(accept_pause);
  timer.async_wait([this, again](const Failure& cancelled) {
    if (!cancelled) (this->*again)();
  });
}

void Listener::accept_tcp() {
  tcp_->async_accept([this](const Failure& failure, tcp::socket socket) {
    if (!tcp_->is_open()) return;
    if (failure && failure != asio::error::connection_aborted) return pause(tcp_pause_, failure, &Listener::accept_tcp);
    if (!failure) welcome_tcp(std::move(socket));
    accept_tcp();
  });
}

void Listener::accept_local() {
  local_->async_accept([this](const Failure& failure, local::socket socket) {
    if (!local_->is_open()) return;
    if (failure && failure != asio::error::connection_aborted) return pause(local_pause_, failure, &Listener::accept_local);
    if (!failure) welcome_local(std::move(socket));
    accept_local();
  });
}

void Listener::welcome_tcp(tcp::socket socket) {
  Failure failure;
  const auto remote = socket.remote_endpoint(failure);
  if (failure) return;  // gone already
  auto pass = reception_.doorkeeper.admit(counted_as(remote.address()));
  if (!pass) return turn_away(socket);
  socket.set_option(tcp::no_delay(true), failure);
  Caller caller{.local = false, .author = {}, .address = remote.address().to_string()};
  std::make_shared<Session>(Socket(std::move(socket)), std::move(caller), reception_, std::move(*pass))->start();
}

void Listener::welcome_local(local::socket socket) {
  const auto peer = peer_of(socket.native_handle());
  if (!peer) return reception_.log.warning("refused the command line", {{"why", peer.error().text()}});
  if (!may_speak(*peer, geteuid(), getegid())) {
    return reception_.log.warning("refused the command line: neither root, nor this daemon's user, nor in its group",
                                  {{"user", name_of_user(peer->user)}});
  }
  auto pass = reception_.doorkeeper.admit({});
  if (!pass) return turn_away(socket);
  Caller caller{.local = true, .author = name_of_user(peer->user), .address = "socket"};
  std::make_shared<Session>(Socket(std::move(socket)), std::move(caller), reception_, std::move(*pass))->start();
}

}  // namespace tally::server
