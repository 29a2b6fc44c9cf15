// Pins: a price or fields of the content of one thing on one channel that a person fixed. They win over the catalogue and the rules until
// they are cleared or their time is over. Where they are applied: `offer_price` (number.cpp) and `shown_product` here.
#pragma once

#include "engine/stock.hpp"
#include "engine/world.hpp"
#include "store/catalogue.hpp"
#include "store/pins.hpp"

namespace tally::engine {

/// What a product's or a listing's tree says, without ids, numbers and prices: every field of the content, null where there is none.
Json content_of(const Json& tree);
/// A tree without what begins with '@', at any depth.
Json without_ids(const Json& tree);
/// The product's tree as it is to be shown there: the catalogue's, with the channel's own words and the pinned fields in its place.
Json shown_product(store::Session& session, const Channel& channel, const store::ProductRow& row);

/// Journals what a channel is known to show from now on, so that it can be shown again.
void note_price(store::Session& session, const Channel& channel, const std::string& sku, const std::string& price, const std::string& cause,
                Time now);
/// `what`: listing.found, listing.created or listing.updated; `tree`: as it was sent or read.
void note_content(store::Session& session, const Channel& channel, const std::string& what, const std::string& code, const Json& tree,
                  const std::string& cause, Time now);

/// Fixes them and marks what that changes. What the guard held of these things is another change now, and is judged anew.
void set_pins(store::Session& session, const std::vector<store::Pin>& pins, const Why& why, Time now);
/// The catalogue and the rules hold again; judged anew too.
void clear_pins(store::Session& session, const std::vector<store::Pin>& pins, const Why& why, Time now);
/// Ends the pin if its time is over, else says when.
void tend_pin(store::Session& session, std::int64_t no, Time now);

/// The pins that {channel, sku, price: "12.50", compare_at, title, description, until} asks for, each checked; fields of a content that are
/// pinned already stay. Errors: not_found, invalid, rejected (a price that is never sent).
Result<std::vector<store::Pin>> pins_wanted(store::Session& session, const World& world, const Json& wish, const std::string& author,
                                            Time now);
/// What {channel, sku or all: true, aspect} clears. Errors: not_found, invalid.
Result<std::vector<store::Pin>> pins_named(store::Session& session, const World& world, const Json& wish);
inline constexpr std::size_t most_pins_at_once = 50'000;

/// {channel, aspect, thing, sku, value, until, author, at}
Json pin_json(store::Session& session, const World& world, const store::Pin& pin);
/// "pinned by anna at 2026-…, until 2026-…"
std::string pin_in_words(const store::Pin& pin);

}  // namespace tally::engine
