#include "connectors/sandbox/courier.hpp"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <thread>

namespace tally::sandbox {
namespace {

constexpr std::size_t most_waiting = 50'000;
constexpr std::size_t most_answer = 64u << 10;

struct Address {
  std::string origin;  ///< http://HOST:PORT
  std::string path;
};

Address split(const std::string& url) {
  const auto host = url.find("://");
  const auto slash = url.find('/', host == std::string::npos ? 0 : host + 3);
  if (slash == std::string::npos) return {url, "/"};
  return {url.substr(0, slash), url.substr(slash)};
}

}  // namespace

struct Courier::Parts {
  Parts(std::string n, std::mutex& p, Mischief& m, const Clock& c, Log l)
      : name(std::move(n)), platform(p), mischief(m), clock(c), log(std::move(l)) {}

  std::string name;
  std::mutex& platform;
  Mischief& mischief;
  const Clock& clock;
  Log log;

  std::mutex mutex;
  std::condition_variable changed;
  std::multimap<Time, Delivery> waiting;
  bool stopping = false;
  std::shared_ptr<httplib::Client> client;  ///< the open connection, kept between letters to the same origin
  std::string origin;
  std::thread thread;
  std::atomic<std::int64_t> sent{0}, failed{0};

  std::shared_ptr<httplib::Client> connection(const std::string& to) {
    std::lock_guard lock(mutex);
    if (stopping) return nullptr;
    if (!client || origin != to) {
      client = std::make_shared<httplib::Client>(to);
      client->set_keep_alive(true);
      client->set_connection_timeout(2);
      client->set_read_timeout(5);
      client->set_write_timeout(5);
      client->set_tcp_nodelay(true);
      origin = to;
    }
    return client;
  }

  Receipt exchange(const Letter& letter) {
    const Address address = split(letter.url);
    const auto client = connection(address.origin);
    if (!client || !client->is_valid()) return {};
    httplib::Request request;
    request.method = letter.method;
    request.path = address.path;
    request.body = letter.body;
    for (const auto& [name, value] : letter.headers) request.headers.emplace(name, value);
    if (letter.method != "GET") request.headers.emplace("Content-Type", letter.type);
    Receipt receipt;
    request.content_receiver = [&receipt](const char* bytes, std::size_t count, std::uint64_t, std::uint64_t) {
      receipt.body.append(bytes, std::min(count, most_answer - std::min(most_answer, receipt.body.size())));
      return true;
    };
    const auto answer = client->send(request);
    if (!answer) return {};
    receipt.status = answer->status;
    return receipt;
  }

  void deliver(Delivery delivery) {
    std::optional<Letter> letter;
    {
      std::lock_guard lock(platform);
      letter = delivery.compose();
    }
    if (!letter) return;
    const Receipt receipt = exchange(*letter);
    Delivery::Verdict verdict;
    {
      std::lock_guard lock(platform);
      verdict = delivery.settle(receipt);
    }
    ++(verdict.ok ? sent : failed);
    if (!verdict.again) return;
    delivery.due = clock.now() + *verdict.again;
    enqueue(std::move(delivery));
  }

  bool enqueue(Delivery delivery) {
    std::lock_guard lock(mutex);
    if (stopping) return false;
    if (waiting.size() >= most_waiting) {
      ++failed;
      return false;
    }
    const Time due = delivery.due;
    waiting.emplace(due, std::move(delivery));
    changed.notify_one();
    return true;
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (waiting.empty()) {
        changed.wait(lock);
        continue;
      }
      const Duration ahead = waiting.begin()->first - clock.now();
      if (ahead > Duration(0)) {
        changed.wait_for(lock, std::min(ahead, Duration(1000)));
        continue;
      }
      Delivery next = std::move(waiting.begin()->second);
      waiting.erase(waiting.begin());
      lock.unlock();
      try {
        deliver(std::move(next));
      } catch (const std::exception& exception) {
        log.error("a webhook could not be written", {{"platform", name}, {"what", exception.what()}});
        ++failed;
      }
      lock.lock();
    }
  }
};

Courier::Courier(std::string name, std::mutex& platform, Mischief& mischief, const Clock& clock, Log log)
    : parts_(std::make_unique<Parts>(std::move(name), platform, mischief, clock, std::move(log))) {}

Courier::~Courier() {
  stop();
}

void Courier::start() {
  parts_->thread = std::thread([this] { parts_->run(); });
}

void Courier::stop() {
  if (!parts_->thread.joinable()) return;
  std::shared_ptr<httplib::Client> open;
  {
    std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
    open = parts_->client;
  }
  parts_->changed.notify_all();
  if (open) open->stop();
  parts_->thread.join();
}

bool Courier::post(Delivery delivery) {
  if (delivery.subject_to_mischief) {
    const Journey journey = parts_->mischief.of_webhook();
    if (journey.lost) return false;
    delivery.due += journey.wait;
    if (journey.twice) {
      Delivery again = delivery;
      again.due += Duration(20);
      parts_->enqueue(std::move(again));
    }
  }
  return parts_->enqueue(std::move(delivery));
}

std::int64_t Courier::sent() const {
  return parts_->sent;
}
std::int64_t Courier::failed() const {
  return parts_->failed;
}

}  // namespace tally::sandbox
