#include "engine/offer_view.hpp"

#include "engine/guard.hpp"
#include "engine/number.hpp"
#include "store/catalogue.hpp"
#include "store/marks.hpp"

#include <algorithm>
#include <array>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::array<std::string_view, 5> from_best{"clean", "dirty", "held", "parked", "suspect"};
constexpr std::size_t requests_looked_at = 20;  // that many of a thing are kept however old they are

/// What all three have in common.
struct Aspect {
  Session& session;
  const Channel& channel;
  std::string name;
  std::int64_t thing;
  Json json = Json::object({});

  void set(const char* state, Json value, Time at) {
    json.set(state, std::move(value));
    if (at != long_ago) json.set(std::string(state) + "_at", format_iso(at));
  }
  /// When the newest request left, and when the newest one was confirmed.
  std::pair<Time, Time> requested() const {
    const auto intents = store::last_intents(session, channel.no, name, thing, requests_looked_at);
    const auto confirmed = std::find_if(intents.begin(), intents.end(), [](const auto& intent) { return intent.outcome == "confirmed"; });
    return {intents.empty() ? long_ago : intents.front().committed_at, confirmed == intents.end() ? long_ago : confirmed->finished_at};
  }
  std::optional<store::Mark> mark() const { return store::find_mark(session, channel.no, name, thing); }
  /// What is to stand there, and since when it waits.
  void set_desired(Json value) {
    const auto waits = mark();
    set("desired", std::move(value), waits ? waits->since : long_ago);
    json.set("state", !waits                                             ? "clean"
                      : !waits->parked.empty()                           ? "parked"
                      : store::is_held(session, channel.no, name, thing) ? "held"
                                                                         : "dirty");
  }
};

Json stock_of(Session& session, const Channel& channel, const store::OfferRow& offer) {
  Aspect stock{session, channel, "stock", offer.variant.value};
  const auto number = stock_number(session, channel, offer.variant);
  const auto [sent, confirmed] = stock.requested();
  stock.set_desired(number.counted ? Json(number.number) : Json());
  stock.set("sent", offer.number_sent, sent);
  stock.set("confirmed", offer.number_confirmed, confirmed);
  stock.set("observed", offer.number_observed, offer.number_observed_at);
  stock.json.set("low", offer.low).set("high", offer.high);
  if (offer.suspect) stock.json.set("state", "suspect");
  return std::move(stock.json);
}

Json price_of(Session& session, const Channel& channel, const store::OfferRow& offer, const Variant* sold) {
  Aspect price{session, channel, "price", offer.variant.value};
  price.set_desired(sold ? offer_price(session, channel, offer.variant, *sold).text() : "");
  price.set("sent", offer.price_sent, offer.price_sent_at);
  price.set("confirmed", offer.price_confirmed, price.requested().second);
  price.set("observed", offer.price_observed, offer.price_observed_at);
  return std::move(price.json);
}

Json content_of(Session& session, const Channel& channel, ProductNo product) {
  Aspect content{session, channel, "content", product.value};
  content.set_desired(value_of(session, channel, {.channel = channel.no, .aspect = "content", .thing = product.value}));
  const auto listing = store::find_listing(session, channel.no, product).value_or(store::ListingRow{});
  content.set("sent", listing.sent, listing.sent_at);
  content.set("confirmed", listing.confirmed, listing.confirmed_at);
  content.set("observed", listing.observed, listing.observed_at);
  return std::move(content.json);
}

}  // namespace

Json offer_json(Session& session, const Channel& channel, const store::OfferRow& offer) {
  const auto variant = store::get_variant(session, offer.variant);
  const auto product = store::get_product(session, variant->product);
  const auto id_of = [&](const char* kind, std::int64_t no) {
    return store::remote_id(session, channel.no, kind, std::to_string(no), "@id").value_or("");
  };
  const std::string listing_id = id_of("product", variant->product.value), id = id_of("variant", offer.variant.value);
  Json json = Json::object(
      {{"channel", channel.config.name}, {"sku", variant->sku}, {"listing_id", listing_id}, {"id", id.empty() ? listing_id : id}});
  json.set("state", "clean");
  json.set("stock", stock_of(session, channel, offer));
  json.set("price", price_of(session, channel, offer, product->product.find(Sku(variant->sku))));
  json.set("content", content_of(session, channel, variant->product));
  const auto rank = [](const Json& of) { return std::find(from_best.begin(), from_best.end(), of.text_or("state")) - from_best.begin(); };
  for (const char* aspect : {"stock", "price", "content"}) {
    if (rank(*json.find(aspect)) > rank(json)) json.set("state", json.find(aspect)->text_or("state"));
  }
  if (offer.verified_at != long_ago) json.set("verified_at", format_iso(offer.verified_at));
  return json;
}

}  // namespace tally::engine
