// Where the till's clock stands: its times often say no zone.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::file {

class Zone {
 public:
  Zone() = default;  ///< UTC
  /// "UTC", "+08:00", or a name that the system's time zone data knows, "Asia/Shanghai" (read once, here).
  static Result<Zone> parse(std::string_view text);

  /// The moment of a local time. Of an hour that comes twice, the first; of one that does not exist, as if the clock had not been put
  /// forward yet.
  Time moment(Time local) const;
  /// The date there, "2026-01-02".
  std::string day_of(Time moment) const;

 private:
  struct Change {
    std::int64_t at_s = 0;      ///< UTC
    std::int32_t offset_s = 0;  ///< from then on
  };
  std::vector<Change> changes_;  ///< by time; the first holds for all time before too
};

/// A till's time: with a zone as RFC 3339 has it, or without one, as local time. Also "2026/1/2 3:04" as spreadsheets write it.
Result<Time> time_of(std::string_view text, const Zone& zone);
/// The date on the till's own clock, of a text that `time_of` reads as `at`: as it is written, unless it is written in UTC.
std::string day_of(std::string_view text, Time at, const Zone& zone);

}  // namespace tally::file
