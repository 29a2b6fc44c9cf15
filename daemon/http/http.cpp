#include "http/http.hpp"

namespace tally::http {

const std::string& Response::header(std::string_view name) const {
  static const std::string none;
  for (const Header& header : headers) {
    if (header.first == name) return header.second;
  }
  return none;
}

}  // namespace tally::http
