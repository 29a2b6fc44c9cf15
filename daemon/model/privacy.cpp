#include "model/privacy.hpp"

#include "base/time.hpp"

#include <algorithm>

namespace tally {
namespace {

constexpr std::string_view hidden = "***";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_of_address(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("._%+-").find(c) != std::string_view::npos;
}

/// The bytes of the first character of UTF-8.
std::string_view first_character(std::string_view text) {
  std::size_t end = text.empty() ? 0 : 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(0, end);
}

std::string masked_name(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const auto space = name.find(' ');
    const auto word = name.substr(0, space);
    if (!word.empty()) text += (text.empty() ? "" : " ") + std::string(first_character(word)) + std::string(hidden);
    name = space == std::string_view::npos ? std::string_view() : name.substr(space + 1);
  }
  return text;
}

/// The country's code where it stands apart, and the last two digits.
std::string masked_phone(std::string_view phone) {
  constexpr std::size_t longest_code = 4;
  std::string text;
  const auto space = phone.find(' ');
  if (phone.starts_with('+') && space != std::string_view::npos && space <= longest_code) text = std::string(phone.substr(0, space + 1));
  text += hidden;
  const auto digits = std::count_if(phone.begin(), phone.end(), is_digit);
  if (digits >= 7 && is_digit(phone.back()) && is_digit(phone[phone.size() - 2])) text += phone.substr(phone.size() - 2);
  return text;
}

std::string masked_email(std::string_view email) {
  return std::string(first_character(email)) + "***@***";
}

std::string digits_of(std::string_view phone) {
  std::string digits;
  std::copy_if(phone.begin(), phone.end(), std::back_inserter(digits), is_digit);
  return digits;
}

std::string lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) {
    if (c != ' ') lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

void strip(Json& order, const PersonalPlace& place) {
  if (place.object.empty()) return order.erase(place.field);
  Json* object = order.find(place.object);
  if (object == nullptr) return;
  object->erase(place.field);
  if (object->empty()) order.erase(place.object);
}

void collect_scalars(const Json& tree, std::set<std::string>& scalars) {
  if (tree.is_object()) {
    for (const auto& [key, value] : tree.as_object()) collect_scalars(value, scalars);
  } else if (tree.is_array()) {
    for (const auto& value : tree.as_array()) collect_scalars(value, scalars);
  } else if (const std::string text = tree.scalar_text(); !text.empty()) {
    scalars.insert(text);
  }
}

/// A count or an amount with a point. A postcode and a telephone number are longer, and have none.
bool is_small_number(std::string_view text) {
  constexpr std::ptrdiff_t most_digits_of_a_count = 3;
  constexpr std::ptrdiff_t most_digits_of_an_amount = 9;
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return false;
  const auto points = std::count(text.begin(), text.end(), '.');
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  return digits <= (points == 1 ? most_digits_of_an_amount : points == 0 ? most_digits_of_a_count : 0);
}

/// A day without a time may be somebody's birthday.
bool is_moment(const std::string& text) {
  return text.find(':') != std::string::npos && parse_iso(text).has_value();
}

Json masked_part(const Json& part, const std::set<std::string>& shown) {
  if (part.is_object()) {
    Json masked = Json::object();
    for (const auto& [key, value] : part.as_object()) masked.set(masked_sentence(key), masked_part(value, shown));
    return masked;
  }
  if (part.is_array()) {
    Json::Array masked;
    for (const auto& value : part.as_array()) masked.push_back(masked_part(value, shown));
    return Json(std::move(masked));
  }
  const std::string text = part.scalar_text();
  const bool harmless = part.is_null() || part.is_bool() || is_small_number(text) || is_moment(text);
  return harmless || shown.contains(text) ? part : Json(std::string(hidden));
}

}  // namespace

Json masked_document(const Json& document, const Json& order, const std::set<std::string>& words) {
  Json tree = order;
  strip_personal(tree);
  std::set<std::string> shown = words;
  collect_scalars(tree, shown);
  return masked_part(document, shown);
}

Json* personal_value(Json& order, const PersonalPlace& place) {
  Json* object = place.object.empty() ? &order : order.find(place.object);
  Json* value = object == nullptr ? nullptr : object->find(place.field);
  return value != nullptr && value->is_string() && !value->as_string().empty() ? value : nullptr;
}

bool strip_personal(Json& order) {
  bool any = false;
  for (const auto& place : personal_places) {
    any = any || personal_value(order, place) != nullptr;
    strip(order, place);
  }
  return any;
}

std::string buyer_identity_of(std::string_view said) {
  constexpr std::size_t fewest_digits = 5;  // fewer are no telephone number that two people could not share
  if (said.find('@') != std::string_view::npos) return "email:" + lower_case(said);
  const std::string digits = digits_of(said);
  return digits.size() < fewest_digits ? "" : "phone:" + digits;
}

std::string buyer_identity(const Json& order) {
  const Json* buyer = order.find("buyer");
  if (buyer == nullptr) return {};
  if (const std::string email = buyer->text_or("email"); email.find('@') != std::string::npos) return buyer_identity_of(email);
  const std::string phone = buyer->text_or("phone");
  return phone.find('@') == std::string::npos ? buyer_identity_of(phone) : "";
}

std::string masked(const PersonalPlace& place, std::string_view value) {
  if (value.empty()) return {};
  if (place.field == "email") return masked_email(value);
  if (place.field == "phone") return masked_phone(value);
  if (place.field.ends_with("name")) return masked_name(value);
  return std::string(hidden);
}

Json person_of(const Json& order, bool clear) {
  Json person = Json::object();
  for (const auto* part : {"buyer", "ship_to", "note"}) {
    if (const Json* value = order.find(part)) person.set(part, *value);
  }
  if (clear) return person;
  for (const auto& place : personal_places) {
    if (Json* value = personal_value(person, place)) *value = Json(masked(place, value->as_string()));
  }
  return person;
}

std::string masked_sentence(std::string_view text) {
  constexpr std::size_t fewest_digits = 7;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && (is_of_address(text[end]) || text[end] == '@')) ++end;
    const std::string_view word = text.substr(at, end - at);
    const auto sign = word.find('@');
    if (sign != std::string_view::npos && sign > 0 && word.find('.', sign) != std::string_view::npos) {
      out += masked_email(word);
      at = end;
    } else if (text[at] == '+' && at + 1 < text.size() && is_digit(text[at + 1])) {
      end = at + 1;
      while (end < text.size() && (is_digit(text[end]) || text[end] == ' ' || text[end] == '-')) ++end;
      while (!is_digit(text[end - 1])) --end;
      const std::string_view phone = text.substr(at, end - at);
      out += digits_of(phone).size() >= fewest_digits ? masked_phone(phone) : std::string(phone);
      at = end;
    } else if (word.empty()) {
      out += text[at++];
    } else {
      out += word;
      at = end;
    }
  }
  return out;
}

}  // namespace tally
