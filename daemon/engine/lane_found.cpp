// Listings that somebody else had made: what is to be written over them waits until a person was asked. README.md §Creating.
#include "engine/guard.hpp"
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/tree.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration no_more_found{60000};  ///< what is found within this time is asked about as one

bool is_price_of_others(const store::OfferRow& offer) {
  return offer.price_sent_at == long_ago;
}

}  // namespace

/// What a plan showed was released with its channel; what we sent, though its answer was lost, is ours.
Time Lane::note_found(const store::ListingRow& listing) {
  if (!channel_->released || listing.state == "gone" || listing.sent_at != long_ago) return long_ago;
  return found_ = world_.clock.now();
}

/// Of a mark that would write over what somebody else had listed: until the question stands, and then until its answer.
bool Lane::waits_for_an_answer(Session& session, const store::Mark& mark, ProductNo product) {
  const auto listing = store::find_listing(session, channel_->no, product);
  if (mark.by_order || !listing || listing->found_at == long_ago) return false;
  if (found_ == never) found_ = world_.clock.now();
  store::delay_mark(session, mark, world_.clock.now() + no_more_found + Duration(1));
  return true;
}

/// Once no more were found for a while, so that a person is asked once about thousands.
Result<void> Lane::ask_about_found() {
  if (found_ == never || world_.clock.now() - found_ < no_more_found || !sweep_cursor_.empty()) return {};
  return world_.store.write([&](Session& session) -> Result<void> {
    ask_about_found(session);
    return {};
  });
}

/// A set an aspect of what would be written over them.
void Lane::ask_about_found(Session& session) {
  found_ = never;
  std::vector<std::int64_t> contents, prices;
  const auto note = [&](std::vector<std::int64_t>& things, const char* aspect, std::int64_t thing, const std::string& stands_there) {
    const auto mark = store::find_mark(session, channel_->no, aspect, thing);
    if (!mark || mark->by_order) return false;
    const std::string value = value_of(session, *channel_, *mark);
    if (value == stands_there) return false;
    const bool answered = !mark->parked.empty() || refused_before(*mark, value);
    if (!answered && !store::is_held(session, channel_->no, aspect, thing)) things.push_back(thing);
    return true;
  };
  for (const auto& listing : store::found_listings(session, channel_->no)) {
    if (listing.state != "bound") continue;
    bool other = channel_->config.policy != Policy::create_only && note(contents, "content", listing.product.value, listing.sent);
    for (const auto& variant : store::variants_of(session, listing.product)) {
      const auto offer = store::find_offer(session, channel_->no, variant.no);
      other = (offer && is_price_of_others(*offer) && note(prices, "price", variant.no.value, offer->price_sent)) || other;
    }
    if (!other) store::call_ours(session, channel_->no, listing.product);  // it reads as ours does
  }
  const auto ask = [&](const char* aspect, const std::vector<std::int64_t>& things, const std::string& what) {
    const std::string many = std::to_string(things.size()) + " " + what + (things.size() == 1 ? "" : "s");
    if (things.empty()) return;
    hold_things(session, world_, *channel_, aspect, things,
                "of listings that were there already, made by somebody else, " + many + " would be replaced by the catalogue's");
  };
  ask("content", contents, "text");
  ask("price", prices, "price");
}

}  // namespace tally::engine
