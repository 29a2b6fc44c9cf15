// The facts of a platform, from which the engine chooses its strategy. Declared in connector.yaml under `facts:` (connectors/README.md).
#pragma once

#include "base/time.hpp"

#include <map>
#include <set>
#include <string>

namespace tally::channel {

enum class StockWrites { absolute, delta, both, none };  ///< both: delta where there is a key or compare, else absolute; none: read only
enum class Takes { placed, paid, shipped, never, by_state };
enum class GivesBack { unpaid_cancel, paid_cancel, refund };

struct Capabilities {
  StockWrites stock = StockWrites::absolute;
  Takes takes = Takes::placed;
  std::map<std::string, bool> takes_in;  ///< by_state: in which of the platform's own order states the number has been lowered
  std::set<GivesBack> gives_back;
  bool refunds_only_asked = false;  ///< money goes back only by agreeing to what a buyer asked the platform for
  bool compare_and_set = false;
  bool idempotency_key = false;
  Duration read_after_write{0};  ///< how long after a write a look may still show the old number
  Duration settle{60000};        ///< when an owed look is made
  bool has_order_list = true;
  Duration order_lag{0};             ///< how far the order list is behind
  bool lists_placed_orders = false;  ///< the order list can also be asked for what was placed in a time
  Duration order_overlap{300000};
  Duration nightly_overlap{86400000};  ///< how far back the list is read once more each night; 0: it gives everything once
  bool changes_unseen = false;         ///< orders change without their time of change: at night they are read by that of placing, too
  bool changed_at_trusted = true;
  Duration clock_resolution{1000};
  bool lists_replace = true;  ///< lists are written whole: others' entries go back as last read
  bool own_write_echoes = true;
  bool sold_moves_modified = false;
  bool can_look = true;        ///< the stock number can be read back
  bool has_mark = false;       ///< our own id can be stored there and found again
  bool can_find = true;        ///< a listing can be found by our code or SKU; else only a complete reading tells that there is none
  bool listings_by_id = true;  ///< read_listings with `things` works
  unsigned concurrency = 2;    ///< calls at once
  unsigned stock_batch = 1, price_batch = 1;  ///< changes in one push
  unsigned requests_per_second = 0;           ///< the published limit; 0: none is published
  Duration deadline{20000};                   ///< of one exchange
  bool pushes_content = true;                 ///< put_listing exists
  bool pushes_price = true;
  bool reads_orders = true;
  bool takes_webhooks = false;  ///< it can tell us of what happens there; by itself with `subscribe`, else entered at the platform
  bool tracks_parcels =
      false;  ///< it is no sales channel: it tells where parcels are, has neither listings nor orders, and knows `carriers` alone
  bool tells_of_parcels = false;  ///< of those: by itself, of each parcel that it was asked to follow; else it is asked
  std::set<std::string> actions;  ///< names of the ActionKinds that exist here
  /// Our names of the carriers that this platform, or the merchant's own table, has a spelling for; empty: any text will do.
  std::set<std::string> carriers;
};

}  // namespace tally::channel
