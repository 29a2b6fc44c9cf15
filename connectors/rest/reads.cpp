#include "connectors/rest/reads.hpp"

#include "connectors/rest/ids.hpp"

#include <algorithm>

namespace tally::rest {

using channel::Document;
using channel::Page;
using channel::Want;

namespace {

constexpr int most_halvings = 30;
constexpr int most_fetch_pages = 100;
constexpr unsigned most_in_trouble = 3;  ///< orders of one reading of which a part fails, before the platform is thought to be in trouble

const char* reading_for(const Want& want) {
  if (want.what == Want::What::orders) return want.by_placed ? "read_placed_orders" : "read_orders";
  return want.what == Want::What::stock ? "read_stock" : "read_listings";
}

/// The entries of an answer: a list, or one thing that stands alone.
Result<std::vector<Json>> entries_at(const Json& json, const std::string& pointer) {
  const Json* there = pointer.empty() ? &json : json.at(pointer);
  if (!there) return error(Fault::broken, "the answer holds nothing at " + pointer);
  if (there->is_array()) return std::vector<Json>(there->as_array().begin(), there->as_array().end());
  if (there->is_null()) return std::vector<Json>{};
  return std::vector<Json>{*there};
}

/// The entries of a list, where a thing that stands alone is none: it would be a complete reading of one.
Result<std::vector<Json>> listed_at(const Json& json, const std::string& pointer) {
  const bool top = pointer.empty() || pointer == "/";
  const Json* there = top ? &json : json.at(pointer);
  if (there && !there->is_array() && (top || !there->is_null())) return error(Fault::broken, "the answer is no list");
  return entries_at(json, pointer);
}

/// Puts `value` where `pointer` stands in `json`; the objects on the way are there, for something was read from it.
void replace_at(Json& json, std::string_view pointer, Json value) {
  Json* here = &json;
  while (pointer.size() > 1 && here) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    here = here->find(pointer.substr(0, end));
    pointer.remove_prefix(end);
  }
  if (here) *here = std::move(value);
}

/// What was read from there is not known now: where it is absent, a mapping keeps what was known before.
void erase_at(Json& json, std::string_view pointer) {
  Json* here = &json;
  const auto last = pointer.rfind('/');
  for (std::size_t at = 1; at < last && here;) {
    const auto end = std::min(pointer.find('/', at), last);
    here = here->find(pointer.substr(at, end - at));
    at = end + 1;
  }
  if (here && here->is_object()) here->erase(pointer.substr(last + 1));
}

/// Asked about one thing, the platform has nothing to say about that: about the next it may.
bool is_its_own(Fault fault) {
  return fault == Fault::missing || fault == Fault::not_found || fault == Fault::rejected || fault == Fault::invalid ||
         fault == Fault::broken || fault == Fault::transient;
}

/// The names of several things at once: "A,B,C" for what each of them calls by that name.
Names joined_names(const Vault& vault, const Reading& reading, std::span<const Json> things, Time now) {
  Names names = names_of(vault, things.front(), {}, now);
  if (things.size() == 1) return names;
  for (const auto* text : {&reading.request.query, &reading.request.body}) {
    if (!*text) continue;
    for (const auto& hole : (*text)->holes()) {
      std::string all;
      for (const auto& thing : things) {
        const Json* value = at_path(thing, hole.name);
        if (value && !value->scalar_text().empty()) all += (all.empty() ? "" : reading.join) + value->scalar_text();
      }
      if (!all.empty()) names.set(hole.name, all);
    }
  }
  return names;
}

bool is_meant(const Reading& reading, const Json& entry, const Json& thing) {
  return std::all_of(reading.match.begin(), reading.match.end(), [&](const auto& equality) {
    const Json *there = entry.at(equality.first), *wanted = at_path(thing, equality.second);
    return there && wanted && there->scalar_text() == wanted->scalar_text();
  });
}

}  // namespace

