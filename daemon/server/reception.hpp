// What all connections of one server share.
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "engine/faces.hpp"
#include "server/back_office.hpp"
#include "server/doorkeeper.hpp"
#include "server/limits.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <set>

namespace tally::server {

using Socket = boost::asio::generic::stream_protocol::socket;

/// One open connection, of whatever kind. The listener's thread only.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void finish() = 0;  ///< closes when the request under way has its answer; at once if there is none
  virtual void abort() = 0;   ///< closes now
};

/// The listener's thread only, but for `io`.
class Reception {
 public:
  Reception(engine::Intake& intake, engine::Admin& admin, const Clock& clock, Log log, const Limits& limits)
      : io(std::make_shared<boost::asio::io_context>(1)),
        intake(intake),
        admin(admin),
        clock(clock),
        log(std::move(log)),
        limits(limits),
        doorkeeper(limits),
        back_office(io, limits.waiting),
        grace_(*io) {}

  /// Keeps the connection alive until `leave`. A connection that comes while the server stops is ended at once.
  void enter(std::shared_ptr<Connection> connection);
  void leave(const std::shared_ptr<Connection>& connection);
  /// Every connection gets `Limits::grace` to finish, then is closed.
  void finish_all();

  /// Shared, because whoever still owes an answer to a delivery holds it too.
  const std::shared_ptr<boost::asio::io_context> io;
  engine::Intake& intake;
  engine::Admin& admin;
  const Clock& clock;
  const Log log;
  const Limits limits;
  Doorkeeper doorkeeper;
  BackOffice back_office;

 private:
  std::set<std::shared_ptr<Connection>> connections_;
  boost::asio::steady_timer grace_;
  bool stopping_ = false;
};

}  // namespace tally::server
