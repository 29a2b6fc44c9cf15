// Readings: page by page through a window of time, or certain things one by one.
#pragma once

#include "connectors/rest/obtain.hpp"
#include "connectors/rest/paging.hpp"

#include <span>

namespace tally::rest {

/// Any number of threads; one exchange a call, plus the fetches of its entries and the halving of a window that holds too much.
class Reads {
 public:
  Reads(Wire& wire, Obtain& obtain, const mapping::Mapping& mapping) : wire_(wire), obtain_(obtain), mapping_(mapping) {}

  Result<channel::Page> read(const channel::Want& want);
  /// One thing by its ids, as the document that `reading` names; nothing where the platform shows none.
  Result<std::optional<channel::Document>> one(const std::string& reading, const Json& thing);

 private:
  Result<channel::Page> page(const Reading& reading, const channel::Want& want);
  Result<channel::Page> things(const channel::Want& want);
  /// Halves the window until the platform lists it; `place` then says what was read.
  Outcome ask(const Reading& reading, ReadingPlace& place);
  Result<std::vector<channel::Document>> documents(const Reading& reading, const std::vector<Json>& entries, bool urgent);
  /// Nothing: the entry is gone meanwhile. Of an order a part that is not given is left out and named in the document's headers.
  Result<std::optional<channel::Document>> completed(const Reading& reading, Json entry, bool urgent, unsigned& in_trouble);
  Result<Json> fetch_each(const Reading& reading, const Fetch& fetch, Json entry, bool urgent);
  Result<Json> fetch_all(const Reading& reading, const Fetch& fetch, Json entry, bool urgent);
  Result<Json> ids_in(const Reading& reading, const Fetch& fetch, const Json& entry);
  /// The document of each of `things`, in their order; nothing for those that the answer does not show.
  Result<std::vector<std::optional<channel::Document>>> together(const Reading& reading, std::span<const Json> things, bool urgent,
                                                                 unsigned& in_trouble);
  /// A level put together from what the answer gives; nothing where the platform keeps no number for it.
  Result<std::optional<channel::Document>> level(const Reading& reading, const Json& thing, const Answer& answer, const Json& entry);

  Wire& wire_;
  Obtain& obtain_;
  const mapping::Mapping& mapping_;
};

/// The body of a level that the connector put together itself: {"@tree": the variant with `available`}.
inline constexpr const char* tree_key = "@tree";

}  // namespace tally::rest
