// What happened, append-only, and what needs a person now.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct Entry {
  std::int64_t sequence = 0;
  Time at;
  std::string what;  ///< order.new, order.changed, stock.sent, stock.confirmed, drift, …
  std::string cause;
  ChannelNo channel;   ///< 0: none
  std::string thing;   ///< SKU, product code, order id
  std::string detail;  ///< JSON; never a buyer's field
};
void journal(Session& session, const Entry& entry);
std::vector<Entry> journal_after(Session& session, std::int64_t sequence, std::size_t limit);
/// The newest of one thing, newest first.
std::vector<Entry> journal_of(Session& session, const std::string& thing, std::size_t limit);
std::int64_t last_sequence(Session& session);

struct ProblemRow {
  ChannelNo channel;
  std::string kind;  ///< what is concerned: stock, price, content, order, channel, inbox
  std::string thing;
  std::string reason, todo;
  Time since;
};
/// Adds or renews (the first `since` stays).
void set_problem(Session& session, const ProblemRow& problem);
void clear_problem(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing);
/// Those whose cause is still there, the oldest first. The cause of each kind: a mark that was refused (stock, price, content), a listing
/// that the platform says does not exist (content), one that is bound and was not seen (listing) or not alone (twice), a row that is parked
/// (inbox), a set that is held (guard), a channel that is paused (channel), goods sold from where nothing was ever counted (shelf). A
/// problem of an order is cleared with the order.
std::vector<ProblemRow> problems(Session& session, std::size_t limit);
/// Removes those whose cause is gone; for now and then.
void forget_solved_problems(Session& session);

/// Moments at which something is to be done. `kind`: expiry (thing: order).
struct Due {
  std::string kind;
  std::int64_t thing = 0;
  Time at;
};
void set_due(Session& session, const Due& due);
void clear_due(Session& session, const std::string& kind, std::int64_t thing);
std::vector<Due> due_by(Session& session, Time now, std::size_t limit);
std::optional<Time> next_due(Session& session);

}  // namespace tally::store
