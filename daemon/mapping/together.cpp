#include "mapping/together.hpp"

#include "mapping/place.hpp"

namespace tally::mapping {
namespace {

using Doubts = std::vector<std::string>;

std::optional<Json> taken(Json& thing, std::string_view key) {
  const Json* found = thing.find(key);
  if (found == nullptr) return std::nullopt;
  Json value = *found;
  thing.erase(key);
  return value;
}

void settle_amount(Json& money, const std::string& path, const Currency& currency, Doubts& doubts) {
  const auto amount = taken(money, read_amount), said = taken(money, read_currency);
  if (!amount && !said) return;
  if (said && said->scalar_text() != currency.code) {
    doubts.push_back(path + ": '" + said->scalar_text() + "' is another currency than " + currency.code + "; amounts are never converted");
    return;
  }
  const Json* number = amount ? &*amount : money.find("amount");
  if (number == nullptr) return;
  const auto major = number->decimal();
  const auto whole = major ? Money::of(*major, currency) : Result<Money>(major.error());
  if (!whole) {
    doubts.push_back(path + ": " + whole.error().what);
    return;
  }
  money = Json::object({{"amount", Json(whole->major())}, {"currency", Json(currency.code)}});
}

void settle_measure(Json& measure, const std::string& path, Doubts& doubts) {
  auto value = taken(measure, read_value), unit = taken(measure, read_unit);
  if (!value && !unit) return;
  if (value) measure.set("value", std::move(*value));
  if (unit) measure.set("unit", std::move(*unit));
  if (measure.find("value") != nullptr && measure.find("unit") == nullptr) doubts.push_back(path + ": a number without its unit");
}

bool is_half(const Json& thing) {
  const bool money = thing.find("currency") != nullptr && thing.find("amount") == nullptr && thing.as_object().size() == 1;
  const bool measure = (thing.find("unit") == nullptr) != (thing.find("value") == nullptr) && thing.as_object().size() == 1;
  return money || measure;
}

std::string name_of(const Json& entry, std::size_t place) {
  for (const std::string_view key : {"sku", "name", "@id"}) {
    if (const Json* value = entry.find(key); value != nullptr && !value->scalar_text().empty()) return value->scalar_text();
  }
  return std::to_string(place + 1);
}

void walk(Json& thing, const std::string& path, const Currency& currency, Doubts& doubts) {
  if (thing.is_array()) {
    Json::Array& entries = thing.as_array();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].is_object()) walk(entries[i], path + "[" + name_of(entries[i], i) + "]", currency, doubts);
    }
    return;
  }
  if (!thing.is_object()) return;
  std::vector<std::string> gone;
  for (auto& [key, value] : thing.as_object()) {
    if (key.starts_with('@') || !(value.is_object() || value.is_array())) continue;
    const std::string here = path.empty() ? key : path + "." + key;
    const bool amount = value.find(read_amount) != nullptr || value.find(read_currency) != nullptr;
    const bool measure = value.find(read_value) != nullptr || value.find(read_unit) != nullptr;
    if (amount) settle_amount(value, here, currency, doubts);
    if (measure) settle_measure(value, here, doubts);
    walk(value, here, currency, doubts);
    if (value.is_object() && (value.empty() || ((amount || measure) && is_half(value)))) gone.push_back(key);
  }
  for (const std::string& key : gone) thing.erase(key);
}

}  // namespace

void put_together(Json& tree, const Currency& currency, Doubts& doubts) {
  walk(tree, {}, currency, doubts);
}

}  // namespace tally::mapping
