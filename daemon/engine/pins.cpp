#include "engine/pins.hpp"

#include "engine/number.hpp"
#include "engine/ownership.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tally::engine {
namespace {

using store::Pin;
using store::Session;

// State, code and review are not content; numbers and prices have an aspect of their own.
constexpr std::array product_fields{"title", "description", "brand", "categories", "tags", "images", "options", "attributes"};
constexpr std::array variant_fields{"barcode", "option_values", "image",   "weight", "length",
                                    "width",   "height",        "hs_code", "origin", "tax_class"};
constexpr std::size_t longest_title = 1000, longest_description = 100'000;

template <class Fields>
void copy_fields(const Json& from, const Fields& fields, Json& into) {
  for (const auto* field : fields) {
    const Json* value = from.find(field);
    into.set(field, value && !value->empty() ? without_ids(*value) : Json());
  }
}

template <class Fields>
void lay_over(Json& tree, const Json& pinned, const Fields& fields, bool options_too) {
  for (const auto* field : fields) {
    const std::string_view name = field;
    if (!options_too && (name == "options" || name == "option_values")) continue;
    const Json* value = pinned.find(field);
    if (!value) continue;
    if (value->is_null())
      tree.erase(field);
    else
      tree.set(field, *value);
  }
}

const Json::Array& variants_in(const Json& tree) {
  static const Json::Array none;
  const Json* list = tree.find("variants");
  return list && list->is_array() ? list->as_array() : none;
}

std::set<std::string> skus_in(const Json& tree) {
  std::set<std::string> skus;
  for (const auto& variant : variants_in(tree)) skus.insert(variant.text_or("sku"));
  return skus;
}

Json content_in(const Pin& pin) {
  auto content = Json::parse(pin.value);
  ensure(content.has_value(), "a pinned content is JSON");
  return std::move(*content);
}

/// A platform may show the price with the listing, so a price is looked at there too.
void mark_pinned(Session& session, const Pin& pin, const Why& why, Time now) {
  ProductNo product(pin.thing);
  if (pin.aspect == "price") {
    const auto variant = store::get_variant(session, VariantNo(pin.thing));
    if (!variant || !store::find_offer(session, pin.channel, variant->no)) return;
    mark_aspect(session, pin.channel, "price", pin.thing, why, now);
    product = variant->product;
  }
  if (store::find_listing(session, pin.channel, product)) mark_aspect(session, pin.channel, "content", product.value, why, now);
}

std::string name_of_thing(Session& session, const Pin& pin) {
  if (pin.aspect == "price") {
    const auto variant = store::get_variant(session, VariantNo(pin.thing));
    return variant ? variant->sku : "";
  }
  const auto product = store::get_product(session, ProductNo(pin.thing));
  return product ? product->product.code : "";
}

void note(Session& session, const Pin& pin, const std::string& what, const std::string& cause, Time now) {
  Json detail = Json::object({{"aspect", pin.aspect}});
  if (pin.aspect == "price") detail.set("price", pin.value);
  if (pin.until != never) detail.set("until", format_iso(pin.until));
  store::journal(session, {0, now, what, cause, pin.channel, name_of_thing(session, pin), detail.dump()});
}

void take_from_holds(Session& session, const std::vector<Pin>& pins) {
  std::map<std::pair<ChannelNo, std::string>, std::vector<std::int64_t>> things;
  for (const auto& pin : pins) things[{pin.channel, pin.aspect}].push_back(pin.thing);
  for (const auto& [key, list] : things) store::take_from_holds(session, key.first, key.second, list);
}

void clear_pin(Session& session, const Pin& pin, const std::string& what, const Why& why, Time now) {
  store::remove_pin(session, pin.no);
  store::clear_due(session, "pin", pin.no);
  mark_pinned(session, pin, why, now);
  note(session, pin, what, why.cause, now);
}

Error no_price(const std::string& said, const std::string& why, std::string todo) {
  return error(Fault::invalid, "'" + said + "' is no price: " + why, "pin", std::move(todo));
}

/// "12.50", or "12.50 EUR": in the currency that is said, else in the channel's, else in the catalogue's. To the coin: a person who types a
/// price means that one.
Result<Money> money_in(const std::string& typed, const Channel& channel, const Variant& variant) {
  const std::string said = typed.substr(std::min(typed.find_first_not_of(' '), typed.size()));
  const std::string number = said.substr(0, said.find(' '));
  Currency currency{channel.config.currency};
  if (currency.empty() && variant.price) currency = variant.price->currency;
  if (number.size() < said.size()) {
    const auto named = Currency::parse(said.substr(number.size() + 1));
    if (!named) return no_price(said, named.error().what, "write it as \"12.50 EUR\"");
    currency = *named;
  }
  if (currency.empty()) return no_price(said, "it has no currency", "write it as \"12.50 EUR\"");
  const auto amount = Decimal::parse(number);
  if (!amount || number.find_first_of("eE") != std::string::npos)  // an exponent is what a spreadsheet leaves of something else
    return no_price(said, "'" + number + "' is not a number", "write it like 12.50");
  const auto price = Money::of(*amount, currency);
  if (!price) return no_price(said, price.error().what, "write it like 12.50");
  if (amount->is_negative()) return no_price(said, "it is below zero", "write it like 12.50");
  if (price->major() != *amount)
    return no_price(said, "it has more digits than " + currency.code + " has",
                    "write at most " + std::to_string(currency.digits()) + " behind the point");
  return price;
}

Result<std::string> price_wanted(const Json& wish, const Channel& channel, const Variant& variant) {
  const auto price = money_in(wish.text_or("price"), channel, variant);
  if (!price) return price.error();
  OfferPrice wanted;
  wanted.price = *price;
  if (const std::string said = wish.text_or("compare_at"); !said.empty()) {
    const auto before = money_in(said, channel, variant);
    if (!before) return before.error();
    if (before->currency != price->currency || before->minor <= price->minor)
      return error(Fault::invalid, "the price before the sale, " + before->text() + ", is not above " + price->text(), "pin");
    wanted.compare_at = *before;
  }
  if (const auto refused = refusal_of(channel, variant, wanted); !refused.empty())
    return error(Fault::rejected, variant.sku.text + ": " + refused, channel.config.name + ": pin");
  return wanted.text();
}

Result<Time> until_in(const Json& wish, Time now) {
  const std::string said = wish.text_or("until");
  if (said.empty()) return never;
  const auto until = parse_iso(said);
  if (!until) return error(Fault::invalid, "'" + said + "' is no moment with its zone", "pin", "write it as 2026-11-27T18:00:00+01:00");
  if (*until <= now) return error(Fault::invalid, "it is over already: " + said, "pin");
  return *until;
}

/// With what is pinned of it already.
Result<Json> content_wanted(Session& session, const Json& wish, const Channel& channel, ProductNo product) {
  const auto stands = store::find_pin(session, channel.no, "content", product.value);
  Json content = stands ? content_in(*stands) : Json::object();
  for (const auto& [field, longest] : {std::pair{"title", longest_title}, std::pair{"description", longest_description}}) {
    const Json* value = wish.find(field);
    if (!value) continue;
    if (!value->is_string() || value->as_string().empty() || value->as_string().size() > longest)
      return error(Fault::invalid, std::string("`") + field + "` is a text of at most " + std::to_string(longest) + " bytes", "pin");
    content.set(field, *value);
  }
  return content;
}

Result<const Channel*> channel_in(const World& world, const Json& wish) {
  const auto* channel = world.find(wish.text_or("channel"));
  if (!channel) return error(Fault::not_found, "there is no channel '" + wish.text_or("channel") + "'", "pin");
  return channel;
}

}  // namespace

