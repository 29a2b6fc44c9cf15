// A process of our own: started, watched, ended with its parent.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tally::demo {

/// One thread.
class Child {
 public:
  Child() = default;
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Starts this same program with other words. Its standard error goes to `log`, its standard output into a pipe that `line` reads.
  Result<void> start(const std::vector<std::string>& words, const std::filesystem::path& log);
  /// The next line of its standard output; nothing after `patience` or when it ended.
  std::optional<std::string> line(Duration patience);
  bool runs();
  /// SIGTERM, and after ten seconds SIGKILL.
  void stop();
  pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
  int output_ = -1;
  std::string rest_;
};

}  // namespace tally::demo
