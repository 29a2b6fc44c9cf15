// Days as they are counted somewhere on earth: they begin at an hour of that place, and are 23, 24 or 25 hours long.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace tally {

struct Span {
  Time begin, end;  ///< [begin, end)
};

/// When the days of a place begin, as "00:00 America/Los_Angeles". A value; any thread.
class DayStart {
 public:
  /// Errors: invalid (no hour, or no such zone in the machine's time zone data).
  static Result<DayStart> parse(std::string_view text);

  /// The day that holds this moment. A start that the clocks skip is the moment at which they are put forward; of one that comes twice it
  /// is the first.
  Span day_of(Time moment) const;
  const std::string& text() const { return text_; }

 private:
  DayStart(std::string text, std::string zone, std::chrono::minutes at) : text_(std::move(text)), zone_(std::move(zone)), at_(at) {}

  std::string text_, zone_;
  std::chrono::minutes at_;
};

}  // namespace tally
