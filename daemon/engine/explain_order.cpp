// Why an order stands as it does: from the bytes that were received over what it moved to what was told to its channel.
#include "base/crypto.hpp"
#include "engine/parcels.hpp"
#include "engine/story.hpp"
#include "model/privacy.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t most_entries = 500, most_movements = 500, newest_documents = 5;

std::string with_sign(Quantity quantity) {
  return (quantity >= 0 ? "+" : "") + std::to_string(quantity);
}

/// The number behind "inbox:"; 0 where the cause is another one.
std::int64_t row_of(const std::string& cause) {
  constexpr std::string_view of_inbox = "inbox:";
  if (!cause.starts_with(of_inbox)) return 0;
  const auto no = Json(cause.substr(of_inbox.size())).integer();
  return no ? *no : 0;
}

/// What stands under `sku` in a platform's document is no person's: a SKU of ours, or one that looks like no address and no telephone
/// number.
void collect_skus(Session& session, const Json& part, bool is_sku, std::set<std::string>& words) {
  if (part.is_object()) {
    for (const auto& [key, value] : part.as_object()) collect_skus(session, value, key == "sku", words);
  } else if (part.is_array()) {
    for (const auto& value : part.as_array()) collect_skus(session, value, false, words);
  } else if (const std::string text = part.scalar_text(); is_sku && !text.empty()) {
    if (masked_sentence(text) == text || store::find_variant(session, normal_sku(text))) words.insert(text);
  }
}

/// A stored delivery or reading: when it came, how long it was, its digest; and what it said, without anybody's name.
void tell_bytes(Session& session, const Channel& channel, const store::OrderRow& order, std::int64_t no, bool whole, Story& story) {
  const auto row = store::inbox_row(session, no);
  const std::string name = "inbox row " + std::to_string(no);
  if (!row) return story.tell(std::nullopt, "bytes", name + " is not kept any more: it was older than it is kept, or its buyer was erased");
  Json facts = Json::object({{"row", no},
                             {"source", row->source},
                             {"bytes", static_cast<std::int64_t>(row->body.size())},
                             {"hash", crypto::state_hash(row->body)}});
  std::string sentence = name + ", " + (row->source == "hook" ? "sent to our door" : "read by us") + ": " +
                         std::to_string(row->body.size()) + " bytes with the digest " + crypto::state_hash(row->body).substr(0, 12);
  if (const auto document = Json::parse(row->body); whole && document) {
    std::set<std::string> words;
    for (const auto& [state, takes] : channel.facts.takes_in) words.insert(state);
    collect_skus(session, *document, false, words);
    const Json masked = masked_document(*document, order.document, words);
    sentence += ": " + masked.dump();
    facts.set("document", masked);
  }
  story.tell(row->received_at, "bytes", std::move(sentence), std::move(facts));
}

void tell_revisions(Session& session, const World& world, const Channel& channel, const store::OrderRow& order, Story& story) {
  auto entries = store::journal_of(session, order.id, most_entries);
  std::erase_if(entries, [&](const auto& entry) { return entry.channel != channel.no; });
  std::size_t documents =
      static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [](const auto& entry) { return row_of(entry.cause) != 0; }));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const auto detail = Json::parse(entry->detail);
    if (const auto no = row_of(entry->cause)) tell_bytes(session, channel, order, no, documents-- <= newest_documents, story);
    std::string sentence = entry->what;
    if (detail && detail->find("revision")) sentence += ", revision " + std::to_string(detail->integer_or("revision"));
    if (detail && !detail->text_or("state").empty()) sentence += ": " + detail->text_or("state");
    if (detail && !detail->text_or("reason").empty()) sentence += ": " + masked_sentence(detail->text_or("reason"));
    if (detail && entry->what.starts_with("order.remap"))
      sentence += ", line " + detail->text_or("line") + ": " + detail->text_or("sku") +
                  (detail->text_or("was").empty() ? "" : " and no longer " + detail->text_or("was"));
    if (detail && !detail->text_or("routed_by").empty()) sentence += ", routed by the rule '" + detail->text_or("routed_by") + "'";
    story.tell(entry->at, "event", sentence + ", by " + cause_in_words(session, world, entry->cause),
               Json::object({{"cause", entry->cause}}));
  }
}

void tell_moved(Session& session, const store::OrderRow& order, Story& story) {
  const auto rows = store::movements_by_cause(session, "order:" + std::to_string(order.no.value), most_movements);
  for (const auto& row : rows) {
    const auto variant = store::get_variant(session, row.movement.variant);
    const std::string place = store::location_name(session, row.movement.location), sku = variant ? variant->sku : "";
    story.tell(row.at, "movement",
               sku + " at " + place + ": " + row.movement.kind + ", on hand " + with_sign(row.movement.effect.on_hand) + ", reserved " +
                   with_sign(row.movement.effect.reserved),
               Json::object({{"sku", sku}, {"location", place}, {"cause", row.movement.cause}}));
  }
  if (rows.empty()) story.tell(std::nullopt, "movement", "it moved nothing");
}

/// Where its parcels are by what was told last.
void tell_parcels(Session& session, const store::OrderRow& order, Story& story) {
  for (const auto& row : store::parcels_of(session, order.no)) {
    std::string sentence = "parcel " + name_of(row) + ": " + (row.watch == "untracked" ? "not tracked" : row.state);
    if (!row.event.empty()) sentence += ": " + row.event;
    if (!row.problem.empty()) sentence += " (" + row.problem + ")";
    story.tell(row.event_at == long_ago ? std::nullopt : std::optional(row.event_at), "parcel", std::move(sentence),
               Json::object({{"carrier", row.carrier}, {"tracking", row.number}, {"state", row.state}}));
  }
}

}  // namespace

void tell_order(Session& session, const World& world, const Channel& channel, const store::OrderRow& order, Story& story) {
  tell_revisions(session, world, channel, order, story);
  tell_moved(session, order, story);
  tell_parcels(session, order, story);
  story.tell(std::nullopt, "state", "it is " + order.state + ", revision " + std::to_string(order.revision));
  if (const Json* holds = order.document.find("holds"); holds && holds->is_array()) {
    for (const auto& hold : holds->as_array()) story.tell(std::nullopt, "hold", "it is held: " + masked_sentence(hold.scalar_text()));
  }
}

}  // namespace tally::engine
