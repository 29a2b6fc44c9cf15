// Pretend platforms in a process of their own: for the demonstration, the tests and the curious (README.md).
#pragma once

#include "base/json.hpp"
#include "base/log.hpp"
#include "connectors/sandbox/dialect.hpp"

#include <functional>
#include <memory>

namespace tally::sandbox {

struct Options {
  std::vector<PlatformOptions> platforms;  ///< 1 to 16, names differ
  int control_port = 0;                    ///< 0: any free one
  std::uint64_t seed = 1;                  ///< misbehaviour, random choices and ids follow from it
};

/// From the document that README.md describes; unknown keys, dialects and bad values are refused, each by its name.
Result<Options> options_from(const Json& config);

/// start() and stop() from one thread; everything else happens on threads of its own.
class Sandbox {
 public:
  Sandbox(Options options, Log log);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// Listens on 127.0.0.1. On an error nothing is left running.
  Result<void> start();
  void stop();
  /// {"control": {"port", "url"}, "platforms": [{"name", "dialect", "port", "url", "limit"} or {"name", "dialect", "folder"}]}
  Json description() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// `tallyd sandbox`: prints one line, the description, when everything listens; returns when `stop_requested` says so.
Result<void> run_sandbox(const Json& config, const std::function<bool()>& stop_requested, Log log);

}  // namespace tally::sandbox
