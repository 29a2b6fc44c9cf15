// Templates, requests, patterns, gives: what every section of the file is made of.
#include "connectors/rest/compile.hpp"

#include <algorithm>
#include <charconv>

namespace tally::rest {
namespace {

const std::vector<std::string>& methods() {
  static const std::vector<std::string> all{"get", "post", "put", "delete", "patch"};
  return all;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void complain_of(const Compiling& compiling, const Hole& hole, const Scope& scope) {
  std::vector<std::string> known = scope.names;
  if (scope.type) {
    for (const auto& field : scope.type->field_names()) known.push_back(field);
  }
  for (const auto& setting : compiling.asked.setting_names()) known.push_back(setting);
  if (scope.secrets) {
    for (const auto& secret : compiling.asked.secret_names()) known.push_back(secret);
  }
  compiling.complain(hole.place,
                     "${" + hole.name + "} says nothing in " + scope.where + ": it is no name of this step, and not among the `settings:`" +
                         (scope.secrets ? " or `secrets:`" : "") + " of this file",
                     did_you_mean(hole.name, known));
}

void check_holes(const Compiling& compiling, const std::vector<Hole>& holes, const Scope& scope) {
  for (const auto& hole : holes) {
    const std::string first = hole.name.substr(0, hole.name.find('.'));
    if (!first.empty() && (first.front() == '@' || is_among(scope.names, first) || (scope.type && scope.type->find(first)))) continue;
    if (compiling.asked.settings.count(first)) {
      if (!hole.has_default) compiling.need_setting(first);
    } else if (scope.secrets && compiling.asked.secrets.count(first)) {
      if (!hole.has_default && !is_among(scope.later, first)) compiling.need_secret(first);
    } else {
      complain_of(compiling, hole, scope);
    }
  }
}

/// "404", "5xx".
std::optional<std::pair<unsigned, unsigned>> status_range(std::string_view text) {
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return std::nullopt;
  if (text.substr(1) == "xx") {
    const unsigned hundreds = static_cast<unsigned>(text[0] - '0') * 100;
    return std::pair(hundreds, hundreds + 99);
  }
  unsigned status = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + 3, status);
  if (problem != std::errc() || end != text.data() + 3) return std::nullopt;
  return std::pair(status, status);
}

void add_value(const Compiling& compiling, const yaml::Node& node, Condition& condition) {
  if (!node.is_scalar()) {
    compiling.complain(node.place, "a value, `any`, `absent` or a list of them is expected");
  } else if (!node.quoted && node.scalar == "any") {
    condition.any = true;
  } else if (!node.quoted && node.scalar == "absent") {
    condition.absent = true;
  } else {
    condition.values.push_back(node.scalar);
  }
}

}  // namespace

void Compiling::complain(const Place& place, std::string what, std::string hint) const {
  complaints.push_back({place, std::move(what), std::move(hint)});
}

std::vector<std::string> scalars_of(const yaml::Node& node) {
  std::vector<std::string> scalars;
  if (node.is_scalar()) scalars.push_back(node.scalar);
  for (const auto& item : node.items) scalars.push_back(item.scalar);
  return scalars;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

Scope scope_of(std::string where, std::string_view document) {
  Scope scope;
  scope.where = std::move(where);
  scope.names = {"now", "key", "sku", "variant", "listing", "order", "parent", "location", "hook_url"};
  scope.type = type_of_document(document);
  return scope;
}

std::optional<Text> compile_text(const Compiling& compiling, const yaml::Node& node, const Scope& scope) {
  auto text = Text::compile(node, compiling.complaints);
  if (text) check_holes(compiling, text->holes(), scope);
  return text;
}

bool has_request(const yaml::Reader& reader) {
  return std::any_of(methods().begin(), methods().end(), [&](const std::string& method) { return reader.has(method); });
}

std::optional<RequestForm> take_request(const Compiling& compiling, yaml::Reader& reader, const yaml::Node* line, const Scope& scope) {
  RequestForm form;
  yaml::Node path;
  if (line) {
    const auto space = line->scalar.find(' ');
    const std::string method = line->scalar.substr(0, space);
    const bool known = std::any_of(methods().begin(), methods().end(), [&](const std::string& name) { return upper(name) == method; });
    if (!line->is_scalar() || space == std::string::npos || !known) {
      compiling.complain(line->place, "a method and a path are expected, such as POST /products");
      return std::nullopt;
    }
    form.method = method;
    path = *line;
    path.scalar = line->scalar.substr(line->scalar.find_first_not_of(' ', space));
  } else {
    for (const auto& name : methods()) {
      const yaml::Node* node = reader.has(name) ? reader.node(name) : nullptr;
      if (!node) continue;
      if (!form.method.empty() || !node->is_scalar()) {
        compiling.complain(node->place, "one path is expected, below one of get, post, put, delete, patch");
        return std::nullopt;
      }
      form.method = upper(name);
      path = *node;
    }
  }
  if (form.method.empty()) {
    reader.complain("", "a request is expected: get, post, put, delete or patch and a path");
    return std::nullopt;
  }
  auto compiled = compile_text(compiling, path, scope);
  if (!compiled) return std::nullopt;
  form.path = std::move(*compiled);
  if (const auto* query = reader.node("query")) form.query = compile_text(compiling, *query, scope);
  if (const auto* headers = reader.node("headers")) form.headers = compile_text(compiling, *headers, scope);
  if (const auto* body = reader.node("body")) {
    form.form = body->is_map() && body->members.size() == 1 && body->members.front().key == "form";
    form.body = compile_text(compiling, form.form ? body->members.front().value : *body, scope);
  }
  if (const auto* sign = reader.node("sign")) {
    form.sign = compile_sign(compiling, *sign, scope);
    if (!form.form || form.sign->put.into != Put::Into::form)
      compiling.complain(sign->place, "a request of its own is signed in its form: `body: { form: … }` and `put: { form: NAME }`");
  }
  return form;
}

std::optional<RequestForm> compile_request(const Compiling& compiling, const yaml::Node& node, const Scope& scope) {
  if (!node.is_scalar() && !node.is_map()) {
    compiling.complain(node.place, "a request is expected, such as { get: /products }");
    return std::nullopt;
  }
  const yaml::Node nothing = [&] {
    yaml::Node map;
    map.kind = yaml::Node::Kind::map;
    map.place = node.place;
    return map;
  }();
  yaml::Reader reader(node.is_map() ? node : nothing, "a request", compiling.complaints);
  auto form = take_request(compiling, reader, node.is_map() ? nullptr : &node, scope);
  reader.finish();
  return form;
}

Pattern take_pattern(const Compiling& compiling, yaml::Reader& reader, const yaml::Node& map) {
  Pattern pattern;
  if (const auto* status = reader.node("status")) {
    for (const auto& text : scalars_of(*status)) {
      if (const auto range = status_range(text)) {
        pattern.statuses.push_back(*range);
      } else {
        reader.complain("status", "'" + text + "' is no status: 404 or 5xx");
      }
    }
  }
  for (const auto& member : map.members) {
    if (member.key.empty() || member.key.front() != '/') continue;
    reader.node(member.key);
    Condition condition;
    condition.pointer = member.key;
    if (member.value.is_list()) {
      for (const auto& item : member.value.items) add_value(compiling, item, condition);
    } else {
      add_value(compiling, member.value, condition);
    }
    pattern.conditions.push_back(std::move(condition));
  }
  return pattern;
}

std::optional<Pattern> compile_pattern(const Compiling& compiling, const yaml::Node& node, std::string_view what) {
  if (!node.is_map()) {
    compiling.complain(node.place, std::string(what) + " is a map of pointers and the values they must show");
    return std::nullopt;
  }
  yaml::Reader reader(node, what, compiling.complaints);
  Pattern pattern = take_pattern(compiling, reader, node);
  reader.finish();
  if (pattern.statuses.empty() && pattern.conditions.empty()) {
    compiling.complain(node.place, std::string(what) + " says nothing: give a status or a pointer");
    return std::nullopt;
  }
  return pattern;
}

Gives compile_gives(const Compiling& compiling, const yaml::Node& node) {
  Gives gives;
  if (!node.is_map()) compiling.complain(node.place, "names and the pointers they are found at are expected, such as { \"@id\": /id }");
  for (const auto& member : node.members) {
    Source source;
    for (const auto& item : member.value.is_list() ? member.value.items : std::vector<yaml::Node>{member.value}) {
      if (item.scalar.starts_with("literal ")) {
        source.from = Source::From::literal;
        source.places = {item.scalar.substr(8)};
      } else if (item.scalar.starts_with("header ")) {
        source.from = Source::From::header;
        source.places = {lower(item.scalar.substr(7))};
      } else if (item.scalar.starts_with("/")) {
        source.places.push_back(item.scalar);
      } else {
        compiling.complain(item.place, "a pointer, `header NAME` or `literal TEXT` is expected");
      }
    }
    if (!source.places.empty()) gives.emplace_back(member.key, std::move(source));
  }
  return gives;
}

std::string take_pointer(yaml::Reader& reader, std::string_view key) {
  const auto text = reader.text(key);
  if (!text) return {};
  if (text->starts_with("/")) return *text;
  reader.complain(key, "a pointer is expected: it begins with '/'");
  return {};
}

std::vector<std::pair<std::string, std::string>> compile_equalities(const Compiling& compiling, const yaml::Node& node) {
  std::vector<std::pair<std::string, std::string>> equalities;
  if (!node.is_map() || node.members.empty())
    compiling.complain(node.place, "pointers and the names they must equal are expected, such as { /name: name }");
  for (const auto& member : node.members) {
    if (member.key.starts_with("/") && member.value.is_scalar()) {
      equalities.emplace_back(member.key, member.value.scalar);
    } else {
      compiling.complain(member.key_place, "a pointer and a name are expected, such as /name: name");
    }
  }
  return equalities;
}

void check_document(const Compiling& compiling, const Place& place, const std::string& document) {
  if (!compiling.recipe.mapping || compiling.recipe.mapping->has(document)) return;
  compiling.complain(place, "the mapping has no document '" + document + "'",
                     did_you_mean(document, compiling.recipe.mapping->documents()));
}

}  // namespace tally::rest
