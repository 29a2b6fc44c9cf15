// What the merchant did with an order, or wants done with it: a row each, from the wish to the platform's word on it.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct OrderTask {
  std::int64_t no = 0;
  OrderNo order;
  ChannelNo channel;
  std::string kind;            ///< ship (one parcel), cancel, refund, return
  std::string state = "open";  ///< open, sent, in_doubt, confirmed, refused, dropped, done (nobody needs to be told)
  Json document;               ///< ship: a Shipment's tree; refund, return: a Refund's; cancel: {reason}
  std::string remote;          ///< the platform's id of what came of it
  std::string ticket;          ///< of slow work, JSON
  std::string reason;          ///< why it was refused, or is in doubt
  std::string author;
  Time at;
  Time sent_at = long_ago;
  Time next_at = long_ago;    ///< open: not sent before; in doubt: not asked for before
  Time read_at = long_ago;    ///< the order was read by its id in a reading that began then,
  std::int64_t read_row = 0;  ///< and brought nothing behind this row of the inbox

  bool live() const { return state == "open" || state == "sent" || state == "in_doubt"; }
};

std::int64_t add_order_task(Session& session, const OrderTask& task);
/// Everything but order, channel, kind, author and `at`.
void put_order_task(Session& session, const OrderTask& task);
std::optional<OrderTask> get_order_task(Session& session, std::int64_t no);
/// Of one order, as they were wished.
std::vector<OrderTask> order_tasks_of(Session& session, OrderNo order);
/// Open, due, and the first of their orders that are not settled: the tasks of one order go one after the other. `kind`: of that one only,
/// or empty.
std::vector<OrderTask> due_order_tasks(Session& session, ChannelNo channel, const std::string& kind, Time now, std::size_t limit);
std::vector<OrderTask> doubtful_order_tasks(Session& session, ChannelNo channel, std::size_t limit);
/// When the next open or doubtful one is due.
std::optional<Time> next_order_task(Session& session, ChannelNo channel);
/// This order was read by its id; what the reading brought is in the inbox up to `row`.
void note_order_read(Session& session, ChannelNo channel, const std::string& order_id, Time began, std::int64_t row);

}  // namespace tally::store
