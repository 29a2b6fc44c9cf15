// The model's trees as connectors get them: a product or a variant with the remote ids, numbers and prices of one channel;
// and what is learnt back.
#pragma once

#include "engine/number.hpp"
#include "engine/world.hpp"
#include "store/catalogue.hpp"

namespace tally::engine {

/// The product with every id that we know there, `@known` on what this channel has confirmed,
/// and each variant's `available` and `price` as they are to be shown there.
Json listing_tree(store::Session& session, const Channel& channel, const store::ProductRow& row);
/// One variant with `listing: {@id…}`; numbers are set by the caller.
Json offer_tree(store::Session& session, const Channel& channel, const store::ProductRow& row, const Variant& variant);
/// What identifies a variant there, for a look: ids, `sku`, `listing: {@id…, code}`.
Json thing_tree(store::Session& session, const Channel& channel, const store::VariantRow& variant);

/// Keeps the remote ids of a tree that was read or answered.
void learn(store::Session& session, const Channel& channel, const store::ProductRow& row, const Json& tree);

/// Which product a listing's tree is of: by its id, by its code, by a variant's id or SKU. Nothing: unbound.
std::optional<store::ProductRow> product_of(store::Session& session, const Channel& channel, const Json& tree);
/// Which variant an offer's tree is of: by its id, then by its SKU.
std::optional<store::VariantRow> variant_of(store::Session& session, const Channel& channel, const Json& tree);

}  // namespace tally::engine
