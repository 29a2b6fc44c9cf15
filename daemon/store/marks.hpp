// Dirty marks (a set: marks of one thing coalesce), batches, and the intents that writes are recorded as before they leave.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct Mark {
  ChannelNo channel;
  std::string aspect;  ///< stock, price (thing: variant), content (thing: product)
  std::int64_t thing = 0;
  std::int64_t generation = 0;
  Time since;
  std::string cause;
  bool by_order = false;   ///< never held by the guard
  std::int64_t batch = 0;  ///< 0: none; pushes nothing until the batch is closed and judged
  Time not_before = long_ago;
  std::string parked;             ///< why it is not tried; empty: it is
  std::string parked_hash;        ///< what was refused: a new mark with another desired hash is tried again
  std::string discarded_by = {};  ///< not empty: a person, and no platform, refused `parked_hash`
};

/// Adds or renews: the generation rises, `since` of an older mark stays,
/// a parked one is tried again (and parked again if nothing about it changed: `parked_hash` stays). What several imports marked waits
/// for the one that marked it last, because that one's value is what would be sent.
void mark(Session& session, const Mark& mark);
/// Those that may be tried now: not parked, of no open batch, in no held set, due; first an order's, then
/// what is listed before what is to be listed, of these the oldest.
std::vector<Mark> due_marks(Session& session, ChannelNo channel, const std::string& aspect, Time now, std::size_t limit);
/// The same in the order of `rank`, the lowest first; what has none takes no place in the limit. It is asked of 20,000 marks at most.
using Rank = std::function<std::optional<std::int64_t>(std::int64_t thing, std::int64_t generation)>;
std::vector<Mark> due_marks(Session& session, ChannelNo channel, const std::string& aspect, Time now, std::size_t limit, const Rank& rank);
/// Which aspects may have due marks: a cheap question before the exact ones.
std::set<std::string> aspects_due(Session& session, ChannelNo channel, Time now);
std::optional<Mark> find_mark(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing);
/// Only if the generation is still that one: what was marked since then stays.
void clear_mark(Session& session, const Mark& mark);
void delay_mark(Session& session, const Mark& mark, Time not_before);
void park_mark(Session& session, const Mark& mark, const std::string& reason, const std::string& hash);
/// Parks it for good: the same value is left alone by this person's word, however often it is marked again.
void discard_mark(Session& session, const Mark& mark, const std::string& author, const std::string& hash);
void unpark(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing);
std::optional<Time> next_due_mark(Session& session, ChannelNo channel);
std::vector<Mark> marks_of_batch(Session& session, std::int64_t batch);
std::vector<Mark> marks_of_channel(Session& session, ChannelNo channel, const std::string& aspect);

std::int64_t open_batch(Session& session, const std::string& author, Time now);
/// Those that were never closed: whoever opened them is gone.
std::vector<std::int64_t> unclosed_batches(Session& session);
void close_batch(Session& session, std::int64_t batch);
/// It is of no batch any more: nobody has judged it.
void take_from_batch(Session& session, const Mark& mark);

struct Held {
  std::string digest;
  ChannelNo channel;
  std::string aspect, reason;
  Time since;
  std::int64_t count = 0;
};
void hold(Session& session, const Held& held, const std::vector<std::int64_t>& things);
std::vector<Held> holds(Session& session);
std::vector<std::int64_t> held_things(Session& session, const std::string& digest);
bool is_held(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing);
/// Takes these out of whatever holds them; a set of which nothing is left is gone.
void take_from_holds(Session& session, ChannelNo channel, const std::string& aspect, const std::vector<std::int64_t>& things);
/// From now on the guard may hold it, whatever caused it.
void give_to_guard(Session& session, const Mark& mark);
bool remove_hold(Session& session, const std::string& digest);

/// The guard's meter: distinct things that were changed without an order in the last hour.
void meter(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, Time now);
std::int64_t metered_since(Session& session, ChannelNo channel, const std::string& aspect, Time since);

struct Intent {
  IntentNo no;
  ChannelNo channel;
  std::string aspect;
  std::int64_t thing = 0;
  Quantity value = 0;  ///< stock: the number that will stand there
  Quantity delta = 0;
  bool relative = false;  ///< a delta was sent, or a compare-and-set
  Quantity before = 0;
  std::string hash;  ///< price text or content hash
  std::int64_t generation = 0;
  std::string cause;
  Time committed_at;
  Quantity taken_since = 0, given_since = 0;  ///< own-effect steps imported since the commit
  std::string outcome;                        ///< empty while in the air; confirmed, unknown, conflict, refused, retry
  std::string reply;
  Time finished_at = long_ago;
};
IntentNo add_intent(Session& session, const Intent& intent);
std::optional<Intent> get_intent(Session& session, IntentNo no);
void finish_intent(Session& session, IntentNo no, const std::string& outcome, const std::string& reply, Time now);
/// Those without an answer that were committed after `since`.
std::vector<Intent> unknown_intents(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, Time since);
/// Those without a result.
std::vector<Intent> open_intents(Session& session, ChannelNo channel);
std::optional<Intent> open_intent_of(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing);
void collect_step(Session& session, IntentNo no, Quantity taken);
std::vector<Intent> last_intents(Session& session, ChannelNo channel, const std::string& aspect, std::int64_t thing, std::size_t limit);
/// Takes out those that were finished before `before`, of each thing never the newest `keep`. Looks at the next `limit` that were
/// committed before then, at each once, and with it at those of the same thing behind it; true: there are more to be looked at.
bool forget_intents(Session& session, Time before, std::size_t keep, std::size_t limit, Time now);

}  // namespace tally::store
