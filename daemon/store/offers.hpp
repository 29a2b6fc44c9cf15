// Listings (a product on a channel) and offers (a variant on a channel) with what was sent, confirmed and observed,
// and the belief of the stock number.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::store {

class Session;

/// What `ListingRow::sent` begins with when the last that was sent took the listing off sale.
inline constexpr std::string_view taken_off = "ended:";

/// States of a listing: absent, creating, in_doubt, bound, gone.
struct ListingRow {
  ChannelNo channel;
  ProductNo product;
  std::string state = "absent";
  std::int64_t tries = 0;
  Time next_at = long_ago;  ///< nothing is tried before
  std::string ticket;       ///< of slow work, JSON
  /// Hashes of the content in the channel's spelling; `sent` begins with `taken_off` behind an ending.
  std::string sent, confirmed, observed;
  Time sent_at = long_ago, confirmed_at = long_ago, observed_at = long_ago;
  /// When it was found there, made by somebody else; long_ago: it is ours, or a person said that it may be written to.
  Time found_at = long_ago;
};
std::optional<ListingRow> find_listing(Session& session, ChannelNo channel, ProductNo product);
void put_listing(Session& session, const ListingRow& row);
std::vector<ListingRow> listings_of(Session& session, ChannelNo channel);
/// Those that were found, and that nobody has called ours.
std::vector<ListingRow> found_listings(Session& session, ChannelNo channel);
/// A person said that they may be written to: this one, or all that were found there.
void call_ours(Session& session, ChannelNo channel, std::optional<ProductNo> product);

struct OfferRow {
  ChannelNo channel;
  VariantNo variant;
  // The belief (daemon/engine/belief.hpp).
  Quantity low = 0, high = 0;
  Time anchor_from = long_ago, anchor_to = long_ago;
  bool suspect = false;
  Time owed_look_at = never;  ///< never: no look is owed
  Time verified_at = long_ago;
  Time written_at = long_ago;  ///< when the last write was answered, or left while it is not
  std::int64_t unequal_looks = 0;
  // The four states of stock and price. Prices as text ("12.50 EUR/15.00 EUR"), empty: none.
  Quantity number_sent = 0, number_confirmed = 0, number_observed = 0;
  Time number_observed_at = long_ago;
  std::string price_sent, price_confirmed, price_observed;
  Time price_sent_at = long_ago, price_observed_at = long_ago;
};
std::optional<OfferRow> find_offer(Session& session, ChannelNo channel, VariantNo variant);
void put_offer(Session& session, const OfferRow& row);
void remove_offer(Session& session, ChannelNo channel, VariantNo variant);
/// By variant number, after `after`.
std::vector<OfferRow> offers_after(Session& session, ChannelNo channel, VariantNo after, std::size_t limit);
std::vector<OfferRow> offers_owed_a_look(Session& session, ChannelNo channel, Time now, std::size_t limit);
std::optional<Time> next_owed_look(Session& session, ChannelNo channel);
std::int64_t count_offers(Session& session, ChannelNo channel);
bool has_suspects(Session& session, ChannelNo channel, Time before);
/// Clears `suspect` of the channel's offers whose anchor had ended by `before`; their variants are returned.
std::vector<VariantNo> clear_suspects(Session& session, ChannelNo channel, Time before);

}  // namespace tally::store
