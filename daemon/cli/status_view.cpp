#include "cli/status_view.hpp"

#include "cli/table.hpp"

#include <algorithm>

namespace tally::cli {
namespace {

using Side = Table::Side;

Cell number(const Json& object, std::string_view key, Colour when_not_zero = Colour::none) {
  const std::int64_t value = object.integer_or(key);
  return {grouped(value), value != 0 ? when_not_zero : Colour::none};
}

Colour colour_of_state(const std::string& state) {
  if (state == "ok") return Colour::green;
  return state == "paused" ? Colour::red : Colour::yellow;
}

std::string problems_text(const Console& console, const Json::Array& problems) {
  if (problems.empty()) return {};
  Table table({{"CHANNEL"}, {"THING", Side::left, 40}, {"ASPECT"}, {"SINCE"}, {"WHY", Side::left, 70}, {"WHAT TO DO", Side::left, 70}});
  for (const Json& problem : problems) {
    table.add({{problem.text_or("channel")},
               {problem.text_or("thing")},
               {problem.text_or("aspect")},
               {shown(problem.find("since"))},
               {problem.text_or("reason"), Colour::red},
               {problem.text_or("todo")}});
  }
  return "\n" + painted(console, "To solve", Colour::bold) + "\n" + table.text(console);
}

std::string holds_text(const Console& console, const Json::Array& holds) {
  if (holds.empty()) return {};
  Table table({{"DIGEST"}, {"CHANNEL"}, {"ASPECT"}, {"CHANGES", Side::right}, {"SINCE"}, {"WHY", Side::left, 70}});
  for (const Json& hold : holds) {
    table.add({{hold.text_or("digest"), Colour::yellow},
               {hold.text_or("channel")},
               {hold.text_or("aspect")},
               number(hold, "count"),
               {shown(hold.find("since"))},
               {hold.text_or("reason")}});
  }
  return "\n" + painted(console, "Waiting for a person: `tallyd release DIGEST` or `tallyd discard DIGEST`", Colour::bold) + "\n" +
         table.text(console);
}

std::string oversold_text(const Console& console, const Json::Array& oversold) {
  if (oversold.empty()) return {};
  Table table({{"SKU"}, {"ORDER"}, {"AND ORDER"}, {"APART", Side::right}, {"RULE"}});
  for (const Json& one : oversold) {
    table.add({{one.text_or("sku")},
               {shown(one.find("order"))},
               {shown(one.find("other_order"))},
               {grouped(one.integer_or("delay_ms")) + " ms"},
               {one.text_or("rule")}});
  }
  return "\n" + painted(console, "Oversold", Colour::bold) + "\n" + table.text(console);
}

}  // namespace

const Json::Array& items_in(const Json& object, std::string_view key) {
  static const Json::Array none;
  const Json* items = object.find(key);
  return items != nullptr && items->is_array() ? items->as_array() : none;
}

std::string ago_text(std::int64_t ms) {
  const std::int64_t seconds = ms / 1000;
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " days";
}

std::string channels_text(const Console& console, const Json::Array& channels) {
  Table table({{"CHANNEL"},
               {"CONNECTOR"},
               {"STATE"},
               {"POLICY"},
               {"PROTECTION"},
               {"OFFERS", Side::right},
               {"PENDING", Side::right},
               {"DRIFT", Side::right},
               {"UNREAD", Side::right},
               {"PARKED", Side::right},
               {"WHY", Side::left, 50}});
  for (const Json& channel : channels) {
    table.add({{channel.text_or("name"), Colour::bold},
               {channel.text_or("connector")},
               {channel.text_or("state"), colour_of_state(channel.text_or("state"))},
               {channel.text_or("policy")},
               {channel.text_or("protection")},
               number(channel, "offers"),
               number(channel, "pending"),
               number(channel, "drift", Colour::red),
               number(channel, "unread_rows"),
               number(channel, "parked", Colour::red),
               {channel.text_or("reason"), Colour::yellow}});
  }
  return table.empty() ? "No channels: put a file into channels.d/ and run `tallyd reload`.\n" : table.text(console);
}

std::string convergence_text(const Json& status) {
  std::int64_t oldest = -1;
  for (const Json& channel : items_in(status, "channels")) oldest = std::max(oldest, channel.integer_or("oldest_unverified_ms", -1));
  std::string text = counted(status.integer_or("drift"), "difference", "differences");
  if (oldest >= 0) text += ", oldest unverified " + ago_text(oldest) + " ago";
  return text;
}

std::string status_text(const Console& console, const Json& status) {
  std::string text = "tallyd " + status.text_or("version") + ", running for " + ago_text(status.integer_or("uptime_ms")) + "\n\n";
  text += channels_text(console, items_in(status, "channels"));
  text += problems_text(console, items_in(status, "problems"));
  text += holds_text(console, items_in(status, "holds"));
  text += oversold_text(console, items_in(status, "oversold"));
  text += "\n" + painted(console, convergence_text(status), status.integer_or("drift") == 0 ? Colour::green : Colour::red);
  if (const Json* inbox = status.find("inbox")) {
    text += "; inbox: " + grouped(inbox->integer_or("unread")) + " unread, " + grouped(inbox->integer_or("parked")) + " parked";
  }
  if (const Json* last = status.find("last_decrease_ms"); last != nullptr && last->is_number())
    text += "; last decrease after " + last->number_text() + " ms";
  return text + "\n";
}

}  // namespace tally::cli
