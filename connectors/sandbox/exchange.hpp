// One HTTP request and its answer as the pretend platforms see them: no library's types, so that a dialect compiles without httplib.
#pragma once

#include "base/json.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::sandbox {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;  ///< as it stood on the wire, up to the '?'
  Pairs query;       ///< decoded, in the order sent, repeats kept
  Pairs headers;     ///< names in lower case
  std::string body;

  /// The first of that name, or empty.
  std::string query_value(std::string_view name) const;
  std::string header(std::string_view name) const;
  /// The parts between the slashes, percent-decoded; empty parts are left out.
  std::vector<std::string> parts() const;
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body = {};
  Pairs headers = {};
  bool cut = false;  ///< nothing usable is sent: the connection ends in the middle of the answer

  static Answer json(const Json& document, int status = 200);
};

/// Splits and decodes "a=1&b=%20"; what cannot be decoded is kept as it stands.
Pairs parse_query(std::string_view text);

/// A whole number and nothing else; `otherwise` if `text` is none.
std::int64_t number_or(std::string_view text, std::int64_t otherwise);

}  // namespace tally::sandbox
