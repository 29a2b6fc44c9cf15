// What a stored document says, by the mapping.
#include "connectors/rest/door.hpp"
#include "connectors/rest/reads.hpp"

namespace tally::rest {

using channel::Document;
using channel::Event;

namespace {

std::optional<Time> moment(const Json& tree, std::string_view field) {
  const auto time = parse_iso(tree.text_or(field));
  return time ? std::optional(*time) : std::nullopt;
}

Event::What what_of(const std::string& kind) {
  if (kind == "order") return Event::What::order;
  if (kind == "level") return Event::What::level;
  return kind == "parcel" ? Event::What::parcel : Event::What::listing;
}

Result<std::vector<Event>> whole(const Program& program, const mapping::Mapping& mapping, const std::string& kind, const Json& json,
                                 const Json& known) {
  auto read = mapping.read(kind, json, known);
  if (!read) return read.error();
  std::vector<Event> events;
  if (read->skipped) return events;
  Event event;
  event.what = what_of(kind);
  event.changed_at = moment(read->tree, "changed_at");
  event.tree = std::move(read->tree);
  event.doubts = std::move(read->doubts);
  if (const Json* state = program.state.empty() || kind != "order" ? nullptr : json.at(program.state))
    event.platform_state = state->scalar_text();
  events.push_back(std::move(event));
  return events;
}

Error not_understood(const std::string& why) {
  return error(Fault::broken, "the delivery is not understood: " + why, "webhook");
}

/// A delivery that holds the thing whole says more than "look again"; not where a part of it would have to be fetched first.
/// Fails where it cannot be the thing at all: looking again by what it says would come to nothing, and nobody would hear of it.
Result<void> add_whole(const Program& program, const mapping::Mapping& mapping, const std::string& kind, const Json& document,
                       const Json& known, const std::string& subject, std::vector<Event>& events) {
  const auto place = program.webhook->whole.find(kind);
  if (place == program.webhook->whole.end()) return {};
  const Json* body = document.at(place->second);
  if (!body || !body->is_object()) return not_understood("it says " + kind + " and holds no object");
  if (subject.empty()) return not_understood("it says " + kind + " and has no readable id");
  const auto reading = program.readings.find("read_" + kind);
  if (reading != program.readings.end()) {
    for (const auto& fetch : reading->second.fetches) {
      const Json* shorts = body->at(fetch.over);
      if (shorts && !shorts->empty()) return {};
    }
  }
  auto read = whole(program, mapping, kind, *body, known);
  if (!read) return not_understood(read.error().text());
  if (read->empty()) return {};  // {"id": 5} of a deleted order reads as no order
  Event& event = read->front();
  const Json *id = event.tree.find("@id"), *lines = event.tree.find("lines");
  if (kind == "order" && (!lines || lines->empty()) && !event.doubts.empty()) return not_understood(event.doubts.front());
  if (!event.changed_at || !id || id->scalar_text() != subject || (kind == "order" && (!lines || lines->empty()))) return {};
  events.push_back(std::move(event));
  return {};
}

Result<Json> event_document(const Program& program, const Vault& vault, const Document& document) {
  auto json = Json::parse(document.body);
  if (!json) return error(Fault::broken, "the delivery is no JSON: " + json.error().what, "webhook");
  const Door& door = *program.webhook;
  const auto plain = decrypted(door, vault, *json);  // stored sealed because the key was wrong at the door
  if (!plain) return plain.error();
  if (*plain) {
    json = Json::parse(**plain);
    if (!json) return error(Fault::broken, "the decrypted delivery is no JSON: " + json.error().what, "webhook");
  }
  if (door.document_body.empty() && door.document_headers.empty()) return json;
  Json result = Json::object();
  for (const auto& [key, header] : door.document_headers) {
    if (const auto found = document.headers.find(header); found != document.headers.end()) result.set(key, found->second);
  }
  if (!door.document_body.empty()) result.set(door.document_body, std::move(*json));
  return result;
}

Result<std::vector<Event>> event(const Program& program, const Vault& vault, const mapping::Mapping& mapping, const Document& document,
                                 const Json& known) {
  if (!program.webhook) return error(Fault::broken, "this platform sends no webhooks", "webhook");
  const auto json = event_document(program, vault, document);
  if (!json) return json.error();
  const auto read = mapping.read("event", *json, Json());
  if (!read) return not_understood(read.error().text());
  std::vector<Event> events;
  const std::string kind = read->tree.text_or("kind");
  if (read->skipped || kind.empty()) return events;  // of a kind that does not concern us
  Event poke;
  poke.subject_kind = kind;
  if (const Json* subject = read->tree.find("subject")) poke.subject = subject->scalar_text();
  poke.changed_at = moment(read->tree, "changed_at");
  if (program.webhook->whole.contains(kind) && !read->doubts.empty()) return not_understood(read->doubts.front());
  if (auto added = add_whole(program, mapping, kind, *json, known, poke.subject, events); !added) return added.error();
  events.push_back(std::move(poke));
  return events;
}

}  // namespace

Result<std::vector<Event>> understand(const Program& program, const Vault& vault, const mapping::Mapping& mapping, const Document& document,
                                      const Json& known) {
  if (document.kind == "event") return event(program, vault, mapping, document, known);
  const auto json = Json::parse(document.body);
  if (!json) return error(Fault::broken, "the document is no JSON: " + json.error().what, document.kind);
  if (const Json* tree = document.kind == "level" ? json->find(tree_key) : nullptr) {
    Event level;
    level.what = Event::What::level;
    level.tree = *tree;
    return std::vector<Event>{std::move(level)};
  }
  return whole(program, mapping, document.kind, *json, known);
}

}  // namespace tally::rest
