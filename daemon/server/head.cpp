#include "server/head.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace tally::server {
namespace http = boost::beast::http;

namespace {

constexpr std::string_view line_end = "\r\n";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

Result<void> bad(const char* what) {
  return error(Fault::invalid, what);
}

}  // namespace

Result<void> check_beginning(std::string_view bytes) {
  char before = '\0';
  for (const char c : bytes) {
    if (c == '\n' && before != '\r') return bad("a line of the head does not end in CR LF");
    if (c != '\r' && c != '\n' && is_control(c)) return bad("this is no HTTP; for HTTPS put a proxy in front");
    before = c;
  }
  return {};
}

Result<void> check_lines(std::string_view head, const Limits& limits) {
  std::size_t lines = 0;
  while (!head.empty()) {
    const std::size_t end = head.find(line_end);
    if (end == std::string_view::npos) return bad("a line of the head does not end in CR LF");
    const std::string_view line = head.substr(0, end);
    if (std::any_of(line.begin(), line.end(), is_control)) return bad("the head holds a control character");
    if (lines > 0 && !line.empty() && (line.front() == ' ' || line.front() == '\t')) return bad("the head holds a folded line");
    head.remove_prefix(end + line_end.size());
    if (!line.empty()) ++lines;
  }
  if (lines > limits.fields + 1) return bad("the head has too many fields");
  return {};
}

namespace {

Result<void> check_framing(const Header& header) {
  const auto [coding, coding_end] = header.equal_range(http::field::transfer_encoding);
  const auto [length, length_end] = header.equal_range(http::field::content_length);
  const auto lengths = std::distance(length, length_end);
  if (coding != coding_end) {
    if (std::distance(coding, coding_end) != 1 || lower(coding->value()) != "chunked")
      return bad("Transfer-Encoding must be exactly 'chunked'");
    if (header.version() < 11) return bad("Transfer-Encoding does not exist in HTTP/1.0");
    if (lengths != 0) return bad("Content-Length beside Transfer-Encoding");
  }
  if (lengths > 1) return bad("several Content-Length fields");
  if (lengths == 1) {
    const std::string_view digits = length->value();
    const bool number = !digits.empty() && digits.size() <= 18 && digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number) return bad("Content-Length is no number");
  }
  return {};
}

}  // namespace

Result<void> check_fields(const Header& header) {
  if (header.version() != 10 && header.version() != 11) return bad("the version must be HTTP/1.0 or HTTP/1.1");
  const auto hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() == 11)) return bad("there must be exactly one Host field");
  const std::string_view target = header.target();
  if (target.empty() || target.front() != '/' || target.find('#') != std::string_view::npos)
    return bad("the target must be a path that begins with '/'");
  return check_framing(header);
}

std::map<std::string, std::string> header_map(const Header& header) {
  std::map<std::string, std::string> result;
  for (const auto& field : header) {
    const auto [at, fresh] = result.try_emplace(lower(field.name_string()), field.value());
    if (!fresh) at->second.append(", ").append(field.value());
  }
  return result;
}

}  // namespace tally::server
