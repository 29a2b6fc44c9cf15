#include "engine/review.hpp"

#include "engine/condition.hpp"
#include "model/privacy.hpp"
#include "store/buyers.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

constexpr std::string_view mark = "review: ";

bool is_above(const std::vector<Money>& limits, const Order& order) {
  return order.total && std::any_of(limits.begin(), limits.end(), [&](const Money& limit) {
           return limit.currency == order.total->currency && order.total->minor > limit.minor;
         });
}

/// What is asked of a line, one line must meet as a whole.
bool has_line(const ReviewRule& rule, const Order& order) {
  return std::any_of(order.lines.begin(), order.lines.end(), [&](const OrderLine& line) {
    return (rule.skus.empty() || names_sku(rule.skus, line)) && (!rule.quantity_above || line.quantity > *rule.quantity_above);
  });
}

bool meets_place(const ReviewRule& rule, const std::string& channel, const Order& order) {
  const std::string& country = order.ship_to.country;
  if (!rule.channels.empty() && !names(rule.channels, channel)) return false;
  if (!rule.countries.empty() && !names(rule.countries, country)) return false;
  return rule.other_than.empty() || (!country.empty() && !names(rule.other_than, country));
}

bool meets_buyer(const ReviewRule& rule, const Order& order, const KnownBuyer& buyer) {
  if (rule.new_buyer && (!buyer.named || buyer.bought)) return false;
  if (rule.first_order && (!buyer.named || buyer.bought_there)) return false;
  const auto at = order.buyer.email.rfind('@');
  return rule.email_domains.empty() || (at != std::string::npos && names(rule.email_domains, order.buyer.email.substr(at + 1)));
}

bool can_be_kept_back(OrderState state) {
  switch (state) {
    case OrderState::pending:
    case OrderState::paid:
    case OrderState::held:
    case OrderState::released:
    case OrderState::part_shipped:
      return true;
    case OrderState::shipped:
    case OrderState::completed:
    case OrderState::cancelled:
    case OrderState::refunded:
      return false;
  }
  return false;
}

}  // namespace

KnownBuyer buyer_of(store::Session& session, ChannelNo channel, const Order& order, OrderNo no) {
  KnownBuyer known;
  const bool by_email = order.buyer.email.find('@') != std::string::npos;
  known.named = !buyer_identity(to_json(order)).empty();
  const auto key = known.named ? store::find_buyer(session, by_email ? order.buyer.email : order.buyer.phone) : std::nullopt;
  if (!key) return known;
  for (const auto earlier : store::orders_of_buyer(session, *key)) {
    if (earlier == no || (no.value != 0 && earlier.value > no.value)) continue;
    known.bought = true;
    const auto row = store::get_order(session, earlier);
    known.bought_there = row && row->channel == channel;
    if (known.bought_there) return known;
  }
  return known;
}

bool meets(const ReviewRule& rule, const std::string& channel, const Order& order, const KnownBuyer& buyer) {
  if (!rule.total_above.empty() && !is_above(rule.total_above, order)) return false;
  if ((!rule.skus.empty() || rule.quantity_above) && !has_line(rule, order)) return false;
  return meets_place(rule, channel, order) && meets_buyer(rule, order, buyer);
}

std::vector<std::string> review(store::Session& session, const World& world, const Channel& channel, const Order& order, OrderNo no) {
  std::vector<std::string> holds;
  if (world.config.review.empty() || !can_be_kept_back(order.state)) return holds;
  const bool asks = std::any_of(world.config.review.begin(), world.config.review.end(),
                                [](const ReviewRule& rule) { return rule.new_buyer || rule.first_order; });
  const KnownBuyer buyer = asks ? buyer_of(session, channel.no, order, no) : KnownBuyer{};
  for (const auto& rule : world.config.review) {
    if (meets(rule, channel.config.name, order, buyer)) holds.push_back(std::string(mark) + rule.name);
  }
  return holds;
}

}  // namespace tally::engine
