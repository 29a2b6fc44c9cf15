// Text as platforms without HTML want it.
#pragma once

#include <string>
#include <string_view>

namespace tally::mapping {

/// At most so many characters (code points), never a part of one.
std::string first_characters(std::string_view utf8, std::size_t most);

/// Without tags and comments, the five named entities and numeric ones resolved, a line break for <br> and at the end of a block; trimmed.
std::string plain_text(std::string_view html);

/// Letters a to z only: for codes.
std::string upper_ascii(std::string_view text);

}  // namespace tally::mapping
