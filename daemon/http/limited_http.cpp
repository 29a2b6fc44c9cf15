#include "http/limited_http.hpp"

#include <algorithm>
#include <thread>

namespace tally::http {
namespace {

Error throttled(const std::string& operation, std::string what, Duration wait) {
  Error out = error(Fault::throttled, std::move(what), operation);
  out.retry_after = wait;
  return out;
}

}  // namespace

/// Gives its seat back, whatever happens.
class LimitedHttp::Seat {
 public:
  explicit Seat(LimitedHttp& owner) : owner_(owner) {}
  ~Seat() {
    {
      const std::lock_guard lock(owner_.mutex_);
      --owner_.seats_taken_;
    }
    owner_.seat_free_.notify_one();
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  LimitedHttp& owner_;
};

LimitedHttp::LimitedHttp(Http& inner, const Clock& clock, Limits limits, Sleep sleep)
    : inner_(inner),
      clock_(clock),
      limits_(limits),
      sleep_(sleep ? std::move(sleep) : [](Duration duration) { std::this_thread::sleep_for(duration); }) {
  ensure(limits_.burst >= 1, "a burst of no request at all");
}

bool LimitedHttp::take_seat(Duration longest) {
  std::unique_lock lock(mutex_);
  const auto free = [this] { return limits_.concurrency == 0 || seats_taken_ < limits_.concurrency; };
  if (!seat_free_.wait_for(lock, longest, free)) return false;
  ++seats_taken_;
  return true;
}

/// How long to sleep before sending; `throttled` without having taken the turn when that is longer than `longest`.
Result<Duration> LimitedHttp::take_turn(Duration longest) {
  if (limits_.requests_per_second == 0) return Duration(0);
  const Microseconds interval(1'000'000 / limits_.requests_per_second + (1'000'000 % limits_.requests_per_second != 0 ? 1 : 0));
  const std::lock_guard lock(mutex_);
  const Microseconds now = clock_.since_start();
  const Microseconds due = std::max(next_due_, now);
  const Duration wait = std::chrono::ceil<Duration>(std::max(Microseconds(0), due - now - interval * (limits_.burst - 1)));
  if (wait > longest) return throttled({}, "the channel's own limit of requests a second is used up", wait);
  next_due_ = due + interval;
  return wait;
}

Result<Response> LimitedHttp::send(const Request& request) {
  const Duration start = clock_.since_start();
  if (!take_seat(std::min(longest_wait, request.deadline))) {
    return throttled(request.operation,
                     "all " + std::to_string(limits_.concurrency) + " requests that the channel may have at once are out", Duration(1000));
  }
  const Seat seat(*this);
  const Duration left_for_turn = request.deadline - (clock_.since_start() - start);
  const Result<Duration> wait = take_turn(std::min(longest_wait, left_for_turn));
  if (!wait) return throttled(request.operation, wait.error().what, *wait.error().retry_after);
  if (*wait > Duration(0)) sleep_(*wait);
  const Duration waited = clock_.since_start() - start;
  if (waited == Duration(0)) return inner_.send(request);
  if (waited >= request.deadline) return throttled(request.operation, "the deadline passed while waiting for a turn", Duration(0));
  Request rest = request;
  rest.deadline -= waited;
  return inner_.send(rest);
}

}  // namespace tally::http
