// A channel whose orders cannot be read sells what nobody sees: after the time that its merchant sets, it shows nothing.
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/offers.hpp"

#include <algorithm>
#include <mutex>

namespace tally::engine {
namespace {

/// What is to stand there otherwise than it does.
void mark_numbers(store::Session& session, const Channel& channel, Time now) {
  constexpr std::size_t page = 500;
  for (VariantNo after;;) {
    const auto offers = store::offers_after(session, channel.no, after, page);
    for (const auto& offer : offers) {
      if (stock_direction(session, channel, offer) != Direction::none)
        mark_aspect(session, channel.no, "stock", offer.variant.value, {channel.closed ? "closed" : "open again", false, 0}, now);
    }
    if (offers.size() < page) return;
    after = offers.back().variant;
  }
}

}  // namespace

/// Its orders were asked for in vain when the time was over already, though the platform answers else: after an outage of the whole the
/// numbers are right with the first reading, and nobody wants to find an empty shop.
bool Lane::is_to_close() const {
  const auto& config = channel_->config;
  if (!config.close_after || channel_->closed || !channel_->may_write() || !channel_->facts.reads_orders || !channel_->has_our_stock())
    return false;
  const Time over = unread_since_ + std::max(*config.close_after, 2 * config.orders_every);
  return answered_else_ != never && list_failed_at_ >= std::max(over, answered_else_);
}

bool Lane::is_to_open() const {
  if (!channel_->closed) return false;
  return !channel_->config.close_after || !channel_->facts.reads_orders || complete_.ended != long_ago;
}

/// Open again by the first complete reading, or when the merchant no longer asks for it.
Result<void> Lane::close_or_open() {
  const Time now = world_.clock.now();
  const bool closes = is_to_close();
  if (!closes && !is_to_open()) return {};
  Channel as_it_will_be = *channel_;
  as_it_will_be.closed = closes;
  const auto& name = channel_->config.name;
  auto written = world_.store.write([&](store::Session& session) -> Result<void> {
    keep_closed(session, channel_->no, closes, now);
    mark_numbers(session, as_it_will_be, now);
    store::journal(session, {0, now, closes ? "channel.closed" : "channel.opened", "", channel_->no, name, "{}"});
    if (!closes) {
      store::clear_problem(session, channel_->no, "closed", name);
      return {};
    }
    store::set_problem(session, {channel_->no, "closed", name,
                                 "its orders could not be read since " + format_iso(unread_since_) +
                                     ", so nothing is for sale there but what its own open orders hold, as 'close_after' says" +
                                     (state_.list_reason.empty() ? std::string() : ": " + state_.list_reason),
                                 "see to it that its orders can be read; the numbers come back with the first complete reading", now});
    return {};
  });
  if (!written) return written;
  if (closes) complete_ = {};
  world_.log.warning(closes ? "the channel is closed: its orders cannot be read" : "the channel is open again", {{"channel", name}});
  const std::unique_lock guard(world_.mutex);
  channel_->closed = closes;
  return {};
}

}  // namespace tally::engine
