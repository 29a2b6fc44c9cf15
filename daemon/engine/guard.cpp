#include "engine/guard.hpp"

#include "base/crypto.hpp"
#include "engine/number.hpp"
#include "engine/tree.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/offers.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration window{3600000};

struct Counted {
  std::int64_t total = 0, creates = 0, ends = 0, to_zero = 0, price_far = 0;
  std::vector<std::int64_t> things;
};

bool price_moves_far(Session& session, const Channel& channel, const store::OfferRow& offer, const Variant& variant, const Decimal& limit) {
  const auto price = offer_price(session, channel, offer.variant, variant);
  const auto before = Money::parse(offer.price_confirmed.substr(0, offer.price_confirmed.find('/')));
  if (!price.price || !before.has_value() || before->minor == 0) return false;
  const auto change = (price.price->major() - before->major()).divided_by(before->major());
  return change.has_value() && (*change > limit || -*change > limit);
}

std::string digest_of(ChannelNo channel, const std::string& aspect, const std::vector<std::int64_t>& things) {
  std::string text = std::to_string(channel.value) + aspect;
  for (const auto thing : things) text += "," + std::to_string(thing);
  return crypto::hex(crypto::digest(crypto::Digest::sha256, text)).substr(0, 12);
}

/// Why so many changes at once need a person; empty when they do not.
std::string trips(const Counted& counted, const std::string& aspect, std::int64_t live, const GuardRule& rule) {
  const auto over = [&](std::int64_t count, const Decimal& share) { return count > limit_of(live, share, rule.least); };
  const auto all = [&](std::int64_t count) { return live > 1 && count >= live; };
  const auto said = [&](std::int64_t count, const char* what) {
    return std::to_string(count) + " of " + std::to_string(live) + " live offers would " + what;
  };
  if (live == 0) return "";  // the first plan of a channel is released with the channel
  if (aspect == "stock" && (over(counted.to_zero, rule.to_zero) || all(counted.to_zero))) return said(counted.to_zero, "go to zero");
  if (aspect == "price" && (over(counted.price_far, rule.price) || all(counted.price_far)))
    return said(counted.price_far, "change their price by more than 30 %");
  if (aspect == "content" && (over(counted.ends, rule.ends) || all(counted.ends))) return said(counted.ends, "end");
  if (aspect == "content" && over(counted.creates, rule.creates))
    return std::to_string(counted.creates) + " listings would be created beside " + std::to_string(live) + " live offers";
  return "";
}

}  // namespace

std::string hold_things(Session& session, const World& world, const Channel& channel, const std::string& aspect,
                        const std::vector<std::int64_t>& things, const std::string& reason) {
  const Time now = world.clock.now();
  const std::string digest = digest_of(channel.no, aspect, things);
  store::hold(session, {digest, channel.no, aspect, reason, now, static_cast<std::int64_t>(things.size())}, things);
  store::set_problem(session, {channel.no, "guard", digest, reason,
                               "look at `tallyd plan`, then `tallyd release " + digest + "` or `tallyd discard " + digest + "`", now});
  store::journal(session, {0, now, "guard.held", "", channel.no, digest, Json::object({{"aspect", aspect}, {"reason", reason}}).dump()});
  return digest;
}

MarkEffect effect_of(Session& session, const World& world, const Channel& channel, const store::Mark& mark) {
  MarkEffect effect;
  if (mark.aspect == "content") {
    const auto product = store::get_product(session, ProductNo(mark.thing));
    const auto listing = store::find_listing(session, channel.no, ProductNo(mark.thing));
    const bool ended = product && product->product.state == SaleState::ended, bound = listing && listing->state == "bound";
    effect.creates = product && !ended && !bound && !(listing && listing->state == "gone");
    effect.ends = ended && bound && channel.may_retire();
    return effect;
  }
  const auto offer = store::find_offer(session, channel.no, VariantNo(mark.thing));
  if (!offer) return effect;
  if (mark.aspect == "stock") {
    effect.to_zero = stock_number(session, channel, VariantNo(mark.thing)).if_open == 0 && (offer->high > 0 || channel.closed);
    return effect;
  }
  const auto variant = store::get_variant(session, VariantNo(mark.thing));
  const auto product = variant ? store::get_product(session, variant->product) : std::nullopt;
  if (const Variant* sold = product ? product->product.find(Sku(variant->sku)) : nullptr)
    effect.price_far = price_moves_far(session, channel, *offer, *sold, world.config.guard.price_change);
  return effect;
}

