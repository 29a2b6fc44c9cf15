// Moments and the clock they come from. All times are milliseconds since 1970 in UTC; nothing reads the machine's clock but SystemClock.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace tally {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;

inline constexpr Time never = Time::max();
inline constexpr Time long_ago = Time(Duration(0));

inline std::int64_t to_ms(Time time) {
  return time.time_since_epoch().count();
}
inline Time from_ms(std::int64_t ms) {
  return Time(Duration(ms));
}

/// The two clocks of the machine. Handed to whoever needs one; the simulation hands out its own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;              ///< wall time, may jump
  virtual Duration since_start() const = 0;  ///< never goes back, counts while the machine sleeps
  /// Names the machine's start from which `since_start` counts; another after the next one. Empty: nobody says.
  virtual std::string start() const { return ""; }
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  Duration since_start() const override;
  std::string start() const override;
};

/// RFC 3339 with any offset and 0 to 9 digits of seconds ("2026-01-02T03:04:05.678+08:00"); a space may stand for the T. Without a zone:
/// `invalid`.
Result<Time> parse_iso(std::string_view text);
/// The same without a zone, taken as UTC: "2026-01-02T03:04:05".
Result<Time> parse_naive(std::string_view text);
std::string format_iso(Time time);    ///< "2026-01-02T03:04:05.678Z"; no fraction where it is zero
std::string format_naive(Time time);  ///< "2026-01-02T03:04:05"
/// RFC 2822 / HTTP date: "Wed, 21 Oct 2026 07:28:00 GMT".
Result<Time> parse_http_date(std::string_view text);
std::string format_http_date(Time time);

/// "250ms", "30s", "5m", "2h", "7d". Bare numbers are refused: a unit is always said.
Result<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration duration);

}  // namespace tally
