// Whose word stands for a field of a product's content on a channel (`owners:` of its file), by comparing three: what stands there, what
// the catalogue says, and what was last known to be agreed. The price's owner is `offer_price` (number.cpp).
#pragma once

#include "engine/world.hpp"
#include "store/catalogue.hpp"

namespace tally::engine {

/// A reading of one listing.
struct SeenListing {
  const Json& tree;    ///< what is to stand there, with what the document says on top
  const Json& said;    ///< what the document says by itself
  Time started;        ///< when the reading began
  bool first = false;  ///< the first since our last write, and the write's answer did not show how the platform spells it
};

/// What became of the fields that are not the master's.
struct Settled {
  Json adopted = Json::object();  ///< {field: {from, to}}: the catalogue says what is said there now
  Json kept = Json::object();     ///< {field: {here, there}}: changed on both sides, and ours was the newer
};

/// True where some field of the content is the channel's or the newer word's.
bool shares_content(const Channel& channel);
/// Compares and remembers; writes the catalogue where a change there is taken over. Marks and journals nothing.
Settled settle_fields(store::Session& session, const Channel& channel, const store::ProductRow& product, const SeenListing& seen, Time now);
/// Lays what stands on the channel over the catalogue's tree, field by field that is the channel's: that is what is to stand there.
void lay_own_words(store::Session& session, const Channel& channel, ProductNo product, Json& tree);

/// A write of this tree is about to leave: seen there later, it is no change of a hand's.
void note_sent(store::Session& session, const Channel& channel, ProductNo product, const Json& tree);
/// The write was confirmed; `shown`: as the platform answered it, if it did.
void note_confirmed(store::Session& session, const Channel& channel, ProductNo product, const Json& sent, const std::optional<Json>& shown);

}  // namespace tally::engine
