// The four states of an offer, aspect by aspect, each with its time.
#pragma once

#include "engine/world.hpp"
#include "store/offers.hpp"

namespace tally::engine {

/// Under `stock`, `price` and `content`: what is `desired` (with `desired_at` where something else was so before, and is still to be sent),
/// what was last `sent`, `confirmed` and `observed` there, each with its `…_at`, and the `state`: clean, dirty, held, parked, suspect.
/// `state` beside them is the worst of the three. A content is named by its hash.
Json offer_json(store::Session& session, const Channel& channel, const store::OfferRow& offer);

}  // namespace tally::engine
