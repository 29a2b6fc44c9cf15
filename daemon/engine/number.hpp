// The number and the price that a channel is to show, computed at the moment of sending.
#pragma once

#include "engine/belief.hpp"
#include "engine/world.hpp"
#include "model/product.hpp"

#include <optional>
#include <string>

namespace tally::store {
class Session;
struct OfferRow;
}  // namespace tally::store

namespace tally::engine {

struct StockNumber {
  /// Whether anybody ever counted, received or moved it (of a bundle each component), wherever: then there is none where there is none.
  /// What nobody counted is not nothing: the number that stands on the channel is left as it is.
  bool counted = true;
  Quantity available = 0;         ///< on hand − reserved over the channel's locations; of a bundle the least of its components
  Quantity set_aside = 0;         ///< units that are missing in it because a quota keeps them for another offer
  Quantity buffer = 0;            ///< as the rule says, and where it follows sales as they are
  std::optional<Quantity> quota;  ///< what is left of the offer's own running quota
  bool closed = false;            ///< the channel is: nothing is shown
  Quantity shown = 0;     ///< clamp(floor(available × share) − buffer, 0, cap); with a quota what is left of it, as far as it is there
  Quantity add_back = 0;  ///< open units of the channel's own orders that its number does not reflect as ours does
  Quantity number = 0;    ///< what is to stand there: never below 0
  Quantity if_open = 0;   ///< the same, were the channel not closed
};

StockNumber stock_number(store::Session& session, const Channel& channel, VariantNo variant);

/// Which way the offer's number must go; none too where nobody counted it.
Direction stock_direction(store::Session& session, const Channel& channel, const store::OfferRow& offer);

/// The same without the store: the rule alone.
Quantity shown_of(Quantity available, const StockRule& rule);

struct OfferPrice {
  std::optional<Money> price, compare_at;
  std::string refused;  ///< why it is never sent: none, zero, below the floor, above the ceiling; empty when it is fine
  /// "12.50 EUR" or "12.50 EUR/15.00 EUR": for comparing and keeping.
  std::string text() const;
};
/// What the catalogue and the channel's rule make of it.
OfferPrice price_by_rule(const Channel& channel, const Variant& variant);
/// What is to stand there: what is pinned, else what stands there where the channel owns its prices, else what the rule says.
OfferPrice offer_price(store::Session& session, const Channel& channel, VariantNo no, const Variant& variant);
/// Why such a price is never sent; empty when it is.
std::string refusal_of(const Channel& channel, const Variant& variant, const OfferPrice& price);
/// The other way round than OfferPrice::text(). Errors: invalid.
Result<OfferPrice> price_in(const std::string& text);

}  // namespace tally::engine
