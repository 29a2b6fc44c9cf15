#include "connectors/rest/paging.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

constexpr std::int64_t most_pages = 100'000;
constexpr std::int64_t milliseconds_from = 100'000'000'000;  // as seconds this were the year 5138

void keep(Json& json, const char* key, const std::optional<Time>& time) {
  if (time) json.set(key, to_ms(*time));
}

std::optional<Time> kept(const Json& json, const char* key) {
  const Json* value = json.find(key);
  const auto ms = value ? value->integer() : Result<std::int64_t>(error(Fault::invalid, "no time"));
  if (!ms) return std::nullopt;
  return from_ms(*ms);
}

std::optional<std::int64_t> count_at(const Answer& answer, const std::string& header, const std::string& pointer) {
  const Json* value = pointer.empty() ? nullptr : answer.json.at(pointer);
  const auto count = header.empty() ? (value ? value->integer() : Result<std::int64_t>(error(Fault::invalid, "no count")))
                                    : Json(answer.header(header)).integer();
  if (!count) return std::nullopt;
  return *count;
}

/// The end of the window at hand that does not begin after `end`.
std::optional<Time> window_end(const Reading& reading, const ReadingPlace& place) {
  if (!reading.window || reading.window->most.count() == 0 || !place.since || !place.end) return place.end;
  return std::min(*place.end, *place.since + reading.window->most);
}

/// The next window, or nothing behind the last.
std::optional<ReadingPlace> next_window(const Reading& reading, const ReadingPlace& here) {
  if (!here.until || !here.end || *here.until >= *here.end) return std::nullopt;
  ReadingPlace next;
  next.since = here.until;
  next.end = here.end;
  next.list = here.list;
  next.begin = here.begin;
  next.page = reading.page.from;
  next.until = window_end(reading, next);
  return next;
}

/// A list that is ordered by time moves under our feet: what changes meanwhile leaves its page and pulls the others forward over the edge.
/// So a full page is followed not by the next page but by the list from its last moment on.
bool go_on_by_time(const Reading& reading, const std::vector<Json>& entries, ReadingPlace& next) {
  if (reading.page.by.empty() || entries.empty()) return false;
  const Json* value = entries.back().at(reading.page.by);
  const auto last = value ? time_in(*value) : std::nullopt;
  const Duration step = reading.window ? reading.window->resolution : Duration(1000);
  if (!last || !next.since || *last - step <= *next.since) return false;  // a page full of one moment: count on
  next.since = *last - step;
  next.page = reading.page.from;
  next.seen = 0;
  return true;
}

bool last_by_number(const Reading& reading, const ReadingPlace& here, const Answer& answer, std::size_t entries) {
  const auto& page = reading.page;
  if (entries == 0) return true;
  if (page.size > 0 && static_cast<std::int64_t>(entries) < page.size) return true;
  if (const auto pages = count_at(answer, page.pages_header, page.pages)) return here.page - page.from + 1 >= *pages;
  if (const auto total = count_at(answer, page.total_header, page.total)) return here.seen + static_cast<std::int64_t>(entries) >= *total;
  return false;
}

/// The platform's own word that there is more, in an answer that neither brings it nor says where it is: no end, but a reading cut short.
bool cut_short(const Paging& page, const ReadingPlace& here, const Answer& answer, std::size_t entries) {
  if (page.kind == Paging::Kind::cursor) {
    const Json *cursor = answer.json.at(page.cursor), *more = page.more.empty() ? nullptr : answer.json.at(page.more);
    const bool promised = more && (more->scalar_text() == "true" || more->scalar_text() == "1");
    if (promised && (!cursor || cursor->scalar_text().empty())) return true;
  }
  if (entries > 0) return false;
  if (const auto pages = count_at(answer, page.pages_header, page.pages)) return here.page - page.from + 1 < *pages;
  const auto total = count_at(answer, page.total_header, page.total);
  return total && *total > 0 && here.seen == 0;
}

}  // namespace

std::string ReadingPlace::text() const {
  Json json = Json::object();
  keep(json, "since", since);
  keep(json, "until", until);
  keep(json, "end", end);
  json.set("page", page);
  if (!cursor.empty()) json.set("cursor", cursor);
  json.set("seen", seen);
  if (list > 0) json.set("list", static_cast<std::int64_t>(list));
  keep(json, "begin", begin);
  return json.dump();
}

