#include "connectors/rest/door.hpp"

#include <algorithm>

namespace tally::rest {

using channel::Document;
using channel::Webhook;
using Form = std::map<std::string, std::string>;

namespace {

Error refused(std::string what) {
  return error(Fault::unauthorized, std::move(what), "webhook", "check the webhook secret on both sides");
}

/// What the pieces of one delivery are taken from.
struct Delivery {
  const Webhook& webhook;
  Form query;
  Form form;  ///< empty where the body is none
  Json json;  ///< null where the body is no JSON
};

/// `old`: with the secret before the present one, where there is one: a secret can be changed without losing a delivery.
Message message_of(const Delivery& delivery, const Names& names, const Vault& vault, bool old) {
  Message message;
  message.body = delivery.webhook.body;
  message.headers = &delivery.webhook.headers;
  message.query = &delivery.query;
  message.form = &delivery.form;
  message.json = &delivery.json;
  message.names = &names;
  message.secret = [&vault, old](const std::string& name) { return vault.secret(old ? name + "_old" : name); };
  return message;
}

Names names_of(const Delivery& delivery, const Vault& vault) {
  Names names(vault);
  names.set("body", Json(delivery.webhook.body));
  Json query = Json::object();
  for (const auto& [name, value] : delivery.query) query.set(name, value);
  names.set("query", std::move(query));
  return names;
}

Result<void> verify_with(const Verify::Method& method, const Delivery& delivery, const Vault& vault) {
  const Names names = names_of(delivery, vault);
  const Message message = message_of(delivery, names, vault, false);
  const auto theirs = piece_of(method.equals, message);
  if (!theirs) return refused("unsigned: " + theirs.error().what);
  const auto mine = sign(method.signature, message);
  if (!mine) return mine.error().fault == Fault::unauthorized ? refused(mine.error().what) : mine.error();
  if (same_signature(method.signature, *mine, *theirs)) return {};
  const auto before = sign(method.signature, message_of(delivery, names, vault, true));
  if (before && same_signature(method.signature, *before, *theirs)) return {};
  return refused("the signature is not ours");
}

Result<void> verify(const Verify& verify, const Delivery& delivery, const Vault& vault) {
  std::string name;
  if (!verify.by_header.empty()) {
    if (const auto named = delivery.webhook.headers.find(verify.by_header); named != delivery.webhook.headers.end()) name = named->second;
  }
  const auto method = verify.methods.find(name);
  if (method == verify.methods.end()) return refused("signed by a method that we do not know");
  if (auto verified = verify_with(method->second, delivery, vault); !verified) return verified;
  if (!verify.time) return {};
  const Names names = names_of(delivery, vault);
  const auto text = piece_of(*verify.time, message_of(delivery, names, vault, false));
  const auto seconds = text ? Json(*text).integer() : Result<std::int64_t>(error(Fault::unauthorized, "no time"));
  if (!seconds) return refused("the delivery does not say when it was sent");
  const Duration age = vault.ports().clock->now() - from_ms(*seconds * 1000);
  if (age > verify.within || age < -verify.within) return refused("the delivery is too old, or a clock is wrong");
  return {};
}

Result<channel::Reply> reply_of(const ReplyForm& form, const Names& names) {
  channel::Reply reply;
  reply.status = form.status;
  if (form.text) {
    auto text = form.text->text(names);
    if (!text) return refused("the greeting lacks what is to be said back");
    reply.body = std::move(*text);
  } else if (form.json) {
    reply.content_type = "application/json";
    reply.body = form.json->fill(names).value_or(Json::object()).dump();
  }
  return reply;
}

bool is_quiet_form(const Door& door, const Webhook& webhook) {
  constexpr std::size_t most_bytes = 256;
  if (door.quiet_form.empty() || webhook.body.size() > most_bytes) return false;
  const auto form = parse_form(webhook.body);
  return form && form->size() == 1 && form->begin()->first == door.quiet_form;
}

/// The messages of a delivery: the entries of its list, or itself.
std::vector<Json> messages_of(const Door& door, const Json& json) {
  const Json* list = door.split.empty() ? nullptr : json.at(door.split);
  if (!list || !list->is_array()) return {json};
  return {list->as_array().begin(), list->as_array().end()};
}

bool is_quiet(const Door& door, const std::vector<Json>& messages) {
  if (!door.quiet_entry || messages.empty()) return false;
  return std::all_of(messages.begin(), messages.end(), [&](const Json& message) { return door.quiet_entry->shows(message); });
}

Document stored(const Door& door, const Delivery& delivery, const Vault& vault, std::string body) {
  Document document{door.as, std::move(body), {}};
  const auto& headers = delivery.webhook.headers;
  for (const auto& [key, header] : door.document_headers) {
    if (const auto found = headers.find(header); found != headers.end()) document.headers[header] = found->second;
  }
  Form none;
  const auto json = Json::parse(document.body);
  const Names names = names_of(delivery, vault);
  Message message = message_of(delivery, names, vault, false);
  const Json content = json ? *json : Json();
  message.body = document.body;
  message.json = &content;
  std::string id;
  for (const auto& piece : door.id) {
    Piece place = piece;
    if (place.from == Piece::From::pointer && place.name.starts_with("/body/") && !door.document_body.empty())
      place.name = place.name.substr(5);
    const auto part = piece_of(place, message);
    if (part) id += (id.empty() ? "" : " ") + *part;
  }
  if (!id.empty()) document.headers["delivery-id"] = id;
  return document;
}

/// What is stored of a delivery that is authentic: a signed body that cannot be read is stored too, and parked later.
std::vector<Document> deliveries_of(const Door& door, const Delivery& delivery, const Vault& vault) {
  if (!door.document_form.empty()) {
    const auto field = delivery.form.find(door.document_form);
    return {stored(door, delivery, vault, field == delivery.form.end() ? delivery.webhook.body : field->second)};
  }
  if (door.decrypt) {
    const auto text = decrypted(door, vault, delivery.json);
    return {stored(door, delivery, vault, text && *text ? **text : delivery.webhook.body)};
  }
  if (delivery.json.is_null() || door.split.empty()) return {stored(door, delivery, vault, delivery.webhook.body)};
  std::vector<Document> documents;
  for (const auto& message : messages_of(door, delivery.json)) {
    if (!is_quiet(door, {message})) documents.push_back(stored(door, delivery, vault, message.dump()));
  }
  return documents;
}

}  // namespace

Result<std::optional<std::string>> decrypted(const Door& door, const Vault& vault, const Json& body) {
  const Json* sealed = door.decrypt ? body.at(door.decrypt->pointer) : nullptr;
  if (!sealed || !sealed->is_string()) return std::optional<std::string>();
  const auto key = vault.secret(door.decrypt->key);
  if (!key) return key.error();
  const auto id = vault.value(door.decrypt->id);
  if (!id) return id.error();
  auto plain = crypto::wechat_decrypt(*key, *id, sealed->as_string());
  if (!plain)
    return error(Fault::broken, "the message cannot be decrypted: " + plain.error().what, "webhook",
                 "check the encoding key on both sides");
  return std::optional(std::move(*plain));
}

Result<channel::Door> open_door(const Program& program, const Vault& vault, const Webhook& webhook) {
  if (!program.webhook) return refused("this platform sends no webhooks");
  const Door& door = *program.webhook;
  const auto query = parse_form(webhook.query);
  if (!query) return refused("the query is not encoded as it should be");
  Delivery delivery{webhook, *query, {}, {}};
  if (auto form = parse_form(webhook.body)) delivery.form = std::move(*form);
  const Names names = names_of(delivery, vault);
  if (door.greet && webhook.method == door.greet->method) {
    if (auto verified = verify(*door.greet->verify, delivery, vault); !verified) return verified.error();
    auto reply = reply_of(door.greet->reply, names);
    if (!reply) return reply.error();
    return channel::Door{std::move(*reply), {}};
  }
  if (webhook.method != "POST") return refused("deliveries come by POST");
  auto reply = reply_of(door.reply, names);
  if (!reply) return reply.error();
  if (auto json = Json::parse(webhook.body)) delivery.json = std::move(*json);
  if (auto verified = verify(door.verify, delivery, vault); !verified) {
    // The platform's own unsigned ping: answered, and nothing of it is kept.
    const bool unsigned_ping =
        is_quiet_form(door, webhook) || (!delivery.json.is_null() && is_quiet(door, messages_of(door, delivery.json)));
    if (!unsigned_ping) return verified.error();
    return channel::Door{std::move(*reply), {}};
  }
  return channel::Door{std::move(*reply), deliveries_of(door, delivery, vault)};
}

}  // namespace tally::rest
