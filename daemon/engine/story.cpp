#include "engine/story.hpp"

#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <algorithm>
#include <set>

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
  steps_.push_back({at, std::move(step)});
}

void Story::sort_since(std::size_t told) {
  const auto begin = steps_.begin() + static_cast<std::ptrdiff_t>(told);
  Time last = long_ago;
  std::vector<std::pair<Time, Step>> keyed;
  for (auto step = begin; step != steps_.end(); ++step) {
    last = step->at.value_or(last);
    keyed.emplace_back(last, std::move(*step));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(keyed.begin(), keyed.end(), begin, [](auto& each) { return std::move(each.second); });
}

Json Story::steps() const {
  Json all = Json::array();
  for (const auto& step : steps_) all.push_back(step.json);
  return all;
}

std::string Story::text() const {
  std::string text;
  for (const auto& step : steps_)
    text += (step.at ? format_iso(*step.at) + "  " : std::string("                          ")) + step.json.text_or("text") + "\n";
  return text;
}

std::string cause_in_words(Session& session, const World& world, const std::string& cause) {
  if (cause == "look") return "a look, which found it otherwise there";
  if (cause == "due") return "the time that it had";
  if (!cause.starts_with(of_order)) return cause;
  const auto part = [&cause](std::size_t from) { return Json(cause.substr(from, cause.find(':', from) - from)).integer(); };
  const auto end = cause.find(':', of_order.size());
  const auto no = part(of_order.size()), revision = end == std::string::npos ? Json().integer() : part(end + 1);
  const auto row = no ? store::get_order(session, OrderNo(*no)) : std::nullopt;
  if (!row) return cause;
  const std::string state = revision ? state_then(session, *row, *revision) : "";
  return "order " + row->id + " of " + world.name_of(row->channel) + (state.empty() ? "" : " (then " + state + ")");
}

namespace {

/// The budgets without which it cannot go: those of the account, and those of what it is about.
std::string budgets_of(Session& session, const World& world, const store::Mark& mark) {
  const auto* channel = world.find(mark.channel);
  const auto* meter = channel ? channel->connector->meter() : nullptr;
  if (!meter) return {};
  const bool of_listing = mark.aspect == "content";
  const char* operation = of_listing ? "put_listing" : mark.aspect == "price" ? "set_price" : "set_stock";
  std::set<std::string> ids{""};
  const auto add = [&](const char* kind, std::int64_t no) {
    if (const auto id = store::remote_id(session, channel->no, kind, std::to_string(no), "@id")) ids.insert(*id);
  };
  add(of_listing ? "product" : "variant", mark.thing);
  if (const auto variant = of_listing ? std::nullopt : store::get_variant(session, VariantNo(mark.thing)))
    add("product", variant->product.value);
  std::string words;
  for (const auto& spent : meter->spent()) {
    if (spent.concerns(operation) && ids.contains(spent.entity)) words += "; " + spent.text;
  }
  return words;
}

}  // namespace

void tell_mark(Session& session, const World& world, const store::Mark& mark, Story& story) {
  const std::string cause = cause_in_words(session, world, mark.cause);
  const std::string what = mark.parked.empty() ? "it waits to be pushed, because of " + cause + budgets_of(session, world, mark)
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
