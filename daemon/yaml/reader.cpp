#include "yaml/yaml.hpp"

#include <algorithm>

namespace tally::yaml {
namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// What stands there, for "but it is …".
std::string shown(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  constexpr std::size_t most = 60;
  if (node.scalar.size() > most) return "a long text";
  return (node.quoted ? "the text \"" + node.scalar + "\"" : "'" + node.scalar + "'");
}

}  // namespace

Reader::Reader(const Node& map, std::string_view what, Complaints& complaints) : map_(map), what_(what), complaints_(complaints) {
  if (!map.is_map() && !map.is_null()) complaints_.push_back({map.place, what_ + " must be a map of keys, but is " + shown(map), ""});
}

bool Reader::has(std::string_view key) const {
  return map_.find(key) != nullptr;
}

const Node* Reader::node(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  return map_.find(key);
}

void Reader::complain(std::string_view key, std::string what, std::string hint) {
  const Node* value = map_.find(key);
  complaints_.push_back({value ? value->place : map_.place, std::move(what), std::move(hint)});
}

void Reader::required(std::string_view key) {
  if (node(key) == nullptr && !map_.torn && (map_.is_map() || map_.is_null()))
    complain(key, what_ + " needs the key '" + std::string(key) + "'");
}

std::optional<std::string> Reader::text(std::string_view key) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_scalar()) return value->scalar;
  complain(key, "'" + std::string(key) + "' must be text, but is " + shown(*value));
  return std::nullopt;
}

std::optional<std::int64_t> Reader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  const Json json = value->to_json();  // 010 and 0x1F are text, although a text may be read as a number elsewhere
  const auto number = json.is_number() ? json.integer() : error(Fault::invalid, "not a number");
  if (number && *number >= least && *number <= most) return *number;
  complain(key, "'" + std::string(key) + "' must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                    ", but is " + shown(*value));
  return std::nullopt;
}

std::optional<Decimal> Reader::decimal(std::string_view key) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  const auto number = value->is_scalar() && !value->quoted ? Decimal::parse(value->scalar) : error(Fault::invalid, "not a number");
  if (number) return *number;
  complain(key, "'" + std::string(key) + "' must be a number, but is " + shown(*value));
  return std::nullopt;
}

std::optional<bool> Reader::boolean(std::string_view key) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_scalar() && !value->quoted) {
    if (value->scalar == "true" || value->scalar == "yes") return true;
    if (value->scalar == "false" || value->scalar == "no") return false;
  }
  complain(key, "'" + std::string(key) + "' must be yes or no, but is " + shown(*value));
  return std::nullopt;
}

std::optional<Duration> Reader::duration(std::string_view key) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  const auto duration = value->is_scalar() ? parse_duration(value->scalar) : error(Fault::invalid, "not a duration");
  if (duration) return *duration;
  complain(key, "'" + std::string(key) + "' must be a time with its unit such as 30s, 5m, 2h or 7d, but is " + shown(*value));
  return std::nullopt;
}

std::optional<std::size_t> Reader::choice(std::string_view key, const std::vector<std::string>& choices) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_scalar()) {
    const auto found = std::find(choices.begin(), choices.end(), value->scalar);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  }
  complain(key, "'" + std::string(key) + "' must be one of " + listed(choices) + ", but is " + shown(*value),
           value->is_scalar() ? did_you_mean(value->scalar, choices) : "");
  return std::nullopt;
}

std::vector<std::string> Reader::texts(std::string_view key) {
  const Node* value = node(key);
  if (value == nullptr) return {};
  if (value->is_scalar()) return {value->scalar};
  std::vector<std::string> all;
  if (value->is_list()) {
    for (const Node& item : value->items) {
      if (item.is_scalar()) {
        all.push_back(item.scalar);
      } else {
        complaints_.push_back({item.place, "'" + std::string(key) + "' must be a list of texts, but this entry is " + shown(item), ""});
      }
    }
    return all;
  }
  complain(key, "'" + std::string(key) + "' must be a list of texts, but is " + shown(*value));
  return {};
}

void Reader::finish() {
  constexpr std::size_t most = 100;  // whoever has more gave us another kind of file
  std::size_t unknown = 0;
  for (const Node::Member& member : map_.members) {
    if (std::find(asked_.begin(), asked_.end(), member.key) != asked_.end()) continue;
    if (++unknown > most) {
      complaints_.push_back({member.key_place, "and many more unknown keys in " + what_, ""});
      return;
    }
    complaints_.push_back({member.key_place, "unknown key '" + member.key + "' in " + what_, did_you_mean(member.key, asked_)});
  }
}

}  // namespace tally::yaml
