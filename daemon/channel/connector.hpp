// The one thing that the engine knows of a platform. A connector speaks a platform's language; it never sees the store and decides nothing.
#pragma once

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "channel/capabilities.hpp"
#include "channel/meter.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tally::channel {

enum class ActionKind {
  put_listing,
  retire_listing,
  set_price,
  set_stock,
  confirm_shipment,
  cancel_order,
  refund,
  subscribe,
  follow_parcel
};
std::string_view name_of(ActionKind kind);

/// One write. `fields` is the model's tree (model/type.hpp) with every remote id that we know in its place:
///   put_listing, retire_listing  the product; `@known: true` on the product and on each variant that this channel has confirmed
///                                before; each variant with `available` and `price` as they are to be shown there
///   set_price                    the variant with `price`, `compare_at`, and `listing: {@id…}`
///   set_stock                    the variant with `available` (the number to write), `before` (where the platform compares),
///                                `change: {signed, size, way}` (what a delta platform is sent), `key`, `listing`
///   confirm_shipment, cancel_order, refund   the shipment, the order, the refund, with `order: {@id…}`
///   subscribe                    {}: our webhooks there are found, made and revived, nobody else's are touched. Answers `shown`:
///                                {wanted, active, revived: [topic], made: [topic]}; `why`, `todo`: what kept it from the rest
///   follow_parcel                the parcel (document `parcel`): from now on the platform tells of it through our door. Asked for twice:
///   fine
struct Change {
  std::string key;  ///< the intent's number: the idempotency key; the same key is only ever used with the same bytes
  ActionKind action = ActionKind::set_stock;
  Json fields;
  std::optional<Json> ticket;  ///< what an earlier push of this change answered with, to go on from there
  bool urgent = false;         ///< a decrease or a cancellation: may use what is kept of budgets
};

/// What became of one change.
struct Applied {
  Json learned;  ///< a tree with the remote ids that were learnt (`@…` and the keys needed to pair them: sku, name, url); {} if none
  std::optional<Json> shown;   ///< the whole thing as the platform shows it now, in the model's tree, where the answer said so
  std::optional<Json> ticket;  ///< slow work: call again at `again_at` with this (at most 4 KiB)
  std::optional<Time> again_at;
};

/// A document as the platform gave it: stored in the inbox first, understood later.
struct Document {
  std::string kind;                            ///< order, listing, level, event, parcel
  std::string body;                            ///< the bytes (decrypted where the platform encrypts)
  std::map<std::string, std::string> headers;  ///< those that the mapping may read, lower case
};

/// Of an order's document: what of it the platform did not give, in words, while the rest of it counts. It is held for that, and asked for
/// again.
inline constexpr const char* lacks_header = "tallyd-lacks";
inline constexpr std::string_view lacks_words = "the channel did not give its ";  ///< how they begin

/// What a reading is to bring.
struct Want {
  enum class What { listings, stock, orders, parcels } what = What::listings;  ///< parcels: certain ones only
  std::optional<Time> since;                                                   ///< changed at or after this moment (orders)
  std::optional<Time> until;
  std::string cursor;        ///< from the page before; empty at the beginning
  std::vector<Json> things;  ///< instead: exactly these, as trees with their remote ids (and sku)
  bool by_placed = false;    ///< of orders: `since` and `until` are when they were placed (Capabilities::lists_placed_orders)
  bool urgent = false;       ///< a decrease waits for it. Orders are urgent always
};
/// What budgets call this reading: read_orders, read_order, read_placed_orders, read_listings, read_listing, read_stock.
std::string_view name_of(const Want& want);

struct Page {
  std::vector<Document> documents;
  std::string cursor;                ///< empty: this was the last page and the reading is complete
  std::optional<Time> server_time;   ///< of the answer's `Date`, for measuring the platform's clock
  std::optional<std::size_t> asked;  ///< of certain things, where a budget ran out on the way: so many were asked for, from the first on
};

/// What a document says. `tree` is the model's tree with remote ids.
struct Event {
  enum class What { order, listing, level, poke, parcel } what = What::poke;
  Json tree;                 ///< of an order, a listing (a product), a level (a variant with `available`), a parcel
  std::string subject;       ///< of a poke: the remote id; empty: anything may have changed
  std::string subject_kind;  ///< of a poke: order, listing, stock, refund
  std::optional<Time> changed_at;
  std::vector<std::string> doubts;  ///< what could not be read (an unknown value of a table, …): an order is held for it
  std::string platform_state;       ///< of an order: the channel's own word, for `takes` tables
};

struct Webhook {
  std::string method;
  std::string query;                           ///< without '?'
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

struct Reply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// What the door does with a delivery that is authentic: store `deliveries` (none: nothing is stored), then answer `reply`.
struct Door {
  Reply reply;
  std::vector<Document> deliveries;
};

/// Something about a listing that the platform would refuse, known before it is sent.
struct Problem {
  std::string thing;  ///< the SKU or the product's code
  std::string what;
};

/// Thread: push and read_* run inside Calls, several at once, and may block for one exchange (deadline: Capabilities::deadline). The const
/// methods do no I/O and may run on any thread at any time. Keeps no state that must survive a restart.
/// Errors: those of a platform (Fault::transient and after). `unknown` only where a write may have been applied; of a change of stock every
/// other one says that it surely was not.
class Connector {
 public:
  virtual ~Connector() = default;
  virtual const Capabilities& capabilities() const = 0;
  /// What the channel would refuse of this product.
  virtual std::vector<Problem> check(const Json& product) const = 0;
  /// One result a change, in their order. All changes of one call have the same action.
  virtual std::vector<Result<Applied>> push(std::span<const Change> changes) = 0;
  /// Listings page by page, or certain listings, certain stock levels, certain parcels.
  virtual Result<Page> read_listings(const Want& want) = 0;
  /// Raw, one document an order, refunds and parcels inside.
  virtual Result<Page> read_orders(const Want& want) = 0;
  /// At the door. An error of Fault::unauthorized: not authentic.
  virtual Result<Door> authenticate(const Webhook& webhook) const = 0;
  /// What a document says. `known` is the tree of the same thing as we know it (null if we do not): a field whose present value already
  /// spells what is there stays as it is, and what the document does not mention is kept. Repeatable.
  virtual Result<std::vector<Event>> parse(const Document& document, const Json& known) const = 0;
  /// The thing in this channel's spelling, for comparing (content) and for showing plans: only the holes of that aspect, without ids.
  virtual Json spell(std::string_view document_kind, const Json& fields) const = 0;
  /// What counts its requests; null where the platform publishes no budgets.
  virtual const Meter* meter() const { return nullptr; }
};

}  // namespace tally::channel