Result<Page> Reads::read(const Want& want) {
  if (!want.things.empty()) return things(want);
  const std::string name = reading_for(want);
  const auto& readings = wire_.program().readings;
  const auto found = readings.find(name);
  if (found == readings.end() || (want.what == Want::What::stock && found->second.page.kind == Paging::Kind::none)) {
    return wire_.fault(Fault::invalid, "this platform cannot be read page by page that way", name, "read certain things, or its listings");
  }
  return page(found->second, want);
}

Outcome Reads::ask(const Reading& reading, ReadingPlace& place) {
  for (int halvings = 0;; ++halvings) {
    Names names(wire_.vault());
    names.set("now", format_iso(wire_.now())).set("page", place.page);
    if (!place.cursor.empty()) names.set("cursor", place.cursor);
    if (place.since) names.set("since", format_iso(*place.since));
    if (place.until) names.set("until", format_iso(*place.until));
    Call call;
    call.operation = reading.name;
    call.form = &reading.request;
    call.names = &names;
    Outcome outcome = wire_.send(call);
    const bool splits = outcome.too_dense && reading.window && reading.window->splits && halvings < most_halvings;
    if (!splits || !halve(place, reading.window->resolution)) return outcome;
    place.page = reading.page.from;
  }
}

Result<Page> Reads::page(const Reading& reading, const Want& want) {
  ReadingPlace place;
  if (want.cursor.empty()) {
    place = first_place(reading, want.since, want.until, wire_.now());
  } else {
    const auto kept = reading_place(want.cursor);
    if (!kept) return kept.error();
    place = *kept;
  }
  const Reading* list = list_at(reading, place);
  if (!list) return wire_.fault(Fault::invalid, "the cursor is of a list that is read no more", reading.name, "begin the reading anew");
  const Outcome outcome = ask(*list, place);
  if (outcome.error) return *outcome.error;
  const auto entries = listed_at(outcome.answer.json, list->list);
  if (!entries) return wire_.fault(entries.error().fault, entries.error().what, reading.name);
  auto documents = this->documents(*list, *entries, want.urgent);
  if (!documents) return documents.error();
  auto next = next_place(*list, place, outcome.answer, *entries);
  if (!next) return wire_.fault(next.error().fault, next.error().what, reading.name);
  if (!*next) next = next_list(reading, place, wire_.now());
  Page page;
  page.documents = std::move(*documents);
  if (*next) page.cursor = (*next)->text();
  page.server_time = outcome.answer.date;
  return page;
}

Result<std::vector<Document>> Reads::documents(const Reading& reading, const std::vector<Json>& entries, bool urgent) {
  std::vector<Document> documents;
  documents.reserve(entries.size());
  unsigned in_trouble = 0;
  for (const auto& entry : entries) {
    auto whole = completed(reading, entry, urgent, in_trouble);
    if (!whole) return whole.error();
    if (*whole) documents.push_back(std::move(**whole));
  }
  return documents;
}

Result<std::optional<Document>> Reads::completed(const Reading& reading, Json entry, bool urgent, unsigned& in_trouble) {
  std::string lacks;
  std::optional<Error> trouble;
  for (const auto& fetch : reading.fetches) {
    if (fetch.where && !fetch.where->shows(entry)) continue;
    auto fuller = fetch.each ? fetch_each(reading, fetch, entry, urgent) : fetch_all(reading, fetch, entry, urgent);
    if (fuller) {
      entry = std::move(*fuller);
      continue;
    }
    const Error& error = fuller.error();
    if (reading.as != "order" || fetch.over == "/" || !is_its_own(error.fault)) {
      if (error.fault == Fault::missing) return std::optional<Document>();  // deleted between the list and now
      return error;
    }
    if (error.fault == Fault::transient) trouble = error;
    const std::string part = fetch.to.empty() ? fetch.over : fetch.to;  // the same words each time: what a person releases stays released
    lacks += (lacks.empty() ? std::string(channel::lacks_words) : ", ") + part.substr(part.rfind('/') + 1);
    if (fetch.to.empty()) erase_at(entry, fetch.over);
  }
  if (trouble && ++in_trouble > most_in_trouble) return *trouble;
  Document document{reading.as, entry.dump(), {}};
  if (!lacks.empty()) document.headers[channel::lacks_header] = lacks;
  return std::optional(std::move(document));
}

