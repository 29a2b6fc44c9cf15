// `webhook:`, the door.
#include "connectors/rest/compile.hpp"

namespace tally::rest {
namespace {

/// Secrets of the door must be there as soon as the platform can reach us.
void check_secret(const Compiling& compiling, const Place& place, const std::string& name) {
  compiling.need(place, name, !compiling.vault.settings().text_or("hook_url").empty());
}

Scope door_scope() {
  return Scope{"webhook", {"body", "query", "hook_url"}, nullptr, false, {}};
}

std::optional<Verify::Method> compile_method(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`verify`", compiling.complaints);
  Verify::Method method;
  auto& signature = method.signature;
  reader.required("equals");
  const bool hmac = reader.has("hmac");
  if (hmac == reader.has("digest")) reader.complain("", "one of `hmac` and `digest` is expected");
  if (const auto* digest = reader.node(hmac ? "hmac" : "digest")) {
    compile_digest(compiling, digest->place, hmac ? "hmac-" + digest->scalar : digest->scalar, signature);
  }
  const Scope scope = door_scope();
  for (const char* key : {"over", "frame", "sort"}) {
    const auto* pieces = reader.node(key);
    if (!pieces) continue;
    if (!signature.pieces.empty()) reader.complain(key, "one of `over`, `frame` and `sort` is expected");
    signature.sorted = key == std::string_view("sort");
    if (pieces->is_list()) {
      signature.pieces = compile_pieces(compiling, *pieces, scope);
    } else {
      signature.pieces = {compile_piece(compiling, *pieces, scope)};
    }
  }
  if (signature.pieces.empty()) reader.complain("", "what is signed must be said: `over`, `frame` or `sort`");
  static const Spelling spellings[] = {Spelling::hex, Spelling::base64};
  signature.spelling = spellings[reader.choice("encoding", {"hex", "base64"}).value_or(0)];
  signature.key = reader.text("key").value_or("");
  if (signature.keyed && signature.key.empty()) reader.required("key");
  if (!signature.key.empty()) check_secret(compiling, node.place, signature.key);
  for (const auto& piece : signature.pieces) {
    if (piece.from == Piece::From::secret) check_secret(compiling, node.place, piece.name);
  }
  if (const auto* equals = reader.node("equals")) {
    method.equals = compile_piece(compiling, *equals, scope);
    if (method.equals.from != Piece::From::header && method.equals.from != Piece::From::query &&
        method.equals.from != Piece::From::pointer && method.equals.from != Piece::From::form) {
      compiling.complain(equals->place,
                         "where the platform's signature stands is expected: header NAME, query NAME, form NAME or /POINTER");
    }
  }
  reader.finish();
  return method;
}

Verify compile_verify(const Compiling& compiling, const yaml::Node& node) {
  Verify verify;
  if (!node.find("by")) {
    if (auto method = compile_method(compiling, node)) verify.methods.emplace("", std::move(*method));
    return verify;
  }
  yaml::Reader reader(node, "`verify`", compiling.complaints);
  const std::string by = reader.text("by").value_or("");
  if (!by.starts_with("header ")) reader.complain("by", "`header NAME` is expected: the header that names the method");
  verify.by_header = by.size() > 7 ? lower(by.substr(7)) : "";
  for (const auto& member : node.members) {
    if (member.key == "by") continue;
    if (auto method = compile_method(compiling, *reader.node(member.key))) {
      verify.methods.emplace(member.key == "default" ? "" : member.key, std::move(*method));
    }
  }
  reader.finish();
  return verify;
}

ReplyForm compile_reply(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`reply`", compiling.complaints);
  ReplyForm reply;
  reply.status = static_cast<unsigned>(reader.integer("status", 200, 299).value_or(200));
  if (const auto* text = reader.node("text")) reply.text = compile_text(compiling, *text, door_scope());
  if (const auto* json = reader.node("json")) reply.json = compile_text(compiling, *json, door_scope());
  reader.finish();
  return reply;
}

Door::Greet compile_greet(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`greet`", compiling.complaints);
  Door::Greet greet;
  reader.required("verify");
  greet.method = reader.text("method").value_or("GET");
  if (const auto* verify = reader.node("verify")) greet.verify = compile_verify(compiling, *verify);
  if (const auto* reply = reader.node("reply")) greet.reply = compile_reply(compiling, *reply);
  reader.finish();
  return greet;
}

void compile_quiet(const Compiling& compiling, const yaml::Node& node, Door& door) {
  yaml::Reader reader(node, "`quiet`", compiling.complaints);
  door.quiet_form = reader.text("form").value_or("");
  Pattern pattern = take_pattern(compiling, reader, node);
  if (!pattern.conditions.empty()) door.quiet_entry = std::move(pattern);
  if (door.quiet_form.empty() == !door.quiet_entry.has_value())
    reader.complain("", "one is expected: `form: FIELD`, or pointers and their values");
  reader.finish();
}

void compile_document(const Compiling& compiling, const yaml::Node& node, Door& door) {
  for (const auto& member : node.members) {
    if (member.value.scalar == "json") {
      door.document_body = node.members.size() == 1 ? "" : member.key;
    } else if (member.key == "form" && node.members.size() == 1) {
      door.document_form = member.value.scalar;
    } else if (member.value.scalar.starts_with("header ")) {
      door.document_headers.emplace_back(member.key, lower(member.value.scalar.substr(7)));
    } else {
      compiling.complain(member.value.place, "`json` (the body), `header NAME` or, alone, `form: NAME` is expected");
    }
  }
}

void compile_content(const Compiling& compiling, yaml::Reader& reader, Door& door) {
  if (const auto* decrypt = reader.node("decrypt")) {
    yaml::Reader inner(*decrypt, "`decrypt`", compiling.complaints);
    for (const char* key : {"wechat", "key", "id"}) inner.required(key);
    door.decrypt = Door::Decrypt{take_pointer(inner, "wechat"), inner.text("key").value_or(""), inner.text("id").value_or("")};
    for (const auto& name : {door.decrypt->key, door.decrypt->id}) {
      if (!name.empty()) check_secret(compiling, decrypt->place, name);
    }
    inner.finish();
  }
  if (const auto* document = reader.node("document")) compile_document(compiling, *document, door);
  door.split = take_pointer(reader, "split");
  if (const auto* id = reader.node("id")) door.id = compile_pieces(compiling, *id, door_scope());
  if (const auto* whole = reader.node("whole")) {
    yaml::Reader inner(*whole, "`whole`", compiling.complaints);
    for (const auto& key : whole->keys()) {
      if (key != "order") compiling.complain(whole->place, "only an order can come whole in a delivery, not '" + key + "'");
      check_document(compiling, whole->place, key);
      door.whole[key] = take_pointer(inner, key);
    }
    inner.finish();
  }
  if (const auto as = reader.choice("as", {"event", "parcel"})) {
    door.as = *as == 0 ? "event" : "parcel";
    check_document(compiling, reader.node("as")->place, door.as);
  }
}

}  // namespace

std::optional<Door> compile_door(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`webhook`", compiling.complaints);
  for (const char* key : {"verify", "as", "reply"}) reader.required(key);
  Door door;
  if (const auto* greet = reader.node("greet")) door.greet = compile_greet(compiling, *greet);
  if (const auto* quiet = reader.node("quiet")) compile_quiet(compiling, *quiet, door);
  if (const auto* verify = reader.node("verify")) door.verify = compile_verify(compiling, *verify);
  if (const auto* time = reader.node("time")) {
    door.verify.time = compile_piece(compiling, *time, door_scope());
    reader.required("within");
    door.verify.within = reader.duration("within").value_or(Duration(0));
  }
  compile_content(compiling, reader, door);
  if (const auto* reply = reader.node("reply")) door.reply = compile_reply(compiling, *reply);
  reader.finish();
  return door;
}

}  // namespace tally::rest
