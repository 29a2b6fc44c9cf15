#include "mapping/store.hpp"

#include <algorithm>

namespace tally::mapping {
namespace {

constexpr std::size_t most_places = 100;  ///< that a path with a number in it may ask for

Json* member(Json& object, const std::string& name, bool make) {
  if (Json* there = object.find(name)) {
    if (!there->is_null()) return there;
  }
  if (!make || !(object.is_object() || object.is_null())) return nullptr;
  object.set(name, Json::object());
  return object.find(name);
}

Json* list_member(Json& object, const std::string& name, bool make) {
  Json* list = object.find(name);
  if (list != nullptr && list->is_array()) return list;
  if (!make || !(object.is_object() || object.is_null())) return nullptr;
  object.set(name, Json::array());
  return object.find(name);
}

Json* entry_at(Json& list, std::size_t place, bool make) {
  if (list.is_object() && list.empty()) list = Json::array();
  if (!list.is_array()) return nullptr;
  Json::Array& entries = list.as_array();
  while (make && entries.size() <= place && place < most_places) entries.push_back(Json::object());
  return place < entries.size() ? &entries[place] : nullptr;
}

Json* entry_named(Json& list, const std::string& name, bool make) {
  if (list.is_object() && list.empty()) list = Json::array();
  if (!list.is_array()) return nullptr;
  for (Json& entry : list.as_array()) {
    if (entry.text_or("name") == name) return &entry;
  }
  if (!make) return nullptr;
  return &list.push_back(Json::object({{"name", Json(name)}}));
}

/// The sole variant; nothing where the product is known to have several, for then it is not spoken of.
Json* only_variant(Json& product, bool make) {
  const Json* options = product.find("options");
  Json* variants = list_member(product, "variants", make);
  if (variants == nullptr || variants->as_array().size() > 1 || (options != nullptr && !options->empty())) return nullptr;
  return entry_at(*variants, 0, make);
}

Json* one_step(Json& from, const Step& step, bool make) {
  switch (step.kind) {
    case Step::Kind::field:
      return member(from, step.name, make);
    case Step::Kind::each:
      return nullptr;
    case Step::Kind::place:
      return entry_at(from, step.place, make);
    case Step::Kind::named:
      return entry_named(from, step.name, make);
    case Step::Kind::variant:
      return only_variant(from, make);
    case Step::Kind::category: {
      Json* list = list_member(from, "categories", make);
      return list == nullptr ? nullptr : entry_at(*list, 0, make);
    }
  }
  return nullptr;
}

/// Follows all steps of [first, last).
Json* follow(Json& from, const Steps& steps, std::size_t first, std::size_t last, bool make) {
  Json* at = &from;
  for (std::size_t i = first; i < last && at != nullptr; ++i) at = one_step(*at, steps[i], make);
  return at;
}

bool is_money(const Path& path) {
  return path.kind == Kind::money && !path.list;
}

void put(Json& thing, const Path& path, const std::string& name, Json value) {
  if (is_money(path)) {
    if (thing.find(name) == nullptr || !thing.find(name)->is_object()) thing.set(name, Json::object());
    thing.find(name)->set(read_amount, std::move(value));
  } else if (path.part) {
    thing.set("@=" + name, std::move(value));
  } else {
    thing.set(name, std::move(value));
  }
}

/// "images.@url" from a list of values: an entry that has the value already keeps it, then the entries without one get the rest in their
/// order; entries with a value that is no longer there go.
bool store_through(Json& from, const Path& path, const Json& values) {
  const auto each = std::find_if(path.steps.begin(), path.steps.end(), [](const Step& step) { return step.kind == Step::Kind::each; });
  const auto at = static_cast<std::size_t>(each - path.steps.begin());
  if (at == 0 || at + 2 != path.steps.size() || !values.is_array()) return false;
  const std::string& name = path.steps.back().name;
  Json* owner = follow(from, path.steps, 0, at - 1, true);
  Json* list =
      owner == nullptr || path.steps[at - 1].kind != Step::Kind::field ? nullptr : list_member(*owner, path.steps[at - 1].name, true);
  if (list == nullptr) return false;
  Json::Array old = list->as_array(), made;
  std::vector<bool> used(old.size());
  const auto take = [&](const auto& wanted) -> Json {
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (used[i] || !wanted(old[i])) continue;
      used[i] = true;
      return old[i];
    }
    return Json();
  };
  for (const Json& value : values.as_array()) {
    if (value.empty()) continue;
    Json entry = take([&](const Json& one) { return one.find(name) != nullptr && same_scalar(*one.find(name), value); });
    if (entry.is_null()) entry = take([&](const Json& one) { return !has_value(one.find(name)); });
    if (entry.is_null()) entry = Json::object();
    put(entry, path, name, value);
    made.push_back(std::move(entry));
  }
  list->as_array() = std::move(made);
  return true;
}

void erase_through(Json& from, const Path& path) {
  const std::size_t size = path.steps.size();
  if (size < 2 || path.steps[size - 2].kind != Step::Kind::each) return;
  Json* list = follow(from, path.steps, 0, size - 2, false);
  if (list == nullptr || !list->is_array()) return;
  for (Json& entry : list->as_array()) entry.erase(path.steps.back().name);
}

std::string shown_text(const Json& value) {
  return value.is_string() || value.is_number() ? value.scalar_text().substr(0, 60) : value.dump().substr(0, 60);
}

Understood fitted_entry(const Path& path, Json value) {
  const auto wrong = [&](const std::string& what) { return Understood::unclear("'" + shown_text(value) + "' is no " + what); };
  if (value.is_object() ? path.kind != Kind::measure : value.is_array()) return wrong(std::string(tally::name_of(path.kind)));
  switch (path.kind) {
    case Kind::text:
      return Understood::of(value.is_bool() ? Json(value.as_bool() ? "true" : "false") : Json(value.scalar_text()));
    case Kind::integer: {
      const auto whole = value.integer();
      return whole ? Understood::of(Json(*whole)) : wrong("whole number");
    }
    case Kind::decimal:
    case Kind::money: {
      const auto number = value.decimal();
      return number ? Understood::of(Json(*number)) : wrong(path.kind == Kind::money ? "amount" : "number");
    }
    case Kind::boolean: {
      const std::string text = value.is_bool() ? (value.as_bool() ? "true" : "false") : value.scalar_text();
      if (text == "true" || text == "1" || text == "yes") return Understood::of(Json(true));
      if (text == "false" || text == "0" || text == "no") return Understood::of(Json(false));
      return wrong("boolean");
    }
    case Kind::choice: {
      const Type* type = path.type->kind == Kind::list ? path.type->item.get() : path.type;
      const std::string word = value.scalar_text();
      if (std::find(type->choices.begin(), type->choices.end(), word) == type->choices.end()) return wrong("word that is known here");
      return Understood::of(Json(word));
    }
    default:
      return Understood::of(std::move(value));
  }
}

}  // namespace