Result<Json> Reads::fetch_each(const Reading& reading, const Fetch& fetch, Json entry, bool urgent) {
  const auto shorts = entries_at(entry, fetch.over == "/" ? "" : fetch.over);
  if (!shorts) return entry;  // nothing there, nothing asked
  Json full = Json::array();
  for (const auto& one : *shorts) {
    Names names(wire_.vault());
    names.set("now", format_iso(wire_.now())).set("entry", one);
    Call call;
    call.operation = reading.name;
    call.form = &fetch.request;
    call.names = &names;
    call.urgent = urgent;
    const Outcome outcome = wire_.send(call);
    if (outcome.error && outcome.error->fault == Fault::missing) continue;  // deleted between the list and now
    if (outcome.error) return *outcome.error;
    const Json* document = fetch.at.empty() ? &outcome.answer.json : outcome.answer.json.at(fetch.at);
    if (!document) return wire_.fault(Fault::broken, "the answer holds nothing at " + fetch.at, reading.name);
    full.push_back(*document);
  }
  if (fetch.over != "/") {
    replace_at(entry, fetch.over, std::move(full));
    return entry;
  }
  if (full.empty()) return wire_.fault(Fault::missing, "it is gone", reading.name);
  return std::move(full.as_array().front());
}

/// `${@id}` is the thing's own, and the mapping knows where it stands; `${entry.id}` says it without a mapping.
Result<Json> Reads::ids_in(const Reading& reading, const Fetch& fetch, const Json& entry) {
  const auto& holes = fetch.request.path.holes();
  if (std::none_of(holes.begin(), holes.end(), [](const Hole& hole) { return hole.name.starts_with("@"); })) return Json::object();
  Json bare = entry;
  replace_at(bare, fetch.over, Json::array());
  auto read = mapping_.read(reading.as, bare, Json());
  if (!read) return wire_.fault(Fault::broken, read.error().text(), reading.name);
  return std::move(read->tree);
}

Result<Json> Reads::fetch_all(const Reading& reading, const Fetch& fetch, Json entry, bool urgent) {
  const Json* shorts = entry.at(fetch.over);
  if (!shorts || shorts->empty()) return entry;
  const auto ids = ids_in(reading, fetch, entry);
  if (!ids) return ids.error();
  Reading inner;
  inner.name = reading.name;
  inner.page = fetch.page;
  ReadingPlace place;
  place.page = fetch.page.from;
  Json full = Json::array();
  for (int pages = 0; pages < most_fetch_pages; ++pages) {
    Names names(wire_.vault());
    names.add(*ids).set("now", format_iso(wire_.now())).set("entry", entry).set("page", place.page);
    Call call;
    call.operation = reading.name;
    call.form = &fetch.request;
    call.names = &names;
    call.urgent = urgent;
    const Outcome outcome = wire_.send(call);
    if (outcome.error) return *outcome.error;
    const auto found = entries_at(outcome.answer.json, fetch.at);
    if (!found) return wire_.fault(found.error().fault, found.error().what, reading.name);
    for (const auto& one : *found) full.push_back(one);
    const auto next = next_place(inner, place, outcome.answer, *found);
    if (!next) return wire_.fault(next.error().fault, next.error().what, reading.name);
    if (!*next) {
      if (fetch.to.empty())
        replace_at(entry, fetch.over, std::move(full));
      else
        entry.set(fetch.to, std::move(full));
      return entry;
    }
    place = **next;
  }
  return wire_.fault(Fault::broken, "more than " + std::to_string(most_fetch_pages) + " pages at " + fetch.over, reading.name);
}

