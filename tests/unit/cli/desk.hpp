// A command line in front of a daemon that answers what a test tells it to.
#pragma once

#include "cli/command.hpp"

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

namespace tally::cli::test {

/// Listens on a Unix socket; each address has a queue of answers, of which the last is given again and again.
class FakeDaemon {
 public:
  explicit FakeDaemon(const std::filesystem::path& socket) : socket_(socket) {
    server_.set_address_family(AF_UNIX);
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) { reply(request, response); };
    server_.Get(".*", handler);
    server_.Post(".*", handler);
    thread_ = std::thread([this] { server_.listen(socket_.string(), 80); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~FakeDaemon() {
    server_.stop();
    thread_.join();
    std::filesystem::remove(socket_);
  }

  void answer(const std::string& path, const std::string& json, int status = 200) {
    const std::lock_guard lock(mutex_);
    answers_[path].emplace_back(status, json);
  }
  void refuse(const std::string& path, int status, const std::string& fault, const std::string& detail) {
    answer(path, Json::object({{"type", "urn:tallyd:" + fault}, {"title", "x"}, {"status", status}, {"detail", detail}}).dump(), status);
  }
  /// "GET /api/v1/status", "POST /api/v1/sync {…}", in order.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void reply(const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request.method + " " + request.target + (request.body.empty() ? "" : " " + request.body));
    auto& queue = answers_["/api/v1/" + request.path.substr(std::string("/api/v1/").size())];
    if (queue.empty()) {
      response.status = 500;
      return;
    }
    response.status = queue.front().first;
    response.set_content(queue.front().second, "application/json");
    if (queue.size() > 1) queue.pop_front();
  }

  std::filesystem::path socket_;
  httplib::Server server_;
  std::thread thread_;
  std::mutex mutex_;
  std::map<std::string, std::deque<std::pair<int, std::string>>> answers_;
  std::vector<std::string> asked_;
};

class CliTest : public ::testing::Test {
 protected:
  CliTest() {
    std::string name = (std::filesystem::temp_directory_path() / "tallyd-cli-XXXXXX").string();
    folder = mkdtemp(name.data());
    unsetenv("TALLYD_SOCKET");
    unsetenv("TALLYD_CONFIG");
    unsetenv("RUNTIME_DIRECTORY");
    parts.version = "1.2.3";
    parts.forget_keys = [](const std::filesystem::path&) { return Result<void>(); };
    parts.open_offline = [](const std::filesystem::path&) -> Result<Offline> {
      return error(Fault::internal, "nobody said that this test works offline");
    };
    console.pause = Duration(1);
  }
  ~CliTest() override {
    daemon.reset();
    std::filesystem::remove_all(folder);
  }
  FakeDaemon& with_daemon() {
    daemon = std::make_unique<FakeDaemon>(folder / "tallyd.sock");
    return *daemon;
  }
  /// Runs `tallyd WORDS… --config FOLDER`; what it printed is in `out` and `err` afterwards.
  int tallyd(std::vector<std::string> words) {
    out.str({});
    err.str({});
    words.insert(words.end(), {"--config", folder.string()});
    return run_cli(words, parts, console);
  }
  Json json_out() const {
    std::string text = out.str();
    text = text.substr(text.rfind('\n', text.size() - 2) + 1);  // the last line
    auto json = Json::parse(text.substr(0, text.find_last_not_of('\n') + 1));
    EXPECT_TRUE(json) << text;
    return json ? *json : Json();
  }
  bool printed(const std::string& text) const { return out.str().find(text) != std::string::npos; }
  bool complained(const std::string& text) const { return err.str().find(text) != std::string::npos; }

  std::filesystem::path folder;
  Parts parts;
  std::ostringstream out, err;
  Console console{.out = out, .err = err};
  std::unique_ptr<FakeDaemon> daemon;
};

}  // namespace tally::cli::test
