#include "settings/reading.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <arpa/inet.h>

namespace tally::settings {
namespace {

constexpr std::size_t most_locations = 1000;
constexpr std::size_t most_attributes = 1000;
constexpr std::size_t longest_socket_path = 107;  // what the kernel takes

std::string default_socket(const std::filesystem::path& folder) {
  if (const char* runtime = std::getenv("RUNTIME_DIRECTORY"); runtime != nullptr && *runtime != '\0') {
    const std::string_view all = runtime;  // systemd joins several with ':'
    return (std::filesystem::path(all.substr(0, all.find(':'))) / "tallyd.sock").string();
  }
  return (folder / "tallyd.sock").string();
}

void read_store(yaml::Reader& reader, Settings& settings) {
  constexpr std::string_view sqlite = "sqlite:";
  const std::string store = reader.text("store").value_or(settings.store);
  if (store.starts_with(sqlite) && store.size() > sqlite.size()) {
    settings.store = std::string(sqlite) + (settings.folder / store.substr(sqlite.size())).lexically_normal().string();
    const yaml::Node* said = reader.node("store");
    settings.store_place = said != nullptr ? said->place : Place{(settings.folder / "tallyd.yaml").string()};
  } else if (store.find("://") != std::string::npos) {  // not repeated: there may be a password in it
    reader.complain("store", "'store' is an address, and this version keeps everything in a file", "write it as sqlite:tally.db");
  } else {
    const std::string meant = did_you_mean(store.substr(0, 7), {std::string(sqlite)});
    reader.complain("store", "'store' must be sqlite:PATH, but is " + shown(store), meant.empty() ? "write it as sqlite:tally.db" : meant);
  }
}

/// ADDRESS:PORT, as the listener takes it: an address of this machine, one of IPv6 in [].
bool is_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string host(text.substr(0, colon));
  const std::string_view port = text.substr(colon + 1);
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (::inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), address.data()) != 1) return false;
  const bool digits =
      !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && std::atoi(std::string(port).c_str()) <= 65535;
}

void read_doors(yaml::Reader& reader, Settings& settings) {
  if (auto listen = reader.text("listen")) {
    if (!is_listen_address(*listen))
      reader.complain("listen", "'listen' must be ADDRESS:PORT, but is " + shown(*listen), "write it as 127.0.0.1:8780 or \"[::1]:8780\"");
    settings.listen = *listen;
  }
  settings.socket = default_socket(settings.folder);
  if (auto socket = reader.text("socket")) {
    settings.socket = (settings.folder / *socket).lexically_normal().string();
    if (settings.socket.size() > longest_socket_path) {
      reader.complain("socket", "the path of a socket has at most " + std::to_string(longest_socket_path) + " bytes, this one has " +
                                    std::to_string(settings.socket.size()));
    }
  }
  settings.public_url = url_in(reader, "public_url").value_or("");
}

/// Who else has a say in what lies there.
void read_keeper(yaml::Reader& reader, Location& location, Reading& reading) {
  using namespace std::chrono_literals;
  location.held_by = reader.text("held_by").value_or("");
  if (!location.held_by.empty()) reading.channels_meant.push_back({reader.node("held_by")->place, location.held_by});
  if (!location.held_by.empty() && !location.counted_by.empty())
    reader.complain("held_by", "a location is either counted by a channel or held by one",
                    "held_by, where its platform keeps and sends the goods");
  const std::vector<std::string> ways{"on_hand", "free"};
  if (const auto way = reader.choice("counts", ways)) location.counts_free = *way == 1;
  if (location.counts_free && location.counted_by.empty())
    reader.complain("counts", "'counts: free' says how a channel counts, and no channel counts here", "add counted_by: CHANNEL");
  const auto after = reader.duration("knows_after");
  if (after && (*after < 0s || *after > 24h))
    reader.complain("knows_after", "'knows_after' must be from 0s to 24h, but is " + format_duration(*after));
  else if (after)
    location.knows_after = *after;
}

void read_locations(const yaml::Node& node, Settings& settings, Reading& reading) {
  yaml::Reader(node, "'locations'", reading.complaints);  // complains if it is no map
  if (node.members.size() > most_locations) reading.complain(node.place, "more than " + std::to_string(most_locations) + " locations");
  for (const auto& [key, place, value] : node.members) {
    if (!is_plain_name(key)) {
      reading.complain(place, "'" + key + "' cannot be a location's name", "use lower-case letters, digits and '-', at most 40");
    }
    if (key == "transit") reading.complain(place, "'transit' is where goods under way lie, no location of its own", "give it another name");
    yaml::Reader reader(value, "the location '" + key + "'", reading.complaints);
    Location location;
    location.id = LocationId(key);
    location.name = reader.text("name").value_or(key);
    location.counted_by = reader.text("counted_by").value_or("");
    if (!location.counted_by.empty()) reading.channels_meant.push_back({reader.node("counted_by")->place, location.counted_by});
    read_keeper(reader, location, reading);
    reading.finish(reader, reading.tallyd_keys, "locations/*");
    settings.locations.push_back(std::move(location));
  }
}

