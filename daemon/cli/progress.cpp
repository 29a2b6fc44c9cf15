#include "cli/progress.hpp"

#include <algorithm>
#include <ostream>

namespace tally::cli {

std::string bar(const std::string& what, std::size_t done, std::size_t total, std::size_t width) {
  const std::string numbers = grouped(static_cast<std::int64_t>(done)) + "/" + grouped(static_cast<std::int64_t>(total));
  const std::size_t taken = width_of(what) + numbers.size() + 4;
  const std::size_t room = width > taken + 5 ? std::min<std::size_t>(40, width - taken - 1) : 5;
  const std::size_t full = total == 0 ? room : std::min(room, room * done / total);
  std::string result = what + "  ";
  for (std::size_t n = 0; n < room; ++n) result += n < full ? "█" : "░";
  return result + "  " + numbers;
}

void Progress::step(std::size_t done, std::size_t total) {
  if (json_) {
    const Json line =
        Json::object({{"progress", what_}, {"done", static_cast<std::uint64_t>(done)}, {"total", static_cast<std::uint64_t>(total)}});
    console_.out << line.dump() << "\n" << std::flush;
  } else if (console_.live) {
    last_ = bar(what_, done, total, console_.width);
    console_.err << "\r\x1b[2K" << last_ << std::flush;
  }
}

void Progress::say(const std::string& text) {
  if (text == last_) return;
  last_ = text;
  if (json_) {
    console_.out << Json::object({{"progress", what_}, {"text", text}}).dump() << "\n" << std::flush;
  } else if (console_.live) {
    console_.err << "\r\x1b[2K" << cut(what_ + ": " + text, console_.width - 1) << std::flush;
  }
}

void Progress::clear() {
  if (!json_ && console_.live && !last_.empty()) console_.err << "\r\x1b[2K" << std::flush;
  last_.clear();
}

}  // namespace tally::cli
