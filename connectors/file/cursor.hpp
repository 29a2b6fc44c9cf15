// Where a reading of the drop folder stands. The cursor is the acknowledgement: when the engine comes back with it, the documents of the
// files that it names are committed, and only then do those files move away.
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace tally::file {

struct Delivered {
  enum class Kind { sales, counts } kind = Kind::sales;
  std::string name;
  std::string hash;
  bool unusable = false;  ///< nothing could be read of it: to errors/, not to done/
  std::size_t next = 0;   ///< the first document that is still to come; 0: all were delivered
};

using Cursor = std::vector<Delivered>;

std::string text_of(const Cursor& cursor);
/// Empty for an empty text. `invalid` for anything that we did not write.
Result<Cursor> cursor_of(const std::string& text);

}  // namespace tally::file
