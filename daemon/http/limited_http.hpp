// Keeps one channel within its platform's published limits: requests a second and requests at once.
#pragma once

#include "http/http.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace tally::http {

struct Limits {
  unsigned requests_per_second = 0;  ///< 0: no limit
  unsigned burst = 1;                ///< as many may leave at once after a pause; at least 1
  unsigned concurrency = 0;          ///< 0: no limit
};

/// A wait of up to two seconds is slept, in the calling thread and off the request's deadline; a longer one is answered at once with
/// `throttled` and `retry_after`, and nothing has been sent. The rate is kept by GCRA: one number, no window at whose edge a double burst
/// fits.
class LimitedHttp final : public Http {
 public:
  using Sleep = std::function<void(Duration)>;

  static constexpr Duration longest_wait{2000};

  /// `inner` and `clock` must outlive this. `sleep` is for tests that own their time.
  LimitedHttp(Http& inner, const Clock& clock, Limits limits, Sleep sleep = {});

  Result<Response> send(const Request& request) override;

 private:
  using Microseconds = std::chrono::microseconds;
  class Seat;

  bool take_seat(Duration longest);
  Result<Duration> take_turn(Duration longest);

  Http& inner_;
  const Clock& clock_;
  const Limits limits_;
  const Sleep sleep_;
  std::mutex mutex_;
  std::condition_variable seat_free_;
  unsigned seats_taken_ = 0;
  Microseconds next_due_{0};  ///< when the next request would leave if all came evenly (GCRA's theoretical arrival time)
};

}  // namespace tally::http
