// `routing:` of tallyd.yaml: which location ships which order.
#include "settings/reading.hpp"

#include <algorithm>

namespace tally::settings {
namespace {

constexpr std::size_t most_rules = 100;
constexpr std::size_t most_named = 1000;    ///< in one list of a rule
constexpr std::size_t most_kinds = 10'000;  ///< of orders that one rule asks for: country by region by SKU
constexpr const char* everywhere = "*";

/// The texts of a list or of one text, with their places.
std::vector<const yaml::Node*> items_of(const yaml::Node& node) {
  std::vector<const yaml::Node*> items;
  if (node.is_scalar()) items.push_back(&node);
  for (const yaml::Node& item : node.items) {
    if (item.is_scalar()) items.push_back(&item);
  }
  return items;
}

/// The texts of a list that names something, each once.
std::vector<std::string> names_in(yaml::Reader& reader, std::string_view key, Reading& reading) {
  auto names = reader.texts(key);
  const yaml::Node* node = reader.node(key);
  if (node == nullptr) return names;
  if (node->is_list() && node->items.empty() && !node->torn)
    reader.complain(key, "'" + std::string(key) + "' is an empty list", "name one, or leave it out");
  if (names.size() > most_named) reader.complain(key, "'" + std::string(key) + "' names more than " + std::to_string(most_named));
  std::map<std::string, Place> places;
  for (const yaml::Node* item : items_of(*node)) {
    const auto [found, is_new] = places.emplace(item->scalar, item->place);
    if (!is_new) reading.complain(item->place, shown(item->scalar) + " stands here a second time, and at " + found->second.text());
  }
  return names;
}

/// Codes of countries, or "*" alone: any, and orders that name none.
std::vector<std::string> places_in(yaml::Reader& reader, Reading& reading) {
  const yaml::Node* node = reader.node("country");
  if (node == nullptr || (node->is_scalar() && node->scalar == everywhere)) return {};
  const auto items = items_of(*node);
  const auto any = std::find_if(items.begin(), items.end(), [](const yaml::Node* item) { return item->scalar == everywhere; });
  if (any != items.end()) {
    reading.complain((*any)->place, "'*' is every country: what stands beside it says nothing",
                     "write country: \"*\", or the countries alone");
    return {};
  }
  names_in(reader, "country", reading);
  return countries_in(reader, "country");
}

void mention(const yaml::Node* list, std::vector<Mention>& into) {
  if (list == nullptr) return;
  for (const yaml::Node* item : items_of(*list)) into.push_back({item->place, item->scalar});
}

RoutingRule read_rule(const yaml::Node& node, Reading& reading) {
  yaml::Reader reader(node, "a rule of 'routing'", reading.complaints);
  RoutingRule rule;
  rule.countries = places_in(reader, reading);
  rule.regions = names_in(reader, "region", reading);
  if (!rule.regions.empty() && rule.countries.empty())
    reader.complain("region", "a 'region' is one of a country, and the rule names none", "add country: and its two capitals");
  rule.skus = names_in(reader, "sku", reading);
  rule.channels = names_in(reader, "channel", reading);
  mention(reader.node("channel"), reading.channels_meant);
  reader.required("from");
  for (const std::string& name : names_in(reader, "from", reading)) rule.from.emplace_back(name);
  mention(reader.node("from"), reading.locations_meant);
  const auto kinds = [](const std::vector<std::string>& list) { return std::max<std::size_t>(list.size(), 1); };
  if (kinds(rule.countries) * kinds(rule.regions) * kinds(rule.skus) > most_kinds)
    reading.complain(node.place,
                     "the rule asks for more than " + std::to_string(most_kinds) + " kinds of orders (country by region by SKU)",
                     "make several rules of it");
  const bool asks = reader.has("country") || reader.has("sku") || reader.has("channel");
  reading.finish(reader, reading.tallyd_keys, "routing/*");
  if (node.is_map() && !asks && !node.torn)
    reading.complain(node.place, "the rule does not say which orders it is for", "write country: \"*\" if it is for all of them");
  return rule;
}

bool names(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool sells_from(const Channel& channel, const LocationId& location) {
  return std::find(channel.locations.begin(), channel.locations.end(), location) != channel.locations.end();
}

bool is_for(const RoutingRule& rule, const Channel& channel) {
  return rule.channels.empty() || names(rule.channels, channel.id.text);
}

/// Whether the rule routes any of the channel's orders: one whose locations it does not sell from is passed over.
bool routes(const RoutingRule& rule, const Channel& channel) {
  return is_for(rule, channel) &&
         std::any_of(rule.from.begin(), rule.from.end(), [&](const LocationId& location) { return sells_from(channel, location); });
}

std::string path_of(std::size_t rule) {
  return "routing/" + std::to_string(rule - 1);
}

/// Where it is said that the channel does not sell from there.
Place place_of_refusal(const yaml::Node& tallyd, const Settings& settings, const Channel& channel, const LocationId& location) {
  const auto declared =
      std::find_if(settings.locations.begin(), settings.locations.end(), [&](const Location& each) { return each.id == location; });
  const bool held_elsewhere = declared != settings.locations.end() && !declared->held_by.empty() && declared->held_by != channel.id.text;
  const yaml::Node* holder = held_elsewhere ? node_at(tallyd, "locations/" + location.text + "/held_by") : nullptr;
  return holder != nullptr ? holder->place : channel.place_of("locations");
}

void check_location(const yaml::Node& tallyd, const Settings& settings, const RoutingRule& rule, const yaml::Node& item, Reading& reading) {
  const LocationId location(item.scalar);
  const yaml::Node* declared = node_at(tallyd, "locations/" + location.text);
  if (rule.channels.empty()) {
    const bool sold = settings.channels.empty() || std::any_of(settings.channels.begin(), settings.channels.end(),
                                                               [&](const Channel& each) { return sells_from(each, location); });
    if (!sold && declared != nullptr)
      reading.complain(item.place, "no channel sells from '" + location.text + "', which is declared at " + declared->place.text(),
                       "add it to 'locations' of a channel, or take it out here");
    return;
  }
  for (const Channel& channel : settings.channels) {
    if (!is_for(rule, channel) || sells_from(channel, location) || declared == nullptr) continue;
    reading.complain(item.place,
                     "'" + location.text + "' ships nothing of the channel '" + channel.id.text + "', which does not sell from it: see " +
                         place_of_refusal(tallyd, settings, channel, location).text(),
                     "let the channel sell from it, or take it out here");
  }
}

/// Orders of one kind: one value, or none where the rule does not ask, of each of its lists.
struct Kind {
  std::optional<std::string> country, region, sku;
};

std::vector<std::optional<std::string>> each_of(const std::vector<std::string>& list) {
  std::vector<std::optional<std::string>> values(list.begin(), list.end());
  if (values.empty()) values.emplace_back();
  return values;
}

std::vector<Kind> kinds_of(const RoutingRule& rule) {
  std::vector<Kind> kinds;
  for (const auto& country : each_of(rule.countries)) {
    for (const auto& region : each_of(rule.regions)) {
      for (const auto& sku : each_of(rule.skus)) kinds.push_back({country, region, sku});
    }
  }
  return kinds;
}

bool takes(const RoutingRule& rule, const Channel& channel, const Kind& kind) {
  const auto has = [](const std::vector<std::string>& list, const std::optional<std::string>& one) {
    return list.empty() || (one && names(list, *one));
  };
  return routes(rule, channel) && has(rule.countries, kind.country) && has(rule.regions, kind.region) && has(rule.skus, kind.sku);
}

/// The rules before the one at `at` that take all it asks for; none where some order comes to it.
std::set<std::size_t> takers_of(const Settings& settings, std::size_t at) {
  std::set<std::size_t> takers;
  const auto rule = settings.routing.begin() + static_cast<std::ptrdiff_t>(at);
  const auto kinds = kinds_of(*rule);
  for (const Channel& channel : settings.channels) {
    if (!routes(*rule, channel)) continue;
    for (const Kind& kind : kinds) {
      const auto taker = std::find_if(settings.routing.begin(), rule, [&](const RoutingRule& each) { return takes(each, channel, kind); });
      if (taker == rule) return {};
      takers.insert(taker->no);
    }
  }
  return takers;
}

void check_reached(const yaml::Node& tallyd, const Settings& settings, std::size_t at, Reading& reading) {
  std::string places;
  for (const std::size_t no : takers_of(settings, at))
    places += (places.empty() ? "" : " and at ") + node_at(tallyd, path_of(no))->place.text();
  if (places.empty()) return;
  reading.complain(node_at(tallyd, path_of(settings.routing[at].no))->place,
                   "no order ever comes to this rule: the first that an order meets holds, and all that it asks for is taken at " + places,
                   "put it before that, or take it out");
}

}  // namespace

void read_routing(const yaml::Node& node, Settings& settings, Reading& reading) {
  if (node.is_null()) return;
  if (!node.is_list()) {
    reading.complain(node.place, "'routing' must be a list of rules", "begin each with '- { country: …, from: [ … ] }'");
    return;
  }
  if (node.items.size() > most_rules) {
    reading.complain(node.place, "more than " + std::to_string(most_rules) + " rules");
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::size_t before = reading.complaints.size();
    RoutingRule rule = read_rule(node.items[i], reading);
    rule.no = i + 1;
    if (reading.complaints.size() == before) settings.routing.push_back(std::move(rule));
  }
}

void check_routing(const yaml::Node& tallyd, const Settings& settings, Reading& reading) {
  for (std::size_t i = 0; i < settings.routing.size(); ++i) {
    const RoutingRule& rule = settings.routing[i];
    for (const yaml::Node* item : items_of(*node_at(tallyd, path_of(rule.no) + "/from")))
      check_location(tallyd, settings, rule, *item, reading);
    check_reached(tallyd, settings, i, reading);
  }
}

}  // namespace tally::settings
