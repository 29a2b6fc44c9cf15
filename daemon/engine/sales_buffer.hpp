// Buffers that follow sales: what sells elsewhere while it is not shown here yet.
#pragma once

#include "engine/world.hpp"

namespace tally::engine {

/// sold ÷ window × delay, rounded up, at most what the rule allows. Pure.
Quantity buffer_for(Quantity sold, const SalesBuffer& rule, Duration delay);
/// What follows from the buffer as it is and the one as it should be: raised at once, lowered only by more than one unit, so that sales
/// that waver between two numbers do not cause writes for ever. Pure.
Quantity settled_buffer(Quantity present, Quantity wanted);

/// Computes the buffers of all channels anew and marks those that changed. Only SKUs that were sold in the window have one.
void renew_sales_buffers(store::Session& session, const World& world, Time now);
constexpr Duration between_buffers{300000};

}  // namespace tally::engine
