// What a dropped file says, as documents for the inbox.
#pragma once

#include "channel/connector.hpp"
#include "connectors/file/drop_folder.hpp"
#include "connectors/file/layout.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::file {

struct Reading {
  std::vector<channel::Document> documents;
  std::vector<RefusedRow> refused;
  std::string unusable;  ///< why nothing of the file can be used, or empty
};

/// One document of kind "order" a receipt, in the order of their first rows (connectors/file/README.md shows it). A receipt of which a row
/// was refused says so in `refused`, so that its order is held for a person.
Reading read_sales(std::string_view bytes, const std::string& name, const Layout& layout);
/// What the order of such a document is known by: its receipt's number and, where numbers restart each day, "@" and its day.
std::string id_of(const Json& receipt, const Layout& layout);
/// Whether the document can be another version of the order that is known by its id: `rejected` where it is of another day, or sells
/// nothing of what that one sold. Such a document changes nothing.
Result<void> same_receipt(const Json& receipt, const Json& known, const Layout& layout);
/// One document of kind "level" a row.
Reading read_counts(std::string_view bytes, const std::string& name, const Layout& layout);

}  // namespace tally::file
