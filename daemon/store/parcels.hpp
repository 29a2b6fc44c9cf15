// Parcels that are tracked, and the orders that they belong to: a row each.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct ParcelRow {
  std::int64_t no = 0;
  ChannelNo channel;            ///< who tracks it; 0: nobody
  std::string carrier, number;  ///< our word for the carrier; the number without spaces and dashes, in capitals
  std::string watch;            ///< wanted (to be followed, or asked for), followed (we are told of it), over, untracked
  std::string state;            ///< a ParcelState's name
  Time since = long_ago;        ///< the event's moment that brought the state
  std::string event;            ///< the newest that is known, without the people in it
  Time event_at = long_ago;
  Time added_at;
  Time asked_at = long_ago;  ///< written before the tracker is asked
  Time next_due = never;     ///< when something is to be done about it
  std::int64_t tries = 0;    ///< in vain, one behind the other
  std::string problem;       ///< why it is not tracked, or was not; empty: it is
};

std::int64_t add_parcel(Session& session, const ParcelRow& row);
/// Everything but carrier, number and `added_at`.
void put_parcel(Session& session, const ParcelRow& row);
std::optional<ParcelRow> get_parcel(Session& session, std::int64_t no);
std::optional<ParcelRow> find_parcel(Session& session, const std::string& carrier, const std::string& number);
/// Those that this tracker tracks under the number: several where two carriers have it.
std::vector<ParcelRow> parcels_numbered(Session& session, ChannelNo tracker, const std::string& number);
/// The tracker's that is due first, if it is due.
std::optional<ParcelRow> due_parcel(Session& session, ChannelNo tracker, Time now);
std::optional<Time> next_parcel_due(Session& session, ChannelNo tracker);
std::int64_t parcels_on_their_way(Session& session, ChannelNo tracker);
/// Why it tracks nothing now; empty: it does.
std::string trouble_of_tracker(Session& session, ChannelNo tracker);
/// What is followed is to be asked for instead: nobody can reach us any more.
void unfollow_parcels(Session& session, ChannelNo tracker, Time next_due);
/// Those that nobody tracks, or a tracker that is not among `trackers`.
std::vector<ParcelRow> parcels_without_tracker(Session& session, const std::vector<ChannelNo>& trackers, std::int64_t after,
                                               std::size_t limit);

/// By carrier and number.
std::vector<ParcelRow> parcels_of(Session& session, OrderNo order);
std::vector<OrderNo> orders_of_parcel(Session& session, std::int64_t no);
/// These are its parcels, and no others.
void set_parcels_of(Session& session, OrderNo order, const std::vector<std::int64_t>& parcels);
/// What was said of the order's parcels goes, their states stay: its buyer was erased.
void forget_parcel_events(Session& session, OrderNo order);

}  // namespace tally::store
