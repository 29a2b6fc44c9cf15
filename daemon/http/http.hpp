// One outbound exchange. CurlHttp does it; limits, breaker and recorder wrap it with the same interface.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tally::http {

using Header = std::pair<std::string, std::string>;

struct Request {
  std::string method = "GET";
  std::string url = {};  ///< absolute, query included
  std::vector<Header> headers = {};
  std::string body = {};
  Duration deadline{20000};    ///< of the whole exchange
  std::string operation = {};  ///< for logs and limits: "set_stock"; never holds a secret
};

struct Response {
  unsigned status = 0;
  std::vector<Header> headers = {};  ///< in order, names in lower case
  std::string body = {};
  /// The first of that name (given in lower case), or empty.
  const std::string& header(std::string_view name) const;
};

/// Blocks until the answer, the deadline, or an error. Any number of threads.
/// Errors: `transient` when the request surely did not reach the platform (no connection, refused, name not found), `unknown` when it may
/// have (time-out or cut after sending), `broken` when the answer is over a limit, `invalid` for an address that is not allowed.
class Http {
 public:
  virtual ~Http() = default;
  virtual Result<Response> send(const Request& request) = 0;
};

}  // namespace tally::http
