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
  std::string state;        ///< orders: a state; offers: clean, dirty, held, parked, suspect; or empty
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
  ///  offers, listings, differences, observed_differences (where the policy is observe): lines of its plan, observed_about: they are
  ///  so many that each mark is counted instead, not_listed, in_doubt, never_looked, pending, waiting, held, parked, left_alone,
  ///  unread_rows, parked_rows, comparison: hourly|no list by placing|no order list, compared_through, differing_hours, orders_missed,
  ///  held_orders, taken_24h: placed in that time, cancelled_24h, shipped_24h: told by the channel, unusual: how many of the three are
  ///  more than three times the usual,
  ///  waiting_for_release, last_order_read, last_sweep, closed (by close_after), raises_held, raises_held_s (of the one that
  ///  waits longest), oldest_unverified_s,
  ///  webhooks (where the platform has some): {how: by itself|by hand|no address, address, orders_every_s, wanted, active, checked_at,
  ///  checked_s: since then, revived: within a day, revived_at, trouble},
  ///  budgets_spent (where the platform publishes some): [{budget, entity, opens_at, kept_too, text}]}; the counts: store/standing.hpp
  virtual Result<Json> channels() = 0;
  /// items: the product's tree (model/product.hpp) with `stock: [{sku, location, on_hand, reserved, available}]`
  virtual Result<Json> products(const Query& query) = 0;
  /// items: {channel, sku, listing_id, id, state, stock: {desired, sent, confirmed, observed, low, high}, price: {…},
  ///  content: {…}, verified_at, problem}
  virtual Result<Json> offers(const Query& query) = 0;
  /// items: {channel, id, number, state, revision, total, currency, holds, lines: [{sku, quantity, said: the platform's own word for the
  ///  SKU where that is another}], placed_at, changed_at}: no buyer
  virtual Result<Json> orders(const Query& query) = 0;
  /// One order, by its channel (may be empty where no other channel has such an id) and id: {channel, id, number, state, platform_state,
  ///  total, lines: [{line, sku, said, quantity, open, shipped, cancelled, returned}], shipments, refunds, holds, tasks: [{task, kind,
  ///  state, at, by, reason, …}], buyer, ship_to, note: masked}
  virtual Result<Json> order(const std::string& channel, const std::string& id) = 0;
  /// {quotas: [{quota, channel, sku, units, left, from, until, state, author}], transfers under way: [{transfer, sku, units, from, to,
  /// sent_at}]}
  virtual Result<Json> stock_rules() = 0;
  /// The newest first: items {at, sku, short, order or cause, other_order, delay_ms, rule: what would have prevented it}
  virtual Result<Json> oversells(const Query& query) = 0;
  /// {empty, digest, store, made_at, expires_at, items: [{channel, action: create|update|price|stock|retire, thing, sku, before, after,
  ///  cause, held, pinned, state: what it was made from}],
  ///  left_alone: [the same, with left_by: the person who discarded it],
  ///  totals: [{channel, creates, updates, retires, prices, stocks, to_zero, left_alone, largest_price_change_percent}]}
  virtual Result<Json> plan(const std::string& channel) = 0;
  /// {uptime_ms, version, channels: […as channels()], trackers (where there are some): [{name, on_their_way, by: telling|asking, reason,
  ///  budgets_spent as of a channel}], problems: [{channel, thing, aspect, reason, since, todo}],
  ///  holds: [{digest, channel, aspect, count, reason, since}], inbox: {unread, parked},
  ///  oversold: [{sku, order, other_order, delay_ms, rule}], last_decrease_ms, differences, observed_differences,
  ///  converged: nothing differs, waits, is held, parked or unread on any channel that may be written to}
  virtual Result<Json> status() = 0;
  /// What is fixed by hand or by an undo, of one channel or all: items {channel, aspect: price|content, thing: SKU or code, value, until,
  /// author, at}
  virtual Result<Json> pins(const Query& query) = 0;
  /// Why that channel shows that number, price or content (`aspect`: stock, price or content): {sku, channel, aspect, number (of stock),
  /// steps:
  /// [{at, what, text, facts}], text: the same in sentences}. Errors: not_found, invalid.
  virtual Result<Json> explain(const std::string& sku, const std::string& channel, const std::string& aspect) = 0;
  /// An order from the bytes received to what it moved: {order, channel, steps, text}. Nothing of it names a person. Errors: not_found.
  virtual Result<Json> explain_order(const std::string& id, const std::string& channel) = 0;
  /// What happened after `sequence`: {items: [{sequence, at, what, cause, channel, thing, …}], sequence}
  virtual Result<Json> events(std::int64_t sequence, std::size_t limit) = 0;
  /// OpenMetrics numbers: items: [{name, help, type: counter|gauge, labels: {}, value}]
  virtual Result<Json> metrics() = 0;

  /// Orders of the buyer with this e-mail address (or telephone number): items as those of orders()
  virtual Result<Json> find_orders(const std::string& buyer) = 0;

  // Doing. `author` goes into the journal.
  /// The only answer with a buyer in clear, and only for the admin's socket: {channel, id, buyer, ship_to, note, erased}. That somebody
  /// looked is in the journal.
  virtual Result<Json> reveal_order(const std::string& channel, const std::string& id, const std::string& author) = 0;
  /// {buyer: e-mail address or telephone number} or {channel, order}: the buyer is erased from all their orders and from raw documents.
  /// {orders, documents, waiting: raw ones that name them and are not read yet, or parked}
  virtual Result<Json> erase(const Json& wish, const std::string& author) = 0;
  /// Besides, all of them optional: `changes` [{sku, code, set: {field: value or null}, counted, location}] of variants that exist; `keep`
  /// names fields of the products that stay as they are ("brand", "variants/cost"); `dry_run` answers and writes nothing, then `known`
  /// names SKUs of other chunks; each entry's `line` (a product's and a variant's `@line`) comes back with a refusal. {products: [tree …],
  /// stock: [{sku, location, counted}], batch, close: true on the last chunk}; answers {batch, created, updated, unchanged, counted,
  /// refused: [{thing, why, line, column}], corrected, kept: [{sku, code}], variants that stay though no product taken names them}. The
  /// first chunk of an import names no batch, the others the one that was answered. A batch of which nothing is heard for a minute is
  /// closed; another chunk for it is not_found.
  virtual Result<Json> import(const Json& chunk, const std::string& author) = 0;
  /// One: {kind: receipt|adjust|count, sku, quantity, location, reason, counted_at}, {kind: transfer, sku, quantity, from, to, reason} or
  /// {kind: arrive, transfer, quantity}; answers {moved, cause, location, on_hand, reserved, available}, and `transfer`. Many of one
  /// kind: {kind, rows: [{line, sku, quantity, …}], again}; answers {cause, applied, again: rows that had been applied before, refused:
  /// [{line, sku, why}], below_zero: [{line, sku, location, on_hand, available}], held: [digest]}. The same rows have the effect of once
  /// unless `again` is true. At most 20,000.
  virtual Result<Json> move_stock(const Json& movement, const std::string& author) = 0;
  /// The opposite of a receipt, an adjustment, a count or a whole file, once: {reversed: movements, held}.
  virtual Result<Json> reverse_stock(const std::string& cause, const std::string& author) = 0;
  /// {sku, channel, units, from, until} sets so many aside, {end: quota} gives back what is left of one. Answers it as stock_rules() does.
  virtual Result<Json> set_quota(const Json& quota, const std::string& author) = 0;
  /// {order, channel, location, line}: its open lines are to come from that location. {moved: parts}
  virtual Result<Json> route_order(const Json& wish, const std::string& author) = 0;
  /// {channel, order, kind: ship|cancel|refund|return, …} (order_wish.hpp): our own order is so at once, its channel is told. Answers the
  /// order, and the task's number under `task`. Errors besides: rejected (this order, or this channel, cannot do it),
  /// held (it is to be sent, and waits for a person).
  virtual Result<Json> do_order(const Json& wish, const std::string& author) = 0;
  /// {order, channel}: lets an order go for what holds it now. Answers the order; `holds`: what holds it still. Errors besides: rejected.
  virtual Result<Json> release_order(const Json& wish, const std::string& author) = 0;
  /// {order, channel, sku, line: its id or SKU; absent: the one of unknown goods}: the line sells that SKU. Answers the order. Errors
  /// besides: not_found (the order, the SKU), invalid (no such line, or several).
  virtual Result<Json> remap_order(const Json& wish, const std::string& author) = 0;
  /// A task that the channel refused, tried once more (`retry`), or one that it has not taken, taken back (`drop`).
  virtual Result<Json> decide_order_task(const std::string& task, const std::string& verb, const std::string& author) = 0;
  /// {channel, sku, price: "12.50" or "12.50 EUR", compare_at, title, description, until}: is shown there whatever the catalogue and the
  /// rules say, until it is cleared or its time is over. Answers {items: as pins()}. Errors besides: rejected (a price that is never sent).
  virtual Result<Json> pin(const Json& wish, const std::string& author) = 0;
  /// {channel, sku or all: true, aspect}: {cleared, held: [digest]}
  virtual Result<Json> unpin(const Json& wish, const std::string& author) = 0;
  /// {channel, to: time, aspect: price|content or both, dry_run}: pins price and content there to what was confirmed at that time, as one
  /// batch. {cause, to, prices, contents: how many change, items: [{aspect, thing, from, to} or {aspect, thing, fields}], unknown:
  /// [{aspect, thing, why}], unknowns, held: [digest]}; of each list the first 1,000. Stock has no such time: see reverse_stock.
  virtual Result<Json> undo(const Json& wish, const std::string& author) = 0;
  /// {store, made_at, lines: [{channel, action, thing, sku, state}]} as plan() gave them: sends exactly those that are still what they
  /// were, also where the channel observes or the guard holds them; what else waits on a channel that observed is held. {applied, moved:
  /// [{channel, action, thing, sku, why}], held: [digest]}. Errors besides: rejected (of another store, or too old).
  virtual Result<Json> apply_plan(const Json& plan, const std::string& author) = 0;
  /// Looks at the channel (all when empty), then pushes what the policy allows; answers at once {started: […]};
  /// `status` tells when it is done.
  virtual Result<Json> sync(const std::string& channel, const std::string& author) = 0;
  /// Ends `observe`: the channel's policy becomes what its file says. Answers what will be sent.
  virtual Result<Json> release_channel(const std::string& channel, const std::string& author) = 0;
  /// What the guard holds under this digest: {count}.
  virtual Result<Json> release(const std::string& digest, const std::string& author) = 0;
  virtual Result<Json> discard(const std::string& digest, const std::string& author) = 0;
  /// Parked documents once more: {rows: [number …]}, or those of {channel} (all when empty) behind row {cursor}. Answers {applied,
  /// parked: [{row, channel, reason}]}, and `cursor` where there is more. A row that is not parked is not_found, and nothing is applied.
  virtual Result<Json> replay(const Json& which, const std::string& author) = 0;
  /// A parked document is not wanted: {row, reason}. `row` is its number.
  virtual Result<Json> discard_row(const std::string& row, const std::string& author) = 0;
  /// Reads the configuration again: whole or not at all. {applied, channels: {added, changed, removed}, complaints: [text, a line each]}.
  /// What is parked is read again behind it.
  virtual Result<Json> reload(const std::string& author) = 0;
};

}  // namespace tally::engine
