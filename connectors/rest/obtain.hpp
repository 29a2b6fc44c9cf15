// Ids that must be there before a document can be written: the listing's own (is it there already?), its categories', its pictures'.
#pragma once

#include "connectors/rest/wire.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tally::rest {

/// Any number of threads.
class Obtain {
 public:
  Obtain(Wire& wire, const mapping::Mapping& mapping) : wire_(wire), mapping_(mapping) {}

  /// The remote ids of the listing with this product's code or first SKU, {} where there is none or the platform cannot be asked.
  Result<Json> listing(const Json& product);
  bool can_find_listings() const { return wire_.program().find_listing.has_value(); }
  /// Gives every category and picture of the product the ids it lacks: looked for, else made.
  Result<void> references(Json& product);

 private:
  Result<void> categories(Json& product);
  Result<Json> category(const std::vector<std::string>& path);
  Result<void> image(Json& image);
  Result<Json> ask(const std::string& operation, const Lookup& lookup, const Names& names, std::string_view document, const Json& thing);

  Wire& wire_;
  const mapping::Mapping& mapping_;
  std::mutex mutex_;
  std::map<std::vector<std::string>, Json> known_categories_;  // by path; only saves asking again
};

/// The names that a step about one thing may say: its tree, `sku`, `variant`, `key`, `now`.
Names names_of(const Vault& vault, const Json& thing, const std::string& key, Time now);

}  // namespace tally::rest
