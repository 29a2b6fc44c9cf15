// Every limit of the listener, in one place. The values are those of the design; tests shorten the times.
#pragma once

#include "base/time.hpp"

#include <cstddef>

namespace tally::server {

struct Limits {
  // Bytes and numbers.
  std::size_t head = 8 * 1024;              ///< request line and fields together; more: 431
  std::size_t fields = 100;                 ///< more: 400
  std::size_t hook_body = 1024 * 1024;      ///< more: 413
  std::size_t api_body = 16 * 1024 * 1024;  ///< a chunk of an import; more: 413
  std::size_t bodies = 256 * 1024 * 1024;   ///< all bodies being received at once; more: 503
  std::size_t connections = 1024;           ///< more: 503
  std::size_t per_address = 64;             ///< of one IPv4 address or one IPv6 /64 network; more: 503
  std::size_t requests = 1000;              ///< over one kept connection; then it is closed
  std::size_t waiting = 64;                 ///< requests waiting for an answer of the engine; more: 503
  std::size_t streams = 16;                 ///< open event streams; more: 503

  // Times, each a total and not a pause between two reads.
  Duration idle{60'000};          ///< a kept connection without a byte
  Duration head_time{10'000};     ///< from the first byte (or the accepting) to the end of the head
  Duration body_time{30'000};     ///< from the end of the head to the end of the body
  Duration commit_time{20'000};   ///< for the intake to store a delivery; then 503, and the platform delivers again
  Duration answer_time{600'000};  ///< for the engine to answer a question; a plan of a large catalogue takes its time
  Duration write_time{30'000};    ///< for the peer to take the answer
  Duration linger{2'000};         ///< for the peer to read our refusal while it is still sending
  Duration grace{10'000};         ///< for requests under way when the daemon stops
  Duration poll{500};             ///< between two looks of an event stream at the journal
};

}  // namespace tally::server
