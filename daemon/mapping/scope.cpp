#include "mapping/scope.hpp"

#include <algorithm>

namespace tally::mapping {
namespace {

constexpr std::size_t most_steps = 16;

std::vector<std::string> split_dots(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t from = 0;;) {
    const std::size_t dot = text.find('.', from);
    names.emplace_back(text.substr(from, dot == std::string_view::npos ? dot : dot - from));
    if (dot == std::string_view::npos) return names;
    from = dot + 1;
  }
}

bool is_number(std::string_view name) {
  return !name.empty() && name.size() < 5 && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The member that an entry with a name stands for: a value, or several.
const Type::Field* value_beside_name(const Type& item) {
  if (item.find("name") == nullptr) return nullptr;
  const Type::Field* value = item.find("value");
  return value != nullptr ? value : item.find("values");
}

}  // namespace

struct Scope::Walk {
  Path path;
  const Type* type;  ///< where we are; nothing behind a remote id
  const Place& place;
  Complaints& complaints;
  bool named = false;  ///< the last step named an entry by its place

  bool refuse(std::string what, std::string hint = {}) {
    complaints.push_back({place, "'" + path.text + "': " + what, std::move(hint)});
    return false;
  }
  void enter(const Type::Field& field) {
    type = field.type.get();
    if (field.aspect == Aspect::price || field.aspect == Aspect::stock) path.aspect = field.aspect;
  }
  void write(std::string_view name) { path.canonical += (path.canonical.empty() ? "" : ".") + std::string(name); }
};

Scope::Scope(const Type& document, bool aspects) {
  Frame root{.name = {}, .type = &document, .canonical = {}, .holder = std::nullopt};
  if (aspects) {
    product_ = &document;
    const Type::Field* variants = document.find("variants");
    variant_ = variants == nullptr ? nullptr : variants->type->item.get();
    root.holder = Holder{};
  }
  frames_.push_back(std::move(root));
}

bool Scope::has_name(std::string_view name) const {
  return std::any_of(frames_.begin() + 1, frames_.end(), [&](const Frame& frame) { return frame.name == name; });
}

std::size_t Scope::enter(std::string name, const Path& list) {
  Frame frame{.name = std::move(name),
              .type = list.type == nullptr ? nullptr : list.type->item.get(),
              .canonical = list.canonical,
              .aspect = list.aspect,
              .holder = list.holder};
  if (frame.type != nullptr && frame.type == variant_) frame.holder = Holder{.frame = frames_.size(), .steps = {}};
  frames_.push_back(std::move(frame));
  return frames_.size() - 1;
}

std::optional<Path> Scope::resolve(std::string_view text, const Place& place, Complaints& complaints) const {
  std::vector<std::string> names = split_dots(text);
  Walk walk{.path = {}, .type = frames_[0].type, .place = place, .complaints = complaints};
  walk.path.text = std::string(text);
  if (names.size() > most_steps) {
    walk.refuse("more than " + std::to_string(most_steps) + " steps");
    return std::nullopt;
  }
  for (std::size_t i = frames_.size(); i-- > 1;) {
    if (frames_[i].name != names.front()) continue;
    walk.path.frame = i;
    names.erase(names.begin());
    break;
  }
  const Frame& frame = frames_[walk.path.frame];
  walk.type = frame.type;
  walk.path.canonical = frame.canonical;
  walk.path.aspect = frame.aspect;
  walk.path.holder = frame.holder;
  for (const std::string& name : names) {
    if (!step(walk, name)) return std::nullopt;
  }
  finish(walk);
  return std::move(walk.path);
}

bool Scope::step(Walk& walk, const std::string& name) const {
  if (name.empty()) return walk.refuse("a name is missing");
  if (walk.path.remote) return walk.refuse("nothing stands below a remote id");
  walk.named = false;
  if (walk.type != nullptr && walk.type->kind == Kind::list) return step_into_list(walk, name);
  return step_into_object(walk, name);
}

bool Scope::step_into_list(Walk& walk, const std::string& name) const {
  const Type* item = walk.type->item.get();
  if (is_number(name)) {
    const auto number = std::stoul(name);
    if (number == 0) return walk.refuse("places are counted from 1");
    walk.path.steps.push_back({Step::Kind::place, {}, number - 1});
    walk.type = item;
    walk.named = true;
    return true;
  }
  const Type::Field* value = value_beside_name(*item);
  if (name[0] != '@' && item->find(name) == nullptr && value != nullptr) {
    walk.path.steps.push_back({Step::Kind::named, name, 0});
    walk.path.steps.push_back({Step::Kind::field, value->name, 0});
    walk.write(value->name);
    walk.enter(*value);
    return true;
  }
  walk.path.steps.push_back({Step::Kind::each, {}, 0});
  walk.path.through = true;
  walk.path.ordered = walk.type->ordered;
  walk.type = item;
  if (item == variant_ && variant_ != nullptr) walk.path.holder.reset();  // many holders: the hole is not asked whether it is known
  return step_into_object(walk, name);
}

bool Scope::step_into_object(Walk& walk, const std::string& name) const {
  const bool can_have_members =
      walk.type != nullptr && (walk.type->kind == Kind::object || walk.type->kind == Kind::money || walk.type->kind == Kind::measure);
  if (!can_have_members) return walk.refuse("there is nothing below that can be called '" + name + "'");
  if (name[0] == '@') {
    if (walk.type->kind != Kind::object || name.size() < 2) return walk.refuse("'" + name + "' is no remote id of a thing");
    walk.path.steps.push_back({Step::Kind::field, name, 0});
    walk.write(name);
    walk.path.remote = true;
    walk.type = nullptr;
    return true;
  }
  const Type::Field* field = walk.type->find(name);
  if (field == nullptr) {
    const std::string hint = did_you_mean(name, walk.type->field_names());
    std::string known;
    for (const std::string& each : walk.type->field_names()) known += (known.empty() ? "" : ", ") + each;
    return walk.refuse("there is no field '" + name + "'", !hint.empty() || known.empty() ? hint : "here are: " + known);
  }
  if (walk.type == product_ && (name == "variant" || name == "category")) {
    walk.path.steps.push_back({name == "variant" ? Step::Kind::variant : Step::Kind::category, {}, 0});
    walk.write(name == "variant" ? "variants" : "categories");
    if (name == "variant") walk.path.holder = Holder{walk.path.frame, walk.path.steps};
  } else {
    walk.path.steps.push_back({Step::Kind::field, name, 0});
    walk.write(name);
    walk.path.part = walk.type->kind != Kind::object;
  }
  walk.enter(*field);
  return true;
}

void Scope::finish(Walk& walk) const {
  if (walk.named && walk.type != nullptr && walk.type->kind == Kind::object) {
    if (const Type::Field* value = value_beside_name(*walk.type)) {
      walk.path.steps.push_back({Step::Kind::field, value->name, 0});
      walk.write(value->name);
      walk.enter(*value);
    }
  }
  Path& path = walk.path;
  path.type = walk.type;
  path.list = path.through;
  if (walk.type == nullptr) return;
  path.kind = walk.type->kind;
  if (walk.type->kind == Kind::list) {
    if (!path.through) path.ordered = walk.type->ordered;
    path.list = true;
    path.kind = walk.type->item->kind;
  }
}

}  // namespace tally::mapping
