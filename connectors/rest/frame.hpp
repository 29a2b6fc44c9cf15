// The bytes that are signed or verified, put together from named pieces, and the digests over them.
#pragma once

#include "base/crypto.hpp"
#include "connectors/rest/names.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::rest {

/// `secret` (any secret's name), `body`, `header NAME`, `query NAME`, `form NAME` (of a form-encoded body), `/POINTER` into the JSON body,
/// `hash body`, or quoted text with holes.
struct Piece {
  enum class From { secret, body, header, query, form, pointer, hash, text } from = From::body;
  std::string name;
  std::optional<Text> text;
};

/// A message as pieces see it. The parts are looked at only where a piece asks for them.
struct Message {
  std::string_view body;
  const std::map<std::string, std::string>* headers = nullptr;
  const std::map<std::string, std::string>* query = nullptr;
  const std::map<std::string, std::string>* form = nullptr;
  const Json* json = nullptr;
  const Names* names = nullptr;
  std::function<Result<std::string>(const std::string& name)> secret;
};

/// What one piece says. The error names what is not there.
Result<std::string> piece_of(const Piece& piece, const Message& message);

enum class Spelling { hex, upper_hex, base64 };

struct Signature {
  crypto::Digest digest = crypto::Digest::sha256;
  bool keyed = false;   ///< an HMAC
  std::string key;      ///< the secret's name
  bool sorted = false;  ///< the pieces' values in byte order
  std::vector<Piece> pieces;
  Spelling spelling = Spelling::hex;
};

Result<std::string> sign(const Signature& signature, const Message& message);
/// In constant time; hexadecimal digits in either case.
bool same_signature(const Signature& signature, std::string_view mine, std::string_view theirs);

/// "a=1&b=2", percent-decoded, the last of a name counts. Nothing on bad encoding.
std::optional<std::map<std::string, std::string>> parse_form(std::string_view text);

}  // namespace tally::rest
