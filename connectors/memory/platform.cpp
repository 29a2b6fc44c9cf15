#include "connectors/memory/platform.hpp"

#include <algorithm>

namespace tally::memory {
namespace {

using channel::StockWrites;
using Why = NumberChange::Why;

Error missing(const std::string& what) {
  return error(Fault::missing, "there is no " + what, "memory");
}

/// The merchant's words about a product: everything but ids, numbers and prices.
Json content_of(const Json& product) {
  Json content = Json::object();
  for (const auto& [key, value] : product.as_object()) {
    if (key.starts_with('@')) continue;
    if (key != "variants") {
      content.set(key, value);
      continue;
    }
    Json variants = Json::array();
    for (const auto& variant : value.as_array()) {
      Json kept = Json::object();
      for (const auto& [name, member] : variant.as_object()) {
        if (!name.starts_with('@') && name != "available" && name != "price" && name != "compare_at") kept.set(name, member);
      }
      variants.push_back(std::move(kept));
    }
    content.set("variants", std::move(variants));
  }
  return content;
}

Json member_or_null(const Json& tree, std::string_view key) {
  const Json* found = tree.find(key);
  return found ? *found : Json();
}

const Json::Array& items_of(const Json& tree, std::string_view key) {
  static const Json::Array none;
  const Json* found = tree.find(key);
  return found && found->is_array() ? found->as_array() : none;
}

}  // namespace

std::string_view name_of(NumberChange::Why why) {
  switch (why) {
    case Why::listed:
      return "listed";
    case Why::sale:
      return "sale";
    case Why::edit:
      return "edit";
    case Why::give_back:
      return "give back";
    case Why::shipment:
      return "shipment";
    case Why::write:
      return "write";
    case Why::by_hand:
      return "by hand";
  }
  return "write";
}

Platform::Platform(std::string name, Terms terms, const Clock& clock) : name_(std::move(name)), terms_(std::move(terms)), clock_(clock) {
  ensure(terms_.page > 0, "a page has room for a document");
  terms_.clock_step = std::max(terms_.clock_step, std::min(terms_.facts.clock_resolution, Duration(1000)));
  ensure(terms_.order_lag <= terms_.facts.order_lag && terms_.number_lag <= terms_.facts.read_after_write,
         "a platform lags no more than its facts admit");
}

Time Platform::step_down(Time time) const {
  const auto step = std::max<Duration::rep>(terms_.clock_step.count(), 1);
  return from_ms(to_ms(time) / step * step);
}

/// As the platform writes moments down, by its own clock.
Time Platform::stamp(Time time) const {
  return step_down(time + terms_.clock_skew);
}

void Platform::set_clock(Duration skew) {
  const std::lock_guard guard(mutex_);
  ensure(std::chrono::abs(skew) <= terms_.facts.clock_resolution * 2, "a clock is no further off than its facts admit");
  terms_.clock_skew = skew;
}

std::string Platform::next_id(std::string_view prefix) {
  return std::string(prefix) + std::to_string(next_id_++);
}

const Offer* Platform::offer(const std::string& id) const {
  return const_cast<Platform*>(this)->find_offer(id);
}

const Offer* Platform::offer_of_sku(const std::string& sku) const {
  for (const auto& listing : listings_) {
    for (const auto& offer : listing.offers) {
      if (offer.sku == sku) return &offer;
    }
  }
  return nullptr;
}

const PlacedOrder* Platform::order(const std::string& id) const {
  const auto found = std::find_if(orders_.begin(), orders_.end(), [&](const PlacedOrder& order) { return order.id == id; });
  return found == orders_.end() ? nullptr : &*found;
}

std::size_t Platform::applications(const std::string& key) const {
  const auto found = applications_.find(key);
  return found == applications_.end() ? 0 : found->second;
}

Offer* Platform::find_offer(const std::string& id) {
  for (auto& listing : listings_) {
    for (auto& offer : listing.offers) {
      if (offer.id == id) return &offer;
    }
  }
  return nullptr;
}

Listing* Platform::find_listing(const std::string& id) {
  const auto found = std::find_if(listings_.begin(), listings_.end(), [&](const Listing& listing) { return listing.id == id; });
  return found == listings_.end() ? nullptr : &*found;
}

/// By its id, else by the mark (the code that we left there), else by the SKU of a variant.
Listing* Platform::listing_of(const Json& thing) {
  if (const Json* id = thing.find("@id")) return find_listing(id->scalar_text());
  const std::string code = thing.text_or("code");
  if (terms_.facts.has_mark && !code.empty()) {
    for (auto& listing : listings_) {
      if (listing.content.text_or("code") == code) return &listing;
    }
  }
  for (const auto& variant : items_of(thing, "variants")) {
    for (auto& listing : listings_) {
      for (const auto& offer : listing.offers) {
        if (offer.sku == variant.text_or("sku")) return &listing;
      }
    }
  }
  return nullptr;
}

Offer* Platform::offer_of(const Json& thing) {
  if (const Json* id = thing.find("@id")) return find_offer(id->scalar_text());
  const Offer* found = offer_of_sku(thing.text_or("sku"));
  return found ? find_offer(found->id) : nullptr;
}

void Platform::move(Offer& offer, Quantity number, Why why, const std::string& by) {
  offer.history.push_back({why, clock_.now(), by, offer.number, number});
  offer.number = number;
}

Quantity Platform::number_as_shown(const Offer& offer) const {
  const Time until = clock_.now() - terms_.number_lag;
  Quantity shown = offer.history.empty() ? offer.number : offer.history.front().after;
  for (const auto& change : offer.history) {
    if (change.at > until) break;
    shown = change.after;
  }
  return shown;
}

Json Platform::listing_tree(const Listing& listing) const {
  Json tree = listing.content;
  tree.set("@id", listing.id);
  if (auto* variants = tree.find("variants")) {
    for (auto& variant : variants->as_array()) {
      for (const auto& offer : listing.offers) {
        if (offer.sku != variant.text_or("sku")) continue;
        variant.set("@id", offer.id);
        if (terms_.facts.can_look) variant.set("available", number_as_shown(offer));
        if (!offer.price.is_null()) variant.set("price", offer.price);
        if (!offer.compare_at.is_null()) variant.set("compare_at", offer.compare_at);
      }
    }
  }
  return tree;
}

void Platform::announce_listing(const std::string& listing) {
  if (!announce || !terms_.announces_listings) return;
  Json event = Json::object({{"kind", "listing"}, {"subject", listing}, {"changed_at", format_iso(stamp(clock_.now()))}});
  Json delivery = Json::object({{"kind", "event"}, {"body", event.dump()}});
  announce(Json::object({{"deliveries", Json::Array{std::move(delivery)}}}).dump());
}

std::string Platform::list_by_hand(const Json& product) {
  const std::lock_guard guard(mutex_);
  Listing listing;
  listing.id = next_id("l");
  listing.content = content_of(product);
  for (const auto& variant : items_of(product, "variants")) {
    Offer offer;
    offer.id = next_id("v");
    offer.sku = variant.text_or("sku");
    offer.price = member_or_null(variant, "price");
    offer.compare_at = member_or_null(variant, "compare_at");
    listing.offers.push_back(std::move(offer));
    move(listing.offers.back(), variant.integer_or("available"), Why::listed, "");
  }
  listings_.push_back(std::move(listing));
  announce_listing(listings_.back().id);
  return listings_.back().id;
}

Result<void> Platform::set_number(const std::string& id, Quantity number) {
  const std::lock_guard guard(mutex_);
  auto* offer = find_offer(id);
  if (!offer) return missing("offer " + id);
  move(*offer, number, Why::by_hand, "");
  for (const auto& listing : listings_) {
    for (const auto& own : listing.offers) {
      if (own.id == id) announce_listing(listing.id);
    }
  }
  return {};
}

Result<void> Platform::set_price(const std::string& id, const Json& price) {
  const std::lock_guard guard(mutex_);
  auto* offer = find_offer(id);
  if (!offer) return missing("offer " + id);
  offer->price = price;
  return {};
}

Result<void> Platform::set_title(const std::string& id, const std::string& title) {
  const std::lock_guard guard(mutex_);
  auto* listing = find_listing(id);
  if (!listing) return missing("listing " + id);
  listing->content.set("title", title);
  announce_listing(id);
  return {};
}

void Platform::remove_listing(const std::string& id) {
  const std::lock_guard guard(mutex_);
  std::erase_if(listings_, [&](const Listing& listing) { return listing.id == id; });
}

void Platform::fail_next(std::size_t requests, Error error) {
  const std::lock_guard guard(mutex_);
  failing_ = requests;
  failure_ = std::move(error);
}

void Platform::refuse(const std::string& sku, const std::string& why) {
  const std::lock_guard guard(mutex_);
  refused_[sku] = why;
}

void Platform::accept(const std::string& sku) {
  const std::lock_guard guard(mutex_);
  refused_.erase(sku);
}

std::optional<Error> Platform::refusal(const Json& fields) const {
  const auto said = [&](const std::string& sku) -> std::optional<Error> {
    const auto found = refused_.find(sku);
    if (found == refused_.end()) return std::nullopt;
    return error(Fault::rejected, sku + ": " + found->second, "memory");
  };
  if (auto refused = said(fields.text_or("sku"))) return refused;
  for (const auto& variant : items_of(fields, "variants")) {
    if (auto refused = said(variant.text_or("sku"))) return refused;
  }
  return std::nullopt;
}

Result<channel::Applied> Platform::write(const channel::Change& change) {
  const std::lock_guard guard(mutex_);
  if (failing_ > 0) {
    --failing_;
    return failure_;
  }
  if (terms_.facts.idempotency_key) {
    if (const auto before = answered_.find(change.key); before != answered_.end()) return before->second;
  }
  auto applied = write_now(change);
  if (applied) {
    ++applications_[change.key];
    answered_[change.key] = *applied;
  }
  return applied;
}

Result<channel::Applied> Platform::write_now(const channel::Change& change) {
  if (auto refused = refusal(change.fields)) return *refused;
  switch (change.action) {
    case channel::ActionKind::put_listing:
      return put_listing(change);
    case channel::ActionKind::set_stock:
      return write_stock(change);
    case channel::ActionKind::set_price:
      return write_price(change);
    case channel::ActionKind::retire_listing: {
      auto* listing = listing_of(change.fields);
      if (!listing) return missing("listing");
      listing->ended = true;
      return channel::Applied{};
    }
    default:
      return error(Fault::rejected, "this platform has no " + std::string(channel::name_of(change.action)), "memory");
  }
}

/// Without an id a new listing; with one the listing's content. Prices and numbers count only for variants that are new there.
Result<channel::Applied> Platform::put_listing(const channel::Change& change) {
  const Json* id = change.fields.find("@id");
  auto* listing = id ? find_listing(id->scalar_text()) : nullptr;
  if (id && !listing) return missing("listing " + id->scalar_text());
  if (!listing) {
    listings_.push_back({next_id("l"), {}, {}, false});
    listing = &listings_.back();
  }
  listing->content = content_of(change.fields);
  Json learned = Json::object({{"@id", listing->id}});
  Json variants = Json::array();
  for (const auto& variant : items_of(change.fields, "variants")) {
    const std::string sku = variant.text_or("sku");
    auto found = std::find_if(listing->offers.begin(), listing->offers.end(), [&](const Offer& offer) { return offer.sku == sku; });
    if (found == listing->offers.end()) {
      Offer offer;
      offer.id = next_id("v");
      offer.sku = sku;
      offer.price = member_or_null(variant, "price");
      offer.compare_at = member_or_null(variant, "compare_at");
      listing->offers.push_back(std::move(offer));
      found = std::prev(listing->offers.end());
      move(*found, variant.integer_or("available"), Why::listed, change.key);
    }
    variants.push_back(Json::object({{"sku", sku}, {"@id", found->id}}));
  }
  learned.set("variants", std::move(variants));
  if (terms_.facts.own_write_echoes) announce_listing(listing->id);
  return channel::Applied{std::move(learned), listing_tree(*listing), std::nullopt, std::nullopt};
}

Result<channel::Applied> Platform::write_stock(const channel::Change& change) {
  auto* offer = offer_of(change.fields);
  if (!offer) return missing("offer of " + change.fields.text_or("sku"));
  const auto& facts = terms_.facts;
  const Json* by = change.fields.find("change");
  const Json* before = change.fields.find("before");
  if (facts.compare_and_set && before) {
    const auto expected = before->integer();
    if (!expected || *expected != offer->number) return error(Fault::conflict, "the number is " + std::to_string(offer->number), "memory");
    move(*offer, change.fields.integer_or("available"), Why::write, change.key);
  } else if (by && facts.stock != StockWrites::absolute) {
    const Quantity number = offer->number + by->integer_or("signed");
    if (number < 0) return error(Fault::conflict, "not so many are there", "memory");
    move(*offer, number, Why::write, change.key);
  } else if (facts.stock == StockWrites::absolute || facts.stock == StockWrites::both) {
    move(*offer, change.fields.integer_or("available"), Why::write, change.key);
  } else {
    return error(Fault::rejected, "this platform takes no such number", "memory");
  }
  if (facts.own_write_echoes) {
    for (const auto& listing : listings_) {
      if (std::any_of(listing.offers.begin(), listing.offers.end(), [&](const Offer& own) { return own.id == offer->id; }))
        announce_listing(listing.id);
    }
  }
  return channel::Applied{};
}

Result<channel::Applied> Platform::write_price(const channel::Change& change) {
  auto* offer = offer_of(change.fields);
  if (!offer) return missing("offer of " + change.fields.text_or("sku"));
  offer->price = member_or_null(change.fields, "price");
  offer->compare_at = member_or_null(change.fields, "compare_at");
  return channel::Applied{};
}

Result<channel::Page> Platform::read_listings(const channel::Want& want) {
  const std::lock_guard guard(mutex_);
  if (failing_ > 0) {
    --failing_;
    return failure_;
  }
  channel::Page page;
  page.server_time = stamp(clock_.now());
  for (const auto& thing : want.things) {
    if (want.what == channel::Want::What::stock) {
      const auto* offer = offer_of(thing);
      if (!offer || !terms_.facts.can_look) continue;
      page.documents.push_back(
          {"level", Json::object({{"@id", offer->id}, {"sku", offer->sku}, {"available", number_as_shown(*offer)}}).dump(), {}});
    } else if (const auto* listing = listing_of(thing)) {
      page.documents.push_back({"listing", listing_tree(*listing).dump(), {}});
    }
  }
  if (!want.things.empty()) return page;
  std::size_t from = 0;
  if (!want.cursor.empty()) {
    const auto at = std::find_if(listings_.begin(), listings_.end(), [&](const Listing& listing) { return listing.id == want.cursor; });
    if (at == listings_.end()) return error(Fault::transient, "the page is gone", "memory");
    from = static_cast<std::size_t>(at - listings_.begin());
  }
  const std::size_t to = std::min(from + terms_.page, listings_.size());
  for (std::size_t i = from; i < to; ++i) page.documents.push_back({"listing", listing_tree(listings_[i]).dump(), {}});
  if (to < listings_.size()) page.cursor = listings_[to].id;
  return page;
}

}  // namespace tally::memory
