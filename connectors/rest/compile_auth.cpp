// auth, request (what every request gets) and the frames that signatures are made over.
#include "connectors/rest/compile.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

Put compile_put(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`put`", compiling.complaints);
  Put put;
  const auto query = reader.text("query"), header = reader.text("header"), form = reader.text("form");
  if (query.has_value() + header.has_value() + form.has_value() != 1)
    reader.complain("", "one place is expected: { query: NAME }, { header: NAME } or, in a request of its own, { form: NAME }");
  put.into = header ? Put::Into::header : form ? Put::Into::form : Put::Into::query;
  put.name = header ? *header : form ? *form : query.value_or("");
  put.prefix = reader.text("prefix").value_or("");
  reader.finish();
  return put;
}

/// The setting or secret that `key` names must be there now.
void check_value(const Compiling& compiling, yaml::Reader& reader, const char* key, const std::string& name) {
  const auto* node = reader.node(key);
  if (!name.empty()) compiling.need(node ? node->place : Place{compiling.recipe.file, 0, 0}, name);
}

/// "/expires_in seconds"
void compile_lives(yaml::Reader& reader, TokenAuth& auth) {
  const auto text = reader.text("lives");
  if (!text) return;
  const auto space = text->find(' ');
  auth.lives = text->substr(0, space);
  const std::string unit = space == std::string::npos ? "" : text->substr(space + 1);
  auth.lives_unit = Duration(unit == "ms" ? 1 : 1000);
  if (!auth.lives.starts_with("/") || (unit != "seconds" && unit != "ms"))
    reader.complain("lives", "a pointer and a unit are expected: /expires_in seconds");
}

TokenAuth compile_token(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`token`", compiling.complaints);
  TokenAuth auth;
  if (const auto header = reader.text("header")) {  // a token that the merchant was given
    reader.required("token");
    auth.put = {Put::Into::header, *header, reader.text("prefix").value_or("")};
    auth.fixed = reader.text("token").value_or("");
    check_value(compiling, reader, "token", auth.fixed);
    reader.finish();
    return auth;
  }
  reader.required("get");
  reader.required("token");
  reader.required("put");
  Scope scope{"auth", {"now"}, nullptr, true, {}};
  if (const auto* get = reader.node("get")) auth.get = compile_request(compiling, *get, scope);
  scope.later = {"refresh_token"};
  if (const auto* renew = reader.node("renew")) auth.renew = compile_request(compiling, *renew, scope);
  auth.token = take_pointer(reader, "token");
  auth.refresh = take_pointer(reader, "refresh");
  compile_lives(reader, auth);
  if (const auto* put = reader.node("put")) auth.put = compile_put(compiling, *put);
  auth.renew_on_expired = reader.choice("renew_on", {"expired"}).has_value();
  if (auth.renew && auth.refresh.empty())
    reader.complain("renew", "`renew` needs `refresh`: where the answer holds the next refresh token");
  reader.finish();
  return auth;
}

Auth compile_kind(const Compiling& compiling, const std::string& kind, const yaml::Node& node) {
  Auth auth;
  if (kind == "token") {
    auth.kind = Auth::Kind::token;
    auth.token = compile_token(compiling, node);
    return auth;
  }
  yaml::Reader reader(node, "`" + kind + "`", compiling.complaints);
  if (kind == "basic") {
    auth.kind = Auth::Kind::basic;
    reader.required("user");
    reader.required("password");
    auth.user = reader.text("user").value_or("");
    auth.password = reader.text("password").value_or("");
    check_value(compiling, reader, "user", auth.user);
    check_value(compiling, reader, "password", auth.password);
  } else {
    auth.kind = Auth::Kind::oauth1;
    reader.required("key");
    reader.required("secret");
    auth.key = reader.text("key").value_or("");
    auth.secret = reader.text("secret").value_or("");
    check_value(compiling, reader, "key", auth.key);
    check_value(compiling, reader, "secret", auth.secret);
    auth.hash = reader.choice("hash", {"sha256", "sha1"}).value_or(0) == 0 ? crypto::Digest::sha256 : crypto::Digest::sha1;
    reader.choice("put", {"query"});
  }
  reader.finish();
  return auth;
}

bool is_kind(const std::string& name) {
  return name == "basic" || name == "oauth1" || name == "token";
}

}  // namespace

Piece compile_piece(const Compiling& compiling, const yaml::Node& node, const Scope& scope) {
  Piece piece;
  const std::string& text = node.scalar;
  if (!node.is_scalar() || text.empty()) {
    compiling.complain(
        node.place, "a piece is expected: body, header NAME, query NAME, form NAME, /POINTER, hash body, a secret's name, or quoted text");
  } else if (node.quoted || text.find("${") != std::string::npos) {
    piece.from = Piece::From::text;
    piece.text = compile_text(compiling, node, scope);
  } else if (text == "body") {
    piece.from = Piece::From::body;
  } else if (text == "hash body") {
    piece.from = Piece::From::hash;
  } else if (text.starts_with("header ")) {
    piece = {Piece::From::header, lower(text.substr(7)), {}};
  } else if (text.starts_with("query ")) {
    piece = {Piece::From::query, text.substr(6), {}};
  } else if (text.starts_with("form ")) {
    piece = {Piece::From::form, text.substr(5), {}};
  } else if (text.starts_with("/")) {
    piece = {Piece::From::pointer, text, {}};
  } else if (text.find(' ') != std::string::npos) {
    compiling.complain(
        node.place,
        "'" + text + "' is no piece: body, header NAME, query NAME, form NAME, /POINTER, hash body, a secret's name, or quoted text");
  } else {
    piece = {Piece::From::secret, text, {}};
  }
  return piece;
}

