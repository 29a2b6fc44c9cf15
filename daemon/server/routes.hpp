// Which address is what. Decided on the head alone, so that nobody sends a body that nobody will read.
#pragma once

#include "server/limits.hpp"
#include "server/message.hpp"

#include <cstddef>
#include <string>
#include <variant>

namespace tally::server {

enum class Target {
  hook,     ///< /hooks/CHANNEL: a platform delivers
  live,     ///< /livez: the process runs
  ready,    ///< /readyz: what is accepted can be stored
  metrics,  ///< /metrics
  api,      ///< /api/v1/…, only over the Unix socket
  events,   ///< /api/v1/events as a stream
};

struct Route {
  Target target = Target::live;
  std::string channel;  ///< of a hook
  std::size_t body_limit = 0;
};

/// Where the request goes, or why it goes nowhere (401, 404, 405). Reads no body.
std::variant<Route, Answer> route_of(const Request& request, const Limits& limits);

}  // namespace tally::server