Result<Page> Reads::things(const Want& want) {
  const std::string name = want.what == Want::What::orders ? "read_order" : want.what == Want::What::stock ? "read_stock" : "read_listing";
  const auto found = wire_.program().readings.find(name);
  if (found == wire_.program().readings.end()) return wire_.fault(Fault::invalid, "the connector does not say how to read one thing", name);
  const Reading& reading = found->second;
  std::vector<Json> things;
  for (const Json& wanted : want.things) {
    Json thing = wanted;
    if (want.what == Want::What::listings && !has_id(thing, "@id")) {
      const auto ids = obtain_.listing(thing);
      if (!ids) return ids.error();
      if (ids->empty()) continue;
      put_ids(thing, *ids);
    }
    things.push_back(std::move(thing));
  }
  Page page;
  unsigned in_trouble = 0;
  for (std::size_t at = 0; at < things.size(); at += reading.max) {
    const auto chunk = std::span<const Json>(things).subspan(at, std::min(reading.max, things.size() - at));
    auto documents = together(reading, chunk, want.urgent, in_trouble);
    if (!documents && documents.error().fault == Fault::not_yet && at > 0 && things.size() == want.things.size()) {
      page.asked = at;  // what was asked for was paid for
      return page;
    }
    if (!documents && documents.error().fault == Fault::missing && things.size() > 1) continue;  // the others' answers count
    if (!documents) return documents.error();
    for (auto& document : *documents) {
      if (document) page.documents.push_back(std::move(*document));
    }
  }
  return page;
}

Result<std::optional<Document>> Reads::one(const std::string& name, const Json& thing) {
  const auto found = wire_.program().readings.find(name);
  if (found == wire_.program().readings.end()) return wire_.fault(Fault::invalid, "the connector does not say how to read one thing", name);
  unsigned in_trouble = 0;
  auto documents = together(found->second, std::span(&thing, 1), false, in_trouble);
  if (!documents) return documents.error();
  return std::move(documents->front());
}

Result<std::vector<std::optional<Document>>> Reads::together(const Reading& reading, std::span<const Json> things, bool urgent,
                                                             unsigned& in_trouble) {
  const Names names = joined_names(wire_.vault(), reading, things, wire_.now());
  Call call;
  call.operation = reading.name;
  call.form = &reading.request;
  call.names = &names;
  call.urgent = urgent;
  const Outcome outcome = wire_.send(call);
  if (outcome.error) return *outcome.error;
  const auto entries = entries_at(outcome.answer.json, reading.list);
  if (!entries) return wire_.fault(entries.error().fault, entries.error().what, reading.name);
  std::vector<std::optional<Document>> documents(things.size());
  for (std::size_t i = 0; i < things.size(); ++i) {
    const auto entry =
        std::find_if(entries->begin(), entries->end(), [&](const Json& candidate) { return is_meant(reading, candidate, things[i]); });
    if (entry == entries->end()) continue;
    if (reading.as.empty()) {
      auto made = level(reading, things[i], outcome.answer, *entry);
      if (!made) return made.error();
      documents[i] = std::move(*made);
      continue;
    }
    auto whole = completed(reading, *entry, urgent, in_trouble);
    if (!whole) return whole.error();
    documents[i] = std::move(*whole);
  }
  return documents;
}

Result<std::optional<Document>> Reads::level(const Reading& reading, const Json& thing, const Answer& answer, const Json& entry) {
  const auto available =
      std::find_if(reading.gives.begin(), reading.gives.end(), [](const auto& give) { return give.first == "available"; });
  const Json* shown = available == reading.gives.end() ? nullptr : entry.at(available->second.places.front());
  if (!shown) return wire_.fault(Fault::broken, "the answer holds no quantity", reading.name, todo_for(Fault::broken));
  if (shown->is_null()) return std::optional<Document>();
  const auto quantity = shown->integer();
  if (!quantity) return wire_.fault(Fault::broken, "the quantity is no whole number: " + wire_.vault().shown(shown->dump()), reading.name);
  Json tree = ids_of(thing);
  if (const Json* sku = thing.find("sku")) tree.set("sku", *sku);
  const Json said = given(reading.gives, answer, entry);
  for (const auto& [key, value] : said.as_object()) tree.set(key, value);
  tree.set("available", *quantity);
  return std::optional(Document{"level", Json::object({{tree_key, tree}}).dump(), {}});
}

}  // namespace tally::rest
