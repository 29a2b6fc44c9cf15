// Prices and contents that a person fixed, and what the journal knows of those that stood on a channel at a moment.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::store {

class Session;

/// At most one of a thing's aspect on a channel.
struct Pin {
  std::int64_t no = 0;
  ChannelNo channel;
  std::string aspect;  ///< price (thing: variant), content (thing: product)
  std::int64_t thing = 0;
  std::string value;  ///< price: as OfferRow::price_sent; content: JSON, the fields that are fixed
  Time until = never;
  std::string author;
  Time at;
};

/// Adds it, or replaces the one that is there; its number.
std::int64_t put_pin(Session& session, const Pin& pin);
void remove_pin(Session& session, std::int64_t no);
std::optional<Pin> get_pin(Session& session, std::int64_t no);
std::optional<Pin> find_pin(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing);
/// In order of their numbers, after `after`; of one channel where one is given, of one aspect where it is not empty.
std::vector<Pin> pins_after(Session& session, std::optional<ChannelNo> channel, const std::string& aspect, std::int64_t after,
                            std::size_t limit);

/// Keeps what a listing says; the same text is kept once. Its digest, for the journal.
std::string keep_content(Session& session, const Json& content);

/// What was confirmed to stand there at that moment: the price of a SKU, the content of a product's code. Nothing: not known.
std::optional<std::string> price_shown_at(Session& session, ChannelNo channel, const std::string& sku, Time at);
std::optional<Json> content_shown_at(Session& session, ChannelNo channel, const std::string& code, Time at);
/// SKUs whose price, or codes whose content, was confirmed there since.
std::set<std::string> shown_since(Session& session, ChannelNo channel, const std::string& aspect, Time since);

}  // namespace tally::store
