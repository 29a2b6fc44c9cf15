// Where a reading stands between two calls, and where it goes on.
#pragma once

#include "connectors/rest/program.hpp"

namespace tally::rest {

/// What the engine keeps for us as `cursor`: opaque to it.
struct ReadingPlace {
  std::optional<Time> since, until;  ///< of the window at hand; no `until`: to the end
  std::optional<Time> end;           ///< of the whole reading, where windows are cut
  std::int64_t page = 1;
  std::string cursor;         ///< the platform's own
  std::int64_t seen = 0;      ///< entries of this window so far
  std::size_t list = 0;       ///< which of the reading's lists
  std::optional<Time> begin;  ///< of the whole reading, as it was asked for
  std::string text() const;
};
/// `invalid` for a cursor that is not ours.
Result<ReadingPlace> reading_place(const std::string& cursor);

/// The beginning: the first window of [since, until].
ReadingPlace first_place(const Reading& reading, std::optional<Time> since, std::optional<Time> until, Time now);
/// Cuts the window at hand to its first half; false when it is no longer than the clock's resolution.
bool halve(ReadingPlace& place, Duration resolution);
/// Where the next page stands, or nothing when the reading is complete. `broken` when the platform turns in a circle.
Result<std::optional<ReadingPlace>> next_place(const Reading& reading, const ReadingPlace& here, const Answer& answer,
                                               const std::vector<Json>& entries);

/// The list that is read there; nothing where the reading has no such list any more.
const Reading* list_at(const Reading& reading, const ReadingPlace& place);
/// Where the reading's next list begins when the one at hand is complete; nothing behind the last.
std::optional<ReadingPlace> next_list(const Reading& reading, const ReadingPlace& here, Time now);

/// ISO 8601 with or without a zone, or an epoch in seconds or milliseconds.
std::optional<Time> time_in(const Json& value);

}  // namespace tally::rest
