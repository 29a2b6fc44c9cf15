// What was read, as the trees that the engine takes (engine::Admin::import) and the command line prints.
#pragma once

#include "base/json.hpp"
#include "catalogue/catalogue.hpp"

#include <string>

namespace tally::catalogue {

/// The products with the line that each, and each of their variants, began on, as `@line`; those with a bundle last, behind their parts.
Json::Array product_trees(const Imported& imported);
/// {sku, location, counted, line}; `location` is for what the file names none of, empty for the daemon's first.
Json::Array stock_trees(const Imported& imported, const std::string& location);
/// {sku, code, set: {field: value or null}, counted, location, line}; code, set and counted only where the row has them.
Json::Array change_trees(const Imported& imported, const std::string& location);
/// {line, column, reason, scope: "row" or "cell"}
Json::Array refusal_trees(const Imported& imported);
/// {line, kind, what}
Json::Array correction_trees(const Imported& imported);

}  // namespace tally::catalogue
