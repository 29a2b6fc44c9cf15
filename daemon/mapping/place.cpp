#include "mapping/place.hpp"

namespace tally::mapping {
namespace {

const Json* first_of(const Json* list) {
  return list != nullptr && list->is_array() && !list->as_array().empty() ? &list->as_array().front() : nullptr;
}

const Json* only_variant(const Json& product) {
  const Json* options = product.find("options");
  return options != nullptr && !options->empty() ? nullptr : first_of(product.find("variants"));
}

const Json* named_entry(const Json& list, const std::string& name) {
  if (!list.is_array()) return nullptr;
  for (const Json& entry : list.as_array()) {
    if (entry.text_or("name") == name) return &entry;
  }
  return nullptr;
}

const Json* one_step(const Json& from, const Step& step) {
  switch (step.kind) {
    case Step::Kind::field:
      return from.find(step.name);
    case Step::Kind::each:
      return nullptr;
    case Step::Kind::place:
      return from.is_array() && step.place < from.as_array().size() ? &from.as_array()[step.place] : nullptr;
    case Step::Kind::named:
      return named_entry(from, step.name);
    case Step::Kind::variant:
      return only_variant(from);
    case Step::Kind::category:
      return first_of(from.find("categories"));
  }
  return nullptr;
}

void gather(const Json* at, const Steps& steps, std::size_t next, std::vector<const Json*>& out) {
  for (; at != nullptr && next < steps.size(); ++next) {
    if (steps[next].kind == Step::Kind::each) {
      if (!at->is_array()) return;
      for (const Json& entry : at->as_array()) gather(&entry, steps, next + 1, out);
      return;
    }
    at = one_step(*at, steps[next]);
  }
  if (at != nullptr) out.push_back(at);
}

}  // namespace

bool has_value(const Json* json) {
  if (json == nullptr || json->empty()) return false;
  if (!json->is_object() || json->find("amount") != nullptr) return true;
  return json->find("currency") == nullptr && json->find(read_amount) == nullptr && json->find(read_currency) == nullptr;
}

std::vector<const Json*> places_at(const Json& from, const Steps& steps) {
  std::vector<const Json*> out;
  gather(&from, steps, 0, out);
  return out;
}

std::optional<Json> value_at(const Path& path, const Frames& frames) {
  const std::vector<const Json*> found = places_at(*frames[path.frame], path.steps);
  if (!path.through) {
    if (found.empty() || !has_value(found.front())) return std::nullopt;
    return *found.front();
  }
  Json::Array values;
  for (const Json* each : found) {
    if (!has_value(each)) continue;
    if (each->is_array()) {
      values.insert(values.end(), each->as_array().begin(), each->as_array().end());
    } else {
      values.push_back(*each);
    }
  }
  if (values.empty()) return std::nullopt;
  return Json(std::move(values));
}

bool is_known(const Holder& holder, const Frames& frames) {
  const std::vector<const Json*> found = places_at(*frames[holder.frame], holder.steps);
  return found.size() == 1 && found.front()->bool_or("@known");
}

}  // namespace tally::mapping
