// An order's document becomes an order: stored, claimed, believed and marked, in the transaction that is handed in.
#pragma once

#include "engine/world.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::store {
class Session;
struct OrderRow;
}  // namespace tally::store

namespace tally::engine {

/// A document of an order as it was read or delivered.
struct OrderDocument {
  Json tree;                        ///< the model's tree
  std::vector<std::string> doubts;  ///< what could not be read: the order is held for it
  std::string platform_state;
  bool fetched = false;  ///< by a reading of ours; else delivered by the platform
  std::int64_t row = 0;  ///< of the inbox
  Time received_at;
  std::string body_hash;
};

enum class OrderOutcome {
  applied,
  same,     ///< nothing new
  poke,     ///< not surely newer than what we have: it is fetched by its id
  lagging,  ///< a reading older than what we have: fetched again a little later
};

/// Errors: invalid (the document names no order, or is no order): park it.
Result<OrderOutcome> apply_order(store::Session& session, const World& world, const Channel& channel, const OrderDocument& document,
                                 const StepSeen& step_seen);

/// Claims the orders again that were waiting for this SKU to exist.
void resolve_waiting(store::Session& session, const World& world, const std::string& sku, const StepSeen& step_seen);

/// The same for all whose SKU came while their channel was taken out of the configuration. Errors: those of the store.
Result<void> resolve_all_waiting(const World& world, const StepSeen& step_seen);

/// The stored order once more: what the merchant did with it, or what became of that, is something else now. `cause`: who or what changed
/// that, as the journal says it.
void reconsider_order(store::Session& session, const World& world, OrderNo order, const std::string& cause);
/// The order as the platform says it is.
Order platform_order(const store::OrderRow& row);
/// The SKU of what each line moves, by the line's id, as far as that is known: the platform may have another word for it, or none.
std::map<std::string, std::string> sold_by_line(store::Session& session, const store::OrderRow& row);
/// The platform's order for a person: each line under the SKU of what it moves.
Order named_order(store::Session& session, const store::OrderRow& row);
/// Whether a line of it moves that variant, the bundle itself where it is one.
bool sells(const store::OrderRow& row, VariantNo variant);

/// Its open lines (or the one named) come from that location from now on, and what they reserve moves there. Answers how many parts moved;
/// lines of which something left stay. Errors: not_found.
Result<std::size_t> reroute_order(store::Session& session, const World& world, OrderNo order, LocationNo location, const std::string& line,
                                  const std::string& author);

/// A person says what a line (by its id or its SKU; empty: the one of unknown goods) sells, and what it reserves or has moved is of that
/// from now on, for as long as the platform's document names the same under it. The offer that it was sold from stays what the platform
/// took from. Answers the line's id. Errors: not_found (the order, the SKU), invalid (no such line, or several).
Result<std::string> remap_line(store::Session& session, const World& world, OrderNo order, const std::string& line, const std::string& sku,
                               const std::string& author);

/// A person lets an order go for what holds it now; the same words never hold it again. Answers what holds it still: a line whose SKU
/// nobody knows. Errors: rejected (nothing can be released).
Result<std::vector<std::string>> release_order(store::Session& session, const World& world, OrderNo order, const std::string& author);

/// A pending order's reservation has run out.
void expire_order(store::Session& session, const World& world, OrderNo order);

/// An order as a line of a list, without its buyer.
Json order_item(store::Session& session, const World& world, const store::OrderRow& row);

/// The order that a person means: by the platform's id; without a channel's name it must be of one channel alone. Errors: not_found,
/// invalid.
Result<store::OrderRow> find_named(store::Session& session, const World& world, const std::string& channel, const std::string& id);

}  // namespace tally::engine
