#include "base/time.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>

namespace tally {
namespace {

using namespace std::chrono_literals;
using std::chrono::floor;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/// Reads fixed pieces from the left; once one did not fit, `good` stays false.
struct Reader {
  std::string_view rest;
  bool good = true;

  bool accept(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { good = accept(c) && good; }

  bool at_digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!at_digit()) {
        good = false;
        return 0;
      }
      value = value * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }

  /// The index of the name that comes next, as everywhere in HTTP written with one capital.
  template <std::size_t N>
  int one_of(const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; i < N; ++i) {
      if (!rest.starts_with(names[i])) continue;
      rest.remove_prefix(names[i].size());
      return static_cast<int>(i);
    }
    good = false;
    return 0;
  }
};

struct Date {
  int year = 0, month = 0, day = 0;
};

struct TimeOfDay {
  int hour = 0, minute = 0, second = 0, milliseconds = 0;
};

TimeOfDay read_time_of_day(Reader& in) {
  TimeOfDay out;
  out.hour = in.digits(2);
  in.expect(':');
  out.minute = in.digits(2);
  in.expect(':');
  out.second = in.digits(2);
  if (!in.accept('.')) return out;
  int count = 0;
  for (int weight = 100; in.at_digit() && count < 9; ++count, weight /= 10) out.milliseconds += in.digits(1) * weight;
  if (count == 0 || in.at_digit()) in.good = false;
  return out;
}

Date read_date(Reader& in) {
  Date out;
  out.year = in.digits(4);
  in.expect('-');
  out.month = in.digits(2);
  in.expect('-');
  out.day = in.digits(2);
  if (!in.accept('T') && !in.accept('t')) in.expect(' ');
  return out;
}

/// Minutes east of Greenwich behind a sign: hh:mm or hhmm.
Duration read_offset(Reader& in) {
  const bool west = in.accept('-');
  if (!west) in.expect('+');
  const int hours = in.digits(2);
  in.accept(':');
  const int minutes = in.digits(2);
  if (hours > 23 || minutes > 59) in.good = false;
  const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return west ? -offset : offset;
}

/// Nothing if there is no such day or time of day. Second 60 is a leap second and falls on the next minute.
std::optional<Time> moment(const Date& date, const TimeOfDay& time) {
  const std::chrono::year_month_day day{std::chrono::year(date.year), std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day))};
  if (!day.ok() || time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  return Time(std::chrono::sys_days(day)) + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
         std::chrono::seconds(time.second) + Duration(time.milliseconds);
}

Error not_a_time(std::string_view text, std::string todo) {
  return error(Fault::invalid, "no time: '" + std::string(text.substr(0, 60)) + "'", {}, std::move(todo));
}

std::string padded(long long value, std::size_t width) {
  std::string out = std::to_string(value);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

/// A moment taken apart. Years beyond 0..9999 cannot be written in four digits and are held at the nearest that can.
struct Parts {
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  std::chrono::hh_mm_ss<Duration> time;

  explicit Parts(Time moment) : Parts(floor<std::chrono::days>(held(moment)), held(moment)) {}

  std::string clock_text() const {
    return padded(time.hours().count(), 2) + ":" + padded(time.minutes().count(), 2) + ":" + padded(time.seconds().count(), 2);
  }
  std::string text() const {
    return padded(int(date.year()), 4) + "-" + padded(unsigned(date.month()), 2) + "-" + padded(unsigned(date.day()), 2) + "T" +
           clock_text();
  }

 private:
  Parts(std::chrono::sys_days day, Time moment) : date(day), weekday(day), time(moment - day) {}

  static Time held(Time moment) {
    constexpr Time first = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
    constexpr Time last = Time(std::chrono::sys_days(std::chrono::year(10000) / 1 / 1)) - 1ms;
    return moment < first ? first : moment > last ? last : moment;
  }
};

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

}  // namespace

Time SystemClock::now() const {
  return floor<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::since_start() const {
  timespec since{};
  ensure(clock_gettime(CLOCK_BOOTTIME, &since) == 0, "the kernel has no CLOCK_BOOTTIME");
  return std::chrono::seconds(since.tv_sec) + std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(since.tv_nsec));
}

