#include "demo/child.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tally::demo {

Result<void> Child::start(const std::vector<std::string>& words, const std::filesystem::path& log) {
  stop();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return error(Fault::io, std::string("no pipe: ") + std::strerror(errno), "demo");
  const int errors = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (errors < 0) return error(Fault::io, std::string("cannot write: ") + std::strerror(errno), log.string());
  std::vector<char*> arguments{const_cast<char*>("tallyd")};
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::execv("/proc/self/exe", arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  ::close(errors);
  output_ = ends[0];
  if (id_ < 0) return error(Fault::io, std::string("cannot start a process: ") + std::strerror(errno), "demo");
  return {};
}

std::optional<std::string> Child::line(Duration patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (const auto end = rest_.find('\n'); end != std::string::npos) {
      std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<Duration>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd wait{output_, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(left.count())) <= 0) continue;
    char bytes[4096];
    const ssize_t count = ::read(output_, bytes, sizeof bytes);
    if (count <= 0) return std::nullopt;
    rest_.append(bytes, static_cast<std::size_t>(count));
  }
}

bool Child::runs() {
  if (id_ <= 0) return false;
  if (::waitpid(id_, nullptr, WNOHANG) == 0) return true;
  id_ = -1;
  return false;
}

void Child::stop() {
  if (runs()) {
    ::kill(id_, SIGTERM);
    for (int tenth = 0; tenth < 100 && runs(); ++tenth) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
  }
  id_ = -1;
  if (output_ >= 0) ::close(output_);
  output_ = -1;
  rest_.clear();
}

}  // namespace tally::demo