Json without_ids(const Json& value) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const auto& item : value.as_array()) list.push_back(without_ids(item));
    return list;
  }
  if (!value.is_object()) return value;
  Json object = Json::object();
  for (const auto& [name, member] : value.as_object()) {
    if (!name.starts_with('@')) object.set(name, without_ids(member));
  }
  return object;
}

Json content_of(const Json& tree) {
  Json content = Json::object();
  copy_fields(tree, product_fields, content);
  Json variants = Json::array();
  for (const auto& variant : variants_in(tree)) {
    Json kept = Json::object({{"sku", variant.text_or("sku")}});
    copy_fields(variant, variant_fields, kept);
    variants.push_back(std::move(kept));
  }
  content.set("variants", std::move(variants));
  return content;
}

Json shown_product(Session& session, const Channel& channel, const store::ProductRow& row) {
  Json tree = to_json(row.product);
  lay_own_words(session, channel, row.no, tree);
  const auto pin = store::find_pin(session, channel.no, "content", row.no.value);
  if (!pin) return tree;
  const Json pinned = content_in(*pin);
  // Options name the values that the variants have: they are pinned with them, and not where variants came or went since.
  const bool same_variants = !pinned.find("variants") || skus_in(pinned) == skus_in(tree);
  lay_over(tree, pinned, product_fields, same_variants);
  if (Json* variants = tree.find("variants"); variants && variants->is_array()) {
    for (auto& variant : variants->as_array()) {
      for (const auto& kept : variants_in(pinned)) {
        if (kept.text_or("sku") == variant.text_or("sku")) lay_over(variant, kept, variant_fields, same_variants);
      }
    }
  }
  return tree;
}

void note_price(Session& session, const Channel& channel, const std::string& sku, const std::string& price, const std::string& cause,
                Time now) {
  if (price.empty()) return;
  store::journal(session, {0, now, "price.confirmed", cause, channel.no, sku, Json::object({{"price", price}}).dump()});
}

