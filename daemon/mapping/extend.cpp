#include "mapping/extend.hpp"

#include "mapping/program.hpp"

#include <algorithm>

namespace tally::mapping {
namespace {

bool keeps(const yaml::Node& list) {
  return list.is_list() && !list.items.empty() && list.items.front().is_scalar() && list.items.front().scalar == "...";
}

yaml::Node without_dots(const yaml::Node& list) {
  yaml::Node out = list;
  if (keeps(list)) out.items.erase(out.items.begin());
  return out;
}

}  // namespace

yaml::Node merged(const yaml::Node& base, const yaml::Node& over) {
  if (over.is_list()) {
    yaml::Node own = without_dots(over);
    if (keeps(over) && base.is_list()) own.items.insert(own.items.begin(), base.items.begin(), base.items.end());
    return own;
  }
  if (!over.is_map() || !base.is_map()) return over;
  yaml::Node out = base;
  for (const auto& member : over.members) {
    const auto found = std::find_if(out.members.begin(), out.members.end(), [&](const auto& each) { return each.key == member.key; });
    if (found == out.members.end()) {
      if (!member.value.is_null()) out.members.push_back({member.key, member.key_place, merged({}, member.value)});
    } else if (member.value.is_null()) {
      out.members.erase(found);
    } else {
      found->value = merged(found->value, member.value);
    }
  }
  return out;
}

std::optional<yaml::Node> complete_text(std::string_view text, const std::string& file, const FindText& find, Complaints& complaints) {
  auto root = yaml::parse(text, file, complaints);
  if (!root) return std::nullopt;
  std::vector<std::string> seen;
  for (const yaml::Node* extends = root->find("extends"); extends != nullptr; extends = root->find("extends")) {
    const Place place = extends->place;
    const std::string name = extends->scalar;
    const auto refuse = [&](std::string what, std::string hint = {}) {
      complaints.push_back({place, std::move(what), std::move(hint)});
      return std::nullopt;
    };
    if (!extends->is_scalar() || name.empty()) return refuse("extends: names one mapping");
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) return refuse("the mapping '" + name + "' extends itself");
    if (seen.size() == most_extends) return refuse("more than " + std::to_string(most_extends) + " mappings extend one another");
    seen.push_back(name);
    const auto below = find ? find(name) : std::nullopt;
    if (!below) return refuse("there is no mapping '" + name + "' to extend", "mappings/" + name + ".yaml is looked for");
    auto base = yaml::parse(*below, name + ".yaml", complaints);
    if (!base) return std::nullopt;
    std::erase_if(root->members, [](const auto& member) { return member.key == "extends"; });
    root = merged(*base, *root);
  }
  return root;
}

}  // namespace tally::mapping
