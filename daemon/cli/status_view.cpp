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
  Table table({{"SKU"}, {"SHORT", Side::right}, {"BY"}, {"TAKEN BEFORE BY"}, {"KNOWN AFTER", Side::right}, {"WOULD HAVE PREVENTED IT"}});
  for (const Json& one : oversold) {
    table.add(
        {{one.text_or("sku")}, number(one, "short"), {taken_by(one)}, {taken_before_by(one)}, {known_after(one)}, {one.text_or("rule")}});
  }
  return "\n" + painted(console, "Oversold", Colour::bold) + "\n" + table.text(console);
}

}  // namespace

std::string taken_by(const Json& oversell) {
  return oversell.text_or("order").empty() ? oversell.text_or("cause") : oversell.text_or("order");
}

std::string taken_before_by(const Json& oversell) {
  return oversell.text_or("other_order").empty() ? "no order" : oversell.text_or("other_order");
}

std::string known_after(const Json& oversell) {
  return oversell.text_or("order").empty() ? "" : grouped(oversell.integer_or("delay_ms")) + " ms";
}

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

/// Where only observed, it is what the plan lists.
Cell differing(const Json& channel) {
  const std::int64_t seen = channel.integer_or("differences"), observed = channel.integer_or("observed_differences");
  return {(channel.bool_or("observed_about") ? "~" : "") + grouped(seen + observed), seen != 0       ? Colour::red
                                                                                     : observed != 0 ? Colour::yellow
                                                                                                     : Colour::none};
}

std::string channels_text(const Console& console, const Json::Array& channels) {
  Table table({{"CHANNEL"},
               {"CONNECTOR"},
               {"STATE"},
               {"POLICY"},
               {"PROTECTION"},
               {"OFFERS", Side::right},
               {"DIFFER", Side::right},
               {"UNLISTED", Side::right},
               {"PENDING", Side::right},
               {"HELD", Side::right},
               {"PARKED", Side::right},
               {"UNREAD", Side::right},
               {"WHY", Side::left, 50}});
  for (const Json& channel : channels) {
    const std::int64_t parked = channel.integer_or("parked") + channel.integer_or("parked_rows");
    table.add({{channel.text_or("name"), Colour::bold},
               {channel.text_or("connector")},
               {channel.text_or("state"), colour_of_state(channel.text_or("state"))},
               {channel.text_or("policy")},
               {channel.text_or("protection")},
               number(channel, "offers"),
               differing(channel),
               number(channel, "not_listed"),
               number(channel, "pending"),
               number(channel, "held", Colour::yellow),
               {grouped(parked), parked != 0 ? Colour::red : Colour::none},
               number(channel, "unread_rows"),
               {channel.text_or("reason"), Colour::yellow}});
  }
  return table.empty() ? "No channels: put a file into channels.d/ and run `tallyd reload`.\n" : table.text(console);
}

std::string list_alone(const Json& said) {
  return "orders come by its list alone, every " + ago_text(said.integer_or("orders_every_s") * 1000) +
         ": with `public_url` in tallyd.yaml the platform could tell of them at once";
}

std::string webhooks_text(const Json::Array& channels) {
  std::string text;
  for (const Json& channel : channels) {
    const Json* webhooks = channel.find("webhooks");
    const std::string way = webhooks ? webhooks->text_or("how") : "", name = channel.text_or("name");
    if (way == "no address") text += name + ": " + list_alone(*webhooks) + "\n";
    if (way != "by itself") continue;
    text += name + ": webhooks ";
    if (!webhooks->find("checked_at")) {
      text += channel.text_or("policy") == "observe" ? "are entered when the channel is released\n" : "were not checked yet\n";
      continue;
    }
    text += std::to_string(webhooks->integer_or("active")) + " of " + std::to_string(webhooks->integer_or("wanted")) + " active, checked " +
            ago_text(webhooks->integer_or("checked_s") * 1000) + " ago";
    if (const auto revived = webhooks->integer_or("revived"); revived > 0)
      text += "; revived " + std::to_string(revived) + " in the last 24 hours, last at " + webhooks->text_or("revived_at");
    text += "\n";
  }
  return printable_lines(text);
}

