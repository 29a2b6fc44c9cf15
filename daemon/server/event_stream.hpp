// A connection that is told what happens, as server-sent events. It looks at the engine's journal twice a second.
#pragma once

#include "server/api.hpp"
#include "server/reception.hpp"

#include <array>
#include <memory>
#include <string>

namespace tally::server {

/// One entry of the journal is one event: its sequence is the id, so a reader that lost the connection goes on with Last-Event-ID.
class EventStream final : public Connection, public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(Socket socket, const EventsQuery& query, Reception& reception, Pass connection, Pass stream);
  void start();
  void finish() override { close(); }
  void abort() override { close(); }

 private:
  using Failure = boost::system::error_code;

  void watch();
  void poll();
  void tell(const Result<Json>& news);
  void write(std::string text);
  void wait(Duration time);
  void close();

  Socket socket_;
  Reception& reception_;
  EventsQuery query_;
  Pass connection_, stream_;
  boost::asio::steady_timer timer_;  ///< the next look, or the deadline of a write
  std::string text_;                 ///< being written
  bool more_ = true;                 ///< there may be more: look again at once
  bool last_ = false;
  bool open_ = true;
  Duration quiet_{0};  ///< since anything was written
  std::array<char, 64> heard_{};
};

}  // namespace tally::server
