#include "assemble_asked.hpp"

namespace tally {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string word_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return std::string(text.substr(at, end - at));
}

/// Every word behind `prefix` in every scalar of the node.
void add_words(const yaml::Node& node, std::string_view prefix, std::set<std::string>& words) {
  for (auto at = node.scalar.find(prefix); at != std::string::npos; at = node.scalar.find(prefix, at + prefix.size())) {
    if (const std::string word = word_at(node.scalar, at + prefix.size()); !word.empty()) words.insert(word);
  }
  for (const auto& item : node.items) add_words(item, prefix, words);
  for (const auto& member : node.members) add_words(member.value, prefix, words);
}

/// Holes that are captured when the platform's document is read: all but those under `$push`.
void add_fields(const yaml::Node& node, MappingText& text) {
  yaml::Node own = node;
  own.items.clear();
  own.members.clear();
  add_words(own, "${", text.fields);
  std::set<std::string> inner;  // ${v.price}, of a variant
  add_words(own, ".", inner);
  text.reads_price = text.reads_price || inner.count("price") || text.fields.count("price");
  for (const auto& item : node.items) add_fields(item, text);
  for (const auto& member : node.members) {
    if (member.key == "$for") add_words(member.value, " in ", text.fields);
    if (member.key != "$push") add_fields(member.value, text);
  }
}

void add_said(const settings::Channel& channel, const yaml::Node& map, const std::string& section, std::vector<Said>& all) {
  for (const auto& member : map.members) {
    const bool is_there = section == "settings" ? channel.settings.find(member.key) != nullptr : channel.secrets.count(member.key) > 0;
    all.push_back({section + "/" + member.key, member.key, member.key_place, member.value.place, !is_there});
  }
}

std::vector<std::string> joined(const std::vector<std::string>& names, const std::set<std::string>& others) {
  std::vector<std::string> all = names;
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace

std::vector<Said> said_by(const settings::Channel& channel) {
  static const std::set<std::string> own{"url", "weight_unit", "locale", "folder"};  // `currency` is every channel's
  std::vector<Said> all;
  for (const auto& member : channel.tree.members) {
    if (own.count(member.key)) {
      all.push_back({"settings/" + member.key, member.key, member.key_place, member.value.place, !channel.settings.find(member.key)});
    } else if (member.key == "settings" || member.key == "secrets") {
      add_said(channel, member.value, member.key, all);
    }
  }
  return all;
}

void add_text(const yaml::Node& root, MappingText& text) {
  add_words(root, "channel.", text.settings);
  add_words(root, "table ", text.tables);
  const auto* listing = root.find("listing");
  if (!listing) return;
  add_fields(*listing, text);
  text.listing = listing->place;
}

void add_tables(const yaml::Node& root, MappingText& text) {
  const auto* tables = root.find("tables");
  if (!tables) return;
  for (const auto& member : tables->members) text.tables.insert(member.key);
}

void check_tables(const settings::Channel& channel, const MappingText& mapping, Complaints& complaints) {
  const auto* tables = channel.overlay ? channel.overlay->find("tables") : nullptr;
  if (!tables) return;
  for (const auto& member : tables->members) {
    if (mapping.tables.count(member.key)) continue;
    const std::vector<std::string> names(mapping.tables.begin(), mapping.tables.end());
    complaints.push_back({member.key_place, "the mapping '" + channel.mapping + "' has no table '" + member.key + "', and nothing uses it",
                          did_you_mean(member.key, names)});
  }
}

void check_asked(const settings::Channel& channel, const channel::Asked& asked, const std::optional<MappingText>& mapping,
                 Complaints& complaints) {
  for (const Said& said : said_by(channel)) {
    const bool is_setting = said.path.starts_with("settings/");
    if (is_setting && (!mapping || asked.settings.count(said.name) || mapping->settings.count(said.name))) continue;
    const std::string before = said.name.ends_with("_old") ? said.name.substr(0, said.name.size() - 4) : said.name;
    if (!is_setting && asked.secrets.count(before)) continue;  // NAME_old: what was good before the secret was changed
    const bool misplaced = is_setting ? asked.secrets.count(said.name) > 0 : asked.settings.count(said.name) > 0;
    std::string hint = is_setting ? did_you_mean(said.name, joined(asked.setting_names(), mapping->settings))
                                  : did_you_mean(said.name, asked.secret_names());
    if (misplaced) hint = is_setting ? "it is a secret: write its name under `secrets:`" : "it is a setting: write it under `settings:`";
    complaints.push_back({said.key_place,
                          is_setting ? "neither the connector '" + channel.connector + "' nor the mapping '" + channel.mapping +
                                           "' takes the setting '" + said.name + "'"
                                     : "the connector '" + channel.connector + "' takes no secret '" + said.name + "'",
                          std::move(hint)});
  }
}

void check_tracker(const settings::Channel& channel, Complaints& complaints) {
  for (const char* key : {"policy", "locations", "stock", "price", "orders", "owners", "sweep", "settle", "currency"}) {
    if (channel.says(key))
      complaints.push_back({channel.place_of(key),
                            "'" + std::string(key) + "' means nothing here: this connector tracks parcels and sells nothing",
                            "take it out"});
  }
}

void check_owners(const settings::Channel& channel, const MappingText& mapping, Complaints& complaints) {
  for (const auto& [field, owner] : channel.owners) {
    const bool is_read = field == "price" ? mapping.reads_price : mapping.fields.count(field) > 0;
    if (owner == settings::Owner::master || is_read) continue;
    complaints.push_back({channel.place_of("owners/" + field),
                          "the channel cannot have a word on '" + field + "': the mapping '" + channel.mapping +
                              "' never reads it, see `listing` at " + mapping.listing.text(),
                          "take it out, or give the mapping a hole for it"});
  }
}

}  // namespace tally