Convergence convergence_of(const Json& status, const std::set<std::string>& channels) {
  Convergence sum;
  for (const Json& channel : items_in(status, "channels")) {
    const std::string name = channel.text_or("name");
    if (!channels.empty() && !channels.contains(name)) continue;
    sum.offers += channel.integer_or("offers");
    sum.differences += channel.integer_or("differences");
    sum.observed += channel.integer_or("observed_differences");
    sum.observed_about = sum.observed_about || channel.bool_or("observed_about");
    sum.never_looked += channel.integer_or("never_looked");
    sum.unread += channel.integer_or("unread_rows");
    sum.parked += channel.integer_or("parked_rows");
    sum.oldest_s = std::max(sum.oldest_s, channel.integer_or("oldest_unverified_s", -1));
    if (channel.text_or("state") == "paused") sum.paused.push_back(name);
    if (channel.text_or("policy") == "observe") {
      sum.for_release += channel.integer_or("waiting_for_release");
      continue;
    }
    sum.not_listed += channel.integer_or("not_listed");
    sum.in_doubt += channel.integer_or("in_doubt");
    sum.pending += channel.integer_or("pending");
    sum.waiting += channel.integer_or("waiting");
    sum.held += channel.integer_or("held");
    sum.parked += channel.integer_or("parked");
    sum.left_alone += channel.integer_or("left_alone");
  }
  return sum;
}

bool Convergence::settled() const {
  return differences == 0 && not_listed == 0 && in_doubt == 0 && pending == 0 && waiting == 0 && held == 0 && parked == 0 && unread == 0 &&
         paused.empty();
}

std::string Convergence::text() const {
  std::string rest;
  const auto add = [&](std::int64_t count, const std::string& what) {
    if (count != 0) rest += (rest.empty() ? "; " : ", ") + grouped(count) + " " + what;
  };
  if (observed != 0)
    rest += std::string("; ") + (observed_about ? "about " : "") + grouped(observed) +
            " of them where the policy is `observe` and nothing is sent (`tallyd plan` lists them)";
  add(not_listed, "not listed yet");
  add(in_doubt, "in doubt");
  add(pending, pending == 1 ? "change pending" : "changes pending");
  add(waiting, "in an import that is not closed");
  add(held, "held");
  add(parked, "parked");
  add(unread, "unread");
  add(left_alone, "left alone by a person");
  add(never_looked, "never looked at");
  if (oldest_s >= 0) rest += (rest.empty() ? "; " : ", ") + ("oldest unverified " + ago_text(oldest_s * 1000));
  add(for_release, "waiting for `tallyd channel release`");
  for (const std::string& name : paused) rest += (rest.empty() ? "; " : ", ") + name + " is paused";
  return (observed_about ? "about " : "") + counted(differences + observed, "difference", "differences") + " among " +
         counted(offers, "offer", "offers") + rest;
}

namespace {

Colour colour_of(const Convergence& convergence) {
  if (convergence.in_sync()) return Colour::green;
  return convergence.differences == 0 ? Colour::yellow : Colour::red;
}

std::string trackers_text(const Json::Array& trackers) {
  std::string text;
  for (const Json& tracker : trackers)
    text += "\n" + printable(tracker.text_or("name")) + ": " + shown(tracker.find("on_their_way")) +
            (tracker.integer_or("on_their_way") == 1 ? " parcel on its way" : " parcels on their way") +
            (tracker.text_or("by") == "asking" ? ", asked for every two hours because nobody can reach us (public_url)" : "") + "\n";
  return text;
}

}  // namespace

std::string status_text(const Console& console, const Json& status) {
  std::string text = "tallyd " + status.text_or("version") + ", running for " + ago_text(status.integer_or("uptime_ms")) + "\n\n";
  text += channels_text(console, items_in(status, "channels"));
  text += webhooks_text(items_in(status, "channels"));
  text += trackers_text(items_in(status, "trackers"));
  text += problems_text(console, items_in(status, "problems"));
  text += holds_text(console, items_in(status, "holds"));
  text += oversold_text(console, items_in(status, "oversold"));
  const Convergence convergence = convergence_of(status);
  text += "\n" + painted(console, (convergence.in_sync() ? "In sync: " : "") + printable(convergence.text()), colour_of(convergence));
  if (const Json* last = status.find("last_decrease_ms"); last != nullptr && last->is_number())
    text += "; last decrease after " + last->number_text() + " ms";
  return text + "\n";
}

}  // namespace tally::cli
