// Remote ids in the model's trees: picked out of one, put into another.
#pragma once

#include "base/json.hpp"

#include <string_view>

namespace tally::rest {

/// The `@…` of a tree (`@known` aside) with what is needed to find their things again: sku, name, url, path. {} where there are none.
Json ids_of(const Json& tree);

/// Puts `ids` into `tree`: objects member by member, list entries by @id, sku, url, path or name; an entry that is not there is added if
/// `adding`.
void put_ids(Json& tree, const Json& ids, bool adding = false);

bool has_id(const Json& tree, std::string_view name);

}  // namespace tally::rest
