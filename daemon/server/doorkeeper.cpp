#include "server/doorkeeper.hpp"

namespace tally::server {

std::optional<Pass> Doorkeeper::admit(const std::string& address) {
  const auto counted = by_address_.find(address);
  if (connections_ >= limits_.connections || (counted != by_address_.end() && counted->second >= limits_.per_address)) {
    ++turned_away_;
    return std::nullopt;
  }
  ++connections_;
  if (!address.empty()) ++by_address_[address];
  return Pass([this, address] {
    --connections_;
    if (const auto at = by_address_.find(address); at != by_address_.end() && --at->second == 0) by_address_.erase(at);
  });
}

std::optional<Pass> Doorkeeper::hold(std::size_t bytes) {
  if (bytes > limits_.bodies - bytes_) return std::nullopt;
  bytes_ += bytes;
  return Pass([this, bytes] { bytes_ -= bytes; });
}

std::optional<Pass> Doorkeeper::stream() {
  if (streams_ >= limits_.streams) return std::nullopt;
  ++streams_;
  return Pass([this] { --streams_; });
}

Json::Array Doorkeeper::metrics() const {
  const auto item = [](const char* name, const char* help, const char* type, std::int64_t value, Json labels) {
    return Json::object({{"name", name}, {"help", help}, {"type", type}, {"labels", std::move(labels)}, {"value", value}});
  };
  Json::Array items;
  items.push_back(item("tallyd_http_connections", "Open connections to the listener", "gauge", static_cast<std::int64_t>(connections_),
                       Json::object()));
  items.push_back(item("tallyd_http_turned_away_total", "Connections over the limits", "counter", turned_away_, Json::object()));
  items.push_back(item("tallyd_http_answered_total", "Requests answered without an error", "counter", answered_, Json::object()));
  for (const auto& [status, count] : refused_) {
    items.push_back(item("tallyd_http_refused_total", "Requests answered with an error, by status", "counter", count,
                         Json::object({{"status", std::to_string(status)}})));
  }
  return items;
}

}  // namespace tally::server
