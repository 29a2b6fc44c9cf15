#include "channel/asked.hpp"

#include <algorithm>

namespace tally::channel {
namespace {

constexpr std::size_t longest_name = 40;

using Names = std::map<std::string, std::string, std::less<>>;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_name &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Names take_names(yaml::Reader& file, const std::string& section, Complaints& complaints) {
  Names names;
  const yaml::Node* node = file.node(section);
  if (node == nullptr) return names;
  yaml::Reader(*node, "`" + section + "`", complaints);  // complains if it is no map
  for (const auto& [key, place, value] : node->members) {
    if (!is_name(key))
      complaints.push_back({place, "'" + key + "' cannot be a name here", "use lower-case letters, digits and '_', at most 40"});
    if (!value.is_scalar() || value.scalar.empty())
      complaints.push_back(
          {value.place, "'" + key + "' says nothing: what is it, for whoever has to fill it in?", "shop_id: the shop's number"});
    names.emplace(key, value.scalar);
  }
  return names;
}

std::vector<std::string> keys_of(const Names& names) {
  std::vector<std::string> keys;
  for (const auto& [name, words] : names) keys.push_back(name);
  return keys;
}

}  // namespace

std::vector<std::string> Asked::setting_names() const {
  return keys_of(settings);
}

std::vector<std::string> Asked::secret_names() const {
  return keys_of(secrets);
}

Asked take_asked(yaml::Reader& connector_file, Complaints& complaints) {
  Asked asked;
  asked.settings = take_names(connector_file, "settings", complaints);
  asked.secrets = take_names(connector_file, "secrets", complaints);
  return asked;
}

}  // namespace tally::channel
