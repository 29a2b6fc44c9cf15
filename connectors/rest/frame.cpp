#include "connectors/rest/frame.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

Result<std::string> entry_of(const std::map<std::string, std::string>* entries, const std::string& name, const char* what) {
  if (entries) {
    if (const auto found = entries->find(name); found != entries->end()) return found->second;
  }
  return error(Fault::unauthorized, std::string("there is no ") + what + " '" + name + "'");
}

std::string spelt(Spelling spelling, const std::string& bytes) {
  if (spelling == Spelling::base64) return crypto::base64(bytes);
  std::string text = crypto::hex(bytes);
  if (spelling == Spelling::upper_hex) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

}  // namespace

Result<std::string> piece_of(const Piece& piece, const Message& message) {
  switch (piece.from) {
    case Piece::From::secret:
      return message.secret(piece.name);
    case Piece::From::body:
      return std::string(message.body);
    case Piece::From::header:
      return entry_of(message.headers, piece.name, "header");
    case Piece::From::query:
      return entry_of(message.query, piece.name, "query value");
    case Piece::From::form:
      return entry_of(message.form, piece.name, "form field");
    case Piece::From::hash:
      return crypto::state_hash(message.body);
    case Piece::From::text:
      return piece.text->text(*message.names);
    case Piece::From::pointer:
      break;
  }
  const Json* value = message.json ? message.json->at(piece.name) : nullptr;
  if (!value || value->scalar_text().empty()) return error(Fault::unauthorized, "there is no " + piece.name + " in the body");
  return value->scalar_text();
}

Result<std::string> sign(const Signature& signature, const Message& message) {
  std::vector<std::string> parts;
  for (const auto& piece : signature.pieces) {
    auto part = piece_of(piece, message);
    if (!part) return part;
    parts.push_back(std::move(*part));
  }
  if (signature.sorted) std::sort(parts.begin(), parts.end());
  std::string base;
  for (const auto& part : parts) base += part;
  if (!signature.keyed) return spelt(signature.spelling, crypto::digest(signature.digest, base));
  auto key = message.secret(signature.key);
  if (!key) return key;
  return spelt(signature.spelling, crypto::hmac(signature.digest, *key, base));
}

bool same_signature(const Signature& signature, std::string_view mine, std::string_view theirs) {
  if (signature.spelling == Spelling::base64) return crypto::constant_time_equal(mine, theirs);
  return crypto::constant_time_equal(lower(mine), lower(theirs));
}

std::optional<std::map<std::string, std::string>> parse_form(std::string_view text) {
  std::map<std::string, std::string> entries;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = crypto::url_decode(pair.substr(0, equals), true);
    const auto value = crypto::url_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    entries[*name] = *value;
  }
  return entries;
}

}  // namespace tally::rest
