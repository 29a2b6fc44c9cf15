// The last agreed value of each field of a listing that is not the master's alone. Functions throw soci_error, as in catalogue.hpp.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <string>
#include <vector>

namespace tally::store {

class Session;

struct AgreedRow {
  ChannelNo channel;
  ProductNo product;
  std::string field;  ///< title, description, brand, tags
  std::string there;  ///< JSON of what stood on the channel; empty: nothing was agreed yet
  std::string here;   ///< digest of what the catalogue said then; empty: the channel's word stands there and was never the catalogue's
  std::string sent;   ///< JSON list of what writes said since one was confirmed; empty: there is none
};
/// By field.
std::vector<AgreedRow> agreed_of(Session& session, ChannelNo channel, ProductNo product);
void put_agreed(Session& session, const AgreedRow& row);

/// When anything about the product changed the last time; `long_ago` for one that is not there.
Time product_changed_at(Session& session, ProductNo product);

}  // namespace tally::store
