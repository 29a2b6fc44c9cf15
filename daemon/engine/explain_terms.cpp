// Why a channel shows that price and that content.
#include "engine/number.hpp"
#include "engine/pins.hpp"
#include "engine/story.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/offers.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t newest = 12, longest_value = 60, most_entries = 200;

std::string rule_in_words(const PriceRule& rule) {
  std::string words = "times " + rule.factor.text();
  if (rule.round_to) words += ", up to the next price that ends in " + rule.round_to->text();
  if (rule.floor) words += ", never below " + rule.floor->text();
  if (rule.ceiling) words += ", never above " + rule.ceiling->text();
  return words;
}

std::string owner_in_words(Owner owner, const Channel& channel) {
  if (owner == Owner::channel)
    return " is " + channel.config.name + "'s own word: it is never overwritten, and what is changed there is taken over";
  return " is whatever was changed last, on " + channel.config.name + " or in the catalogue";
}

/// "…, by look: description, title"
std::string fields_in(const Result<Json>& detail) {
  const Json* fields = detail ? detail->find("fields") : nullptr;
  std::string names;
  if (!fields || !fields->is_object()) return names;
  for (const auto& [name, value] : fields->as_object()) names += (names.empty() ? ": " : ", ") + name;
  return names;
}

void tell_requests(Session& session, const World& world, const Channel& channel, const std::string& aspect, std::int64_t thing,
                   const std::function<std::string(const store::Intent&)>& what, Story& story) {
  auto intents = store::last_intents(session, channel.no, aspect, thing, newest);
  for (auto intent = intents.rbegin(); intent != intents.rend(); ++intent) {
    story.tell(intent->committed_at, "push",
               "request " + std::to_string(intent->no.value) + ": " + what(*intent) + ", because of " +
                   cause_in_words(session, world, intent->cause) + "; the platform: " + answer_in_words(*intent),
               Json::object({{"cause", intent->cause}}));
  }
}

/// What readings found, people adopted or pinned and the platform confirmed; the newest, oldest first.
void tell_entries(Session& session, const World& world, const Channel& channel, const std::string& thing, const std::string& aspect,
                  Story& story) {
  std::vector<std::pair<Time, std::string>> found;
  for (const auto& entry : store::journal_of(session, thing, most_entries)) {
    if (entry.channel != channel.no || found.size() == newest) continue;
    const auto detail = Json::parse(entry.detail);
    const bool drift = entry.what == "drift" && detail && detail->text_or("aspect") == aspect;
    if (drift && aspect == "price")
      found.emplace_back(entry.at,
                         "a look found " + detail->text_or("shown") + " where " + detail->text_or("confirmed") + " had been confirmed");
    else if (drift)
      found.emplace_back(entry.at, "a look found a content that is not ours");
    else if (entry.what == aspect + ".adopted" || entry.what == aspect + ".kept" ||
             (aspect == "content" && (entry.what == "listing.found" || entry.what == "listing.ended")))
      found.emplace_back(entry.at, entry.what + ", by " + cause_in_words(session, world, entry.cause) + fields_in(detail));
  }
  for (auto one = found.rbegin(); one != found.rend(); ++one) story.tell(one->first, "seen", one->second);
}

std::string shortened(const Json* value) {
  if (!value || value->is_null()) return "nothing";
  std::string text = value->is_string() ? value->as_string() : value->dump();
  if (text.size() <= longest_value) return "'" + text + "'";
  std::size_t end = longest_value;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "'" + text.substr(0, end) + "…'";
}

void tell_differences(const Json& wanted, const Json& shown, Story& story) {
  bool any = false;
  for (const auto& [field, value] : wanted.as_object()) {
    const Json* there = shown.find(field);
    if (there ? *there == value : value.is_null()) continue;
    any = true;
    story.tell(std::nullopt, "difference", "its " + field + " is to be " + shortened(&value) + ", confirmed there is " + shortened(there),
               Json::object({{"field", field}}));
  }
  if (!any) story.tell(std::nullopt, "same", "what is to stand there is what was confirmed there last");
}

}  // namespace

