// Parcels on their way: which there are, what is told of them, and what follows for their orders (README.md, Parcels).
#pragma once

#include "engine/world.hpp"
#include "model/order.hpp"
#include "model/parcel.hpp"
#include "store/orders.hpp"
#include "store/parcels.hpp"

#include <vector>

namespace tally::engine {

constexpr Duration longest_journey{60LL * 86400000};  ///< what is not there by then is looked for by people
constexpr Duration between_looks{2LL * 3600000};      ///< at one number, by asking
constexpr Duration closest_looks{30LL * 60000};       ///< nearer ones lock the number at the platform
constexpr Duration longest_silence{3LL * 86400000};   ///< of a parcel that is followed: then it is asked for all the same

/// Gives the order a row for each parcel that has a carrier and a number, and takes it out of those that it has no more. Where nobody
/// tracks, no new ones. With each change of the order.
void keep_parcels(store::Session& session, const World& world, const store::OrderRow& row, const Order& order, Time now);

/// All of it left in parcels that were signed for: it is completed, whatever its channel says so far. Moves nothing.
bool arrived(store::Session& session, const Order& order);

/// What is due for a row that was found, or nothing: it is over. The number must not be asked for sooner than `closest_looks`.
enum class ParcelStep { follow, look, none };
ParcelStep next_step(store::ParcelRow& row, const Channel& tracker, Time now);

/// A delivery or an answer says where a parcel is. Older than what is known, and told again, it changes nothing; a number that is nobody's
/// is told in the log and the journal. `inbox_row`: where that stands. Errors: invalid (it does not say what is to be known: park it).
Result<void> take_parcel(store::Session& session, const World& world, const Channel& tracker, const channel::Event& event,
                         std::int64_t inbox_row);

/// The problems of a parcel's orders as its row says now; where nothing is wrong with it, none.
void tell_parcel(store::Session& session, const World& world, const store::ParcelRow& row, Time now);

/// After a start and a reload: parcels get whoever knows their carrier now. `adopt`: so do the parcels of orders that were sent before
/// anybody tracked. Errors: those of the store.
Result<void> share_out_parcels(const World& world, bool adopt);

/// What a courier or a tracker said of the parcel, without the people in it; empty where the buyer of one of its orders was erased.
std::string kept_of(store::Session& session, std::int64_t parcel, const std::string& said);

/// What the tracker is sent of a parcel: {carrier, tracking, phone_end}.
Json tree_of_parcel(store::Session& session, const store::ParcelRow& row);

/// For people: [{carrier, tracking, state, since, event, event_at, watch, problem}].
Json parcels_json(store::Session& session, const World& world, OrderNo order);

/// For people: {name, on_their_way, by: telling or asking, problem}; without `problem` it works.
Json tracker_json(store::Session& session, const Channel& tracker);

/// Why nothing can be done with the channel of that name: there is none, or it tracks parcels and sells nothing. not_found.
Error no_channel(const World& world, const std::string& name, const std::string& operation);

/// The carrier and the number, as people say it.
std::string name_of(const store::ParcelRow& row);

}  // namespace tally::engine
