#include "server/server.hpp"

#include "server/listener.hpp"
#include "server/reception.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <thread>

namespace tally::server {
namespace asio = boost::asio;

namespace {

constexpr Duration beat{1000};
constexpr Duration longest_silence{10'000};

}  // namespace

class Server::House {
 public:
  House(Addresses addresses, engine::Intake& intake, engine::Admin& admin, const Clock& clock, Log log, const Limits& limits)
      : addresses_(std::move(addresses)),
        reception_(intake, admin, clock, std::move(log), limits),
        listener_(reception_),
        pulse_(*reception_.io) {}
  ~House() { stop(); }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  Result<void> start() {
    if (const auto opened = listener_.open_socket(addresses_.socket); !opened) return opened.error();
    if (const auto opened = listener_.open_tcp(addresses_.listen); !opened) return opened.error();
    keep_pulse();
    thread_ = std::thread([this] { run(); });
    reception_.log.info("listening", {{"tcp", addresses_.listen.empty() ? "no" : std::to_string(listener_.port())},
                                      {"socket", addresses_.socket.string()}});
    return {};
  }

  void stop() {
    if (thread_.joinable()) {
      asio::post(*reception_.io, [this] {
        pulse_.cancel();
        stopping_ = true;
        listener_.close();
        reception_.finish_all();
      });
      thread_.join();
    }
    reception_.back_office.stop();
  }

  unsigned short port() const { return listener_.port(); }
  bool answers() const { return thread_.joinable() && reception_.clock.since_start() - Duration(last_beat_.load()) < longest_silence; }

 private:
  /// Ends when nothing is left to do: after stop(), that is when the last connection is closed.
  void run() {
    for (;;) {
      try {
        reception_.io->run();
        return;
      } catch (const std::exception& fault) {
        reception_.log.error("a connection failed in an unexpected way; going on", {{"why", fault.what()}});
      }
    }
  }

  void keep_pulse() {
    last_beat_ = reception_.clock.since_start().count();
    pulse_.expires_after(beat);
    pulse_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled && !stopping_) keep_pulse();
    });
  }

  const Addresses addresses_;
  Reception reception_;
  Listener listener_;
  asio::steady_timer pulse_;
  bool stopping_ = false;
  std::atomic<Duration::rep> last_beat_ = 0;
  std::thread thread_;
};

Server::Server(Addresses addresses, engine::Intake& intake, engine::Admin& admin, const Clock& clock, Log log, Limits limits)
    : house_(std::make_unique<House>(std::move(addresses), intake, admin, clock, std::move(log), limits)) {}
Server::~Server() = default;
Result<void> Server::start() {
  return house_->start();
}
void Server::stop() {
  house_->stop();
}
unsigned short Server::port() const {
  return house_->port();
}
bool Server::answers() const {
  return house_->answers();
}

}  // namespace tally::server