void note_content(Session& session, const Channel& channel, const std::string& what, const std::string& code, const Json& tree,
                  const std::string& cause, Time now) {
  const std::string digest = store::keep_content(session, content_of(tree));
  store::journal(session, {0, now, what, cause, channel.no, code, Json::object({{"content", digest}}).dump()});
}

void set_pins(Session& session, const std::vector<Pin>& pins, const Why& why, Time now) {
  for (const auto& pin : pins) {
    const auto no = store::put_pin(session, pin);
    if (pin.until == never)
      store::clear_due(session, "pin", no);
    else
      store::set_due(session, {"pin", no, pin.until});
    mark_pinned(session, pin, why, now);
    note(session, pin, "pin.set", why.cause, now);
  }
  take_from_holds(session, pins);
}

void clear_pins(Session& session, const std::vector<Pin>& pins, const Why& why, Time now) {
  for (const auto& pin : pins) clear_pin(session, pin, "pin.cleared", why, now);
  take_from_holds(session, pins);
}

void tend_pin(Session& session, std::int64_t no, Time now) {
  store::clear_due(session, "pin", no);
  const auto pin = store::get_pin(session, no);
  if (!pin || pin->until == never) return;
  if (now < pin->until) return store::set_due(session, {"pin", no, pin->until});
  clear_pin(session, *pin, "pin.ended", {"pin of " + pin->author + " ended", false, 0}, now);
}

Result<std::vector<Pin>> pins_wanted(Session& session, const World& world, const Json& wish, const std::string& author, Time now) {
  const auto channel = channel_in(world, wish);
  if (!channel) return channel.error();
  const auto variant = store::find_variant(session, normal_sku(wish.text_or("sku")));
  const auto product = variant ? store::get_product(session, variant->product) : std::nullopt;
  const Variant* sold = product ? product->product.find(Sku(variant->sku)) : nullptr;
  if (!sold) return error(Fault::not_found, "there is no SKU '" + wish.text_or("sku") + "'", "pin");
  const auto until = until_in(wish, now);
  if (!until) return until.error();
  std::vector<Pin> pins;
  if (wish.find("price")) {
    auto price = price_wanted(wish, **channel, *sold);
    if (!price) return price.error();
    pins.push_back({0, (*channel)->no, "price", variant->no.value, std::move(*price), *until, author, now});
  }
  if (wish.find("title") || wish.find("description")) {
    const auto content = content_wanted(session, wish, **channel, product->no);
    if (!content) return content.error();
    pins.push_back({0, (*channel)->no, "content", product->no.value, content->dump(), *until, author, now});
  }
  if (pins.empty()) return error(Fault::invalid, "nothing is said that could be pinned", "pin", "give a price, a title or a description");
  return pins;
}

Result<std::vector<Pin>> pins_named(Session& session, const World& world, const Json& wish) {
  const auto channel = channel_in(world, wish);
  if (!channel) return channel.error();
  const std::string aspect = wish.text_or("aspect"), sku = wish.text_or("sku");
  if (!aspect.empty() && aspect != "price" && aspect != "content")
    return error(Fault::invalid, "'" + aspect + "' is no aspect that can be pinned", "unpin", "price or content");
  if (wish.bool_or("all") == !sku.empty()) return error(Fault::invalid, "name one SKU, or all", "unpin");
  if (sku.empty()) return store::pins_after(session, (*channel)->no, aspect, 0, most_pins_at_once);
  const auto variant = store::find_variant(session, normal_sku(sku));
  if (!variant) return error(Fault::not_found, "there is no SKU '" + sku + "'", "unpin");
  std::vector<Pin> pins;
  for (const auto& [name, thing] : {std::pair{"price", variant->no.value}, std::pair{"content", variant->product.value}}) {
    if (!aspect.empty() && aspect != name) continue;
    if (auto pin = store::find_pin(session, (*channel)->no, name, thing)) pins.push_back(std::move(*pin));
  }
  return pins;
}

Json pin_json(Session& session, const World& world, const Pin& pin) {
  Json json = Json::object({{"channel", world.name_of(pin.channel)}, {"aspect", pin.aspect}, {"thing", name_of_thing(session, pin)}});
  json.set("value", pin.aspect == "price" ? Json(pin.value) : content_in(pin));
  if (pin.until != never) json.set("until", format_iso(pin.until));
  json.set("author", pin.author);
  json.set("at", format_iso(pin.at));
  return json;
}

std::string pin_in_words(const Pin& pin) {
  return "pinned by " + pin.author + " at " + format_iso(pin.at) + ", until " +
         (pin.until == never ? "it is cleared" : format_iso(pin.until));
}

}  // namespace tally::engine
