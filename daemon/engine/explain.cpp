// Why a channel shows the number it shows: from the movements over the rules and the belief to the last request and its answer.
#include "engine/engine.hpp"
#include "engine/number.hpp"
#include "engine/parcels.hpp"
#include "engine/pins.hpp"
#include "engine/stock.hpp"
#include "engine/story.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/pins.hpp"

#include <algorithm>
#include <map>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t newest = 12, most_entries = 200, most_movements = 200;

std::string with_sign(Quantity quantity) {
  return (quantity >= 0 ? "+" : "") + std::to_string(quantity);
}

/// What lay there before the movements that are told, so that they add up.
void tell_older(Session& session, VariantNo variant, const std::string& sku, const std::vector<store::MovementRow>& told, Story& story) {
  for (const auto& stock : store::stock_of(session, variant)) {
    Effect before = stock.sum;
    for (const auto& row : told) {
      if (row.movement.location != stock.location) continue;
      before.on_hand -= row.movement.effect.on_hand;
      before.reserved -= row.movement.effect.reserved;
    }
    story.tell(std::nullopt, "stock",
               sku + " at " + store::location_name(session, stock.location) + " before the newest " + std::to_string(newest) +
                   " movements: on hand " + std::to_string(before.on_hand) + ", reserved " + std::to_string(before.reserved));
  }
}

void tell_movements(Session& session, const World& world, VariantNo variant, const std::string& sku, Story& story) {
  auto rows = store::movements_of(session, variant, newest);
  if (rows.size() == newest) tell_older(session, variant, sku, rows, story);
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
    const std::string location = store::location_name(session, stock.location);
    story.tell(std::nullopt, "stock",
               sku + " at " + location + " now: on hand " + std::to_string(stock.sum.on_hand) + ", reserved " +
                   std::to_string(stock.sum.reserved) + ", available " + std::to_string(available_at(location, stock.sum)));
  }
}

