// A listening port on the loopback address (cpp-httplib). Blocking, a thread a connection: for tests and demonstrations only.
#pragma once

#include "base/log.hpp"
#include "connectors/sandbox/exchange.hpp"

#include <functional>
#include <memory>

namespace tally::sandbox {

class Door {
 public:
  using Handler = std::function<Answer(const Request&)>;

  /// `handler` is called from several threads at once. Limits: body 8 MiB, target and header line 8 KiB, 24 connections, 10 s for a read.
  Door(std::string name, Handler handler, Log log);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  /// `port` 0: any free one. Returns the port.
  Result<int> open(int port);
  void close();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tally::sandbox