std::string value_of(Session& session, const Channel& channel, const store::Mark& mark) {
  if (mark.aspect == "stock") return std::to_string(stock_number(session, channel, VariantNo(mark.thing)).number);
  if (mark.aspect == "content") {
    const auto product = store::get_product(session, ProductNo(mark.thing));
    if (!product) return "";
    const auto listing = store::find_listing(session, channel.no, ProductNo(mark.thing));
    const bool ends = product->product.state == SaleState::ended && listing && listing->state == "bound" && channel.may_retire();
    return std::string(ends ? store::taken_off : "") +
           crypto::state_hash(channel.connector->spell("listing", listing_tree(session, channel, *product)).dump_sorted());
  }
  const auto variant = store::get_variant(session, VariantNo(mark.thing));
  const auto product = variant ? store::get_product(session, variant->product) : std::nullopt;
  const Variant* sold = product ? product->product.find(Sku(variant->sku)) : nullptr;
  return sold ? offer_price(session, channel, variant->no, *sold).text() : "";
}

std::int64_t limit_of(std::int64_t live, const Decimal& share, std::int64_t least) {
  const auto part = (Decimal(live) * share).floored().whole();
  return std::max(least, part.has_value() ? *part : least);
}

Result<std::vector<std::string>> judge_batch(World& world, std::int64_t batch) {
  std::vector<std::string> digests;
  auto done = world.store.write([&](Session& session) -> Result<void> {
    digests.clear();
    std::map<std::pair<ChannelNo, std::string>, Counted> groups;
    for (const auto& mark : store::marks_of_batch(session, batch)) {
      const auto* channel = world.find(mark.channel);
      if (!channel) {  // taken out: the meter judges it when the channel is back
        store::take_from_holds(session, mark.channel, mark.aspect, {mark.thing});
        store::take_from_batch(session, mark);
      }
      if (!channel || mark.by_order) continue;
      auto& group = groups[{mark.channel, mark.aspect}];
      const auto effect = effect_of(session, world, *channel, mark);
      ++group.total;
      group.creates += effect.creates ? 1 : 0;
      group.ends += effect.ends ? 1 : 0;
      group.to_zero += effect.to_zero ? 1 : 0;
      group.price_far += effect.price_far ? 1 : 0;
      group.things.push_back(mark.thing);
    }
    for (const auto& [key, counted] : groups) {
      const auto* channel = world.find(key.first);
      store::take_from_holds(session, key.first, key.second, counted.things);  // it is another change now
      const std::string reason = trips(counted, key.second, store::count_offers(session, key.first), world.config.guard);
      if (reason.empty()) continue;
      digests.push_back(hold_things(session, world, *channel, key.second, counted.things, reason));
    }
    store::close_batch(session, batch);
    return {};
  });
  if (!done) return done.error();
  return digests;
}

bool is_believed_gone(Session& session, const World& world, const Channel& channel, std::int64_t product) {
  const Time now = world.clock.now();
  store::meter(session, channel.no, "content.gone", product, now);
  const std::int64_t live = store::count_offers(session, channel.no);
  const std::int64_t count = store::metered_since(session, channel.no, "content.gone", now - window);
  return count <= limit_of(live, world.config.guard.ends, world.config.guard.least) && !(live > 1 && count >= live);
}

bool admit(Session& session, const World& world, const Channel& channel, const store::Mark& mark, const MarkEffect& effect) {
  const bool weighty =
      effect.to_zero || effect.ends || effect.price_far || (effect.creates && store::count_offers(session, channel.no) > 0);
  if (!weighty) return true;
  const Time now = world.clock.now();
  const std::string kind = mark.aspect + (effect.to_zero ? ".zero" : effect.ends ? ".end" : effect.price_far ? ".far" : ".create");
  const auto& rule = world.config.guard;
  const Decimal& share = effect.to_zero ? rule.to_zero : effect.ends ? rule.ends : effect.price_far ? rule.price : rule.creates;
  store::meter(session, channel.no, kind, mark.thing, now);
  const std::int64_t live = store::count_offers(session, channel.no), count = store::metered_since(session, channel.no, kind, now - window);
  // Where few are live, all of them are too many; but not to sell what is not there any more does less harm than to ask first.
  const bool all = (effect.price_far || effect.ends) && live > 1 && count >= live;
  if (!all && count <= limit_of(live, share, rule.least)) return true;
  hold_things(session, world, channel, mark.aspect, {mark.thing}, "too many changes of this kind in 60 minutes (" + kind + ")");
  return false;
}

}  // namespace tally::engine
