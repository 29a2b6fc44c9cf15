// The rule that stops a plan that would change too much at once. What an order caused is never held. README.md §Guard.
#pragma once

#include "engine/world.hpp"
#include "store/marks.hpp"

namespace tally::engine {

/// What a mark would do if it were sent now.
struct MarkEffect {
  bool creates = false, ends = false, to_zero = false, price_far = false;
};

MarkEffect effect_of(store::Session& session, const World& world, const Channel& channel, const store::Mark& mark);
/// What it would write, as `Mark::parked_hash` keeps it: the number, the price, the hash of the content.
std::string value_of(store::Session& session, const Channel& channel, const store::Mark& mark);

/// Judges a batch whole, per channel and aspect, and closes it: what trips is held by a digest until a person releases it. What was held of
/// these things before is another change now, and leaves its set.
/// Returns the digests.
Result<std::vector<std::string>> judge_batch(World& world, std::int64_t batch);

/// Whether a listing of which the platform says that it does not exist is believed to be gone: not when it says so of too many within 60
/// minutes, as of endings.
bool is_believed_gone(store::Session& session, const World& world, const Channel& channel, std::int64_t product);

/// The meter for everything that is of no batch and no order: false when this change would be one too many in 60 minutes; it is held then.
bool admit(store::Session& session, const World& world, const Channel& channel, const store::Mark& mark, const MarkEffect& effect);

/// Keeps these for a person to decide; the digest that they are named by.
std::string hold_things(store::Session& session, const World& world, const Channel& channel, const std::string& aspect,
                        const std::vector<std::int64_t>& things, const std::string& reason);

/// max(least, share of the offers that are live): more than that trips.
std::int64_t limit_of(std::int64_t live, const Decimal& share, std::int64_t least);

}  // namespace tally::engine
