#include "server/message.hpp"

#include "base/json.hpp"

#include <algorithm>
#include <cstdint>

namespace tally::server {

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Answer";
  }
}

namespace {

unsigned status_of(Fault fault) {
  switch (fault) {
    case Fault::invalid:
      return 400;
    case Fault::unauthorized:
      return 401;
    case Fault::forbidden:
      return 403;
    case Fault::not_found:
      return 404;
    case Fault::conflict:
      return 409;
    case Fault::rejected:
    case Fault::held:
      return 422;
    case Fault::locked:
    case Fault::io:
    case Fault::gone:
    case Fault::cancelled:
    case Fault::transient:
    case Fault::throttled:
    case Fault::not_yet:
      return 503;
    case Fault::elsewhere:
    case Fault::missing:
    case Fault::unknown:
    case Fault::broken:
      return 502;
    case Fault::internal:
      return 500;
  }
  return 500;
}

}  // namespace

Answer problem(unsigned status, Fault fault, const std::string& detail) {
  const Json body = Json::object({{"type", "urn:tallyd:" + std::string(name_of(fault))},
                                  {"title", reason_of(status)},
                                  {"status", static_cast<std::int64_t>(status)},
                                  {"detail", detail}});
  return Answer{.status = status, .content_type = "application/problem+json", .body = body.dump() + "\n", .fields = {}};
}

Answer problem(const Error& error) {
  const unsigned status = status_of(error.fault);
  Answer answer = problem(status, error.fault, error.text());
  if (status == 503) {
    const auto wait = error.retry_after.value_or(std::chrono::seconds(5));
    const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
    answer.fields.emplace_back("Retry-After", std::to_string(seconds));
  }
  return answer;
}

Answer wrong_method(const std::string& allow) {
  Answer answer = problem(405, Fault::invalid, "this address takes " + allow + " only");
  answer.fields.emplace_back("Allow", allow);
  return answer;
}

Answer too_busy(const std::string& what) {
  Error busy = error(Fault::locked, what, {}, "try again in a second");
  busy.retry_after = std::chrono::seconds(1);
  return problem(busy);
}

}  // namespace tally::server
