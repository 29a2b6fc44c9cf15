#include "yaml/yaml.hpp"

#include <algorithm>

namespace tally::yaml {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// As JSON spells one: so 012, 0x1F, +49 and 1_000 are text.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t first = at;
  const std::size_t count = digits();
  if (count == 0 || (count > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::vector<std::string> Node::keys() const {
  std::vector<std::string> keys;
  for (const Member& member : members) keys.push_back(member.key);
  return keys;
}

Json Node::to_json() const {
  switch (kind) {
    case Kind::null:
      return {};
    case Kind::scalar:
      if (quoted) return Json(scalar);
      if (scalar == "true" || scalar == "false") return Json(scalar == "true");
      return is_number(scalar) ? Json(Json::Number{scalar}) : Json(scalar);
    case Kind::list: {
      Json::Array list;
      for (const Node& item : items) list.push_back(item.to_json());
      return Json(std::move(list));
    }
    case Kind::map: {
      Json::Object object;
      for (const Member& member : members) object.emplace_back(member.key, member.value.to_json());
      return Json(std::move(object));
    }
  }
  return {};
}

}  // namespace tally::yaml
