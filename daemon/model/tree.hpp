// Structs to trees and back, generically over their description. Fields without a value (empty text, empty list, nullopt, an object in
// which nothing is set) are left out when writing; null and absent mean "no value" when reading.
#pragma once

#include "model/describe.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::tree {

/// A place in the tree that is being read; lives on the stack of the reading.
struct Path {
  const Path* up = nullptr;
  std::string_view name;  ///< of a member; empty: the root, or an entry of a list
  std::size_t entry = 0;  ///< of a list, from 0
  bool is_entry = false;

  std::string text() const;  ///< "variants[2].price"
};

/// No list of a tree is longer.
inline constexpr std::size_t most_entries = 10'000;

/// `invalid`: "PATH: what".
Error fault_at(const Path& path, std::string_view what);

std::optional<Json> written(const std::string& text);
std::optional<Json> written(const Sku& sku);
std::optional<Json> written(const Currency& currency);
Json written(const Money& money);
Json written(Time time);
inline Json written(bool value) {
  return value;
}
inline Json written(std::int64_t value) {
  return value;
}
inline Json written(const Decimal& value) {
  return value;
}

Result<void> read(const Json& json, const Path& path, std::string& out);
Result<void> read(const Json& json, const Path& path, Sku& out);
Result<void> read(const Json& json, const Path& path, Currency& out);
Result<void> read(const Json& json, const Path& path, Money& out);
Result<void> read(const Json& json, const Path& path, Time& out);
Result<void> read(const Json& json, const Path& path, bool& out);
Result<void> read(const Json& json, const Path& path, std::int64_t& out);
Result<void> read(const Json& json, const Path& path, Decimal& out);

/// Sets `value` at a place with at most one dot.
void put(Json& object, std::string_view place, Json value);
/// What stands at the place, or nothing; `invalid` where an object should be on the way and something else is.
Result<const Json*> look(const Json& object, const Path& path, std::string_view place);
/// `invalid` if a key neither begins with '@' nor is one of `places` (their part before the dot) or `views`.
Result<void> refuse_unknown(const Json& object, const Path& path, const std::vector<std::string>& places,
                            const std::vector<std::string>& views);
Error unknown_word(const Path& path, const Json& json, const std::vector<std::string>& words);

template <class T>
Json write_object(const T& value);

template <class T>
std::optional<Json> write(const T& value) {
  if constexpr (is_optional<T>) {
    return value ? write(*value) : std::nullopt;
  } else if constexpr (is_list<T>) {
    if (value.empty()) return std::nullopt;
    Json list = Json::array();
    for (const auto& entry : value) {
      if constexpr (is_described<typename T::value_type>) {
        list.push_back(write_object(entry));
      } else {
        list.push_back(write(entry).value_or(Json("")));
      }
    }
    return list;
  } else if constexpr (std::is_enum_v<T>) {
    return Json(word_of(value));
  } else if constexpr (is_described<T>) {
    Json object = write_object(value);
    return object.empty() ? std::nullopt : std::optional(std::move(object));
  } else {
    return written(value);
  }
}

template <class T>
Json write_object(const T& value) {
  Json object = Json::object();
  for_each_member<T>([&](auto member) {
    if (auto json = write(value.*member.pointer)) put(object, place_of<T>(member.name), std::move(*json));
  });
  return object;
}

template <class T>
Result<void> read_object(const Json& json, const Path& path, T& out);

template <class T>
Result<void> read_any(const Json& json, const Path& path, T& out) {
  if constexpr (is_optional<T>) {
    return read_any(json, path, out.emplace());
  } else if constexpr (is_list<T>) {
    if (!json.is_array()) return fault_at(path, "a list is expected");
    if (json.as_array().size() > most_entries) return fault_at(path, "a list of more than " + std::to_string(most_entries) + " entries");
    out.clear();
    for (const Json& entry : json.as_array()) {
      const Path here{&path, {}, out.size(), true};
      if (auto result = read_any(entry, here, out.emplace_back()); !result) return result;
    }
    return {};
  } else if constexpr (std::is_enum_v<T>) {
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto each) {
      if (json.is_string() && json.as_string() == word_of(std::string_view(each.name))) {
        out = each.value;
        found = true;
      }
    });
    if (!found) return unknown_word(path, json, words_of<T>());
    return {};
  } else if constexpr (is_described<T>) {
    return read_object(json, path, out);
  } else {
    return read(json, path, out);
  }
}

template <class T>
Result<void> read_object(const Json& json, const Path& path, T& out) {
  if constexpr (std::is_same_v<T, Measure>) {
    if (json.is_string()) {  // "350 g"
      const std::string& text = json.as_string();
      const auto space = text.find(' ');
      auto value = Decimal::parse(text.substr(0, space));
      if (space == std::string::npos || !value) return fault_at(path, "a number and its unit are expected, such as 350 g");
      out = Measure{*value, text.substr(space + 1)};
      return {};
    }
  }
  if (!json.is_object()) return fault_at(path, "an object is expected");
  Result<void> result;
  std::vector<std::string> places;
  for_each_member<T>([&](auto member) {
    const std::string_view place = place_of<T>(member.name);
    places.emplace_back(place);
    if (!result) return;
    auto found = look(json, path, place);
    if (!found) {
      result = found.error();
    } else if (*found != nullptr && !(*found)->is_null()) {
      const Path here{&path, place, 0, false};
      result = read_any(**found, here, out.*member.pointer);
    }
  });
  if (!result) return result;
  return refuse_unknown(json, path, places, views_of<T>());
}

template <class T>
Result<T> read_root(const Json& json) {
  T out{};
  if (auto result = read_object(json, Path{}, out); !result) return result.error();
  return out;
}

}  // namespace tally::tree
