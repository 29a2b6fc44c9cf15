// /api/v1: the engine's face `Admin` as JSON over HTTP. One table names every address.
#pragma once

#include "engine/faces.hpp"
#include "server/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tally::server {

inline constexpr std::string_view events_path = "/api/v1/events";

/// Why nothing stands at this address (404) or not with this method (405); nothing if something does.
std::optional<Answer> refuse_address(std::string_view method, std::string_view path);

/// Asks the engine and puts its answer into JSON. May block as long as the engine does: not for the listener's thread.
Answer answer_api(engine::Admin& admin, const Request& request);

/// The query of /api/v1/events: after which entry, and how many.
struct EventsQuery {
  std::int64_t after = 0;
  std::size_t limit = 100;
};
/// From `cursor`, `limit` or, when a stream is taken up again, from Last-Event-ID.
Result<EventsQuery> events_query(const Request& request);

}  // namespace tally::server
