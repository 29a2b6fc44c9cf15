// The running daemon, asked over its Unix socket.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tally::cli {

/// Blocking; a connection a question. Errors are those that the daemon answered with, and: transient (no daemon there), locked (one is
/// there and does not answer), forbidden (this user may not speak to it).
class Daemon {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  explicit Daemon(std::filesystem::path socket, Duration patience = Duration(60'000)) : socket_(std::move(socket)), patience_(patience) {}

  /// False: nobody listens there. An Error: somebody does, or cannot be told.
  Result<bool> is_there() const;
  /// `path` is what stands behind /api/v1/. Parameters without a value are left out.
  Result<Json> get(const std::string& path, const Parameters& parameters = {}) const;
  Result<Json> post(const std::string& path, const Json& body = Json::object()) const;
  const std::filesystem::path& socket() const { return socket_; }

 private:
  std::filesystem::path socket_;
  Duration patience_;
};

}  // namespace tally::cli
