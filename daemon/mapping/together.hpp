// What a reading found of amounts and measures, put together when the whole document was walked: by then the currency and the unit are
// known.
#pragma once

#include "base/decimal.hpp"
#include "base/json.hpp"

#include <string>
#include <vector>

namespace tally::mapping {

/// `currency` is that of the document, else the channel's: an amount that says another one is left as it was, with a doubt. Half an amount
/// is none. Things in which nothing is left are taken away.
void put_together(Json& tree, const Currency& currency, std::vector<std::string>& doubts);

}  // namespace tally::mapping
