// The merchant's rules for orders that a person is to look at before they are sent. An order that meets one has a hold beside its state:
// what it reserves stays reserved.
#pragma once

#include "engine/config.hpp"
#include "engine/world.hpp"
#include "model/order.hpp"

#include <string>
#include <vector>

namespace tally::store {
class Session;
}

namespace tally::engine {

/// What a rule can ask about a buyer, beyond the order itself.
struct KnownBuyer {
  bool named = false;         ///< the platform says who it is; else nothing can be said
  bool bought = false;        ///< an order of theirs was here before this one, of any channel
  bool bought_there = false;  ///< of this channel
};
KnownBuyer buyer_of(store::Session& session, ChannelNo channel, const Order& order, OrderNo no);

/// Whether the order meets every condition of the rule. Amounts in a currency that the rule does not name never do; a buyer whom the
/// platform does not name is not new. Pure.
bool meets(const ReviewRule& rule, const std::string& channel, const Order& order, const KnownBuyer& buyer);

/// "review: NAME", one a rule that the order meets, in the order of the rules. None where nothing of it can be kept back any more.
std::vector<std::string> review(store::Session& session, const World& world, const Channel& channel, const Order& order, OrderNo no);

}  // namespace tally::engine
