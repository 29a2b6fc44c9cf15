#include "base/units.hpp"

#include <charconv>
#include <string>

namespace tally {

Result<std::int64_t> whole_units(std::string_view text) {
  std::int64_t units = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, units);
  if (fault == std::errc::result_out_of_range && stop == end)
    return error(Fault::invalid, "'" + std::string(text) + "' is too many to be a count");
  if (fault != std::errc() || stop != end)
    return error(Fault::invalid, "'" + std::string(text) + "' is not a whole number", {}, "write whole units without separators");
  return units;
}

}  // namespace tally