void tell_number(const Channel& channel, const StockNumber& number, Story& story) {
  const auto& rule = channel.config.stock;
  if (!channel.has_our_stock())
    return story.tell(std::nullopt, "rule",
                      channel.config.name + " sells what it counts or holds itself: its number is read, never written");
  if (!number.counted)
    return story.tell(std::nullopt, "rule", "nobody ever counted it: the number on " + channel.config.name + " is left as it is");
  if (number.closed)
    return story.tell(std::nullopt, "rule",
                      channel.config.name + " is closed by `close_after`, because its orders could not be read: it shows 0 of " +
                          std::to_string(number.available) + "; so the number is " + std::to_string(number.number));
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

bool names(const Json& content, const std::string& sku) {
  const Json* variants = content.find("variants");
  if (!variants || !variants->is_array()) return false;
  const auto& all = variants->as_array();
  return std::any_of(all.begin(), all.end(), [&](const Json& variant) { return variant.text_or("sku") == sku; });
}

/// The first number of an offer goes there with its listing, and has no request of its own.
void tell_creation(Session& session, const World& world, const Channel& channel, const store::VariantRow& variant, Story& story) {
  const auto product = store::get_product(session, variant.product);
  if (!product) return;
  const auto& code = product->product.code;
  const auto entries = store::journal_of(session, code, most_entries);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const bool made = entry->what == "listing.created";
    if (entry->channel != channel.no || (!made && entry->what != "listing.updated")) continue;
    const auto content = store::content_shown_at(session, channel.no, code, entry->at);
    if (!content || !names(*content, variant.sku)) continue;
    return story.tell(entry->at, "push",
                      std::string(made ? "its listing was made" : "it was put into its listing") +
                          ", and its first number went there with it, because of " + cause_in_words(session, world, entry->cause),
                      Json::object({{"cause", entry->cause}}));
  }
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

/// What changed how many the channel may show, in the order of time, as far as it is looked for; `first`: nothing older was.
struct Changes {
  std::vector<std::pair<Time, std::string>> causes;
  Time first = long_ago;
};

/// A cause counts by all that it moved there: goods that were promised and have left change no number.
Changes changes_behind(Session& session, const Channel& channel, VariantNo variant) {
  Changes changes;
  std::map<std::string, std::pair<Time, Quantity>> sums;
  const auto add = [&](VariantNo part) {
    const auto rows = store::movements_of(session, part, most_movements);
    if (rows.size() == most_movements) changes.first = std::max(changes.first, rows.back().at);
    for (const auto& row : rows) {
      const auto& m = row.movement;
      if (m.cause.starts_with("cover:") || std::ranges::find(channel.locations, m.location) == channel.locations.end()) continue;
      auto& [at, units] = sums[m.cause];
      at = std::max(at, row.at);
      units += m.effect.on_hand - m.effect.reserved;
    }
  };
  const auto parts = store::components_of(session, variant);
  for (const auto& part : parts) add(part.variant);
  if (parts.empty()) add(variant);
  for (const auto& [cause, moved] : sums) {
    if (moved.second != 0) changes.causes.emplace_back(moved.first, cause);
  }
  std::ranges::stable_sort(changes.causes, {}, &std::pair<Time, std::string>::first);
  return changes;
}

/// Several changes go as one request: what changed since the request before, and last what it was sent for.
std::string causes_in_words(Session& session, const World& world, const Changes& changes, Time before, const store::Intent& intent) {
  constexpr std::size_t most_named = 3;
  const std::string last = cause_in_words(session, world, intent.cause);
  std::vector<std::string> causes;
  for (const auto& [at, cause] : changes.causes) {
    if (before == long_ago || at <= before || at > intent.committed_at) continue;
    std::string words = cause_in_words(session, world, cause);
    if (words != last && std::ranges::find(causes, words) == causes.end()) causes.push_back(std::move(words));
  }
  const bool others = causes.size() > most_named || (before != long_ago && before < changes.first && changes.first <= intent.committed_at);
  if (causes.size() > most_named) causes.erase(causes.begin(), causes.end() - most_named);
  std::string text = others ? "others, " : "";
  for (const auto& cause : causes) text += cause + ", ";
  return text + last;
}

void tell_pushes(Session& session, const World& world, const Channel& channel, const store::OfferRow& offer, Story& story) {
  auto intents = store::last_intents(session, channel.no, "stock", offer.variant.value, newest);
  const auto changes = changes_behind(session, channel, offer.variant);
  Time before = long_ago;
  if (intents.size() == newest)
    story.tell(intents.back().committed_at, "push", "before the newest " + std::to_string(newest) + " requests there may have been others");
  for (auto intent = intents.rbegin(); intent != intents.rend(); ++intent) {
    const std::string sentence = "request " + std::to_string(intent->no.value) + ": " +
                                 (intent->relative ? "change by " + with_sign(intent->delta) + " to " + std::to_string(intent->value)
                                                   : "set to " + std::to_string(intent->value)) +
                                 ", because of " + causes_in_words(session, world, changes, before, *intent) +
                                 "; the platform: " + answer_in_words(*intent);
    before = intent->committed_at;
    story.tell(intent->committed_at, "push", sentence, Json::object({{"cause", intent->cause}}));
  }
}

void tell_belief(const store::OfferRow& offer, Story& story) {
  std::string belief = "its number lies between " + std::to_string(offer.low) + " and " + std::to_string(offer.high);
  if (offer.low == offer.high) belief = "its number is " + std::to_string(offer.low);
  belief += ", as fixed " + (offer.anchor_to == long_ago ? std::string("never") : format_iso(offer.anchor_to));
  if (offer.suspect) belief += "; a look did not fit, an order of that channel may be unread";
  if (offer.verified_at != long_ago) belief += "; last verified " + format_iso(offer.verified_at);
  story.tell(std::nullopt, "belief", belief);
}

/// What a higher number waits for, where it is not its turn alone. `unread`: why the channel's orders cannot be read; empty: they can.
void tell_waiting(Session& session, const Channel& channel, const store::OfferRow& offer, const std::string& unread, Story& story) {
  if (!channel.has_our_stock() || stock_direction(session, channel, offer) != Direction::up) return;
  if (offer.owed_look_at != never && channel.facts.can_look)
    story.tell(std::nullopt, "wait", "it is raised when a look has told what stands there; that is due " + format_iso(offer.owed_look_at));
  if (!unread.empty())
    story.tell(std::nullopt, "wait", "it is raised when the orders of " + channel.config.name + " can be read again: " + unread);
}

Quantity tell_stock(Session& session, const World& world, const Channel& channel, const store::VariantRow& variant,
                    const std::string& unread, Story& story) {
  const auto components = store::components_of(session, variant.no);
  for (const auto& part : components) {
    const auto component = store::get_variant(session, part.variant);
    story.tell(std::nullopt, "bundle", variant.sku + " is a bundle with " + std::to_string(part.quantity) + " × " + component->sku);
    tell_movements(session, world, part.variant, component->sku, story);
  }
  if (components.empty()) tell_movements(session, world, variant.no, variant.sku, story);
  if (variant.on_sale)
    tell_number(channel, stock_number(session, channel, variant.no), story);
  else
    story.tell(std::nullopt, "rule", variant.sku + " has ended in the catalogue; so the number is 0");
  const auto before = story.told();
  tell_pins(session, channel, variant, story);
  const auto offer = store::find_offer(session, channel.no, variant.no);
  if (!offer) {
    const auto mark = store::find_mark(session, channel.no, "content", variant.product.value);
    story.tell(std::nullopt, "listing",
               variant.sku + " is not listed on " + channel.config.name + (mark && !mark->parked.empty() ? ": " + mark->parked : ""));
    return 0;
  }
  tell_creation(session, world, channel, variant, story);
  tell_pushes(session, world, channel, *offer, story);
  story.sort_since(before);
  tell_belief(*offer, story);
  if (const auto mark = store::find_mark(session, channel.no, "stock", variant.no.value)) tell_mark(session, world, *mark, story);
  tell_waiting(session, channel, *offer, unread, story);
  return offer->high;
}

}  // namespace

