// The live picture of `tallyd run --demo`. Drawing makes text of the daemon's status; the screen puts one text in the place of the last.
#pragma once

#include "base/json.hpp"
#include "base/time.hpp"
#include "cli/console.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>

namespace tally::cli {

/// What the demo's driver knows and the daemon does not say.
struct DemoFacts {
  Duration running{0};
  std::uint64_t seed = 0;
  std::map<std::string, std::int64_t> orders;  ///< accepted by the pretend platforms, by channel
  std::string note;                            ///< one more line at the bottom, or empty
};

/// Several lines, each with its end, none wider than the console. `status` as engine::Admin::status() answers it.
std::string draw_demo(const Console& console, const Json& status, const DemoFacts& facts);
/// The same in one line, for where no terminal is.
std::string draw_demo_line(const Json& status, const DemoFacts& facts);

/// One thread. Shows the cursor again when it goes.
class Screen {
 public:
  /// `terminal`: whether lines may be drawn over; otherwise each text that differs from the last is written below it.
  Screen(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}
  ~Screen() { leave(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  bool terminal() const { return terminal_; }
  void show(const std::string& text);
  /// Leaves the last picture where it is and the cursor below it.
  void leave();

 private:
  std::ostream& out_;
  bool terminal_;
  bool hidden_ = false;
  std::size_t lines_ = 0;
  std::string last_;
};

}  // namespace tally::cli
