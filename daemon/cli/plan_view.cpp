#include "cli/plan_view.hpp"

#include "cli/exit_code.hpp"
#include "cli/status_view.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <vector>

namespace tally::cli {
namespace {

constexpr std::size_t most_moved_shown = 100;

Colour colour_of(const Json& change) {
  const std::string action = change.text_or("action");
  if (change.bool_or("held")) return Colour::yellow;
  if (action == "create") return Colour::green;
  if (action == "retire") return Colour::red;
  return Colour::none;
}

/// Held waits for a person; parked was refused, and is tried again when something changes.
std::string halt_of(const Json& change) {
  if (!change.bool_or("held")) return {};
  return change.text_or("reason").empty() ? " (held)" : " (parked)";
}

std::string from_to(const Json& change) {
  const Json* before = change.find("before");
  const Json* after = change.find("after");
  if (before == nullptr || before->is_null()) return after == nullptr || after->is_null() ? std::string() : shown(after);
  return shown(before) + " → " + shown(after);
}

}  // namespace

std::string effect_text(const Json& totals) {
  std::vector<std::string> parts;
  const auto add = [&](const char* key, std::string_view one, std::string_view many) {
    if (const std::int64_t number = totals.integer_or(key); number > 0) parts.push_back(counted(number, one, many));
  };
  add("creates", "create", "creates");
  add("updates", "content change", "content changes");
  add("prices", "price change", "price changes");
  const Json* largest = totals.find("largest_price_change_percent");
  if (totals.integer_or("prices") > 0 && largest != nullptr && !largest->is_null())
    parts.back() += ", the largest " + largest->scalar_text() + " %";
  add("stocks", "stock change", "stock changes");
  add("to_zero", "offer to zero", "offers to zero");
  add("retires", "listing ends", "listings end");
  add("left_alone", "left alone by a person", "left alone by a person");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " · ") + part;
  return text.empty() ? "nothing to do" : text;
}

std::string plan_text(const Console& console, const Json& plan, std::size_t lines) {
  std::string text;
  if (const Json* totals = plan.find("totals"); totals != nullptr && totals->is_array()) {
    for (const Json& channel : totals->as_array())
      text += painted(console, printable(channel.text_or("channel")), Colour::bold) + ": " + effect_text(channel) + "\n";
  }
  const bool left = !items_in(plan, "left_alone").empty();
  if (plan.bool_or("empty"))
    return text + (left ? "Nothing to do, but for what a person left alone (--json lists it).\n"
                        : "Nothing to do: every channel shows what it should.\n");

  const Json* items = plan.find("items");
  if (items == nullptr || !items->is_array() || items->as_array().empty()) return text;
  Table table({{"CHANNEL"},
               {"ACTION"},
               {"THING", Table::Side::left, 40},
               {"SKU", Table::Side::left, 30},
               {"CHANGE", Table::Side::left, 40},
               {"BECAUSE", Table::Side::left, 40}});
  const Json::Array& changes = items->as_array();
  for (std::size_t n = 0; n < std::min(lines, changes.size()); ++n) {
    const Json& change = changes[n];
    table.add({{change.text_or("channel")},
               {change.text_or("action") + halt_of(change), colour_of(change)},
               {change.text_or("thing")},
               {change.text_or("sku")},
               {from_to(change) + (change.find("pinned") ? " (pinned)" : "")},
               {change.text_or("cause")}});
  }
  text += "\n" + table.text(console);
  if (changes.size() > lines)
    text += "… and " + grouped(static_cast<std::int64_t>(changes.size() - lines)) + " more; --lines shows more of them, --json all\n";
  if (const std::string digest = plan.text_or("digest"); !digest.empty()) text += painted(console, "digest " + digest, Colour::dim) + "\n";
  return text;
}

std::string applied_text(const Console& console, const Json& answer) {
  std::string text = counted(answer.integer_or("applied"), "change", "changes") + " of the plan released\n";
  const auto& moved = items_in(answer, "moved");
  for (std::size_t n = 0; n < std::min(most_moved_shown, moved.size()); ++n) {
    const std::string sku = moved[n].text_or("sku");
    text +=
        painted(console, "  dropped", Colour::yellow) + ": " +
        printable(moved[n].text_or("channel") + " " + moved[n].text_or("action") + " " + (sku.empty() ? moved[n].text_or("thing") : sku)) +
        ": " + printable(moved[n].text_or("why")) + "\n";
  }
  if (moved.size() > most_moved_shown)
    text += "  … and " + grouped(static_cast<std::int64_t>(moved.size() - most_moved_shown)) + " more were dropped; --json lists all\n";
  for (const Json& digest : items_in(answer, "held"))
    text += painted(console, "held", Colour::yellow) + ": what was not in the plan; `tallyd release " + printable(shown(&digest)) +
            "` lets it out\n";
  return text;
}

int code_of_applied(const Json& answer) {
  return items_in(answer, "moved").empty() ? exit_ok : exit_partly;
}

}  // namespace tally::cli
