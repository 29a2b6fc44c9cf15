#include "engine/story.hpp"

#include "store/journal.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t most_entries = 500;
constexpr std::string_view of_order = "order:";

/// The state that this revision of an order had; empty where the journal does not reach back so far.
std::string state_then(Session& session, const store::OrderRow& order, std::int64_t revision) {
  for (const auto& entry : store::journal_of(session, order.id, most_entries)) {
    if (entry.channel != order.channel || (entry.what != "order.new" && entry.what != "order.changed")) continue;
    const auto detail = Json::parse(entry.detail);
    if (detail && detail->integer_or("order") == order.no.value && detail->integer_or("revision") == revision)
      return detail->text_or("state");
  }
  return {};
}

}  // namespace

void Story::tell(std::optional<Time> at, const std::string& what, std::string sentence, Json facts) {
  Json step = Json::object({{"what", what}, {"text", sentence}});
  if (at) step.set("at", format_iso(*at));
  if (!facts.empty()) step.set("facts", std::move(facts));
  steps.push_back(std::move(step));
  text += (at ? format_iso(*at) + "  " : std::string("                          ")) + sentence + "\n";
}

std::string cause_in_words(Session& session, const World& world, const std::string& cause) {
  if (cause == "look") return "a look, which found it otherwise there";
  if (!cause.starts_with(of_order)) return cause;
  const auto part = [&cause](std::size_t from) { return Json(cause.substr(from, cause.find(':', from) - from)).integer(); };
  const auto end = cause.find(':', of_order.size());
  const auto no = part(of_order.size()), revision = end == std::string::npos ? Json().integer() : part(end + 1);
  const auto row = no ? store::get_order(session, OrderNo(*no)) : std::nullopt;
  if (!row) return cause;
  const std::string state = revision ? state_then(session, *row, *revision) : "";
  return "order " + row->id + " of " + world.name_of(row->channel) + (state.empty() ? "" : " (then " + state + ")");
}

void tell_mark(Session& session, const World& world, const store::Mark& mark, Story& story) {
  const std::string cause = cause_in_words(session, world, mark.cause);
  const std::string what = mark.parked.empty() ? "it waits to be pushed, because of " + cause
                           : mark.discarded_by.empty()
                               ? "it is parked: " + mark.parked
                               : "it is left alone: " + mark.discarded_by + " discarded the change that " + cause + " made";
  story.tell(mark.since, "mark", what, Json::object({{"cause", mark.cause}}));
}

std::string answer_in_words(const store::Intent& intent) {
  std::string words = intent.outcome.empty() ? "no answer yet" : intent.outcome;
  if (!intent.reply.empty()) words += " (" + intent.reply + ")";
  if (intent.finished_at != long_ago) words += " after " + std::to_string((intent.finished_at - intent.committed_at).count()) + " ms";
  return words;
}

}  // namespace tally::engine
