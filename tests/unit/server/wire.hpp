// A client that says exactly the bytes it is told to, over a real socket, and a server to say them to.
#pragma once

#include "fakes.hpp"
#include "server/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace tally::server::test {

class Wire {
 public:
  static Wire tcp(unsigned short port) {
    Wire wire(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    wire.connected_ = ::connect(wire.socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    return wire;
  }
  static Wire local(const std::filesystem::path& path) {
    Wire wire(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    wire.connected_ = ::connect(wire.socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    return wire;
  }
  Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  ~Wire() {
    if (socket_ >= 0) ::close(socket_);
  }

  bool connected() const { return connected_; }
  bool say(const std::string& bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  /// What arrives until `enough`, the other end closes (`closed` tells), or the time is over.
  template <class Enough>
  std::string hear(Enough enough, Duration time = Duration(5000)) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!enough(heard_)) {
      const auto left = std::chrono::duration_cast<Duration>(end - std::chrono::steady_clock::now());
      pollfd ready{socket_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
      char bytes[4096];
      const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) {
        closed = true;
        reset = count < 0;
        break;
      }
      heard_.append(bytes, static_cast<std::size_t>(count));
    }
    return heard_;
  }
  /// Everything until the other end closes.
  std::string hear_all(Duration time = Duration(5000)) {
    return hear([](const std::string&) { return false; }, time);
  }
  /// One whole answer with a length; what came behind it stays for the next.
  std::string hear_answer(Duration time = Duration(5000)) {
    hear([](const std::string& text) { return size_of_answer(text) != std::string::npos; }, time);
    const std::size_t size = std::min(size_of_answer(heard_), heard_.size());
    std::string answer = heard_.substr(0, size);
    heard_.erase(0, size);
    return answer;
  }
  std::string ask(const std::string& bytes) {
    say(bytes);
    return hear_answer();
  }
  void hang_up() { ::shutdown(socket_, SHUT_WR); }
  bool closed = false;
  bool reset = false;  ///< closed with bytes of ours unread: a client behind a slower network would lose the answer

 private:
  explicit Wire(int socket) : socket_(socket) {}
  static std::size_t size_of_answer(const std::string& text) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return std::string::npos;
    const std::size_t field = text.find("Content-Length: ");
    const std::size_t body = field < head ? std::stoul(text.substr(field + 16)) : 0;
    return text.size() >= head + 4 + body ? head + 4 + body : std::string::npos;
  }
  int socket_;
  bool connected_ = false;
  std::string heard_;
};

inline int status_of(const std::string& answer) {
  return answer.size() > 12 && answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}
inline std::string body_of(const std::string& answer) {
  return answer.substr(std::min(answer.find("\r\n\r\n") + 4, answer.size()));
}
inline bool says(const std::string& answer, const std::string& text) {
  return answer.find(text) != std::string::npos;
}

inline std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: tallyd\r\n\r\n";
}
inline std::string post(const std::string& target, const std::string& body, const std::string& fields = {}) {
  return "POST " + target + " HTTP/1.1\r\nHost: tallyd\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A server on a free port and a socket in a folder of its own, with a fake engine.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "tallyd-server-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~ServerTest() override {
    server.reset();
    std::filesystem::remove_all(folder);
  }
  void start(const Limits& limits = {}) {
    server = std::make_unique<Server>(Addresses{.listen = ":0", .socket = socket_path()}, intake, admin, clock, Log(), limits);
    const auto started = server->start();
    ASSERT_TRUE(started) << started.error().text();
  }
  std::filesystem::path socket_path() const { return folder / "tallyd.sock"; }
  Wire tcp() const { return Wire::tcp(server->port()); }
  Wire local() const { return Wire::local(socket_path()); }

  std::filesystem::path folder;
  SystemClock clock;
  FakeIntake intake;
  FakeAdmin admin;
  std::unique_ptr<Server> server;
};

}  // namespace tally::server::test
