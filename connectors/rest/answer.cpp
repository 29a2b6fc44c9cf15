#include "connectors/rest/answer.hpp"

#include <algorithm>
#include <array>

namespace tally::rest {
namespace {

struct VerdictName {
  std::string_view name;
  Verdict verdict;
};

constexpr std::array<VerdictName, 13> verdicts{{
    {"transient", {Verdict::Kind::fault, Fault::transient}},
    {"throttled", {Verdict::Kind::fault, Fault::throttled}},
    {"not_yet", {Verdict::Kind::fault, Fault::not_yet}},
    {"unauthorized", {Verdict::Kind::fault, Fault::unauthorized}},
    {"forbidden", {Verdict::Kind::fault, Fault::forbidden}},
    {"elsewhere", {Verdict::Kind::fault, Fault::elsewhere}},
    {"rejected", {Verdict::Kind::fault, Fault::rejected}},
    {"missing", {Verdict::Kind::fault, Fault::missing}},
    {"conflict", {Verdict::Kind::fault, Fault::conflict}},
    {"unknown", {Verdict::Kind::fault, Fault::unknown}},
    {"broken", {Verdict::Kind::fault, Fault::broken}},
    {"expired", {Verdict::Kind::expired, Fault::unauthorized}},
    {"too_dense", {Verdict::Kind::too_dense, Fault::broken}},
}};

void walk(const Json& json, std::string_view rest, std::vector<const Json*>& found) {
  if (rest.empty()) {
    found.push_back(&json);
    return;
  }
  rest.remove_prefix(1);  // the slash
  const auto end = rest.find('/');
  const std::string_view token = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (token == "*") {
    if (json.is_array()) {
      for (const auto& item : json.as_array()) walk(item, rest, found);
    } else if (json.is_object()) {
      for (const auto& member : json.as_object()) walk(member.second, rest, found);
    }
    return;
  }
  if (const Json* next = json.at("/" + std::string(token))) walk(*next, rest, found);
}

bool says_none(const Json& value) {
  return value.is_null() || value.scalar_text() == "0" || (!value.is_bool() && value.empty());
}

}  // namespace

const std::string& Answer::header(std::string_view name) const {
  static const std::string none;
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? none : found->second;
}

std::vector<const Json*> reach(const Json& json, std::string_view pointer) {
  std::vector<const Json*> found;
  if (pointer == "/") pointer = {};
  if (pointer.find('*') != std::string_view::npos) {
    walk(json, pointer, found);
  } else if (const Json* value = pointer.empty() ? &json : json.at(pointer)) {
    found.push_back(value);
  }
  return found;
}

bool Condition::holds(const Json& json) const {
  const auto found = reach(json, pointer);
  const bool there = std::any_of(found.begin(), found.end(), [](const Json* value) { return !value->is_null(); });
  if (absent && !there) return true;
  if (any && there) return true;
  return std::any_of(found.begin(), found.end(), [&](const Json* value) {
    return !value->is_null() && std::find(values.begin(), values.end(), value->scalar_text()) != values.end();
  });
}

bool Pattern::has_status(unsigned status) const {
  if (statuses.empty()) return true;
  return std::any_of(statuses.begin(), statuses.end(), [&](const auto& range) { return status >= range.first && status <= range.second; });
}

bool Pattern::shows(const Json& json) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) { return condition.holds(json); });
}

namespace {

/// Ids are text, however the platform spells them.
Json value_for(const std::string& name, const Json& value) {
  return name.starts_with("@") && value.is_number() ? Json(value.number_text()) : value;
}

}  // namespace

Json given(const Gives& gives, const Answer& answer, const Json& json) {
  Json learnt = Json::object();
  for (const auto& [name, source] : gives) {
    if (source.from == Source::From::literal) {
      learnt.set(name, source.places.front());
    } else if (source.from == Source::From::header) {
      if (const auto& value = answer.header(source.places.front()); !value.empty()) learnt.set(name, value);
    } else {
      for (const auto& pointer : source.places) {
        const Json* value = pointer == "/" ? &json : json.at(pointer);
        const bool last_chance = source.places.size() == 1;  // a quantity of 0 is a value, a second choice's 0 is "none"
        if (!value || value->is_null() || (!last_chance && says_none(*value))) continue;
        learnt.set(name, value_for(name, *value));
        break;
      }
    }
  }
  return learnt;
}

std::optional<Verdict> verdict_named(std::string_view name) {
  const auto found = std::find_if(verdicts.begin(), verdicts.end(), [&](const auto& entry) { return entry.name == name; });
  if (found == verdicts.end()) return std::nullopt;
  return found->verdict;
}

std::vector<std::string> verdict_names() {
  std::vector<std::string> names;
  for (const auto& entry : verdicts) names.emplace_back(entry.name);
  return names;
}

const ErrorRule* rule_for(const ErrorRules& rules, const Answer& answer) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const ErrorRule& rule) { return !rule.item && rule.pattern.matches(answer.status, answer.json); });
  return found == rules.end() ? nullptr : &*found;
}

const ErrorRule* rule_for_entry(const ErrorRules& rules, const Json& entry) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const ErrorRule& rule) {
    if (rule.item) return rule.item->holds(entry) && rule.pattern.shows(entry);
    return rule.pattern.statuses.empty() && !rule.pattern.conditions.empty() && rule.pattern.shows(entry);
  });
  return found == rules.end() ? nullptr : &*found;
}

std::string todo_for(Fault fault) {
  switch (fault) {
    case Fault::unauthorized:
      return "give the channel new credentials";
    case Fault::forbidden:
      return "grant the missing permission at the platform";
    case Fault::elsewhere:
      return "allow this machine's address at the platform";
    case Fault::broken:
      return "check the channel's address and that the platform still speaks this dialect";
    case Fault::rejected:
      return "change the product, the rule or the mapping";
    default:
      return {};
  }
}

}  // namespace tally::rest
