#include "server/metrics.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace tally::server {
namespace {

bool is_metric_name(std::string_view name) {
  const auto first = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && first(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return first(c) || (c >= '0' && c <= '9'); });
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

std::string labels_text(const Json* labels) {
  if (labels == nullptr || !labels->is_object()) return {};
  std::string result;
  for (const auto& [name, value] : labels->as_object()) {
    if (!is_metric_name(name)) continue;
    result += (result.empty() ? "{" : ",") + name + "=\"" + escaped(value.scalar_text()) + "\"";
  }
  return result.empty() ? result : result + "}";
}

/// A counter's samples end in _total, its family does not.
std::string family_of(const Json& item) {
  std::string name = item.text_or("name");
  constexpr std::string_view ending = "_total";
  if (item.text_or("type") == "counter" && name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name;
}

}  // namespace

std::string open_metrics(const Json::Array& items) {
  struct Family {
    std::string head, samples;
  };
  std::vector<std::string> order;
  std::map<std::string, Family> families;
  for (const Json& item : items) {
    const std::string name = family_of(item);
    const Json* value = item.find("value");
    if (!is_metric_name(name) || value == nullptr || !value->is_number()) continue;
    const bool counter = item.text_or("type") == "counter";
    const auto [at, fresh] = families.try_emplace(name);
    if (fresh) {
      order.push_back(name);
      at->second.head = "# TYPE " + name + (counter ? " counter\n" : " gauge\n");
      if (const std::string help = item.text_or("help"); !help.empty()) at->second.head += "# HELP " + name + " " + escaped(help) + "\n";
    }
    at->second.samples += name + (counter ? "_total" : "") + labels_text(item.find("labels")) + " " + value->number_text() + "\n";
  }
  std::string text;
  for (const std::string& name : order) text += families[name].head + families[name].samples;
  return text + "# EOF\n";
}

}  // namespace tally::server
