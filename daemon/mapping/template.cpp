// Holes outside mappings: the small documents of connector files.
#include "mapping/filter.hpp"
#include "mapping/mapping.hpp"
#include "mapping/place.hpp"
#include "mapping/syntax.hpp"

namespace tally::mapping {

Result<Json> apply_filters(std::string_view spec, const Json& value) {
  Complaints complaints;
  std::vector<std::string> texts;
  if (!trimmed(spec).empty()) texts = split_hole("| " + std::string(spec)).filters;
  const auto filters = parse_filters(texts, {}, {}, complaints);
  if (!filters) return error(Fault::invalid, complaints.front().what, {}, complaints.front().hint);
  Spelt spelt = apply(*filters, has_value(&value) ? std::optional(value) : std::nullopt, {});
  if (!spelt.problem.empty()) return error(Fault::invalid, spelt.problem);
  if (!spelt.value && has_value(&value))
    return error(Fault::invalid, "'" + value.dump().substr(0, 60) + "' cannot be written as `" + trimmed(spec) + "`");
  return spelt.value.value_or(Json());
}

/// One node of a template.
struct Template::Piece {
  enum class Kind { literal, scalar, list, map };
  struct Text {
    std::string text;  ///< plain, or the name in a hole
    bool hole = false;
    Filters filters;
  };
  Kind kind = Kind::literal;
  Json literal;
  std::vector<Text> texts;
  std::vector<std::pair<std::string, Piece>> children;  ///< keys are empty in lists

  static Piece compile(const yaml::Node& node, Complaints& complaints);
  static Piece scalar(const yaml::Node& node, Complaints& complaints);

  struct Filled {
    std::optional<Json> value;
    std::size_t holes = 0, filled = 0;
  };
  using Names = std::function<const Json*(std::string_view path)>;
  Filled fill(const Names& names) const;
  Filled fill_scalar(const Names& names) const;
};

Template::Piece Template::Piece::scalar(const yaml::Node& node, Complaints& complaints) {
  Piece piece;
  const std::vector<Part> parts = split_scalar(node.scalar, node.place, complaints);
  if (!has_hole(parts)) {
    const bool changed = node.scalar.find("$$") != std::string::npos && !parts.empty();
    piece.literal = changed ? Json(parts[0].text) : node.to_json();
    return piece;
  }
  piece.kind = Kind::scalar;
  for (const Part& part : parts) {
    Text text{part.text, part.hole, {}};
    if (part.hole) {
      HoleText hole = split_hole(part.text);
      text.text = std::move(hole.expression);
      if (text.text.empty() || text.text.find_first_of(" '\"()[]{}+*/<>=!?,;") != std::string::npos) {
        complaints.push_back(
            {node.place, "'${" + part.text + "}': a name such as since or listing.@id is expected", "expressions are for mappings"});
      }
      if (auto filters = parse_filters(hole.filters, {}, node.place, complaints)) text.filters = std::move(*filters);
    }
    piece.texts.push_back(std::move(text));
  }
  return piece;
}

Template::Piece Template::Piece::compile(const yaml::Node& node, Complaints& complaints) {
  if (!node.is_map() && !node.is_list()) return scalar(node, complaints);
  Piece piece;
  piece.kind = node.is_map() ? Kind::map : Kind::list;
  for (const auto& [key, key_place, value] : node.members) {
    if (key.starts_with('$'))
      complaints.push_back({key_place, "'" + key + "': requests have no $ keys", "what depends on the thing belongs into the mapping"});
    piece.children.emplace_back(key, compile(value, complaints));
  }
  for (const yaml::Node& each : node.items) piece.children.emplace_back(std::string(), compile(each, complaints));
  return piece;
}

Template::Piece::Filled Template::Piece::fill_scalar(const Names& names) const {
  Filled out{std::nullopt, 1, 0};
  std::string whole;
  for (const Text& each : texts) {
    if (!each.hole) {
      whole += each.text;
      continue;
    }
    const Json* found = names(each.text);
    Spelt spelt = apply(each.filters, has_value(found) ? std::optional(*found) : std::nullopt, {});
    if (!spelt.value) return out;
    if (texts.size() == 1) return {std::move(spelt.value), 1, 1};
    whole += spelt.value->scalar_text();
  }
  return {Json(std::move(whole)), 1, 1};
}

Template::Piece::Filled Template::Piece::fill(const Names& names) const {
  if (kind == Kind::literal) return {literal, 0, 0};
  if (kind == Kind::scalar) return fill_scalar(names);
  Filled out{std::nullopt, 0, 0};
  Json made = kind == Kind::map ? Json::object() : Json::array();
  for (const auto& [key, child] : children) {
    Filled one = child.fill(names);
    out.holes += one.holes;
    out.filled += one.filled;
    if (!one.value) continue;
    if (kind == Kind::map) {
      made.set(key, std::move(*one.value));
    } else {
      made.push_back(std::move(*one.value));
    }
  }
  if (out.holes == 0 || out.filled > 0) out.value = std::move(made);
  return out;
}

std::optional<Template> Template::compile(const yaml::Node& node, Complaints& complaints) {
  const std::size_t before = complaints.size();
  auto root = std::make_shared<const Piece>(Piece::compile(node, complaints));
  if (complaints.size() > before) return std::nullopt;
  Template made;
  made.root_ = std::move(root);
  return made;
}

std::optional<Json> Template::fill(const std::function<const Json*(std::string_view path)>& names) const {
  return root_->fill(names).value;
}

}  // namespace tally::mapping
