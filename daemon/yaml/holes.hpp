// The commonest slip in mappings: a hole in braces without quotes. YAML sees a second brace there and complains somewhere else.
#pragma once

#include <optional>
#include <string_view>

namespace tally::yaml {

struct HolePlace {
  int line = 0;    ///< from 1
  int column = 0;  ///< from 1, in characters
};

/// The first `${` that stands inside { } or [ ] outside quotes and comments. Only for text that failed to parse: it reads as far as needed
/// for that.
std::optional<HolePlace> unquoted_hole(std::string_view text);

}  // namespace tally::yaml