void tell_price(Session& session, const World& world, const Channel& channel, const store::VariantRow& variant, Story& story) {
  const auto product = store::get_product(session, variant.product);
  const Variant* sold = product ? product->product.find(Sku(variant.sku)) : nullptr;
  if (!sold) return story.tell(std::nullopt, "catalogue", variant.sku + " is no longer in the catalogue");
  std::string catalogue =
      variant.sku + " costs " + (sold->price ? sold->price->text() : std::string("nothing that we know of")) + " in the catalogue";
  if (sold->compare_at) catalogue += ", before " + sold->compare_at->text();
  story.tell(std::nullopt, "catalogue", catalogue);
  const auto by_rule = price_by_rule(channel, *sold);
  story.tell(std::nullopt, "rule",
             channel.config.name + "'s rule (" + rule_in_words(channel.config.price) + ") makes " +
                 (by_rule.price ? by_rule.text() : "none") + " of it" +
                 (by_rule.refused.empty() ? "" : ", which is never sent: " + by_rule.refused));
  if (channel.config.owner_of("price") == Owner::channel)
    story.tell(std::nullopt, "rule",
               "its price is " + channel.config.name + "'s own: it is read there, and ours is said only when it is listed");
  const auto before = story.told();
  if (const auto pin = store::find_pin(session, channel.no, "price", variant.no.value))
    story.tell(pin->at, "pin", "it is " + pin->value + " instead, " + pin_in_words(*pin));
  tell_entries(session, world, channel, variant.sku, "price", story);
  tell_requests(
      session, world, channel, "price", variant.no.value, [](const auto& intent) { return "set to " + intent.hash; }, story);
  const auto offer = store::find_offer(session, channel.no, variant.no);
  if (offer && !offer->price_observed.empty()) story.tell(offer->price_observed_at, "seen", "it was seen as " + offer->price_observed);
  story.sort_since(before);
  if (!offer) return story.tell(std::nullopt, "listing", variant.sku + " is not listed on " + channel.config.name);
  if (!channel.facts.pushes_price) story.tell(std::nullopt, "rule", channel.config.name + " takes no prices from us");
  story.tell(std::nullopt, "confirmed",
             offer->price_confirmed.empty() ? "no price was confirmed there yet" : "confirmed there is " + offer->price_confirmed);
  if (const auto mark = store::find_mark(session, channel.no, "price", variant.no.value)) tell_mark(session, world, *mark, story);
}

void tell_content(Session& session, const World& world, const Channel& channel, const store::VariantRow& variant, Story& story) {
  const auto product = store::get_product(session, variant.product);
  if (!product) return story.tell(std::nullopt, "catalogue", variant.sku + " is no longer in the catalogue");
  const std::string& code = product->product.code;
  for (const auto& [field, owner] : channel.config.owners) {
    if (field != "price" && owner != Owner::master) story.tell(std::nullopt, "rule", "its " + field + owner_in_words(owner, channel));
  }
  const auto before = story.told();
  if (const auto pin = store::find_pin(session, channel.no, "content", variant.product.value))
    story.tell(pin->at, "pin", "fields of its content are fixed, " + pin_in_words(*pin));
  tell_entries(session, world, channel, code, "content", story);
  tell_requests(
      session, world, channel, "content", variant.product.value,
      [](const auto& intent) { return "the content with the digest " + intent.hash.substr(0, 12); }, story);
  const auto listing = store::find_listing(session, channel.no, variant.product);
  const bool bound = listing && listing->state == "bound";
  if (bound && listing->observed_at != long_ago) story.tell(listing->observed_at, "seen", "it was read there the last time");
  story.sort_since(before);
  if (!bound) {
    story.tell(std::nullopt, "listing",
               "product " + code + " is not listed on " + channel.config.name + (listing ? " (" + listing->state + ")" : ""));
  } else {
    const auto shown = store::content_shown_at(session, channel.no, code, never);
    if (shown) tell_differences(content_of(shown_product(session, channel, *product)), *shown, story);
  }
  if (const auto mark = store::find_mark(session, channel.no, "content", variant.product.value)) tell_mark(session, world, *mark, story);
}

}  // namespace tally::engine
