#include "model/tree.hpp"

#include "base/complaint.hpp"

#include <algorithm>

namespace tally::tree {

std::string Path::text() const {
  if (is_entry) return (up ? up->text() : std::string()) + "[" + std::to_string(entry) + "]";
  if (up == nullptr || (up->up == nullptr && up->name.empty() && !up->is_entry)) return std::string(name);
  return up->text() + "." + std::string(name);
}

Error fault_at(const Path& path, std::string_view what) {
  std::string where = path.text();
  return error(Fault::invalid, (where.empty() ? "the document" : where) + ": " + std::string(what));
}

namespace {

/// What a person recognises the value by, cut so that a message stays a line.
std::string shown(const Json& json) {
  constexpr std::size_t most = 60;
  std::string text = json.is_string() ? json.as_string() : json.dump();
  std::size_t end = std::min(text.size(), most);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "'" + text.substr(0, end) + (end < text.size() ? "…'" : "'");
}

std::string_view head_of(std::string_view place) {
  return place.substr(0, place.find('.'));
}

}  // namespace

std::optional<Json> written(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(Json(text));
}
std::optional<Json> written(const Sku& sku) {
  return written(sku.text);
}
std::optional<Json> written(const Currency& currency) {
  return written(currency.code);
}

Json written(const Money& money) {
  Json json = Json::object();
  json.set("amount", Json(money.major()));
  if (!money.currency.empty()) json.set("currency", Json(money.currency.code));
  return json;
}

Json written(Time time) {
  return Json(format_iso(time));
}

Result<void> read(const Json& json, const Path& path, std::string& out) {
  if (!json.is_string() && !json.is_number()) return fault_at(path, "text is expected");
  out = json.scalar_text();
  return {};
}

Result<void> read(const Json& json, const Path& path, Sku& out) {
  std::string text;
  if (auto result = read(json, path, text); !result) return result;
  out = normal_sku(text);
  return {};
}

Result<void> read(const Json& json, const Path& path, Currency& out) {
  auto currency = json.is_string() ? Currency::parse(json.as_string()) : error(Fault::invalid, "not text");
  if (!currency) return fault_at(path, shown(json) + " is no currency; write its ISO 4217 code in capitals, such as EUR");
  out = *currency;
  return {};
}

Result<void> read(const Json& json, const Path& path, Money& out) {
  if (json.is_string()) {
    auto money = Money::parse(json.as_string());
    if (!money) return fault_at(path, shown(json) + " is no amount; write it as 12.50 EUR");
    out = *money;
    return {};
  }
  if (!json.is_object()) return fault_at(path, "an amount and its currency are expected, {amount, currency}");
  if (auto result = refuse_unknown(json, path, {"amount", "currency"}, {}); !result) return result;
  const Json* amount = json.find("amount");
  const Json* code = json.find("currency");
  if (amount == nullptr || code == nullptr) return fault_at(path, amount == nullptr ? "the amount is missing" : "the currency is missing");
  Decimal major;
  Currency currency;
  if (auto result = read(*amount, Path{&path, "amount"}, major); !result) return result;
  if (auto result = read(*code, Path{&path, "currency"}, currency); !result) return result;
  auto money = Money::of(major, currency);
  if (!money) return fault_at(path, shown(*amount) + " is out of range for an amount of money");
  out = *money;
  return {};
}

Result<void> read(const Json& json, const Path& path, Time& out) {
  auto time = json.is_string() ? parse_iso(json.as_string()) : error(Fault::invalid, "not text");
  if (!time) return fault_at(path, shown(json) + " is no moment; write it as 2026-01-02T03:04:05Z");
  out = *time;
  return {};
}

Result<void> read(const Json& json, const Path& path, bool& out) {
  if (!json.is_bool()) return fault_at(path, "true or false is expected, not " + shown(json));
  out = json.as_bool();
  return {};
}

Result<void> read(const Json& json, const Path& path, std::int64_t& out) {
  auto value = json.integer();
  if (!value) return fault_at(path, shown(json) + " is no whole number");
  out = *value;
  return {};
}

Result<void> read(const Json& json, const Path& path, Decimal& out) {
  auto value = json.decimal();
  if (!value) return fault_at(path, shown(json) + " is no number");
  out = *value;
  return {};
}

void put(Json& object, std::string_view place, Json value) {
  const auto dot = place.find('.');
  if (dot == std::string_view::npos) {
    object.set(place, std::move(value));
    return;
  }
  const std::string_view head = place.substr(0, dot);
  if (object.find(head) == nullptr) object.set(head, Json::object());
  object.find(head)->set(place.substr(dot + 1), std::move(value));
}

Result<const Json*> look(const Json& object, const Path& path, std::string_view place) {
  const auto dot = place.find('.');
  const Json* found = object.find(place.substr(0, dot));
  if (dot == std::string_view::npos || found == nullptr || found->is_null()) return found;
  if (!found->is_object()) return fault_at(Path{&path, head_of(place)}, "an object is expected");
  return found->find(place.substr(dot + 1));
}

Result<void> refuse_unknown(const Json& object, const Path& path, const std::vector<std::string>& places,
                            const std::vector<std::string>& views) {
  for (const auto& [key, value] : object.as_object()) {
    if (key.starts_with('@') || std::find(views.begin(), views.end(), key) != views.end()) continue;
    const auto is_it = [&](const std::string& place) { return head_of(place) == key; };
    if (std::any_of(places.begin(), places.end(), is_it)) continue;
    const std::string hint = did_you_mean(key, places);
    return fault_at(Path{&path, key}, "there is no such field" + (hint.empty() ? hint : ", " + hint));
  }
  return {};
}

Error unknown_word(const Path& path, const Json& json, const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return fault_at(path, shown(json) + " is none of " + all);
}

}  // namespace tally::tree
