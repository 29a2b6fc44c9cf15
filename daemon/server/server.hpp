// The listener: webhooks, health and metrics over TCP, and the API over a Unix socket. One thread for all connections, two that ask the
// engine.
#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "engine/faces.hpp"
#include "server/limits.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace tally::server {

struct Addresses {
  std::string listen;            ///< "127.0.0.1:8780"; ":0" is any free port of 127.0.0.1; empty: no TCP
  std::filesystem::path socket;  ///< of the command line; its folder must exist; empty: none
};

/// start, stop and the destructor from one thread, not from inside a callback; the rest from any.
class Server {
 public:
  /// All references must outlive the server. Deliveries that the intake still holds when the server is gone are answered to nobody.
  Server(Addresses addresses, engine::Intake& intake, engine::Admin& admin, const Clock& clock, Log log, Limits limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens when it returns. Errors: invalid (an address), io (taken or not allowed), locked (another daemon answers on the socket). Once.
  Result<void> start();
  /// Takes no more connections, lets requests under way finish within `Limits::grace`, returns when all are closed.
  void stop();
  /// The port that is listened on; 0 without TCP.
  unsigned short port() const;
  /// Whether the listener's thread turns its loop; for the watchdog.
  bool answers() const;

 private:
  class House;
  std::unique_ptr<House> house_;
};

}  // namespace tally::server
