// A process of the test's own: started, watched, ended with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tally::tests {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Asks again and again until it is so, at most so long; false when it never was.
bool eventually(const std::function<bool()>& so, milliseconds patience);

std::string content_of(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& text);

/// One thread. What cannot be done at all is thrown.
class Process {
 public:
  Process() = default;
  ~Process() { stop(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Both outputs are written to files, from their beginning.
  void start(const std::filesystem::path& program, const std::vector<std::string>& words, const std::filesystem::path& out,
             const std::filesystem::path& err);
  bool runs();
  /// The exit code when it ends in time (128 + the signal when one ended it).
  std::optional<int> wait(milliseconds patience);
  /// SIGTERM, and after fifteen seconds SIGKILL.
  void stop();
  void signal(int number) const;
  pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
  std::optional<int> code_;
};

/// A folder that is removed with this object, unless the test failed: then it stays, and is named, for whoever looks for the cause.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tally::tests
