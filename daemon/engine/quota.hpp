// Quotas: a fixed number of units that is set aside for one offer of a channel from a moment until another, for a timed sale.
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"
#include "store/stock_rules.hpp"

#include <vector>

namespace tally::engine {

/// Sets it aside from its moment on. Errors: invalid (no units, no time, it overlaps with another of the same offer).
Result<std::int64_t> plan_quota(store::Session& session, const World& world, const store::Quota& quota, Time now);
/// What is left of it returns now. Errors: not_found.
Result<void> end_quota(store::Session& session, const World& world, std::int64_t no, const std::string& author, Time now);
/// Begins or ends it if its time has come, marks what that changes, and says when it is to be tended again.
void tend_quota(store::Session& session, const World& world, std::int64_t no, Time now);
/// The quotas that stand in the channel's file, and no other ones by file: what is new is planned, what is gone ends with the next turn.
void plan_file_quotas(store::Session& session, const Channel& channel, Time now);

/// What this order has had of the quotas that were running when it was placed: units that our ledger reserves or has shipped for it.
void draw_from_quotas(store::Session& session, const Channel& channel, OrderNo no, const Order& order,
                      const std::vector<ResolvedLine>& resolved, const Claim& claim, Time now);

}  // namespace tally::engine