std::vector<Piece> compile_pieces(const Compiling& compiling, const yaml::Node& node, const Scope& scope) {
  std::vector<Piece> pieces;
  if (!node.is_list()) compiling.complain(node.place, "a list of pieces is expected");
  for (const auto& item : node.items) pieces.push_back(compile_piece(compiling, item, scope));
  return pieces;
}

void compile_digest(const Compiling& compiling, const Place& place, const std::string& name, Signature& signature) {
  signature.keyed = name.starts_with("hmac-");
  const auto digest = crypto::digest_named(signature.keyed ? name.substr(5) : name);
  if (digest) {
    signature.digest = *digest;
  } else {
    compiling.complain(place, "'" + name + "' is no digest: md5, sha1, sha256, sha512, or one of them behind hmac-");
  }
}

Auth compile_auth(const Compiling& compiling, const yaml::Node& node) {
  if (!node.is_map() || node.members.empty()) {
    compiling.complain(node.place, "`auth` is a map: { NAME: { basic | oauth1 | token: … } }");
    return {};
  }
  std::optional<Auth> chosen;
  std::vector<std::string> names;
  for (const auto& member : node.members) {
    names.push_back(member.key);
    const auto& value = member.value;
    const bool named = value.is_map() && value.members.size() == 1 && is_kind(value.members.front().key);
    if (!named && !is_kind(member.key)) {
      compiling.complain(member.key_place, "a kind of auth is expected below '" + member.key + "': basic, oauth1 or token");
      continue;
    }
    if (!value.is_map()) {
      compiling.complain(value.place, "a map is expected below '" + member.key + "'");
      continue;
    }
    Compiling part = compiling;
    part.is_used = compiling.recipe.auth.empty() ? names.size() == 1 : compiling.recipe.auth == member.key;
    auto auth = named ? compile_kind(part, value.members.front().key, value.members.front().value) : compile_kind(part, member.key, value);
    if (part.is_used) chosen = std::move(auth);
  }
  const std::string& wanted = compiling.recipe.auth;
  if (!chosen && !wanted.empty() && std::find(names.begin(), names.end(), wanted) == names.end()) {
    std::string known;
    for (const auto& name : names) known += (known.empty() ? "" : ", ") + name;
    compiling.complain(compiling.recipe.place_of("auth"),
                       "the channel asks for the auth '" + wanted + "'; the connector '" + compiling.recipe.connector + "' has " + known,
                       did_you_mean(wanted, names));
  }
  return chosen.value_or(Auth());
}

Signing compile_sign(const Compiling& compiling, const yaml::Node& node, Scope scope) {
  yaml::Reader sign(node, "`sign`", compiling.complaints);
  for (const char* key : {"frame", "digest", "put"}) sign.required(key);
  Signing signing;
  scope.where = "sign";
  if (const auto* frame = sign.node("frame")) signing.signature.pieces = compile_pieces(compiling, *frame, scope);
  const auto* digest = sign.node("digest");
  if (digest) compile_digest(compiling, digest->place, digest->scalar, signing.signature);
  signing.signature.key = sign.text("key").value_or("secret");
  if (signing.signature.keyed) check_value(compiling, sign, "key", signing.signature.key);
  for (const auto& piece : signing.signature.pieces) {
    if (piece.from == Piece::From::secret) check_value(compiling, sign, "frame", piece.name);
  }
  static const Spelling spellings[] = {Spelling::hex, Spelling::upper_hex, Spelling::base64};
  signing.signature.spelling = spellings[sign.choice("out", {"hex", "HEX", "base64"}).value_or(0)];
  if (const auto* put = sign.node("put")) signing.put = compile_put(compiling, *put);
  sign.finish();
  return signing;
}

Common compile_common(const Compiling& compiling, const yaml::Node& node) {
  Common common;
  yaml::Reader reader(node, "`request`", compiling.complaints);
  Scope scope{"request", {"now", "method"}, nullptr, true, {}};
  const auto* query = reader.node("query");
  if (query) common.query = compile_text(compiling, *query, scope);
  if (const auto* headers = reader.node("headers")) common.headers = compile_text(compiling, *headers, scope);
  if (const auto* body = reader.node("body")) {
    yaml::Reader form(*body, "`body`", compiling.complaints);
    common.sorted_body = form.choice("json", {"as_written", "sorted"}).value_or(0) == 1;
    form.finish();
  }
  if (const auto* sign = reader.node("sign")) {
    scope.names.push_back("body");
    if (query) {
      for (const auto& name : query->keys()) scope.names.push_back(name);
    }
    common.sign = compile_sign(compiling, *sign, scope);
    if (common.sign->put.into == Put::Into::form)
      compiling.complain(sign->place, "a form is signed in a request of its own: `sign` stands beside its `body`");
  }
  reader.finish();
  return common;
}

}  // namespace tally::rest
