// The one writer of the ledger: targets of orders, receipts, adjustments, counts; and the marks that follow from a change of stock.
#pragma once

#include "engine/world.hpp"
#include "store/ledger.hpp"

#include <set>

namespace tally::engine {

/// Appends `target` minus what the order's movements already sum to. `effective_at` is when goods moved.
/// Returns the variants whose sums changed.
std::set<VariantNo> append_claim(store::Session& session, const Claim& target, const Claim& before, const std::string& cause,
                                 Time effective_at, Time now);

/// A receipt or an adjustment: on hand ± quantity.
bool append_change(store::Session& session, VariantNo variant, LocationNo location, const std::string& kind, Quantity on_hand,
                   const std::string& cause, const std::string& note, Time effective_at, Time now);

/// A count as of a moment: what lay there then is `counted`. An older count than the newest changes nothing. True if it was taken.
bool append_count(store::Session& session, VariantNo variant, LocationNo location, Quantity counted, Time as_of, const std::string& cause,
                  const std::string& note, Time now);

struct Why {
  std::string cause;
  bool by_order = false;
  std::int64_t batch = 0;
};

/// Marks the stock of these variants, and of the bundles that hold them, on every channel that has an offer of them.
void mark_stock(store::Session& session, const World& world, const std::set<VariantNo>& variants, const Why& why, Time now);
/// Marks price, or content, of one thing on one channel.
void mark_aspect(store::Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, const Why& why, Time now);

/// Records an oversell for each variant of which less than nothing is available now, if `order` made it so.
void record_oversells(store::Session& session, const World& world, const std::set<VariantNo>& variants, OrderNo order, Time placed_at,
                      Time now);

}  // namespace tally::engine
