// `settings:` and `secrets:`, what a channel's file is asked for: declared once, and everything else in the file held against it.
#include "connectors/rest/compile.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

/// Keys of a channel's file that do not stand under `settings:`.
bool is_own_key(const std::string& name) {
  static const std::vector<std::string> own{"url", "currency", "weight_unit", "locale", "folder"};
  return std::find(own.begin(), own.end(), name) != own.end();
}

void collect_scalars(const yaml::Node& node, std::set<std::string>& words) {
  if (node.is_scalar()) words.insert(node.scalar);
  for (const auto& item : node.items) collect_scalars(item, words);
  for (const auto& member : node.members) collect_scalars(member.value, words);
}

/// Every word that may speak of a setting or a secret: values that are its name alone, and holes.
std::set<std::string> words_of(const yaml::Node& root) {
  std::set<std::string> words{"secret"};  // the key of a signature, where none is named
  for (const auto& member : root.members) {
    if (member.key == "settings" || member.key == "secrets") continue;
    collect_scalars(member.value, words);
    for (const auto& hole : holes_of(member.value)) words.insert(hole.name.substr(0, hole.name.find('.')));
  }
  return words;
}

void check_spoken_of(const Compiling& compiling, const yaml::Node& root, const char* section, const std::set<std::string>& words) {
  const auto* node = root.find(section);
  if (!node) return;
  for (const auto& member : node->members) {
    if (words.count(member.key)) continue;
    compiling.complain(member.key_place, "nothing in this file speaks of '" + member.key + "'", "take it out, or use it");
  }
}

}  // namespace

void Compiling::need_setting(const std::string& name) const {
  if (!is_used) return;
  const std::string path = "settings/" + name;
  if (vault.settings().find(name) || recipe.complained.count(path)) return;
  const auto words = asked.settings.find(name);
  complain(
      is_own_key(name) ? Place{recipe.channel_file, 0, 0} : recipe.place_of(path),
      "the connector '" + recipe.connector + "' needs '" + name + "'" + (words == asked.settings.end() ? "" : " (" + words->second + ")"),
      "write `" + name + ": …`" + (is_own_key(name) ? "" : " under `settings:`"));
}

void Compiling::need_secret(const std::string& name) const {
  if (!is_used) return;
  const std::string path = "secrets/" + name;
  if (recipe.complained.count(path)) return;
  const auto secret = vault.secret(name);
  if (secret) return;
  const auto words = asked.secrets.find(name);
  const bool is_named = recipe.places.count(path) > 0;
  complain(recipe.place_of(path),
           "the channel '" + recipe.channel + "' needs the secret '" + name + "'" +
               (words == asked.secrets.end() ? "" : " (" + words->second + ")") + ": " + secret.error().text(),
           is_named ? "" : "and name it under `secrets:`");
}

void Compiling::need(const Place& place, const std::string& name, bool now) const {
  if (asked.settings.count(name)) {
    if (now) need_setting(name);
  } else if (asked.secrets.count(name)) {
    if (now) need_secret(name);
  } else {
    std::vector<std::string> known = asked.setting_names();
    for (const auto& secret : asked.secret_names()) known.push_back(secret);
    complain(place, "'" + name + "' stands neither under `settings:` nor under `secrets:` of this file", did_you_mean(name, known));
  }
}

void check_asked(const Compiling& compiling, const yaml::Node& root) {
  const auto words = words_of(root);
  check_spoken_of(compiling, root, "settings", words);
  check_spoken_of(compiling, root, "secrets", words);
}

}  // namespace tally::rest
