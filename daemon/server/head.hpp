// The head of a request, read by Boost.Beast and then held against what Beast lets through and a proxy in front of us might read
// differently.
#pragma once

#include "base/result.hpp"
#include "server/limits.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <map>
#include <string>
#include <string_view>

namespace tally::server {

/// The first bytes of a head that is not complete yet: what can never become one is refused at once and not at the deadline; `invalid`.
Result<void> check_beginning(std::string_view bytes);

/// The bytes as they came, up to and with the empty line. Refuses folded lines, bare CR or LF, control characters and too many fields;
/// `invalid`.
Result<void> check_lines(std::string_view head, const Limits& limits);

using Header = boost::beast::http::request_header<boost::beast::http::fields>;

/// What the fields say together. Refuses any Transfer-Encoding but exactly one "chunked", chunked in HTTP/1.0, a length beside chunks,
/// several or unreadable lengths, an HTTP/1.1 request without exactly one Host, a target that is no path; `invalid`.
Result<void> check_fields(const Header& header);

/// Names in lower case, repeated ones joined with ", ": so a doubled signature is no signature.
std::map<std::string, std::string> header_map(const Header& header);

}  // namespace tally::server
