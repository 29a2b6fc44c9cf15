#include "server/routes.hpp"

#include "server/api.hpp"

#include <algorithm>
#include <string_view>

namespace tally::server {
namespace {

constexpr std::string_view hooks = "/hooks/";
constexpr std::size_t longest_channel_name = 64;

/// A channel's name is its file's name: letters, digits, '-' and '_'. Anything else names no channel.
bool is_channel_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_channel_name && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool wants_stream(const Request& request) {
  const auto accept = request.headers.find("accept");
  return accept != request.headers.end() && accept->second.find("text/event-stream") != std::string::npos;
}

std::variant<Route, Answer> hook_route(const Request& request, const Limits& limits) {
  const std::string_view name = std::string_view(request.path).substr(hooks.size());
  if (!is_channel_name(name)) return problem(404, Fault::not_found, "no channel has this name");
  if (request.method != "POST" && request.method != "GET") return wrong_method("GET, POST");
  return Route{.target = Target::hook, .channel = std::string(name), .body_limit = limits.hook_body};
}

std::variant<Route, Answer> api_route(const Request& request, const Limits& limits) {
  if (!request.caller.local) {
    Answer answer =
        problem(401, Fault::unauthorized, "the API answers over the daemon's Unix socket only: there are no users yet who could sign in");
    answer.fields.emplace_back("WWW-Authenticate", "Bearer realm=\"tallyd\"");
    return answer;
  }
  if (const auto refusal = refuse_address(request.method, request.path)) return *refusal;
  const bool stream = request.path == events_path && wants_stream(request);
  return Route{.target = stream ? Target::events : Target::api, .channel = {}, .body_limit = limits.api_body};
}

}  // namespace

std::variant<Route, Answer> route_of(const Request& request, const Limits& limits) {
  const std::string_view path = request.path;
  if (path.starts_with(hooks)) return hook_route(request, limits);
  if (path == "/api" || path.starts_with("/api/")) return api_route(request, limits);

  Route route;
  if (path == "/livez") {
    route.target = Target::live;
  } else if (path == "/readyz") {
    route.target = Target::ready;
  } else if (path == "/metrics") {
    route.target = Target::metrics;
  } else {
    return problem(404, Fault::not_found,
                   "nothing answers here; see /livez, /readyz, /metrics, /hooks/CHANNEL and, over the Unix socket, /api/v1/status");
  }
  if (request.method != "GET") return wrong_method("GET");
  return route;
}

}  // namespace tally::server
