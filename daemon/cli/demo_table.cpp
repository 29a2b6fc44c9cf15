#include "cli/demo_table.hpp"

#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace tally::cli {
namespace {

std::string clock_text(Duration running) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(running).count();
  char text[32];
  std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
                static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
  return text;
}

std::int64_t all_orders(const DemoFacts& facts) {
  std::int64_t sum = 0;
  for (const auto& [channel, count] : facts.orders) sum += count;
  return sum;
}

std::string last_decrease(const Json& status) {
  const Json* last = status.find("last_decrease_ms");
  return last != nullptr && last->is_number() ? "last decrease " + last->number_text() + " ms" : "no decrease yet";
}

std::string summary(const Json& status, const DemoFacts& facts) {
  return counted(all_orders(facts), "order", "orders") + " · drift " + grouped(status.integer_or("differences")) + " · " +
         last_decrease(status);
}

/// Every line within the terminal's width, or the lines could not be counted. Cut before painting: an escape sequence must not be cut in
/// two.
std::string fitted(const Console& console, std::string_view text, Colour colour = Colour::none) {
  return painted(console, cut(printable(text), console.width - 1), colour) + "\n";
}

Table table_of(const Console& console, const Json& status, const DemoFacts& facts) {
  using Side = Table::Side;
  const std::size_t name_width = std::clamp<std::size_t>(console.width / 5, 8, 24);
  Table table({{"CHANNEL", Side::left, name_width},
               {"STATE", Side::left, 11},
               {"OFFERS", Side::right, 7},
               {"PENDING", Side::right, 7},
               {"ORDERS", Side::right, 7},
               {"DRIFT", Side::right, 6},
               {"PARKED", Side::right, 6}});
  for (const Json& channel : items_in(status, "channels")) {
    const std::string name = channel.text_or("name"), state = channel.text_or("state");
    const auto placed = facts.orders.find(name);
    const std::int64_t drift = channel.integer_or("differences"), parked = channel.integer_or("parked");
    table.add({{name, Colour::bold},
               {state, state == "ok" ? Colour::green : Colour::yellow},
               {grouped(channel.integer_or("offers"))},
               {grouped(channel.integer_or("pending"))},
               {placed == facts.orders.end() ? "-" : grouped(placed->second)},
               {grouped(drift), drift > 0 ? Colour::red : Colour::none},
               {grouped(parked), parked > 0 ? Colour::red : Colour::none}});
  }
  return table;
}

}  // namespace

std::string draw_demo(const Console& console, const Json& status, const DemoFacts& facts) {
  std::string text = fitted(console, "tallyd demo · " + clock_text(facts.running) + " · seed " + std::to_string(facts.seed), Colour::bold);
  text += fitted(console, summary(status, facts)) + "\n";
  const Table table = table_of(console, status, facts);
  text += (table.empty() ? "no channels yet\n" : table.text(console)) + "\n";
  text += fitted(console, convergence_of(status).text(), status.integer_or("differences") == 0 ? Colour::green : Colour::red);
  if (!facts.note.empty()) text += fitted(console, facts.note, Colour::dim);
  return text;
}

std::string draw_demo_line(const Json& status, const DemoFacts& facts) {
  return clock_text(facts.running) + "  " + summary(status, facts) + "\n";
}

void Screen::show(const std::string& text) {
  if (!terminal_) {
    if (text != last_) out_ << text << std::flush;
    last_ = text;
    return;
  }
  std::string bytes = hidden_ ? "" : "\x1b[?25l";
  hidden_ = true;
  if (lines_ > 0) bytes += "\x1b[" + std::to_string(lines_) + "A";
  bytes += "\r\x1b[J" + text;
  lines_ = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  out_ << bytes << std::flush;  // one write, so that nothing flickers
}

void Screen::leave() {
  if (hidden_) out_ << "\x1b[?25h" << std::flush;
  hidden_ = false;
  lines_ = 0;
}

}  // namespace tally::cli