void read_catalogue(const yaml::Node& node, Settings& settings, Reading& reading) {
  yaml::Reader reader(node, "'catalogue'", reading.complaints);
  settings.catalogue_watch = reader.text("watch").value_or("");
  settings.catalogue_channel = reader.text("channel").value_or("");
  if (!settings.catalogue_channel.empty()) {
    settings.catalogue_place = reader.node("channel")->place;
    reading.channels_meant.push_back({settings.catalogue_place, settings.catalogue_channel});
  }
  const bool both = reader.has("watch") && reader.has("channel");
  if (both) {
    reader.complain("watch",
                    "'catalogue' has both 'watch' (files) and, at " + node.find("channel")->place.text() +
                        ", 'channel' (that channel is the master of content)",
                    "keep one of the two");
  } else if (settings.catalogue_watch.empty() && settings.catalogue_channel.empty() && (node.is_map() || node.is_null())) {
    reader.complain("watch", "'catalogue' needs either 'watch' (files) or 'channel' (that channel is the master of content)");
  }
  reading.finish(reader, reading.tallyd_keys, "catalogue");
}

/// `text`, or `{ one_of: [spring, autumn] }` as "one_of:spring|autumn".
std::string read_attribute(const std::string& name, const yaml::Node& node, Reading& reading) {
  static const std::vector<std::string> types{"text", "integer", "decimal", "boolean"};
  const std::string expected = "the attribute '" + name + "' must be text, integer, decimal, boolean or { one_of: [a, b] }";
  if (node.is_scalar()) {
    if (std::find(types.begin(), types.end(), node.scalar) == types.end()) {
      reading.complain(node.place, expected + ", but is '" + node.scalar + "'", did_you_mean(node.scalar, types));
    }
    return node.scalar;
  }
  if (!node.is_map()) {
    reading.complain(node.place, expected);
    return {};
  }
  yaml::Reader reader(node, "the attribute '" + name + "'", reading.complaints);
  std::string type;
  for (const std::string& value : reader.texts("one_of")) {
    if (value.empty() || value.find('|') != std::string::npos)
      reader.complain("one_of", "'" + value + "' cannot be one of an attribute's values", "without '|'");
    type += (type.empty() ? "one_of:" : "|") + value;
  }
  reading.finish(reader, reading.tallyd_keys, "attributes/*");
  if (type.empty()) reading.complain(node.place, expected);
  return type;
}

void read_attributes(const yaml::Node& node, Settings& settings, Reading& reading) {
  yaml::Reader(node, "'attributes'", reading.complaints);
  if (node.members.size() > most_attributes) reading.complain(node.place, "more than " + std::to_string(most_attributes) + " attributes");
  for (const auto& [key, place, value] : node.members) settings.attributes[key] = read_attribute(key, value, reading);
}

void read_guard(const yaml::Node& node, Guard& guard, Reading& reading) {
  const std::string meaning = "it is the part of a channel's offers that may change before a person looks";
  yaml::Reader reader(node, "'guard'", reading.complaints);
  guard.to_zero = percent_in(reader, "to_zero", 0, 100, meaning).value_or(guard.to_zero);
  guard.price = percent_in(reader, "price", 0, 100, meaning).value_or(guard.price);
  guard.ends = percent_in(reader, "ends", 0, 100, meaning).value_or(guard.ends);
  guard.creates = percent_in(reader, "creates", 0, 100, meaning).value_or(guard.creates);
  guard.least = reader.integer("least", 0, 1'000'000).value_or(guard.least);
  reading.finish(reader, reading.tallyd_keys, "guard");
}

void read_privacy(const yaml::Node& node, Privacy& privacy, Reading& reading) {
  constexpr Duration least{3600000}, longest_raw{30LL * 86400000}, longest_buyers{4000LL * 86400000};
  yaml::Reader reader(node, "'privacy'", reading.complaints);
  privacy.keep_raw = duration_in(reader, "keep_raw", least, longest_raw).value_or(privacy.keep_raw);
  privacy.keep_buyers = duration_in(reader, "keep_buyers", least, longest_buyers).value_or(privacy.keep_buyers);
  reading.finish(reader, reading.tallyd_keys, "privacy");
}

}  // namespace

void read_tallyd(const yaml::Node& node, Settings& settings, Reading& reading) {
  yaml::Reader reader(node, "tallyd.yaml", reading.complaints);
  read_store(reader, settings);
  read_doors(reader, settings);
  settings.currency = currency_in(reader, "currency").value_or(settings.currency);
  const std::vector<std::string> levels{"debug", "info", "warning", "error"};
  if (const auto level = reader.choice("log_level", levels)) settings.log_level = levels[*level];
  if (const yaml::Node* locations = reader.node("locations")) read_locations(*locations, settings, reading);
  if (const yaml::Node* catalogue = reader.node("catalogue")) read_catalogue(*catalogue, settings, reading);
  if (const yaml::Node* attributes = reader.node("attributes")) read_attributes(*attributes, settings, reading);
  if (const yaml::Node* guard = reader.node("guard")) read_guard(*guard, settings.guard, reading);
  if (const yaml::Node* review = reader.node("review")) read_review(*review, settings, reading);
  if (const yaml::Node* routing = reader.node("routing")) read_routing(*routing, settings, reading);
  if (const yaml::Node* privacy = reader.node("privacy")) read_privacy(*privacy, settings.privacy, reading);
  reading.finish(reader, reading.tallyd_keys, "");
  if (settings.locations.empty()) settings.locations.push_back({LocationId("main"), "Main", ""});
}

}  // namespace tally::settings
