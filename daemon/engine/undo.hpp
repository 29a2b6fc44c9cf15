// Back to what a channel showed at a moment: prices and contents become pins. Stock is never undone by time, only by its cause.
#pragma once

#include "engine/pins.hpp"

namespace tally::engine {

struct UndoWish {
  Time to;
  bool price = true, content = true;
};

struct Undo {
  std::vector<store::Pin> pins;  ///< to be set; at most most_pins_at_once
  Json items = Json::array();    ///< the first 1,000: {aspect, thing, from, to} of a price, {aspect, thing, fields} of a content
  Json unknown = Json::array();  ///< the first 1,000 that changed since and of which nobody knows what stood there: {aspect, thing, why}
  std::int64_t prices = 0, contents = 0, unknowns = 0;
};

/// What would have to be pinned on the channel, so that it is to show again what was confirmed there at that moment: of all that was
/// confirmed since then or waits to be sent. What is to be shown and is the same already gets no pin. Errors: invalid (too many at once).
Result<Undo> find_undo(store::Session& session, const Channel& channel, const UndoWish& wish, const std::string& author, Time now);

/// {channel, to, aspect}. Errors: invalid.
Result<UndoWish> undo_wish_in(const Json& wish, Time now);

}  // namespace tally::engine
