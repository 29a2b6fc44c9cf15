#include "connectors/rest/ids.hpp"

#include <algorithm>
#include <array>

namespace tally::rest {
namespace {

constexpr std::array<std::string_view, 4> keys{"sku", "url", "path", "name"};

bool is_key(std::string_view name) {
  return std::find(keys.begin(), keys.end(), name) != keys.end();
}
bool is_id(std::string_view name) {
  return name.starts_with("@") && name != "@known";
}

/// The same thing: the same id, or the same first key that both have (a thing that was made anew has a new id).
bool same_thing(const Json& a, const Json& b) {
  const Json *x = a.find("@id"), *y = b.find("@id");
  if (x && y && x->scalar_text() == y->scalar_text()) return true;
  for (const auto key : keys) {
    x = a.find(key);
    y = b.find(key);
    if (x && y) return *x == *y;
  }
  return false;
}

}  // namespace

Json ids_of(const Json& tree) {
  if (tree.is_array()) {
    Json list = Json::array();
    for (const auto& item : tree.as_array()) {
      if (Json ids = ids_of(item); !ids.empty()) list.push_back(std::move(ids));
    }
    return list;
  }
  Json ids = Json::object();
  if (!tree.is_object()) return ids;
  bool found = false;
  Json with_keys = Json::object();
  for (const auto& [name, value] : tree.as_object()) {
    if (is_key(name)) {
      with_keys.set(name, value);
    } else if (is_id(name) && !value.is_null()) {
      with_keys.set(name, value);
      found = true;
    } else if (Json inner = ids_of(value); !inner.empty()) {
      with_keys.set(name, std::move(inner));
      found = true;
    }
  }
  return found ? with_keys : ids;
}

void put_ids(Json& tree, const Json& ids, bool adding) {
  if (!ids.is_object() || (!tree.is_object() && !tree.is_null())) return;
  for (const auto& [name, value] : ids.as_object()) {
    Json* there = tree.find(name);
    if (is_id(name)) {
      tree.set(name, value);
    } else if (value.is_object()) {
      if (!there) tree.set(name, Json::object());
      put_ids(*tree.find(name), value, adding);
    } else if (value.is_array()) {
      if (!there && adding) tree.set(name, value);
      if (!there || !there->is_array()) continue;
      for (const auto& entry : value.as_array()) {
        auto& entries = there->as_array();
        const auto same = std::find_if(entries.begin(), entries.end(), [&](const Json& mine) { return same_thing(mine, entry); });
        if (same != entries.end()) {
          put_ids(*same, entry, adding);
        } else if (adding) {
          entries.push_back(entry);
        }
      }
    } else if (!there && adding) {
      tree.set(name, value);
    }
  }
}

bool has_id(const Json& tree, std::string_view name) {
  const Json* id = tree.find(name);
  return id && !id->empty();
}

}  // namespace tally::rest
