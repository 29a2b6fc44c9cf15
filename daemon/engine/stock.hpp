// The one writer of the ledger: targets of orders, receipts, adjustments, counts; and the marks that follow from a change of stock.
#pragma once

#include "engine/world.hpp"
#include "store/ledger.hpp"

#include <set>

namespace tally::engine {

/// The most units that one count or movement may name, in either direction: more is a barcode in the wrong column, or worse.
inline constexpr Quantity most_units = 1'000'000'000;

/// A moment further ahead of our clock than this was told by a wrong clock or in a wrong zone.
inline constexpr Duration furthest_ahead{26LL * 3600000};

/// What an order claims now: `moves` come to what `target` has on hand.
struct Claimed {
  const Claim& target;
  const Moves& moves;
  std::string order, cause;  ///< "order:12", and of this revision "order:12:3"
  Time otherwise;            ///< when what names no moment happened
  Time latest;               ///< nothing happened after it
  Moves were = {};  ///< what moved as its lines were resolved before: what they sell no more is taken back, also where all came back
};
/// Appends what is claimed minus what the order's movements already sum to (`before`): each parcel and each return at its own moment, so
/// that a count between two of them covers the first alone. What was written is not moved to another moment; what is taken back is taken
/// back at the moment where it stands. Returns the variants whose sums changed.
std::set<VariantNo> append_claim(store::Session& session, const Claimed& claimed, const Claim& before, Time now);

/// A receipt or an adjustment: on hand ± quantity.
bool append_change(store::Session& session, VariantNo variant, LocationNo location, const std::string& kind, Quantity on_hand,
                   const std::string& cause, const std::string& note, Time effective_at, Time now);

/// A count as of a moment: what lay there then is `counted`. An older count than the newest changes nothing. True if it was taken.
bool append_count(store::Session& session, VariantNo variant, LocationNo location, Quantity counted, Time as_of, const std::string& cause,
                  const std::string& note, Time now);

/// What lies on the shelf that this channel counts, when it says `counted`: where it counts what is free, the units that it and we had
/// promised by then are there as well.
Quantity on_hand_counted(store::Session& session, const Channel& channel, VariantNo variant, Quantity counted, Time as_of);

/// Goods under way lie here, in no channel's set.
inline constexpr const char* transit = "transit";
/// What can be sold from there: goods under way from nowhere.
Quantity available_at(const std::string& location, const Effect& sum);
/// The first leg: from A to `transit`. The transfer's number. Errors: invalid.
Result<std::int64_t> send_goods(store::Session& session, const store::Transfer& transfer, const std::string& note);
/// The second: what arrived (all of it), from `transit` to B; what did not, stays there until it is adjusted. Errors: not_found, invalid.
Result<void> take_goods_in(store::Session& session, std::int64_t no, std::optional<Quantity> units, const std::string& note, Time now);

struct Reversed {
  std::size_t movements = 0;  ///< 0: it was reversed before
  std::set<VariantNo> variants;
};
/// Writes the opposite of a receipt, an adjustment or a count, or of all lines of a file, once. With the newest count the one before it
/// holds again; what a later count covers stays covered. Errors: not_found, invalid (an order's, a transfer's, too many at once).
Result<Reversed> reverse_cause(store::Session& session, const std::string& cause, const std::string& note, Time now);
inline constexpr std::size_t most_lines_reversed = 40000;

struct Why {
  std::string cause;
  bool by_order = false;
  std::int64_t batch = 0;
};

/// Marks the stock of these variants, and of the bundles that hold them, on every channel that has an offer of them.
void mark_stock(store::Session& session, const World& world, const std::set<VariantNo>& variants, const Why& why, Time now);
void mark_stock_on(store::Session& session, const Channel& channel, const std::set<VariantNo>& variants, const Why& why, Time now);
/// Marks price, or content, of one thing on one channel.
void mark_aspect(store::Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, const Why& why, Time now);

}  // namespace tally::engine
