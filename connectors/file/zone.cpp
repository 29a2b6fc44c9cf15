#include "connectors/file/zone.hpp"

#include "connectors/file/storage.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <optional>

namespace tally::file {

namespace {

constexpr std::int32_t most_offset_s = 15 * 3600;
constexpr std::size_t date_length = 10;  // 2026-01-02

/// "+08:00", "-05:30", "+0800", "+8".
std::optional<std::int32_t> offset_of(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return {};
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ':')
      return {};
  }
  if (digits.empty() || digits.size() > 4 || digits.size() == 3) return {};
  const auto hours = std::stoi(digits.substr(0, std::min<std::size_t>(2, digits.size())));
  const auto minutes = digits.size() == 4 ? std::stoi(digits.substr(2)) : 0;
  const auto seconds = hours * 3600 + minutes * 60;
  if (minutes > 59 || seconds > most_offset_s) return {};
  return text[0] == '-' ? -seconds : seconds;
}

/// Big-endian numbers of a TZif file (RFC 8536); runs past the end once and then says so.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}
  bool ended() const { return ended_; }
  void skip(std::uint64_t count) { take(count); }
  std::int64_t number(std::size_t width) {
    const auto bytes = take(width);
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    const auto spare = 64 - 8 * static_cast<int>(width);
    return static_cast<std::int64_t>(value << spare) >> spare;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) {
      ended_ = true;
      count = 0;
    }
    const auto taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest_;
  bool ended_ = false;
};

struct Counts {
  std::uint64_t utc = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0;
};

Counts counts_of(Bytes& bytes) {
  bytes.skip(20);  // "TZif", the version, 15 spare bytes
  Counts counts;
  for (auto* count : {&counts.utc, &counts.standard, &counts.leaps, &counts.times, &counts.types, &counts.letters}) {
    *count = static_cast<std::uint32_t>(bytes.number(4));
  }
  return counts;
}

bool known_name(std::string_view name) {
  return !name.empty() && name.size() < 64 && name.find("..") == std::string_view::npos && name[0] != '/' &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+'; });
}

/// "2026/1/2 3:04" → "2026-01-02T03:04:00"; empty if it is no such thing.
std::string canonical(std::string_view text) {
  std::array<std::string, 6> fields;
  std::size_t field = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      fields[field] += c;
      continue;
    }
    const bool fits = field < 2 ? (c == '-' || c == '/' || c == '.') : field == 2 ? (c == ' ' || c == 'T') : c == ':';
    if (!fits || fields[field].empty() || ++field == fields.size()) return {};
  }
  if (field < 4 || fields[field].empty() || fields[0].size() != 4) return {};
  if (field == 4) fields[5] = "00";
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const bool may_be_short = i < 4;  // "3:4" is half written
    if (fields[i].size() > 2 || (!may_be_short && fields[i].size() < 2)) return {};
    fields[i].insert(0, 2 - fields[i].size(), '0');
  }
  return fields[0] + "-" + fields[1] + "-" + fields[2] + "T" + fields[3] + ":" + fields[4] + ":" + fields[5];
}

}  // namespace

Result<Zone> Zone::parse(std::string_view text) {
  Zone zone;
  if (text.empty() || text == "UTC" || text == "Z") return zone;
  if (const auto offset = offset_of(text)) {
    zone.changes_.push_back({0, *offset});
    return zone;
  }
  const auto unknown = [&](const std::string& why) {
    return error(Fault::invalid, "the time zone '" + std::string(text) + "' " + why, {},
                 "write an offset like +08:00 or a name like Asia/Shanghai");
  };
  if (!known_name(text)) return unknown("is not one");
  const auto file = read_whole(std::filesystem::path("/usr/share/zoneinfo") / std::string(text), 1 << 20);
  if (!file || !file->starts_with("TZif")) return unknown("is not known to this system");
  Bytes bytes(*file);
  const auto old = counts_of(bytes);  // a first block with 32-bit times, skipped
  bytes.skip(old.times * 5 + old.types * 6 + old.letters + old.leaps * 8 + old.standard + old.utc);
  const auto counts = counts_of(bytes);
  if (counts.times > 10000 || counts.types == 0 || counts.types > 256) return unknown("has data that cannot be read");
  std::vector<std::int64_t> times(counts.times);
  for (auto& time : times) time = bytes.number(8);
  std::vector<std::size_t> kinds(counts.times);
  for (auto& kind : kinds) kind = static_cast<std::size_t>(bytes.number(1) & 0xff);
  std::vector<std::int32_t> offsets(counts.types);
  for (auto& offset : offsets) {
    offset = static_cast<std::int32_t>(bytes.number(4));
    bytes.skip(2);
  }
  bytes.skip(counts.letters + counts.leaps * 12 + counts.standard + counts.utc);
  if (bytes.ended()) return unknown("has data that cannot be read");
  zone.changes_.push_back({INT64_MIN, offsets[0]});
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (kinds[i] >= offsets.size()) return unknown("has data that cannot be read");
    zone.changes_.push_back({times[i], offsets[kinds[i]]});
  }
  // A rule with summer time behind a short table ("slim" data) is beyond this reader: a wrong hour is worse than an offset written by hand.
  constexpr std::int64_t year_2037 = 2114380800;
  const bool rule = bytes.rest().find(',') != std::string_view::npos;
  if (rule && (times.empty() || times.back() < year_2037 - 366 * 86400))
    return unknown("has summer time by a rule, which is not read here");
  return zone;
}

Time Zone::moment(Time local) const {
  using std::chrono::seconds;
  if (changes_.empty()) return local;
  const auto with = [&](std::int32_t offset) { return local - seconds(offset); };
  auto before = changes_.front().offset_s;
  for (std::size_t i = 1; i < changes_.size(); ++i) {
    const auto& change = changes_[i];
    if (std::chrono::floor<seconds>(with(before)).time_since_epoch().count() < change.at_s) break;
    // Behind the change by the old offset; by the new one it may still be before it, in an hour that the clock skipped.
    if (std::chrono::floor<seconds>(with(change.offset_s)).time_since_epoch().count() < change.at_s) break;
    before = change.offset_s;
  }
  return with(before);
}

std::string Zone::day_of(Time moment) const {
  std::int64_t offset = changes_.empty() ? 0 : changes_.front().offset_s;
  const auto at = std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count();
  for (const auto& change : changes_) {
    if (change.at_s <= at) offset = change.offset_s;
  }
  return format_naive(moment + std::chrono::seconds(offset)).substr(0, date_length);
}

Result<Time> time_of(std::string_view text, const Zone& zone) {
  if (auto exact = parse_iso(text)) return exact;
  const auto spelt = canonical(text);
  auto local = spelt.empty() ? parse_naive(text) : parse_naive(spelt);
  if (!local) return error(Fault::invalid, "'" + std::string(text) + "' is not a time", {}, "write it like 2026-01-02T03:04:05+08:00");
  return zone.moment(*local);
}

std::string day_of(std::string_view text, Time at, const Zone& zone) {
  const bool utc = text.ends_with('Z') || text.ends_with('z');
  return !utc && parse_iso(text) ? std::string(text.substr(0, date_length)) : zone.day_of(at);
}

}  // namespace tally::file
