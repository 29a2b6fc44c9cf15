#include "base/zone.hpp"

#include <date/tz.h>

#include <charconv>
#include <exception>

namespace tally {
namespace {

/// "07:30" → minutes; nothing if it is no hour of a day.
std::optional<std::chrono::minutes> hour_in(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hour = 0, minute = 0;
  const auto hours = std::from_chars(text.data(), text.data() + 2, hour),
             minutes = std::from_chars(text.data() + 3, text.data() + 5, minute);
  const bool read = hours.ec == std::errc() && hours.ptr == text.data() + 2 && minutes.ec == std::errc() && minutes.ptr == text.data() + 5;
  if (!read || hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return std::chrono::minutes(hour * 60 + minute);
}

/// The library knows no other way of saying that there is none.
const date::time_zone* zone_named(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

Result<DayStart> DayStart::parse(std::string_view text) {
  const auto space = text.find(' ');
  const auto at = hour_in(text.substr(0, space));
  if (!at || space == std::string_view::npos)
    return error(Fault::invalid, "'" + std::string(text) + "' says no hour of a place", {}, "such as 00:00 America/Los_Angeles");
  std::string zone(text.substr(space + 1));
  if (!zone_named(zone))
    return error(Fault::invalid, "there is no time zone '" + zone + "' on this machine", {},
                 "such as America/Los_Angeles, Asia/Shanghai or UTC");
  return DayStart(std::string(text), std::move(zone), *at);
}

Span DayStart::day_of(Time moment) const {
  const auto* zone = zone_named(zone_);
  ensure(zone != nullptr, "a zone that was found is found again");
  const auto begin_of = [&](date::local_days day) {
    return std::chrono::time_point_cast<Duration>(zone->to_sys(day + at_, date::choose::earliest));
  };
  auto day = date::floor<date::days>(zone->to_local(moment));
  while (begin_of(day) > moment) day -= date::days(1);
  while (begin_of(day + date::days(1)) <= moment) day += date::days(1);
  return {begin_of(day), begin_of(day + date::days(1))};
}

}  // namespace tally
