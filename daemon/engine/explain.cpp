// Why a channel shows the number it shows: from the movements over the rules and the belief to the last request and its answer.
#include "engine/engine.hpp"
#include "engine/number.hpp"
#include "engine/pins.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t newest = 12, most_entries = 500;
constexpr std::string_view of_order = "order:";

class Story {
 public:
  void tell(std::optional<Time> at, const std::string& what, std::string sentence, Json facts = Json::object()) {
    Json step = Json::object({{"what", what}, {"text", sentence}});
    if (at) step.set("at", format_iso(*at));
    if (!facts.empty()) step.set("facts", std::move(facts));
    steps.push_back(std::move(step));
    text += (at ? format_iso(*at) + "  " : std::string("                          ")) + sentence + "\n";
  }
  Json steps = Json::array();
  std::string text;
};

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

/// "order:12:3" in the words of the channel it came from, and in the state that the order had then; a kind and its number otherwise.
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

std::string with_sign(Quantity quantity) {
  return (quantity >= 0 ? "+" : "") + std::to_string(quantity);
}

void tell_movements(Session& session, const World& world, VariantNo variant, const std::string& sku, Story& story) {
  auto rows = store::movements_of(session, variant, newest);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const auto& m = row->movement;
    const std::string place = store::location_name(session, m.location);
    std::string sentence = sku + " at " + place + ": " + m.kind + ", on hand " + with_sign(m.effect.on_hand) + ", reserved " +
                           with_sign(m.effect.reserved) + ", by " + cause_in_words(session, world, m.cause);
    if (!m.note.empty()) sentence += " (" + m.note + ")";
    story.tell(row->at, "movement", sentence,
               Json::object({{"cause", m.cause}, {"on_hand", m.effect.on_hand}, {"reserved", m.effect.reserved}, {"location", place}}));
  }
  for (const auto& stock : store::stock_of(session, variant)) {
    story.tell(std::nullopt, "stock",
               sku + " at " + store::location_name(session, stock.location) + " now: on hand " + std::to_string(stock.sum.on_hand) +
                   ", reserved " + std::to_string(stock.sum.reserved) + ", available " +
                   std::to_string(stock.sum.on_hand - stock.sum.reserved));
  }
}

void tell_number(const Channel& channel, const StockNumber& number, Story& story) {
  const auto& rule = channel.config.stock;
  if (!channel.has_our_stock())
    return story.tell(std::nullopt, "rule",
                      channel.config.name + " sells what it counts or holds itself: its number is read, never written");
  if (number.set_aside > 0)
    story.tell(std::nullopt, "quota", std::to_string(number.set_aside) + " of it are set aside by a quota for another offer");
  if (number.quota)
    return story.tell(std::nullopt, "quota",
                      channel.config.name + " may show " + std::to_string(number.shown) + ": what is left of its quota, " +
                          std::to_string(*number.quota) + ", as far as it is available there, " + std::to_string(number.available) +
                          "; so the number is " + std::to_string(number.number));
  std::string sentence = channel.config.name + " may show " + std::to_string(number.shown) + ": available there " +
                         std::to_string(number.available) + ", share " + (rule.share * Decimal(100)).text() + " %, buffer " +
                         std::to_string(number.buffer) + (rule.follows ? " as sales are" : "");
  if (rule.cap) sentence += ", cap " + std::to_string(*rule.cap);
  if (number.add_back != 0) sentence += "; its own open orders add " + std::to_string(number.add_back);
  story.tell(std::nullopt, "rule", sentence + "; so the number is " + std::to_string(number.number));
}

/// What a person fixed there, and what would stand there without.
void tell_pins(Session& session, const Channel& channel, const store::VariantRow& variant, Story& story) {
  if (const auto pin = store::find_pin(session, channel.no, "price", variant.no.value)) {
    const auto product = store::get_product(session, variant.product);
    const Variant* sold = product ? product->product.find(Sku(variant.sku)) : nullptr;
    const std::string by_rule = sold ? price_by_rule(channel, *sold).text() : "";
    story.tell(pin->at, "pin",
               "its price is " + pin->value + ", " + pin_in_words(*pin) + "; the rules say " + (by_rule.empty() ? "none" : by_rule),
               Json::object({{"aspect", "price"}, {"value", pin->value}, {"rules", by_rule}}));
  }
  if (const auto pin = store::find_pin(session, channel.no, "content", variant.product.value))
    story.tell(pin->at, "pin", "its content is " + pin_in_words(*pin), Json::object({{"aspect", "content"}}));
}