Understood fitted(const Path& path, Json value) {
  if (!path.list) {
    if (value.is_array() && value.as_array().size() == 1) value = Json(value.as_array().front());
    return fitted_entry(path, std::move(value));
  }
  Json::Array in, out;
  if (value.is_array()) {
    in = std::move(value.as_array());
  } else {
    in.push_back(std::move(value));
  }
  for (Json& each : in) {
    if (each.is_null()) continue;
    Understood one = fitted_entry(path, std::move(each));
    if (one.is != Understood::Is::value) return one;
    out.push_back(std::move(one.value));
  }
  return out.empty() ? Understood::none() : Understood::of(Json(std::move(out)));
}

bool store_at(Json& from, const Path& path, Json value) {
  if (path.steps.empty()) {
    from = std::move(value);
    return true;
  }
  if (path.through) return store_through(from, path, value);
  const Step& last = path.steps.back();
  Json* thing = follow(from, path.steps, 0, path.steps.size() - 1, true);
  if (thing == nullptr || !(thing->is_object() || thing->is_null())) return false;
  if (last.kind != Step::Kind::field) return false;
  put(*thing, path, last.name, std::move(value));
  return true;
}

void erase_at(Json& from, const Path& path) {
  if (path.steps.empty()) {
    from = Json();
    return;
  }
  if (path.through) return erase_through(from, path);
  // Without its value a named entry says nothing.
  const bool value_of_named = path.steps.size() > 1 && path.steps[path.steps.size() - 2].kind == Step::Kind::named;
  if (value_of_named) {
    Json* list = follow(from, path.steps, 0, path.steps.size() - 2, false);
    if (list == nullptr || !list->is_array()) return;
    std::erase_if(list->as_array(), [&](const Json& entry) { return entry.text_or("name") == path.steps[path.steps.size() - 2].name; });
    return;
  }
  const std::size_t keep = path.part ? path.steps.size() - 2 : path.steps.size() - 1;  // half an amount is none
  if (path.part && path.steps.back().name != "amount" && path.steps.back().name != "value") return;
  Json* thing = follow(from, path.steps, 0, keep, false);
  if (thing != nullptr && path.steps[keep].kind == Step::Kind::field) thing->erase(path.steps[keep].name);
}

}  // namespace tally::mapping
