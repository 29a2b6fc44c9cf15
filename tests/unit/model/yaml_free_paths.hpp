// The paths that a mapping's text uses, found without a YAML parser (the model does not link one): line by line, by document, with the
// variables of
// `$for: x in list` written out. Good enough for mappings that are laid out as one document below a key at the left margin.
#pragma once

#include "model/type.hpp"

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tally {

struct UsedPath {
  std::string document;
  std::string path;  ///< from the document's root, lists as their entries: "variants.option_values.name"
};

/// The type at a path; through lists to their entries. Remote ids resolve to the thing that they are of.
inline const Type* resolve(const Type& from, std::string_view path) {
  const Type* type = &from;
  std::istringstream steps{std::string(path)};
  for (std::string step; std::getline(steps, step, '.');) {
    if (type->kind == Kind::list) type = type->item.get();
    if (step.starts_with('@')) return type;
    if (const Type::Field* field = type->find(step)) {
      type = field->type.get();
    } else if (type->find("name") != nullptr && type->find("value") != nullptr) {
      type = type->find("value")->type.get();  // option_values.Color, .1
    } else {
      return nullptr;
    }
  }
  return type;
}

inline std::vector<UsedPath> paths_used_in(const std::string& text) {
  static const std::regex loop(R"(\$for: (\w+) in ([\w.]+))"), hole(R"(\$\{([@\w.]+)[^}]*\})"), condition(R"(\$if: (?:not )?([\w.]+))"),
      top(R"(^(\w+):)");
  static const std::set<std::string> others{"mapping", "tables", "tests", "extends"};
  std::vector<UsedPath> used;
  std::map<std::string, std::string> variables;
  std::string document;
  const auto whole = [&](const std::string& path) {
    const std::string head = path.substr(0, path.find('.'));
    const auto variable = variables.find(head);
    return variable == variables.end() ? path : variable->second + path.substr(head.size());
  };
  const auto note = [&](const std::string& path) {
    if (!path.starts_with("channel.") && !path.starts_with("@")) used.push_back({document, whole(path)});
  };
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch name;
    if (std::regex_search(line, name, top)) {
      document = name[1];
      variables.clear();
    }
    if (document.empty() || others.contains(document)) continue;
    // In order of appearance: a variable means the innermost loop that was opened last.
    std::map<std::ptrdiff_t, std::smatch> found;
    for (const std::regex* form : {&loop, &hole, &condition}) {
      for (std::sregex_iterator each(line.begin(), line.end(), *form), end; each != end; ++each) found.emplace(each->position(), *each);
    }
    for (const auto& [position, match] : found) {
      if (match.size() == 3) {
        const std::string list = whole(match[2]);
        note(match[2]);
        variables[match[1]] = list;
      } else {
        note(match[1]);
      }
    }
  }
  return used;
}

}  // namespace tally
