// What of the rows says who somebody is: sealed on the way in, opened on the way out, gone when its time is over or when it is erased.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;
struct InboxRow;

/// In place of a key's id: the buyer is erased or expired, and what comes later of this order is kept without its personal fields.
inline constexpr const char* erased_mark = "erased";

/// What binds a sealed value to its order.
struct OrderName {
  ChannelNo channel;
  std::string id;
};
/// The document as it is stored, its personal fields sealed one by one. `sealed_by`: the order's present key ('': none yet); becomes the
/// key that was used.
std::string sealed_document(Session& session, const OrderName& order, Json document, std::string& sealed_by);
/// The opposite. Fields whose key is gone are left out. Throws as SOCI does where a value was tampered with.
Json opened_document(Session& session, const OrderName& order, Json document, const std::string& sealed_by);

std::string sealed_body(Session& session, ChannelNo channel, const std::string& body, Time received_at);
/// Nothing when the key of its day is gone.
std::optional<std::string> opened_body(Session& session, ChannelNo channel, const std::string& body, Time received_at);

/// The id of a buyer's key by what a person typed: an e-mail address or a telephone number.
std::optional<std::string> find_buyer(Session& session, const std::string& email_or_phone);
/// A keyed hash of the same, for the list of erasures.
std::string buyer_hash(Session& session, const std::string& email_or_phone);
std::vector<OrderNo> orders_of_buyer(Session& session, const std::string& key);

/// Takes the key and what it had sealed out of every order; their number. Also right when the key is gone already.
std::size_t erase_buyer(Session& session, const std::string& key);
/// Buyers all of whose orders are finished and have not changed since `before`: erased. At most `limit` of them; how many.
std::size_t expire_buyers(Session& session, Time before, std::size_t limit);
/// Keys behind `after` (a key's id) that no order has any more, of the next so many; the last that was looked at, empty when there are no
/// more.
std::string forget_unused_keys(Session& session, const std::string& after, std::size_t limit);
/// Raw documents from before that moment and the keys of their days; those that nobody has read yet, and their days' keys, stay. Parked
/// ones go too: their numbers.
std::vector<std::int64_t> expire_raw(Session& session, Time before);

struct DroppedRaw {
  std::size_t dropped = 0;
  std::size_t kept = 0;  ///< they are not read yet, or parked: nothing else holds what they say
};
/// Raw documents by number, overwritten.
DroppedRaw drop_raw(Session& session, const std::vector<std::int64_t>& rows);

/// Everything that was sealed is given up, after the file of keys was lost: the rows of the inbox are dropped, and a later reading fills
/// the orders again. The number of raw documents that nobody had read.
std::int64_t give_up_sealed(Session& session);

}  // namespace tally::store
