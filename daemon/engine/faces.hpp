// What the server may ask of the engine: to take a delivery, and to answer or do what a person asks.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "channel/connector.hpp"

#include <functional>
#include <string>

namespace tally::engine {

/// The door. Any thread.
class Intake {
 public:
  virtual ~Intake() = default;
  /// Verifies the delivery, stores it, and calls `done` (once, on any thread) after the commit with what to answer.
  /// Errors: not_found (no such channel), unauthorized (not authentic), locked (backlog full or the disk is: answer 503), invalid.
  virtual void receive(const ChannelId& channel, channel::Webhook webhook, std::function<void(Result<channel::Reply>)> done) = 0;
  /// True when the daemon can store what it accepts (for /readyz); `why` says what is wrong otherwise.
  virtual bool ready(std::string& why) const = 0;
};

struct Query {
  std::string channel;      ///< a channel's name, or empty
  std::string sku;          ///< exactly this, or empty
  std::string state;        ///< orders: a state; offers: drift, dirty, parked; or empty
  std::string cursor;       ///< from the answer before
  std::size_t limit = 100;  ///< at most 1,000
};

/// Any thread; each call may block for some milliseconds. All answers are JSON objects;
/// lists stand under `items`, with `cursor` where there is more.
/// Errors: not_found, invalid (what the caller gave), locked (try again).
class Admin {
 public:
  virtual ~Admin() = default;

  // Looking.
  /// items: {name, connector, policy, state: ok|paused|backing_off, reason, protection: by delta|by compare|by look|by age,
  ///  offers, listings, pending, drift, unread_rows, parked, last_order_read, last_sweep, raises_held, oldest_unverified_ms}
  virtual Result<Json> channels() = 0;
  /// items: the product's tree (model/product.hpp) with `stock: [{sku, location, on_hand, reserved, available}]`
  virtual Result<Json> products(const Query& query) = 0;
  /// items: {channel, sku, listing_id, id, state, stock: {desired, sent, confirmed, observed, low, high}, price: {…},
  ///  content: {…}, verified_at, problem}
  virtual Result<Json> offers(const Query& query) = 0;
  /// items: {channel, id, number, state, revision, total, currency, holds, lines: [{sku, quantity}], placed_at, changed_at}: no buyer
  virtual Result<Json> orders(const Query& query) = 0;
  /// {empty, digest, items: [{channel, action: create|update|price|stock|retire, thing, sku, before, after, cause, held}],
  ///  totals: [{channel, creates, updates, prices, stocks, to_zero, largest_price_change_percent}]}
  virtual Result<Json> plan(const std::string& channel) = 0;
  /// {uptime_ms, version, channels: […as channels()], problems: [{channel, thing, aspect, reason, since, todo}],
  ///  holds: [{digest, channel, aspect, count, reason, since}], inbox: {unread, parked},
  ///  oversold: [{sku, order, other_order, delay_ms, rule}], last_decrease_ms, converged, drift}
  virtual Result<Json> status() = 0;
  /// Why that channel shows that number: {sku, channel, number, steps: [{at, what, …}], text: the same in sentences}
  virtual Result<Json> explain(const std::string& sku, const std::string& channel) = 0;
  /// What happened after `sequence`: {items: [{sequence, at, what, cause, channel, thing, …}], sequence}
  virtual Result<Json> events(std::int64_t sequence, std::size_t limit) = 0;
  /// OpenMetrics numbers: items: [{name, help, type: counter|gauge, labels: {}, value}]
  virtual Result<Json> metrics() = 0;

  // Doing. `author` goes into the journal.
  /// {products: [tree …], stock: [{sku, location, counted}], close: true on the last chunk}: a batch;
  /// answers {created, updated, unchanged, refused: [{thing, why}]}
  virtual Result<Json> import(const Json& chunk, const std::string& author) = 0;
  /// {sku, location, kind: receipt|adjust|count, quantity, reason}
  virtual Result<Json> move_stock(const Json& movement, const std::string& author) = 0;
  /// Looks at the channel (all when empty), then pushes what the policy allows; answers at once {started: […]};
  /// `status` tells when it is done.
  virtual Result<Json> sync(const std::string& channel, const std::string& author) = 0;
  /// Ends `observe`: the channel's policy becomes what its file says. Answers what will be sent.
  virtual Result<Json> release_channel(const std::string& channel, const std::string& author) = 0;
  virtual Result<Json> release(const std::string& digest, const std::string& author) = 0;
  virtual Result<Json> discard(const std::string& digest, const std::string& author) = 0;
  /// Reads the configuration again: whole or not at all. {applied, channels: {added, changed, removed}, complaints: [text]}
  virtual Result<Json> reload(const std::string& author) = 0;
};

}  // namespace tally::engine
