// Scalars of a mapping: text with holes, settings of the channel put in at once.
#include "mapping/compile.hpp"
#include "mapping/expression.hpp"
#include "mapping/filter.hpp"

#include <algorithm>

namespace tally::mapping {
namespace {

bool is_plain_path(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9') || text == "true" || text == "false") return false;
  return text.find_first_of(" '()+-*/<>=!?\n") == std::string_view::npos;
}

bool speaks_of_channel_only(const Expression& expression) {
  if (expression.op == Expression::Op::path) return false;
  return std::all_of(expression.parts.begin(), expression.parts.end(), speaks_of_channel_only);
}

/// The aspect of the first part that has one.
const Path* path_with_aspect(const Expression& expression) {
  if (expression.op == Expression::Op::path) return expression.path.aspect != Aspect::content ? &expression.path : nullptr;
  for (const Expression& part : expression.parts) {
    if (const Path* path = path_with_aspect(part)) return path;
  }
  return nullptr;
}

}  // namespace

std::optional<Json> Compiler::setting(std::string_view name) const {
  const Json* at = &settings_;
  for (std::size_t from = 0; at != nullptr;) {
    const std::size_t dot = name.find('.', from);
    at = at->find(name.substr(from, dot == std::string_view::npos ? dot : dot - from));
    if (dot == std::string_view::npos) break;
    from = dot + 1;
  }
  return at == nullptr || at->empty() ? std::nullopt : std::optional(*at);
}

std::optional<Expression> Compiler::name_in_expression(std::string_view name, const Place& place) {
  Expression out;
  if (name.starts_with("channel.") && !scope_->has_name("channel")) {
    if (auto value = setting(name.substr(8))) out.literal = std::move(*value);
    out.kind = out.literal.is_number() ? Kind::decimal : out.literal.is_bool() ? Kind::boolean : Kind::text;
    return out;
  }
  auto path = scope_->resolve(name, place, complaints_);
  if (!path) return std::nullopt;
  out.op = Expression::Op::path;
  out.kind = path->kind;
  out.path = std::move(*path);
  return out;
}

std::optional<Expression> Compiler::expression(std::string_view text, const Place& place) {
  return parse_expression(
      text, [&](std::string_view name) { return name_in_expression(name, place); }, place, complaints_);
}

Compiler::Settled Compiler::hole(const std::string& text, const Place& place) {
  const HoleText parts = split_hole(text);
  Hole made;
  made.text = text;
  made.place = place;
  const FilterScope filters{.table =
                                [&](const std::string& name) {
                                  const auto found = program_->tables.find(name);
                                  return found == program_->tables.end() ? nullptr : found->second;
                                },
                            .setting = [&](const std::string& name) { return setting(name); }};
  auto parsed = parse_filters(parts.filters, filters, place, complaints_);
  auto value = expression(parts.expression, place);
  if (!parsed || !value) return {.hole = std::nullopt, .setting = std::nullopt, .failed = true};
  made.filters = std::move(*parsed);
  if (speaks_of_channel_only(*value)) {
    return {
        .hole = std::nullopt, .setting = apply(made.filters, evaluate(*value, {}), Currency{program_->currency}).value, .failed = false};
  }
  if (is_plain_path(parts.expression)) {
    made.path = std::move(value->path);
  } else {
    if (const Path* path = path_with_aspect(*value)) {
      made.path.aspect = path->aspect;
      made.path.holder = path->holder;
    }
    made.path.kind = value->kind;
    made.path.list = value->op == Expression::Op::coalesce && value->parts[0].path.list;
    made.expression = std::move(*value);
  }
  mark(made);
  check_kinds(made);
  program_->holes.push_back(std::move(made));
  return {.hole = static_cast<HoleNo>(program_->holes.size() - 1), .setting = std::nullopt, .failed = false};
}

void Compiler::mark(Hole& hole) {
  hole.under_push = around_.push;
  hole.under_read = around_.read;
  const Path& path = hole.path;
  const auto each = std::count_if(path.steps.begin(), path.steps.end(), [](const Step& step) { return step.kind == Step::Kind::each; });
  const auto refuse = [&](std::string why) {
    hole.readable = false;
    hole.one_way = std::move(why);
  };
  if (hole.expression) refuse("an expression cannot be undone");
  if (each > 1 || (each == 1 && path.type != nullptr && path.type->kind == Kind::list)) refuse("it goes through more than one list");
  if (around_.push) refuse("it stands under $push");
  for (const Filter& filter : hole.filters) {
    if (filter.kind == Filter::Kind::unit && filter.word.empty()) refuse("the channel does not say which unit it means");
  }
  if (hole.readable && is_lossy(hole.filters))
    hole.one_way = "a filter of it cannot be undone: it is read where the text spells the same again";
  if (hole.expression) return;
  hole.currency = path.frame == 0 && path.steps.size() == 1 && path.canonical == "currency";
  if (hole.currency && hole.readable) document_->has_currency = true;
  if (path.frame > 0 && path.frame == scope_->innermost() && path.steps.size() == 1 && !around_.list_keys.empty()) {
    hole.identity = path.steps[0].name == "@id" || path.steps[0].name == around_.list_keys.back();
  }
}

NodeNo Compiler::scalar(const yaml::Node& node) {
  const std::vector<Part> parts = split_scalar(node.scalar, node.place, complaints_);
  if (!has_hole(parts)) {
    const bool changed = node.scalar.find("$$") != std::string::npos;
    return add({Literal{changed && !parts.empty() ? Json(parts[0].text) : node.to_json()}, node.place});
  }
  Holes made;
  bool absent = false;
  std::size_t holes = 0;
  for (const Part& part : parts) {
    if (!part.hole) {
      made.pieces.push_back({part.text, std::nullopt});
      continue;
    }
    Settled settled = hole(part.text, node.place);
    if (settled.hole) {
      ++holes;
      made.pieces.push_back({{}, settled.hole});
    } else if (parts.size() == 1) {
      return add({Literal{.value = settled.setting.value_or(Json()), .setting = true, .absent = !settled.setting}, node.place});
    } else {
      absent = absent || !settled.setting;
      made.pieces.push_back({settled.setting ? settled.setting->scalar_text() : std::string(), std::nullopt});
    }
  }
  if (absent) return add({Literal{.value = Json(), .setting = true, .absent = true}, node.place});
  if (holes == 0) {
    std::string text;
    for (const auto& piece : made.pieces) text += piece.text;
    return add({Literal{.value = Json(std::move(text)), .setting = true, .absent = false}, node.place});
  }
  if (holes > 1) {
    for (const auto& piece : made.pieces) {
      if (!piece.hole) continue;
      program_->holes[*piece.hole].readable = false;
      program_->holes[*piece.hole].one_way = "several holes in one text cannot be told apart";
    }
  }
  return add({std::move(made), node.place});
}

}  // namespace tally::mapping
