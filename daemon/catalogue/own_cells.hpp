// The columns of our own CSV that belong to a variant, which a whole catalogue and an update by SKU read alike.
#pragma once

#include "catalogue/cell.hpp"
#include "catalogue/gathering.hpp"
#include "catalogue/table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::catalogue {

/// A column and the model's field that it fills.
struct OwnColumn {
  std::string_view name, field;
};
const std::vector<OwnColumn>& product_columns();  ///< code, title and attribute:NAME apart
const std::vector<OwnColumn>& variant_columns();  ///< sku, price and option:NAME apart

/// "live", "paused", "ended", and live for blank; nothing for any other word.
std::optional<SaleState> state_named(std::string_view text);

/// Reads one row's cells of the columns above (bundle apart) and its price into `variant`; blank cells leave it as it is.
Objection read_variant_cells(const Table& table, const csv::Record& row, const Currency& currency, Variant& variant, Understood& how);

/// Where the header has columns that are neither in `known` nor begin with one of `prefixes`: an Error that names each with its nearest.
/// A column without a name is none where all of its cells are blank.
Result<void> check_columns(const Table& table, const std::string& file, const std::vector<std::string>& known,
                           const std::vector<std::string_view>& prefixes);

}  // namespace tally::catalogue
