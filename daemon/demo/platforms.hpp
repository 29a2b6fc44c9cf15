// The pretend platforms as a driver sees them: their control interface over HTTP.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <string>
#include <vector>

namespace tally::demo {

/// Blocking; one thread.
class Platforms {
 public:
  Platforms(int control_port, std::vector<std::string> names) : port_(control_port), names_(std::move(names)) {}

  const std::vector<std::string>& names() const { return names_; }
  /// `path`: what stands behind /platforms/NAME/.
  Result<Json> get(const std::string& platform, const std::string& path) const;
  Result<Json> post(const std::string& platform, const std::string& path, const Json& body) const;

 private:
  int port_;
  std::vector<std::string> names_;
};

}  // namespace tally::demo
