// The inbox: raw deliveries and readings, stored before they are acknowledged or understood; where each channel stands in it;
// cursors and pokes.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct InboxRow {
  std::int64_t no = 0;
  ChannelNo channel;
  std::string source;  ///< hook or read
  std::string kind;    ///< order, level, event
  std::string body;
  std::map<std::string, std::string> headers;
  Time received_at;
};

std::int64_t add_inbox(Session& session, const InboxRow& row);
std::vector<InboxRow> inbox_after(Session& session, ChannelNo channel, std::int64_t after, std::size_t limit);
std::optional<InboxRow> inbox_row(Session& session, std::int64_t no);
std::int64_t last_inbox_row(Session& session, ChannelNo channel);
void set_applied_through(Session& session, ChannelNo channel, std::int64_t row);
std::int64_t applied_through(Session& session, ChannelNo channel);
std::int64_t unread_rows(Session& session, ChannelNo channel);
/// Rows that every reader has passed and that are older than `before`.
void forget_inbox(Session& session, ChannelNo channel, Time before);

struct ParkedRow {
  std::int64_t no = 0;
  ChannelNo channel;
  std::string reason;
  Time since;
};
/// Parks it, or gives a parked one its new reason (`since` stays).
void park_row(Session& session, std::int64_t row, ChannelNo channel, const std::string& reason, Time now);
/// False when it was not parked. The document itself stays until it is old.
bool unpark_row(Session& session, std::int64_t row);
std::optional<ParkedRow> parked_row(Session& session, std::int64_t row);
/// Of all channels, by row number, after `after`.
std::vector<ParkedRow> parked_rows(Session& session, std::int64_t after = 0, std::size_t limit = 1000);
/// Whether an order that was read from that channel's list is parked. (A parked delivery is none, its order comes by the list; with
/// `delivered` it is one, too.)
bool has_parked_order(Session& session, ChannelNo channel, bool delivered = false);
/// Of one.
std::vector<ParkedRow> parked_rows_of(Session& session, ChannelNo channel, std::int64_t after, std::size_t limit);

struct Cursor {
  std::string value;
  Time at;
};
std::optional<Cursor> get_cursor(Session& session, ChannelNo channel, const std::string& kind);
void set_cursor(Session& session, ChannelNo channel, const std::string& kind, const std::string& value, Time at);

/// Things to be fetched by id because something was said of them. `kind`: order, listing, stock.
struct Poke {
  std::string kind, subject;
  Time not_before;
  std::int64_t generation = 0;
  std::int64_t row = 0;  ///< the newest delivery that said it; 0: none did
};
/// Adds, or renews: the generation rises, the earlier moment stays.
void add_poke(Session& session, ChannelNo channel, const std::string& kind, const std::string& subject, Time not_before,
              std::int64_t row = 0);
/// Of one kind, the earliest moment first.
std::vector<Poke> pokes(Session& session, ChannelNo channel, const std::string& kind, std::size_t limit);
/// When the earliest of a kind may be fetched.
std::optional<Time> next_poke(Session& session, ChannelNo channel, const std::string& kind);
/// When it may be fetched; nothing: it is not poked.
std::optional<Time> poked_for(Session& session, ChannelNo channel, const std::string& kind, const std::string& subject);
/// Only if the generation is still that one: what was poked since then stays.
void remove_poke(Session& session, ChannelNo channel, const std::string& kind, const std::string& subject, std::int64_t generation);

}  // namespace tally::store
