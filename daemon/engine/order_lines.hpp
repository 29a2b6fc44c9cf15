// What the lines of an order sell: resolved when they are first seen, and kept for as long as they say the same.
#pragma once

#include "engine/order_rows.hpp"
#include "engine/world.hpp"
#include "model/order.hpp"

#include <string>
#include <vector>

namespace tally::store {
class Session;
struct OrderRow;
}  // namespace tally::store

namespace tally::engine {

/// The variant, or what it is made of if it is a bundle; from nowhere yet.
std::vector<ResolvedLine::Part> parts_of(store::Session& session, VariantNo variant);

/// What the lines were resolved to, as far as they still sell the same: a channel may correct a line under its old id, or number by place.
std::vector<ResolvedLine> resolved_before(store::Session& session, const Channel& channel, const store::OrderRow& row, const Order& order);

/// Lines keep what they were resolved to (`kept`); new ones, other ones, and those that nobody knew, are resolved now. What comes out as it
/// was `before` comes from where it came: it may have left.
std::vector<ResolvedLine> resolve_lines(store::Session& session, const Channel& channel, const Order& order,
                                        const std::vector<ResolvedLine>& kept, const std::vector<ResolvedLine>& before);

std::vector<std::string> unresolved_skus(const Order& order, const std::vector<ResolvedLine>& lines);

/// A line that names one SKU of the catalogue and the offer of another: what it moves is what the offer sells. Of a variant some platforms
/// show the product's own code.
std::vector<std::string> crossed_goods(store::Session& session, const Order& order, const std::vector<ResolvedLine>& lines);

/// Rules speak of SKUs: those that the lines move.
Order under_own_skus(store::Session& session, Order order, const std::vector<ResolvedLine>& lines);

}  // namespace tally::engine
