// `extends`: a file that says only what differs.
#pragma once

#include "mapping/mapping.hpp"

namespace tally::mapping {

/// Maps merge key by key, anything else is replaced, `~` takes away, a list that begins with `...` keeps what was there before its own
/// entries.
yaml::Node merged(const yaml::Node& base, const yaml::Node& over);

/// The file's tree with all that it extends merged below it. Nothing after a complaint.
std::optional<yaml::Node> complete_text(std::string_view text, const std::string& file, const FindText& find, Complaints& complaints);

}  // namespace tally::mapping