void tell_pushes(Session& session, const World& world, const Channel& channel, const store::OfferRow& offer, Story& story) {
  auto intents = store::last_intents(session, channel.no, "stock", offer.variant.value, newest);
  for (auto intent = intents.rbegin(); intent != intents.rend(); ++intent) {
    std::string sentence = "request " + std::to_string(intent->no.value) + ": " +
                           (intent->relative ? "change by " + with_sign(intent->delta) + " to " + std::to_string(intent->value)
                                             : "set to " + std::to_string(intent->value)) +
                           ", because of " + cause_in_words(session, world, intent->cause) +
                           "; the platform: " + (intent->outcome.empty() ? "no answer yet" : intent->outcome);
    if (!intent->reply.empty()) sentence += " (" + intent->reply + ")";
    if (intent->finished_at != long_ago)
      sentence += " after " + std::to_string((intent->finished_at - intent->committed_at).count()) + " ms";
    story.tell(intent->committed_at, "push", sentence, Json::object({{"cause", intent->cause}}));
  }
  std::string belief = "its number lies between " + std::to_string(offer.low) + " and " + std::to_string(offer.high);
  if (offer.low == offer.high) belief = "its number is " + std::to_string(offer.low);
  belief += ", as fixed " + (offer.anchor_to == long_ago ? std::string("never") : format_iso(offer.anchor_to));
  if (offer.suspect) belief += "; a look did not fit, an order of that channel may be unread";
  if (offer.verified_at != long_ago) belief += "; last verified " + format_iso(offer.verified_at);
  story.tell(std::nullopt, "belief", belief);
}

void tell_mark(Session& session, const World& world, const store::Mark& mark, Story& story) {
  const std::string cause = cause_in_words(session, world, mark.cause);
  const std::string what = mark.parked.empty() ? "it waits to be pushed, because of " + cause
                           : mark.discarded_by.empty()
                               ? "it is parked: " + mark.parked
                               : "it is left alone: " + mark.discarded_by + " discarded the change that " + cause + " made";
  story.tell(mark.since, "mark", what, Json::object({{"cause", mark.cause}}));
}

}  // namespace

Result<Json> Engine::explain(const std::string& sku, const std::string& name) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  const auto* channel = world.find(name);
  if (!channel) return error(Fault::not_found, "there is no channel '" + name + "'", "explain");
  Story story;
  bool found = false;
  Quantity shown = 0;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto variant = store::find_variant(session, normal_sku(sku));
    if (!variant) return {};
    found = true;
    const auto components = store::components_of(session, variant->no);
    for (const auto& part : components) {
      const auto component = store::get_variant(session, part.variant);
      story.tell(std::nullopt, "bundle", sku + " is a bundle with " + std::to_string(part.quantity) + " × " + component->sku);
      tell_movements(session, world, part.variant, component->sku, story);
    }
    if (components.empty()) tell_movements(session, world, variant->no, sku, story);
    const auto number = stock_number(session, *channel, variant->no);
    tell_number(*channel, number, story);
    tell_pins(session, *channel, *variant, story);
    const auto offer = store::find_offer(session, channel->no, variant->no);
    if (!offer) {
      const auto mark = store::find_mark(session, channel->no, "content", variant->product.value);
      story.tell(std::nullopt, "listing", sku + " is not listed on " + name + (mark && !mark->parked.empty() ? ": " + mark->parked : ""));
      return {};
    }
    shown = offer->high;
    tell_pushes(session, world, *channel, *offer, story);
    if (const auto mark = store::find_mark(session, channel->no, "stock", variant->no.value)) tell_mark(session, world, *mark, story);
    return {};
  });
  if (!read) return read.error();
  if (!found) return error(Fault::not_found, "there is no SKU '" + sku + "'", "explain");
  return Json::object(
      {{"sku", sku}, {"channel", name}, {"number", shown}, {"steps", std::move(story.steps)}, {"text", std::move(story.text)}});
}

}  // namespace tally::engine
