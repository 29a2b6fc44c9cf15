// The value itself: look-up, change, comparison. Reading is in json_parse.cpp, writing in json_dump.cpp.
#include "base/json.hpp"

#include <algorithm>

namespace tally {
namespace {

std::vector<const Json::Member*> sorted_members(const Json::Object& object) {
  std::vector<const Json::Member*> out;
  out.reserve(object.size());
  for (const Json::Member& member : object) out.push_back(&member);
  std::sort(out.begin(), out.end(), [](const Json::Member* a, const Json::Member* b) { return a->first < b->first; });
  return out;
}

bool equal_objects(const Json::Object& a, const Json::Object& b) {
  if (a.size() != b.size()) return false;
  const auto x = sorted_members(a);
  const auto y = sorted_members(b);
  return std::equal(x.begin(), x.end(), y.begin(),
                    [](const Json::Member* m, const Json::Member* n) { return m->first == n->first && m->second == n->second; });
}

bool equal_numbers(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const Result<Decimal> x = Decimal::parse(a);
  const Result<Decimal> y = Decimal::parse(b);
  return x && y && *x == *y;
}

/// One step of a pointer with ~1 and ~0 undone; nothing if a ~ stands before anything else.
std::optional<std::string> unescaped(std::string_view step) {
  std::string out;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '~') {
      out += step[i];
      continue;
    }
    if (++i == step.size() || (step[i] != '0' && step[i] != '1')) return std::nullopt;
    out += step[i] == '0' ? '~' : '/';
  }
  return out;
}

const Json* element(const Json::Array& items, std::string_view index) {
  if (index.empty() || index.size() > 9 || (index.size() > 1 && index[0] == '0')) return nullptr;
  std::size_t at = 0;
  for (const char c : index) {
    if (c < '0' || c > '9') return nullptr;
    at = at * 10 + static_cast<std::size_t>(c - '0');
  }
  return at < items.size() ? &items[at] : nullptr;
}

}  // namespace

Result<Decimal> Json::decimal() const {
  if (is_number()) return Decimal::parse(number_text());
  if (is_string()) return Decimal::parse(as_string());
  return error(Fault::invalid, "a number is expected, not " + dump().substr(0, 60));
}

Result<std::int64_t> Json::integer() const {
  const Result<Decimal> value = decimal();
  if (!value) return value.error();
  return value->whole();
}

std::string Json::scalar_text() const {
  if (is_string()) return as_string();
  if (is_number()) return number_text();
  if (is_bool()) return as_bool() ? "true" : "false";
  return {};
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const Member& member : as_object()) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(std::as_const(*this).find(key));
}

std::string Json::text_or(std::string_view key, std::string_view otherwise) const {
  const Json* found = find(key);
  return found && found->is_string() ? found->as_string() : std::string(otherwise);
}

std::int64_t Json::integer_or(std::string_view key, std::int64_t otherwise) const {
  const Json* found = find(key);
  if (!found) return otherwise;
  const Result<std::int64_t> value = found->integer();
  return value ? *value : otherwise;
}

bool Json::bool_or(std::string_view key, bool otherwise) const {
  const Json* found = find(key);
  return found && found->is_bool() ? found->as_bool() : otherwise;
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) value_ = Object{};
  ensure(is_object(), "a member was set in a JSON value that is no object");
  if (Json* found = find(key)) {
    *found = std::move(value);
  } else {
    as_object().emplace_back(std::string(key), std::move(value));
  }
  return *this;
}

void Json::erase(std::string_view key) {
  if (!is_object()) return;
  Object& members = as_object();
  members.erase(std::remove_if(members.begin(), members.end(), [&](const Member& member) { return member.first == key; }), members.end());
}

Json& Json::push_back(Json value) {
  if (is_null()) value_ = Array{};
  ensure(is_array(), "an item was appended to a JSON value that is no array");
  as_array().push_back(std::move(value));
  return *this;
}

bool Json::empty() const {
  if (is_string()) return as_string().empty();
  if (is_array()) return as_array().empty();
  if (is_object()) return as_object().empty();
  return is_null();
}

const Json* Json::at(std::string_view pointer) const {
  if (pointer.empty() || pointer == "/") return this;
  if (pointer.front() != '/') return nullptr;
  const Json* here = this;
  while (here && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::optional<std::string> step = unescaped(pointer.substr(0, end));
    if (!step) return nullptr;
    here = here->is_array() ? element(here->as_array(), *step) : here->find(*step);
    pointer.remove_prefix(end);
  }
  return here;
}

bool operator==(const Json& a, const Json& b) {
  if (a.value_.index() != b.value_.index()) return false;
  if (a.is_number()) return equal_numbers(a.number_text(), b.number_text());
  if (a.is_object()) return equal_objects(a.as_object(), b.as_object());
  if (a.is_array()) return a.as_array() == b.as_array();
  if (a.is_string()) return a.as_string() == b.as_string();
  return a.is_null() || a.as_bool() == b.as_bool();
}

}  // namespace tally
