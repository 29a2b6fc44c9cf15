#include "settings/reading.hpp"

#include <algorithm>

namespace tally::settings {
namespace {

void read_secrets(const yaml::Node& node, Channel& channel, Reading& reading) {
  yaml::Reader(node, "'secrets'", reading.complaints);
  for (const auto& [key, place, value] : node.members) {
    if (!value.is_scalar() || value.scalar.empty()) {
      reading.complain(value.place, "'" + key + "' must be the name of a secret", "write a name such as shop_key");
    } else if (!is_secret_name(value.scalar)) {  // what stands there may be the secret itself: never repeated in the message
      reading.complain(
          value.place, "'" + key + "' must be the name of a secret, and this looks like the secret itself",
          "keep it in secrets/NAME beside the configuration (mode 0600) and write only NAME here; it stood in a file, so renew it");
    } else {
      channel.secrets[key] = value.scalar;
    }
  }
}

void read_locations(yaml::Reader& reader, Channel& channel, Reading& reading) {
  for (const std::string& name : reader.texts("locations")) channel.locations.emplace_back(name);
  const yaml::Node* node = reader.node("locations");
  if (node == nullptr) return;
  std::map<std::string, Place> places;
  for (const yaml::Node& item : node->is_list() ? node->items : std::vector<yaml::Node>{*node}) {
    if (!item.is_scalar()) continue;
    reading.locations_meant.push_back({item.place, item.scalar});
    const auto [found, is_new] = places.emplace(item.scalar, item.place);
    if (!is_new)
      reading.complain(item.place, "the location '" + item.scalar + "' stands here a second time, and at " + found->second.text());
  }
}

void read_limits(const yaml::Node& node, Channel& channel, Reading& reading) {
  yaml::Reader reader(node, "'limits'", reading.complaints);
  Json limits = Json::object();
  if (const auto rate = reader.integer("requests_per_second", 1, 10'000)) limits.set("requests_per_second", Json(*rate));
  if (const auto calls = reader.integer("concurrency", 1, 64)) limits.set("concurrency", Json(*calls));
  if (const auto* budgets = reader.node("budgets")) {
    yaml::Reader names(*budgets, "'budgets'", reading.complaints);
    Json most = Json::object();
    for (const auto& [name, place, value] : budgets->members) {
      if (const auto requests = names.integer(name, 1, 1'000'000'000)) most.set(name, Json(*requests));
    }
    limits.set("budgets", std::move(most));
  }
  reading.finish(reader, reading.channel_keys, "limits");
  channel.limits = std::move(limits);
}

/// A price goes through this channel's rule, which works one way only: what was changed there cannot become the catalogue's.
void read_owners(const yaml::Node& node, Channel& channel, Reading& reading) {
  yaml::Reader reader(node, "'owners'", reading.complaints);
  for (const char* field : {"title", "description", "brand", "tags", "price"}) {
    const bool is_price = std::string_view(field) == "price";
    const auto owner = reader.choice(
        field, is_price ? std::vector<std::string>{"master", "channel"} : std::vector<std::string>{"master", "channel", "newest"});
    if (owner) channel.owners[field] = static_cast<Owner>(*owner);
  }
  reading.finish(reader, reading.channel_keys, "owners");
}

/// Keys of their own that connectors and mappings read, and what stands under `settings:`. Which of them this connector takes, main knows.
void read_settings(yaml::Reader& reader, const std::filesystem::path& folder, Channel& channel, Reading& reading) {
  if (const auto url = url_in(reader, "url")) channel.settings.set("url", Json(*url));
  if (const auto currency = currency_in(reader, "currency")) channel.settings.set("currency", Json(*currency));
  const std::vector<std::string> units{"g", "kg", "oz", "lb"};
  if (const auto unit = reader.choice("weight_unit", units)) channel.settings.set("weight_unit", Json(units[*unit]));
  if (const auto locale = reader.text("locale")) channel.settings.set("locale", Json(*locale));
  if (const auto path = reader.text("folder")) {
    const bool remote = path->find("://") != std::string::npos;
    channel.settings.set("folder", Json(remote ? *path : (folder / *path).lexically_normal().string()));
  }
  const yaml::Node* free = reader.node("settings");
  if (free == nullptr) return;
  yaml::Reader(*free, "'settings'", reading.complaints);
  for (const auto& [key, place, value] : free->members) {
    static const std::vector<std::string> own{"url", "currency", "weight_unit", "locale", "folder"};
    if (std::find(own.begin(), own.end(), key) != own.end()) {
      reading.complain(place, "'" + key + "' is a key of its own", "write it at the left margin, not under 'settings:'");
    } else if (!value.is_scalar() || value.scalar.empty()) {
      reading.complain(value.place, "the setting '" + key + "' must have one value");
    } else {
      channel.settings.set(key, value.to_json());
    }
  }
}

/// The members of `mapping:` as a map, with `tables:` on top, in the form of a mapping file.
void read_mapping(yaml::Reader& reader, Channel& channel, Reading& reading) {
  channel.mapping = channel.connector;
  const yaml::Node* mapping = reader.node("mapping");
  const yaml::Node* tables = reader.node("tables");
  if (mapping != nullptr && mapping->is_scalar()) {
    channel.mapping = file_name_in(*mapping, "mapping", reading).value_or("");
  } else if (mapping != nullptr && !mapping->is_map()) {
    reading.complain(mapping->place, "'mapping' must be the name of a mapping, or a map of what differs from it");
  }
  if (tables != nullptr && !tables->is_map()) reading.complain(tables->place, "'tables' must be a map of tables");
  const bool has_map = mapping != nullptr && mapping->is_map();
  const bool has_tables = tables != nullptr && tables->is_map();
  if (!has_map && !has_tables) return;
  yaml::Node overlay = has_map ? *mapping : yaml::Node();
  overlay.kind = yaml::Node::Kind::map;
  if (!has_map) overlay.place = tables->place;
  if (const yaml::Node* extended = overlay.find("extends")) {
    channel.mapping = file_name_in(*extended, "extends", reading).value_or("");
    std::erase_if(overlay.members, [](const auto& member) { return member.key == "extends"; });
  }
  if (has_tables && overlay.find("tables") != nullptr) {
    reading.complain(tables->place, "the tables stand twice: here and under 'mapping:' at " + overlay.find("tables")->place.text(),
                     "keep one of the two");
  } else if (has_tables) {
    overlay.members.push_back({"tables", tables->place, *tables});
  }
  channel.overlay = std::move(overlay);
}

}  // namespace

Channel read_channel(const yaml::Node& node, const std::filesystem::path& folder, Reading& reading) {
  using namespace std::chrono_literals;
  yaml::Reader reader(node, "the channel's file", reading.complaints);
  Channel channel;
  reader.required("connector");
  if (const yaml::Node* connector = reader.node("connector"))
    channel.connector = file_name_in(*connector, "connector", reading).value_or("");
  read_mapping(reader, channel, reading);
  channel.auth = reader.text("auth").value_or("");
  read_settings(reader, folder, channel, reading);
  if (const yaml::Node* secrets = reader.node("secrets")) read_secrets(*secrets, channel, reading);
  const std::vector<std::string> policies{"observe", "create_only", "no_retire", "full"};
  if (const auto policy = reader.choice("policy", policies)) channel.policy = static_cast<Policy>(*policy);
  read_locations(reader, channel, reading);
  if (const yaml::Node* stock = reader.node("stock")) channel.stock = read_stock(*stock, reading);
  if (const yaml::Node* price = reader.node("price")) channel.price = read_price(*price, reading);
  if (const yaml::Node* orders = reader.node("orders")) channel.orders = read_orders(*orders, reading);
  if (const yaml::Node* owners = reader.node("owners")) read_owners(*owners, channel, reading);
  channel.sweep = duration_in(reader, "sweep", 1s, 24h * 7).value_or(channel.sweep);
  channel.settle = duration_in(reader, "settle", 0s, 24h);
  if (const yaml::Node* limits = reader.node("limits")) read_limits(*limits, channel, reading);
  reading.finish(reader, reading.channel_keys, "");
  channel.tree = node;
  return channel;
}

}  // namespace tally::settings
