#include "engine/number.hpp"

#include "store/catalogue.hpp"
#include "store/ledger.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/pins.hpp"
#include "store/stock_rules.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

bool contains(const std::vector<LocationNo>& list, LocationNo location) {
  return std::find(list.begin(), list.end(), location) != list.end();
}

/// A shelf that is counted by a channel gives at least nothing.
Quantity given_by(const Channel& channel, const store::StockRow& row) {
  const Quantity here = row.sum.on_hand - row.sum.reserved;
  return contains(channel.counted, row.location) ? std::max<Quantity>(here, 0) : here;
}

/// Units of these rows that quotas keep for other offers than `sold` of this channel. One of another channel is kept first where only that
/// channel sells from, and not at all by a channel that shares no location with it.
Quantity kept_for_others(store::Session& session, const Channel& channel, VariantNo sold, VariantNo variant,
                         const std::vector<store::StockRow>& rows) {
  Quantity kept = 0;
  for (const auto& quota : store::set_aside_of(session, variant)) {
    if (quota.channel == channel.no) {
      if (quota.offer != sold) kept += quota.units;
      continue;
    }
    const auto other = channel.neighbours.find(quota.channel);
    if (other == channel.neighbours.end()) continue;  // no channel of this configuration
    Quantity elsewhere = 0;
    bool shares = false;
    for (const auto location : other->second) shares = shares || (contains(channel.locations, location) && !channel.is_own(location));
    for (const auto& row : rows) {
      if (contains(other->second, row.location) && !contains(channel.locations, row.location))
        elsewhere += std::max<Quantity>(given_by(channel, row), 0);
    }
    if (shares) kept += std::max<Quantity>(quota.units - elsewhere, 0);
  }
  return kept;
}

struct Available {
  Quantity units = 0, kept = 0;
};

/// Signed: a deficit at one location is owed by the others.
Available available_of(store::Session& session, const Channel& channel, VariantNo sold, VariantNo variant) {
  const auto rows = store::stock_of(session, variant);
  Quantity sum = 0;
  for (const auto& row : rows) {
    if (contains(channel.locations, row.location) && !channel.is_own(row.location)) sum += given_by(channel, row);
  }
  const Quantity kept = kept_for_others(session, channel, sold, variant, rows);
  return {sum - kept, kept};
}

/// What is left of the quota that runs for this very offer.
std::optional<Quantity> own_quota(store::Session& session, const Channel& channel, VariantNo variant) {
  for (const auto& quota : store::quotas_of(session, channel.no, variant)) {
    if (quota.state == "running") return quota.left();
  }
  return std::nullopt;
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

/// What stands there; nothing where it shows none.
OfferPrice own_price(const std::string& confirmed) {
  if (confirmed.empty()) return {};
  auto price = price_in(confirmed);
  ensure(price.has_value(), "a confirmed price is an amount with its currency");
  return *price;
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
  // What has ended in the catalogue is at 0, whether or not anybody counted it.
  if (const auto row = store::get_variant(session, variant); row && !row->on_sale) return result;
  StockRule rule = channel.config.stock;
  auto components = store::components_of(session, variant);
  if (components.empty()) components.push_back({variant, 1});
  std::optional<Quantity> least;
  for (const auto& part : components) {
    result.counted = result.counted && store::was_supplied(session, part.variant);
    const auto available = available_of(session, channel, variant, part.variant);
    const Quantity sets = floor_divide(available.units, part.quantity);
    result.set_aside = std::max(result.set_aside, -floor_divide(-available.kept, part.quantity));
    least = least ? std::min(*least, sets) : sets;
    if (rule.follows) {
      const Quantity sells = store::sales_buffer(session, channel.no, part.variant);
      rule.buffer = std::max(rule.buffer, -floor_divide(-sells, part.quantity));
    }
  }
  result.available = *least;
  result.buffer = rule.buffer;
  result.quota = own_quota(session, channel, variant);
  result.shown = result.quota ? std::clamp<Quantity>(result.available, 0, *result.quota) : shown_of(result.available, rule);
  result.add_back = store::add_back(session, channel.no, variant);
  result.if_open = std::max<Quantity>(result.shown + result.add_back, 0);
  result.closed = channel.closed;
  if (result.closed) result.shown = 0;
  result.number = std::max<Quantity>(result.shown + result.add_back, 0);
  return result;
}

Direction stock_direction(store::Session& session, const Channel& channel, const store::OfferRow& offer) {
  const auto number = stock_number(session, channel, offer.variant);
  return number.counted ? direction({offer.low, offer.high}, number.number) : Direction::none;
}

std::string OfferPrice::text() const {
  if (!price) return "";
  return compare_at ? price->text() + "/" + compare_at->text() : price->text();
}

Result<OfferPrice> price_in(const std::string& text) {
  const auto slash = text.find('/');
  OfferPrice result;
  const auto price = Money::parse(text.substr(0, slash));
  if (!price) return price.error();
  result.price = *price;
  if (slash == std::string::npos) return result;
  const auto before = Money::parse(text.substr(slash + 1));
  if (!before) return before.error();
  result.compare_at = *before;
  return result;
}

std::string refusal_of(const Channel& channel, const Variant& variant, const OfferPrice& price) {
  if (!price.price || price.price->minor <= 0)
    return "its price comes to " + (price.price ? price.price->text() : std::string("nothing")) + ", and a price of 0 is never sent";
  if (!channel.config.currency.empty() && price.price->currency.code != channel.config.currency)
    return "its price is in " + price.price->currency.code + " and the channel sells in " + channel.config.currency;
  const auto& rule = channel.config.price;
  const auto beyond = [&](const char* what, const PriceLimit& limit) {
    return "its price " + price.price->text() + " is " + what + " (" + limit.text() + ")";
  };
  if (const auto least = rule.floor ? rule.floor->of(variant.cost) : std::nullopt; least && price.price->major() < *least)
    return beyond("below the floor", *rule.floor);
  if (const auto most = rule.ceiling ? rule.ceiling->of(variant.cost) : std::nullopt; most && price.price->major() > *most)
    return beyond("above the ceiling", *rule.ceiling);
  return "";
}

OfferPrice price_by_rule(const Channel& channel, const Variant& variant) {
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
  result.refused = refusal_of(channel, variant, result);
  if (result.compare_at && result.price && result.compare_at->minor <= result.price->minor) result.compare_at.reset();
  return result;
}

OfferPrice offer_price(store::Session& session, const Channel& channel, VariantNo no, const Variant& variant) {
  const auto pin = store::find_pin(session, channel.no, "price", no.value);
  if (!pin && channel.config.owner_of("price") == Owner::channel) {
    const auto offer = store::find_offer(session, channel.no, no);
    if (offer) return own_price(offer->price_confirmed);
  }
  if (!pin) return price_by_rule(channel, variant);
  auto pinned = price_in(pin->value);
  ensure(pinned.has_value(), "a pinned price is an amount with its currency");
  pinned->refused = refusal_of(channel, variant, *pinned);
  return *pinned;
}

}  // namespace tally::engine
