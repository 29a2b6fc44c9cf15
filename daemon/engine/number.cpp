#include "engine/number.hpp"

#include "store/catalogue.hpp"
#include "store/ledger.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

bool contains(const std::vector<LocationNo>& list, LocationNo location) {
  return std::find(list.begin(), list.end(), location) != list.end();
}

/// Signed: a deficit at one location is owed by the others; a shelf that is counted by a channel gives at least nothing.
Quantity available_of(store::Session& session, const Channel& channel, VariantNo variant) {
  Quantity sum = 0;
  for (const auto& row : store::stock_of(session, variant)) {
    if (!contains(channel.locations, row.location) || row.location == channel.own_shelf) continue;
    const Quantity here = row.sum.on_hand - row.sum.reserved;
    sum += contains(channel.counted, row.location) ? std::max<Quantity>(here, 0) : here;
  }
  return sum;
}

Quantity floor_divide(Quantity a, Quantity b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/// The next amount at or above `price` whose fraction is that of `ending`.
Decimal ending_with(const Decimal& price, const Decimal& ending) {
  const Decimal fraction = ending - ending.floored();
  const Decimal candidate = price.floored() + fraction;
  return candidate < price ? candidate + Decimal(1) : candidate;
}

}  // namespace

Quantity shown_of(Quantity available, const StockRule& rule) {
  const auto shared = (Decimal(available) * rule.share).floored().whole();
  Quantity shown = shared.has_value() ? *shared - rule.buffer : 0;
  shown = std::max<Quantity>(shown, 0);
  return rule.cap ? std::min(shown, *rule.cap) : shown;
}

StockNumber stock_number(store::Session& session, const Channel& channel, VariantNo variant) {
  StockNumber result;
  const auto components = store::components_of(session, variant);
  if (components.empty()) {
    result.available = available_of(session, channel, variant);
  } else {
    std::optional<Quantity> least;
    for (const auto& part : components) {
      const Quantity sets = floor_divide(available_of(session, channel, part.variant), part.quantity);
      least = least ? std::min(*least, sets) : sets;
    }
    result.available = *least;
  }
  result.shown = shown_of(result.available, channel.config.stock);
  result.add_back = store::add_back(session, channel.no, variant);
  result.number = std::max<Quantity>(result.shown + result.add_back, 0);
  return result;
}

std::string OfferPrice::text() const {
  if (!price) return "";
  return compare_at ? price->text() + "/" + compare_at->text() : price->text();
}

OfferPrice offer_price(const Channel& channel, const Variant& variant) {
  OfferPrice result;
  if (!variant.price) {
    result.refused = "it has no price";
    return result;
  }
  const auto& rule = channel.config.price;
  const auto apply = [&](const Money& money) -> std::optional<Money> {
    Decimal major = money.major() * rule.factor;
    if (rule.round_to) major = ending_with(major, *rule.round_to);
    auto rounded = Money::of(major, money.currency);
    if (!rounded) return std::nullopt;
    return *rounded;
  };
  result.price = apply(*variant.price);
  if (variant.compare_at) result.compare_at = apply(*variant.compare_at);
  if (!result.price || result.price->minor <= 0) {
    result.refused =
        "its price comes to " + (result.price ? result.price->text() : std::string("nothing")) + ", and a price of 0 is never sent";
  } else if (!channel.config.currency.empty() && result.price->currency.code != channel.config.currency) {
    result.refused = "its price is in " + result.price->currency.code + " and the channel sells in " + channel.config.currency;
  } else if (rule.floor_factor && variant.cost && result.price->major() < variant.cost->major() * *rule.floor_factor) {
    result.refused = "its price " + result.price->text() + " is below the floor";
  }
  if (result.compare_at && result.price && result.compare_at->minor <= result.price->minor) result.compare_at.reset();
  return result;
}

}  // namespace tally::engine
