// What a reading shows of a listing: whose it is, its offers' prices, its content; what is put back and what is taken over.
#include "base/crypto.hpp"
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/ownership.hpp"
#include "engine/pins.hpp"
#include "engine/stock.hpp"
#include "engine/tree.hpp"
#include "store/journal.hpp"

namespace tally::engine {
namespace {

using store::Session;

std::optional<Money> money_of(const Json& tree, std::string_view key) {
  const Json* value = tree.find(key);
  if (!value || !value->is_object()) return std::nullopt;
  const Json* amount = value->find("amount");
  const auto major = amount ? amount->decimal() : Result<Decimal>(error(Fault::invalid, "no amount"));
  const auto currency = Currency::parse(value->text_or("currency"));
  if (!major || !currency) return std::nullopt;
  const auto money = Money::of(*major, *currency);
  return money ? std::optional<Money>(*money) : std::nullopt;
}

std::string price_text(const Json& tree) {
  OfferPrice price;
  price.price = money_of(tree, "price");
  price.compare_at = money_of(tree, "compare_at");
  return price.text();
}

/// Whether a listing is another one than that by whose ids we know the product: it has SKUs of it, and none under the id that we know.
bool goes_by_other_ids(Session& session, ChannelNo channel, const store::ProductRow& product, const Json& tree) {
  const auto known_id = [&](const char* kind, std::int64_t no) {
    return store::remote_id(session, channel, kind, std::to_string(no), "@id");
  };
  const std::string id = tree.text_or("@id");
  const auto listing = known_id("product", product.no.value);
  if (id.empty() || !listing || *listing == id) return false;
  const Json* variants = tree.find("variants");
  if (!variants || !variants->is_array()) return product.product.options.empty();
  bool other = false;
  for (const auto& item : variants->as_array()) {
    const auto variant = item.is_object() ? store::find_variant(session, normal_sku(item.text_or("sku"))) : std::nullopt;
    if (!variant || variant->product != product.no) continue;
    const std::string shown = item.text_or("@id");
    const auto known = shown.empty() ? std::nullopt : known_id("variant", variant->no.value);
    if (known && *known == shown) return false;
    other = other || known || product.product.options.empty();
  }
  return other;
}

}  // namespace

/// Of two listings of one product the first stays ours for as long as complete readings show it; the other is told of, and what stands on
/// it is believed of nothing.
bool Lane::is_second_listing(Session& session, const store::ProductRow& product, const Json& tree) {
  if (!goes_by_other_ids(session, channel_->no, product, tree)) return false;
  const auto listing = store::find_listing(session, channel_->no, product.no);
  if (!listing || listing->state != "bound" || std::max(listing->observed_at, listing->confirmed_at) < state_.last_sweep) return false;
  const std::string id = tree.text_or("@id"),
                    ours = *store::remote_id(session, channel_->no, "product", std::to_string(product.no.value), "@id");
  seconds_[product.no] = id;
  store::set_problem(session,
                     {channel_->no, "twice", product.product.code,
                      "it is listed twice there: " + ours + " is kept up to date, " + id + " is not and may sell what is not there",
                      "end one of them on the channel, or give the other a SKU of its own", world_.clock.now()});
  return true;
}

/// Ours is not there any more, and somebody has made another one under its SKU.
bool Lane::is_another_listing(Session& session, const store::ProductRow& product, const store::ListingRow& listing,
                              const Json& tree) const {
  return (listing.state == "bound" || listing.state == "gone") && goes_by_other_ids(session, channel_->no, product, tree);
}

/// What was known of the one that is gone is true of nothing: not its ids, its offers, nor what was sent or refused there.
void Lane::forget_listing(Session& session, const store::ProductRow& product, store::ListingRow& listing) {
  store::journal(session, {0, world_.clock.now(), "listing.replaced", "reading", channel_->no, product.product.code, "{}"});
  store::forget_remote(session, channel_->no, "product", std::to_string(product.no.value));
  const auto forget_refusal = [&](const char* aspect, std::int64_t thing) {
    if (const auto mark = store::find_mark(session, channel_->no, aspect, thing)) store::clear_mark(session, *mark);
  };
  for (const auto& variant : store::variants_of(session, product.no)) {
    store::forget_remote(session, channel_->no, "variant", std::to_string(variant.no.value));
    store::remove_offer(session, channel_->no, variant.no);
    for (const char* aspect : {"stock", "price"}) {
      forget_refusal(aspect, variant.no.value);
      store::clear_problem(session, channel_->no, aspect, variant.sku);
    }
  }
  forget_refusal("content", product.no.value);
  store::clear_problem(session, channel_->no, "twice", product.product.code);
  listing = new_listing(product.no);
}

Result<void> Lane::take_listing(Session& session, const channel::Document& document, const Reading& reading) {
  auto first = channel_->connector->parse(document, Json());
  if (!first) {
    world_.log.warning("a listing was not understood", {{"channel", channel_->config.name}, {"reason", first.error().text()}});
    return {};
  }
  for (const auto& seen : *first) {
    if (seen.what != channel::Event::What::listing) continue;
    const auto product = product_of(session, *channel_, seen.tree);
    if (!product || is_second_listing(session, *product, seen.tree)) continue;  // not ours: never touched
    Json tree = seen.tree;
    if (auto again = channel_->connector->parse(document, listing_tree(session, *channel_, *product))) {
      for (auto& event : *again) {
        if (event.what == channel::Event::What::listing && product_of(session, *channel_, event.tree)->no == product->no)
          tree = std::move(event.tree);
      }
    }
    auto listing = store::find_listing(session, channel_->no, product->no).value_or(new_listing(product->no));
    if (is_another_listing(session, *product, listing, tree)) forget_listing(session, *product, listing);
    learn(session, *channel_, *product, tree);
    swept_.insert(product->no);
    if (!listing.ticket.empty()) {  // slow work on it is under way: whatever it waits for may have happened
      listing.next_at = world_.clock.now();
      store::put_listing(session, listing);
      if (const auto mark = store::find_mark(session, channel_->no, "content", product->no.value))
        store::delay_mark(session, *mark, listing.next_at);
    }
    const bool bound_now = listing.state != "bound" && listing.state != "creating";
    if (bound_now) {
      listing.found_at = note_found(listing);
      listing.state = "bound";
      listing.tries = 0;
      listing.next_at = long_ago;
      listing.sent.clear();
      store::put_listing(session, listing);
      note_content(session, *channel_, "listing.found", product->product.code, tree, "reading", world_.clock.now());
      mark_aspect(session, channel_->no, "content", product->no.value, {"listing found", false, 0}, world_.clock.now());
      if (listing.found_at != long_ago) {  // it may have been released, or held, when it was still to be made
        store::take_from_holds(session, channel_->no, "content", {product->no.value});
        store::give_to_guard(session, *store::find_mark(session, channel_->no, "content", product->no.value));
      }
    }
    if (listing.state != "bound") continue;
    if (const auto* variants = seen.tree.find("variants"); variants && variants->is_array()) {
      for (const auto& item : variants->as_array()) {
        if (const auto variant = variant_of(session, *channel_, item); variant && variant->product == product->no)
          take_offer(session, *variant, item, reading, bound_now);
      }
    }
    if (auto taken = take_content(session, *product, listing, {tree, seen.tree, reading.started}); !taken) return taken;
  }
  return {};
}

void Lane::take_price(Session& session, const store::VariantRow& variant, store::OfferRow& offer, const Json& tree, Time started,
                      bool bound_now) {
  const Time now = world_.clock.now();
  if (!tree.find("price") || store::open_intent_of(session, channel_->no, "price", variant.no.value)) return;
  if (!bound_now && offer.price_sent_at > started - channel_->facts.read_after_write) return;
  const std::string shown = price_text(tree);
  offer.price_observed = shown;
  offer.price_observed_at = started;
  if (bound_now) {
    offer.price_sent = offer.price_confirmed = shown;
    note_price(session, *channel_, variant.sku, shown, "reading", now);
  }
  const bool is_theirs =
      channel_->config.owner_of("price") == Owner::channel && !store::find_pin(session, channel_->no, "price", variant.no.value);
  if (is_theirs) {
    if (!bound_now && shown != offer.price_confirmed) note_price(session, *channel_, variant.sku, shown, "reading", now);
    offer.price_sent = offer.price_confirmed = shown;
    return;
  }
  if (shown != offer.price_confirmed && offer.price_sent == offer.price_confirmed) {
    store::journal(session, {0, now, "drift", "look", channel_->no, variant.sku,
                             Json::object({{"aspect", "price"}, {"confirmed", offer.price_confirmed}, {"shown", shown}}).dump()});
    offer.price_sent = offer.price_confirmed = shown;
  }
  const auto product = store::get_product(session, variant.product);
  const Variant* sold = product ? product->product.find(Sku(variant.sku)) : nullptr;
  if (sold && offer_price(session, *channel_, variant.no, *sold).text() != offer.price_sent)
    mark_aspect(session, channel_->no, "price", variant.no.value, {"look", false, 0}, now);
}

std::string Lane::content_hash(const Json& tree) const {
  return crypto::state_hash(channel_->connector->spell("listing", tree).dump_sorted());
}

/// What is another word than was agreed: taken over, or put back although it was changed there.
void Lane::note_settled(Session& session, const store::ProductRow& product, const Settled& settled) {
  const Time now = world_.clock.now();
  for (const auto& [what, fields] : {std::pair{"content.adopted", &settled.adopted}, std::pair{"content.kept", &settled.kept}}) {
    if (fields->empty()) continue;
    store::journal(session, {0, now, what, "look", channel_->no, product.product.code,
                             Json::object({{"aspect", "content"}, {"fields", *fields}}).dump()});
  }
  if (settled.adopted.empty()) return;
  for (const auto& channel : world_.channels)
    mark_aspect(session, channel->no, "content", product.no.value, {"adopted from " + channel_->config.name, false, 0}, now);
}

/// Content is compared in the channel's spelling.
Result<void> Lane::take_content(Session& session, const store::ProductRow& product, store::ListingRow& listing, SeenListing seen) {
  const Time now = world_.clock.now();
  if (busy("content", product.no.value) || listing.sent_at > seen.started - channel_->facts.read_after_write) return {};
  const std::string hash = content_hash(seen.tree);
  listing.observed = hash;
  listing.observed_at = seen.started;
  listing.tries = 0;
  // Found, made by somebody else, and it reads as ours does. What we were making ourselves may lack its last steps.
  const bool untouched = listing.sent_at == long_ago && listing.sent.empty() && listing.confirmed.empty();
  if (untouched && hash == content_hash(listing_tree(session, *channel_, product))) listing.sent = hash;
  seen.first = listing.confirmed.empty() && !listing.sent.empty();
  if (seen.first) {  // the first look after our push tells how the platform spells it
    listing.confirmed = hash;
    listing.confirmed_at = seen.started;
  }
  const bool moved = !listing.confirmed.empty() && hash != listing.confirmed;
  const bool nothing_waits = moved && listing.sent == content_hash(listing_tree(session, *channel_, product));
  const Settled settled = settle_fields(session, *channel_, product, seen, now);
  note_settled(session, product, settled);
  if (moved) {
    const auto row = store::get_product(session, product.no);
    const bool as_wanted = nothing_waits && hash == content_hash(listing_tree(session, *channel_, *row));
    if (as_wanted)
      note_content(session, *channel_, "listing.updated", product.product.code, seen.tree, "look", now);
    else
      mark_aspect(session, channel_->no, "content", product.no.value, {"drift", false, 0}, now);
    if (!as_wanted && settled.adopted.empty())
      store::journal(session, {0, now, "drift", "look", channel_->no, product.product.code, R"({"aspect": "content"})"});
    listing.confirmed = hash;
    listing.sent = as_wanted ? hash : "";
  }
  store::put_listing(session, listing);
  return {};
}

}  // namespace tally::engine