Result<Json> Engine::explain(const std::string& sku, const std::string& name, const std::string& aspect) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  const auto* channel = world.find(name);
  if (!channel) return no_channel(world, name, "explain");
  if (aspect != "stock" && aspect != "price" && aspect != "content")
    return error(Fault::invalid, "'" + aspect + "' cannot be explained", "explain", "stock, price and content can, and an order");
  Story story;
  Json answer = Json::object({{"sku", sku}, {"channel", name}, {"aspect", aspect}});
  bool found = false;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto variant = store::find_variant(session, normal_sku(sku));
    if (!variant) return {};
    found = true;
    if (aspect == "price")
      tell_price(session, world, *channel, *variant, story);
    else if (aspect == "content")
      tell_content(session, world, *channel, *variant, story);
    else
      answer.set("number", tell_stock(session, world, *channel, *variant, seen(channel->no).list_reason, story));
    return {};
  });
  if (!read) return read.error();
  if (!found) return error(Fault::not_found, "there is no SKU '" + sku + "'", "explain");
  answer.set("steps", story.steps()).set("text", story.text());
  return answer;
}

Result<Json> Engine::explain_order(const std::string& id, const std::string& name) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  const auto* channel = world.find(name);
  if (!channel) return no_channel(world, name, "explain");
  Story story;
  bool found = false;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto order = store::find_order(session, channel->no, id);
    if (!order) return {};
    found = true;
    tell_order(session, world, *channel, *order, story);
    return {};
  });
  if (!read) return read.error();
  if (!found) return error(Fault::not_found, "there is no order '" + id + "' of " + name, "explain");
  return Json::object({{"order", id}, {"channel", name}, {"steps", story.steps()}, {"text", story.text()}});
}

}  // namespace tally::engine
