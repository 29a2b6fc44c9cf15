// Listings that somebody else had made: what is to be written over them waits until a person was asked. README.md §Creating.
#include "engine/guard.hpp"
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/tree.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration no_more_found{60000};  ///< what is found within this time is asked about as one

bool is_text_of_others(const store::ListingRow& listing) {
  return listing.sent_at == long_ago && listing.sent.empty();
}

}  // namespace

/// What a plan showed was released with its channel; what we sent, though its answer was lost, is ours.
Time Lane::note_found(const store::ListingRow& listing) {
  if (!channel_->released || listing.state == "gone" || listing.sent_at != long_ago) return long_ago;
  return found_ = world_.clock.now();
}

/// Of a mark that would write over what somebody else had listed, and nobody here wrote yet: until the question stands, and then until its
/// answer.
bool Lane::waits_for_an_answer(Session& session, const store::Mark& mark, ProductNo product) {
  const auto listing = store::find_listing(session, channel_->no, product);
  if (mark.by_order || !listing || listing->found_at == long_ago) return false;
  if (mark.aspect == "content" && !is_text_of_others(*listing)) return false;
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
  std::size_t ends = 0;
  const auto is_open = [&](const char* aspect, std::int64_t thing, const std::string& value, const std::string& stands_there) {
    const auto mark = store::find_mark(session, channel_->no, aspect, thing);
    return mark && !mark->by_order && value != stands_there && mark->parked.empty() && !refused_before(*mark, value) &&
           !store::is_held(session, channel_->no, aspect, thing);
  };
  for (const auto& listing : store::found_listings(session, channel_->no)) {
    const auto product = store::get_product(session, listing.product);
    if (listing.state != "bound" || !product) continue;
    const store::Mark content{.channel = channel_->no, .aspect = "content", .thing = listing.product.value};
    const bool ended = product->product.state == SaleState::ended;
    const bool writes = ended ? channel_->may_retire() : channel_->config.policy != Policy::create_only && channel_->facts.pushes_content;
    const std::string text = value_of(session, *channel_, content);
    bool other = writes && is_text_of_others(listing);
    if (other && is_open("content", listing.product.value, text, listing.sent)) {
      contents.push_back(listing.product.value);
      ends += ended ? 1 : 0;
    }
    for (const auto& variant : store::variants_of(session, listing.product)) {
      const auto offer = store::find_offer(session, channel_->no, variant.no);
      const Variant* sold = product->product.find(Sku(variant.sku));
      if (!offer || !sold || offer->price_sent_at != long_ago || !channel_->facts.pushes_price) continue;
      const auto price = offer_price(session, *channel_, variant.no, *sold);
      if (!price.refused.empty() || price.text() == offer->price_sent) continue;
      other = true;
      if (is_open("price", variant.no.value, price.text(), offer->price_sent)) prices.push_back(variant.no.value);
    }
    if (!other) store::call_ours(session, channel_->no, listing.product);  // it reads as ours does
  }
  const auto many = [](std::size_t count, const std::string& what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); };
  const auto ask = [&](const char* aspect, const std::vector<std::int64_t>& things, const std::string& what) {
    if (!things.empty())
      hold_things(session, world_, *channel_, aspect, things, "of listings that were there already, made by somebody else, " + what);
  };
  const std::string ended = ends == 0 ? "" : (contents.size() > ends ? ", and " : "") + std::to_string(ends) + " would be taken off sale";
  const std::string texts = contents.size() > ends ? many(contents.size() - ends, "text") + " would be replaced by the catalogue's" : "";
  ask("content", contents, texts + ended);
  ask("price", prices, many(prices.size(), "price") + " would be replaced by the catalogue's");
}

}  // namespace tally::engine
