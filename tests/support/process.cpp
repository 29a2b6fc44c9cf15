#include "support/process.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tally::tests {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds pause{20};

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

int open_for_writing(const fs::path& file) {
  const int opened = ::open(file.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (opened < 0) give_up("cannot write " + file.string());
  return opened;
}

}  // namespace

bool eventually(const std::function<bool()>& so, milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (so()) return true;
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(pause);
  }
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_file(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || ::chmod(file.c_str(), 0600) != 0) give_up("cannot write " + file.string());
}

void Process::start(const fs::path& program, const std::vector<std::string>& words, const fs::path& out, const fs::path& err) {
  stop();
  code_.reset();
  const int output = open_for_writing(out), errors = open_for_writing(err);
  const std::string name = program.string();
  std::vector<char*> arguments{const_cast<char*>(name.c_str())};
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::execv(name.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(output);
  ::close(errors);
  if (id_ < 0) give_up("cannot start " + name);
}

bool Process::runs() {
  if (id_ <= 0) return false;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) == 0) return true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  id_ = -1;
  return false;
}

std::optional<int> Process::wait(milliseconds patience) {
  eventually([this] { return !runs(); }, patience);
  return code_;
}

void Process::signal(int number) const {
  if (id_ > 0) ::kill(id_, number);
}

void Process::stop() {
  if (!runs()) return;
  signal(SIGTERM);
  if (wait(seconds(15))) return;
  signal(SIGKILL);
  wait(seconds(5));
}

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "tallyd-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) give_up("no temporary folder " + name);
  path_ = name;
}

Folder::~Folder() {
  if (::testing::Test::HasFailure()) {
    std::cerr << "what the processes wrote stays in " << path_.string() << "\n";
    return;
  }
  std::error_code failed;
  fs::remove_all(path_, failed);
  if (failed) std::cerr << path_.string() << " stays: " << failed.message() << "\n";
}

}  // namespace tally::tests
