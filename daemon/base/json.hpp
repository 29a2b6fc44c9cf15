// JSON as the platforms write it: numbers keep their text (ids above 2^53, prices), objects keep their order, a duplicate key is an error.
#pragma once

#include "base/decimal.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tally {

/// A JSON value. Objects are vectors of pairs in order of appearance; look-up is linear (documents are small) and exact.
class Json {
 public:
  struct Number {
    std::string text;  ///< as it stood, or the shortest exact form
    bool operator==(const Number&) const = default;
  };
  using Member = std::pair<std::string, Json>;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json() = default;  ///< null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : Json(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : value_(Number{std::to_string(value)}) {}
  Json(std::uint64_t value) : value_(Number{std::to_string(value)}) {}
  Json(const Decimal& value) : value_(Number{value.text()}) {}
  Json(Number value) : value_(std::move(value)) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(Array items) : value_(std::move(items)) {}
  Json(Object members) : value_(std::move(members)) {}
  static Json array() { return Json(Array{}); }
  static Json object() { return Json(Object{}); }
  static Json object(std::initializer_list<Member> members) { return Json(Object(members)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_number() const { return std::holds_alternative<Number>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  bool as_bool() const { return std::get<bool>(value_); }
  const std::string& as_string() const { return std::get<std::string>(value_); }
  const std::string& number_text() const { return std::get<Number>(value_).text; }
  const Array& as_array() const { return std::get<Array>(value_); }
  Array& as_array() { return std::get<Array>(value_); }
  const Object& as_object() const { return std::get<Object>(value_); }
  Object& as_object() { return std::get<Object>(value_); }

  /// A number, or text that spells one, as decimal.
  Result<Decimal> decimal() const;
  /// A whole number (or text that spells one).
  Result<std::int64_t> integer() const;
  /// The text of a string, number or bool; empty for the rest.
  std::string scalar_text() const;

  /// The member, or nothing; also nothing when this is no object.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  /// The member's text if it is a string, else `otherwise`.
  std::string text_or(std::string_view key, std::string_view otherwise = {}) const;
  std::int64_t integer_or(std::string_view key, std::int64_t otherwise = 0) const;
  bool bool_or(std::string_view key, bool otherwise = false) const;
  /// Replaces or appends; makes this an object first if it is null.
  Json& set(std::string_view key, Json value);
  void erase(std::string_view key);
  /// Appends; makes this an array first if it is null.
  Json& push_back(Json value);
  bool empty() const;  ///< null, "", [] or {}

  /// RFC 6901: "/line_items/0/id"; "/" alone is the whole document as in connector files.
  const Json* at(std::string_view pointer) const;

  /// Compact. Sorted orders the keys by bytes, recursively.
  std::string dump() const;
  std::string dump_sorted() const;
  std::string pretty() const;

  /// Strict UTF-8, at most `depth` levels, no duplicate keys, nothing behind the value. The error says at which byte.
  static Result<Json> parse(std::string_view text, std::size_t depth = 32);

  /// Structural; numbers by value (1.0 == 1), objects regardless of order.
  friend bool operator==(const Json& a, const Json& b);

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

}  // namespace tally