Result<ReadingPlace> reading_place(const std::string& cursor) {
  const auto json = Json::parse(cursor);
  if (!json || !json->is_object()) return error(Fault::invalid, "the cursor is not one of this connector's", {}, "begin the reading anew");
  ReadingPlace place;
  place.since = kept(*json, "since");
  place.until = kept(*json, "until");
  place.end = kept(*json, "end");
  place.page = json->integer_or("page", 1);
  place.cursor = json->text_or("cursor");
  place.seen = json->integer_or("seen", 0);
  place.list = static_cast<std::size_t>(std::max<std::int64_t>(json->integer_or("list", 0), 0));
  place.begin = kept(*json, "begin");
  return place;
}

ReadingPlace first_place(const Reading& reading, std::optional<Time> since, std::optional<Time> until, Time now) {
  ReadingPlace place;
  place.page = reading.page.from;
  place.begin = since;
  if (!reading.window) return place;
  place.since = since;
  place.end = until;
  if (reading.window->most.count() > 0) {  // windows need both ends
    place.end = until.value_or(now);
    const Duration reach = reading.window->reach.count() > 0 ? reading.window->reach : reading.window->most;
    place.since = since.value_or(*place.end - reach);
    if (*place.since > *place.end) place.since = place.end;
  }
  place.until = window_end(reading, place);
  return place;
}

bool halve(ReadingPlace& place, Duration resolution) {
  if (!place.since || !place.until) return false;
  const Duration half = (*place.until - *place.since) / 2;
  if (half < resolution) return false;
  place.until = *place.since + half;
  place.cursor.clear();
  place.seen = 0;
  return true;
}

Result<std::optional<ReadingPlace>> next_place(const Reading& reading, const ReadingPlace& here, const Answer& answer,
                                               const std::vector<Json>& entries) {
  const auto& page = reading.page;
  ReadingPlace next = here;
  next.seen += static_cast<std::int64_t>(entries.size());
  if (cut_short(page, here, answer, entries.size())) return error(Fault::broken, "the answer ends before the list does");
  if (page.kind == Paging::Kind::none) return next_window(reading, here);
  if (page.kind == Paging::Kind::number) {
    if (last_by_number(reading, here, answer, entries.size())) return next_window(reading, here);
    if (go_on_by_time(reading, entries, next)) return std::optional(next);
    if (++next.page > most_pages) return error(Fault::broken, "the list has more than " + std::to_string(most_pages) + " pages");
    return std::optional(next);
  }
  const Json* cursor = answer.json.at(page.cursor);
  const Json* more = page.more.empty() ? nullptr : answer.json.at(page.more);
  const auto total = count_at(answer, page.total_header, page.total);
  const bool last = !cursor || cursor->scalar_text().empty() || (more && (more->scalar_text() == "false" || more->scalar_text() == "0")) ||
                    (page.more.empty() && entries.empty()) || (total && next.seen >= *total);
  if (last) return next_window(reading, here);
  if (cursor->scalar_text() == here.cursor) return error(Fault::broken, "the platform gave the same cursor twice");
  next.cursor = cursor->scalar_text();
  return std::optional(next);
}

const Reading* list_at(const Reading& reading, const ReadingPlace& place) {
  if (place.list == 0) return &reading;
  return place.list <= reading.further.size() ? &reading.further[place.list - 1] : nullptr;
}

std::optional<ReadingPlace> next_list(const Reading& reading, const ReadingPlace& here, Time now) {
  if (here.list >= reading.further.size()) return std::nullopt;
  ReadingPlace next = first_place(reading.further[here.list], here.begin, here.end, now);
  next.list = here.list + 1;
  return next;
}

std::optional<Time> time_in(const Json& value) {
  if (const auto number = value.integer()) return from_ms(*number >= milliseconds_from ? *number : *number * 1000);
  const std::string text = value.scalar_text();
  if (const auto iso = parse_iso(text)) return *iso;
  if (const auto naive = parse_naive(text)) return *naive;
  return std::nullopt;
}

}  // namespace tally::rest