std::string SystemClock::start() const {
  if (const char* told = std::getenv("TALLYD_BOOT_ID"); told && *told) return told;  // a hardened service sees no /proc/sys
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);  // without that file: nobody says
  std::erase(id, '-');     // as systemd writes it
  return id;
}

Result<Time> parse_iso(std::string_view text) {
  Reader in{text};
  const Date date = read_date(in);
  const TimeOfDay time = read_time_of_day(in);
  Duration offset{0};
  if (in.good && in.rest.empty()) return not_a_time(text, "a time zone is missing: put Z or an offset such as +08:00 behind it");
  if (!in.accept('Z') && !in.accept('z')) offset = read_offset(in);
  const std::optional<Time> local = in.good && in.rest.empty() ? moment(date, time) : std::nullopt;
  if (!local) return not_a_time(text, "write it like 2026-01-02T03:04:05Z");
  return *local - offset;
}

Result<Time> parse_naive(std::string_view text) {
  Reader in{text};
  const Date date = read_date(in);
  const TimeOfDay time = read_time_of_day(in);
  const std::optional<Time> found = in.good && in.rest.empty() ? moment(date, time) : std::nullopt;
  if (!found) return not_a_time(text, "write it like 2026-01-02T03:04:05");
  return *found;
}

std::string format_iso(Time time) {
  if (time == never) return "never";
  const Parts parts(time);
  const auto fraction = parts.time.subseconds().count();
  return parts.text() + (fraction == 0 ? "" : "." + padded(fraction, 3)) + "Z";
}

std::string format_naive(Time time) {
  return Parts(time).text();
}

Result<Time> parse_http_date(std::string_view text) {
  Reader in{text};
  if (!in.at_digit()) {
    in.one_of(weekdays);
    in.expect(',');
    in.expect(' ');
  }
  Date date;
  date.day = in.digits(1);
  if (in.at_digit()) date.day = date.day * 10 + in.digits(1);
  in.expect(' ');
  date.month = in.one_of(months) + 1;
  in.expect(' ');
  date.year = in.digits(4);
  in.expect(' ');
  const TimeOfDay time = read_time_of_day(in);
  in.expect(' ');
  Duration offset{0};
  if (in.rest == "GMT" || in.rest == "UTC" || in.rest == "UT") {
    in.rest = {};
  } else {
    offset = read_offset(in);
  }
  const std::optional<Time> local = in.good && in.rest.empty() ? moment(date, time) : std::nullopt;
  if (!local) return not_a_time(text, "expected a date as in HTTP: Wed, 21 Oct 2026 07:28:00 GMT");
  return *local - offset;
}

std::string format_http_date(Time time) {
  const Parts parts(time);
  return std::string(weekdays[parts.weekday.c_encoding()]) + ", " + padded(unsigned(parts.date.day()), 2) + " " +
         std::string(months[unsigned(parts.date.month()) - 1]) + " " + padded(int(parts.date.year()), 4) + " " + parts.clock_text() +
         " GMT";
}

Result<Duration> parse_duration(std::string_view text) {
  constexpr std::int64_t longest = 36'500LL * 86'400'000;  // a hundred years
  const auto refuse = [&](std::string why) {
    return error(Fault::invalid, "no duration: '" + std::string(text.substr(0, 40)) + "'", {}, std::move(why));
  };
  std::size_t at = 0;
  std::int64_t count = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    count = count * 10 + (text[at] - '0');
    if (count > longest) return refuse("at most a hundred years");
  }
  if (at == 0) return refuse("write a number and a unit: 250ms, 30s, 5m, 2h, 7d");
  for (const Unit& unit : units) {
    if (text.substr(at) != unit.name) continue;
    if (count > longest / unit.milliseconds) return refuse("at most a hundred years");
    return Duration(count * unit.milliseconds);
  }
  return refuse(at == text.size() ? "a unit is missing: ms, s, m, h or d" : "the unit must be ms, s, m, h or d");
}

std::string format_duration(Duration duration) {
  if (duration.count() == 0) return "0s";
  for (const Unit& unit : units) {
    if (duration.count() % unit.milliseconds == 0) return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
  }
  return std::to_string(duration.count()) + "ms";
}

}  // namespace tally
