#include "engine/new_rules.hpp"

#include "engine/guard.hpp"
#include "engine/number.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t page = 200;  // a transaction
constexpr const char *compared_by = "rules", *cause = "the rules";

/// What a listing would say otherwise is found when its turn comes; that one is made or ended weighs by itself. What was refused before is
/// tried again where it is another now.
void compare_product(Session& session, const World& world, const Channel& channel, ProductNo product, std::int64_t batch) {
  const store::Mark content{.channel = channel.no, .aspect = "content", .thing = product.value};
  const auto known = store::find_mark(session, channel.no, "content", product.value);
  if (known && !known->parked.empty() && known->parked_hash == value_of(session, channel, content)) return;
  const auto effect = effect_of(session, world, channel, content);
  mark_aspect(session, channel.no, "content", product.value, {cause, false, effect.creates || effect.ends ? batch : 0}, world.clock.now());
}

void compare_offer(Session& session, const Channel& channel, const store::OfferRow& offer, std::int64_t batch, Time now) {
  const auto is_held = [&](const char* aspect) { return store::is_held(session, channel.no, aspect, offer.variant.value); };
  if (stock_direction(session, channel, offer) != Direction::none || is_held("stock"))
    mark_aspect(session, channel.no, "stock", offer.variant.value, {cause, false, batch}, now);
  const store::Mark price{.channel = channel.no, .aspect = "price", .thing = offer.variant.value};
  if (value_of(session, channel, price) != offer.price_confirmed || is_held("price"))
    mark_aspect(session, channel.no, "price", offer.variant.value, {cause, false, batch}, now);
}

}  // namespace

void NewRules::follow(Session& session, const Channel& channel, const std::string& rules, bool is_new, Time now) {
  if (rules.empty()) return;
  const auto last = store::get_cursor(session, channel.no, compared_by);
  if (last && last->value == rules) return;
  if (is_new)
    store::set_cursor(session, channel.no, compared_by, rules, now);
  else
    left_[channel.no] = {rules, {}, {}, false};
}

void NewRules::compare_page(Session& session, const World& world, const Channel& channel, Left& left) {
  const Time now = world.clock.now();
  if (!left.products_done) {
    const auto products = store::products_after(session, left.product, page);
    for (const auto& product : products) compare_product(session, world, channel, product.no, batch_);
    if (!products.empty()) left.product = products.back().no;
    left.products_done = products.size() < page;
    return;
  }
  const auto offers = store::offers_after(session, channel.no, left.offer, page);
  for (const auto& offer : offers) compare_offer(session, channel, offer, batch_, now);
  if (!offers.empty()) left.offer = offers.back().variant;
  if (offers.size() < page) {
    store::set_cursor(session, channel.no, compared_by, left.rules, now);
    left.rules.clear();
  }
}

Result<bool> NewRules::compare_some(World& world) {
  while (!left_.empty()) {
    const auto& [no, known] = *left_.begin();
    const auto* channel = world.find(no);
    if (!channel) {
      left_.erase(left_.begin());
      continue;
    }
    Left left = known;
    const std::int64_t open = batch_;
    auto written = world.store.write([&](Session& session) -> Result<void> {
      left = known;
      batch_ = open != 0 ? open : store::open_batch(session, cause, world.clock.now());
      compare_page(session, world, *channel, left);
      return {};
    });
    if (!written) {
      batch_ = open;
      return written.error();
    }
    if (left.rules.empty())
      left_.erase(left_.begin());
    else
      left_.begin()->second = left;
    return true;
  }
  if (batch_ == 0) return false;
  const auto judged = judge_batch(world, batch_);
  if (!judged) return judged.error();
  batch_ = 0;
  return false;
}

}  // namespace tally::engine
