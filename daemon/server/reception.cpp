#include "server/reception.hpp"

namespace tally::server {

void Reception::enter(std::shared_ptr<Connection> connection) {
  Connection& entered = *connection;
  connections_.insert(std::move(connection));
  if (stopping_) entered.finish();
}

void Reception::leave(const std::shared_ptr<Connection>& connection) {
  connections_.erase(connection);
  if (stopping_ && connections_.empty()) grace_.cancel();
}

void Reception::finish_all() {
  stopping_ = true;
  const auto present = connections_;  // a connection that finishes leaves the set
  for (const auto& connection : present) connection->finish();
  if (connections_.empty()) return;
  grace_.expires_after(limits.grace);
  grace_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    log.warning("closing connections that did not finish in time", {{"connections", std::to_string(connections_.size())}});
    const auto late = connections_;
    for (const auto& connection : late) connection->abort();
  });
}

}  // namespace tally::server
