// Carries a platform's webhooks to the merchant: one thread, a queue by due time, retries as the dialect says.
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "connectors/sandbox/exchange.hpp"
#include "connectors/sandbox/mischief.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace tally::sandbox {

struct Letter {
  std::string method = "POST";
  std::string url;  ///< http://HOST:PORT/PATH
  Pairs headers = {};
  std::string type = "application/json";
  std::string body = {};
};

/// What came back: status 0 is no answer at all (refused, timed out, cut).
struct Receipt {
  int status = 0;
  std::string body;
};

struct Delivery {
  Time due;
  /// Called when due, under the platform's mutex; nothing: it is not to be sent any more.
  std::function<std::optional<Letter>()> compose;
  /// Called with the answer, under the platform's mutex; a duration: compose and send again after it. Says by `ok` whether it counts as
  /// arrived.
  struct Verdict {
    bool ok = true;
    std::optional<Duration> again = std::nullopt;
  };
  std::function<Verdict(const Receipt&)> settle;
  bool subject_to_mischief = true;  ///< false for pings and address checks
};

class Courier {
 public:
  /// `platform` guards what compose and settle touch; post() may be called with it held.
  Courier(std::string name, std::mutex& platform, Mischief& mischief, const Clock& clock, Log log);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  void start();
  void stop();  ///< what has not been sent is dropped
  /// Any thread. False when it will never be composed: lost by mischief, or one more than the 50,000 that may wait.
  bool post(Delivery delivery);

  std::int64_t sent() const;    ///< answered as the platform wants it
  std::int64_t failed() const;  ///< attempts that were not

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tally::sandbox
