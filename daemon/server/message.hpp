// A request and an answer as the routes see them: HTTP without sockets.
#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tally::server {

/// Who is at the other end.
struct Caller {
  bool local = false;   ///< came over the Unix socket, and so is root, the daemon's own user or in its group
  std::string author;   ///< for the journal: the user's name; empty over TCP
  std::string address;  ///< for the log and for counting: an address, or "socket"
};

struct Request {
  Caller caller;
  std::string method;
  std::string path;                            ///< as it came, still percent-encoded
  std::string query;                           ///< without '?'
  std::map<std::string, std::string> headers;  ///< names in lower case; repeated ones joined with ", "
  std::string body;
};

struct Answer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;  ///< further header fields: Allow, Retry-After
};

/// problem+json (RFC 9457): {type, title, status, detail}. `type` is "urn:tallyd:FAULT", which is how the command line knows what happened.
Answer problem(unsigned status, Fault fault, const std::string& detail);
/// The status that fits the fault. Adds Retry-After to what may be tried again.
Answer problem(const Error& error);
/// The method is not allowed here; `allow` is what is: "GET, POST".
Answer wrong_method(const std::string& allow);

/// 503, to be tried again in a second.
Answer too_busy(const std::string& what);

/// The standard's words for a status: "Not Found".
std::string_view reason_of(unsigned status);

}  // namespace tally::server
