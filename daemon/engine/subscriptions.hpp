// A channel's webhooks to our door: when they are looked at, and what is known of them. The connector's `subscribe` enters, checks and
// revives them where the platform lets it; orders come by the list all the same.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "channel/capabilities.hpp"
#include "engine/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tally::engine {

/// What a check found and did: `shown` of an answered `subscribe` (channel/connector.hpp).
struct WebhooksFound {
  std::int64_t wanted = 0, active = 0;     ///< how many of ours there should be, and how many work now
  std::vector<std::string> revived, made;  ///< topics of those that were switched off there, and of those that were missing
  std::string why, todo;                   ///< what kept it from doing the rest; empty: nothing did

  static WebhooksFound of(const Json& shown);
};

/// How a channel's platform gets to tell us: `by itself` (the daemon enters the webhooks), `by hand` (a person does, at the platform),
/// `no address` (nobody can reach us: orders come by the list alone); empty: it has no webhooks.
std::string way_of_webhooks(const channel::Capabilities& facts, const ChannelConfig& config);

/// What `status` tells.
struct WebhooksState {
  std::int64_t wanted = 0, active = 0;
  Time checked_at = long_ago;  ///< the last check that was answered
  std::int64_t revived = 0;    ///< within the last day
  Time revived_at = long_ago;
  std::string trouble;  ///< why the last check could not do its work
};

/// When the webhooks are looked at: at the start, every hour, soon after something was mended there (a platform's worker may switch it off
/// once more) and after an order that none of them told of; less and less often where that was nothing, or where it fails. Engine's thread.
class WebhookWatch {
 public:
  bool is_due(Time now) const { return !out_ && due_ <= now; }
  /// Never while a check is out.
  Time due() const { return out_ ? never : due_; }
  void left() { out_ = true; }
  void answered(const WebhooksFound& found, Time now);
  void failed(Time now);
  /// Nothing could be asked, as no budget has room before.
  void put_off(Time until);
  /// An order that was placed or changed then came without a webhook. One of a time when they were not known to work says nothing.
  void not_told_of(Time changed_at, Time now);
  /// A person asked, or the rules are others: at the next turn.
  void at_once();

 private:
  bool out_ = false;
  Time due_ = long_ago, checked_at_ = long_ago;
  Time active_since_ = never;  ///< all of them, as far as is known
  bool doubted_ = false;       ///< the check that is due follows an order that nothing told of
  Duration patience_ = least_patience;
  unsigned failures_ = 0;

  static constexpr Duration least_patience{30000};
};

}  // namespace tally::engine
