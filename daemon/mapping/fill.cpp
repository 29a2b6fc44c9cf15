#include "mapping/fill.hpp"

#include "mapping/expression.hpp"

namespace tally::mapping {

Spelt spell_hole(const Hole& hole, const Frames& frames, const Currency& currency) {
  std::optional<Json> value;
  if (hole.expression) {
    value = evaluate(*hole.expression, frames);
  } else {
    value = value_at(hole.path, frames);
    for (const Filter& filter : hole.filters) {
      if (filter.kind != Filter::Kind::locale || hole.path.steps.empty()) continue;
      // Where the thing carries its texts in several languages, the named one is meant.
      Path localized = hole.path;
      const std::string field = localized.steps.back().name;
      localized.steps.back() = {Step::Kind::field, "texts", 0};
      localized.steps.push_back({Step::Kind::field, filter.word, 0});
      localized.steps.push_back({Step::Kind::field, field, 0});
      if (auto text = value_at(localized, frames)) value = std::move(text);
    }
  }
  return apply(hole.filters, std::move(value), currency);
}

Currency currency_of(const Json& tree, const std::string& channel) {
  const std::string code = tree.text_or("currency");
  return Currency{code.empty() ? channel : code};
}

Filler::Filler(const Program& program, const Document& document, As as, Say say, std::set<NodeNo> without)
    : program_(program), document_(document), as_(as), say_(say), without_(std::move(without)) {}

Result<std::optional<Json>> Filler::fill(const Json& fields) {
  frames_ = {&fields};
  currency_ = currency_of(fields, program_.currency);
  written_ = 0;
  refusal_.reset();
  Outcome whole = node(document_.root);
  if (refusal_) return *refusal_;
  return std::move(whole.value);
}

void Filler::refuse(const Hole& hole, std::string what) {
  if (as_ != As::push || refusal_) return;
  refusal_ = error(Fault::rejected, "${" + hole.text + "}: " + std::move(what), hole.place.text(),
                   "give the value, or an entry in the table (the channel's file may hold one under tables:)");
}

bool Filler::is_said(Aspect aspect, const std::optional<Holder>& holder) const {
  if (!document_.has_aspects || (aspect != Aspect::price && aspect != Aspect::stock)) return true;
  if (as_ == As::spelling) return false;
  if (say_ == Say::everything) return true;
  return holder ? !is_known(*holder, frames_) : !frames_[0]->bool_or("@known");
}

Filler::Said Filler::value_of(const Hole& hole, Json& out) {
  if (!is_said(hole.path.aspect, hole.path.holder)) return Said::no;
  if (as_ == As::spelling && (hole.path.remote || !hole.comparable)) return Said::no;
  Spelt spelt = spell_hole(hole, frames_, currency_);
  if (!spelt.value) {
    if (!spelt.problem.empty()) refuse(hole, std::move(spelt.problem));
    return Said::none;
  }
  out = std::move(*spelt.value);
  return Said::yes;
}

Filler::Outcome Filler::node(NodeNo number) {
  if (without_.contains(number) || refusal_) return {};
  if (++written_ > most_written) {
    refusal_ =
        error(Fault::rejected, "the document '" + document_.kind + "' would have more than " + std::to_string(most_written) + " values", {},
              "split the product, or leave out a list");
    return {};
  }
  const auto& is = program_.nodes[number].is;
  if (const auto* literal = std::get_if<Literal>(&is)) {
    if (literal->absent) return {};
    return {.value = literal->value};
  }
  if (const auto* text = std::get_if<Holes>(&is)) return holes(*text);
  if (const auto* map = std::get_if<Object>(&is)) return object(*map);
  return list(std::get<List>(is));
}

Filler::Outcome Filler::holes(const Holes& holes) {
  Outcome out{.value = std::nullopt, .holes = 1};
  std::string text;
  for (const auto& piece : holes.pieces) {
    Json value;
    if (piece.hole) {
      if (value_of(program_.holes[*piece.hole], value) != Said::yes) return out;
      if (holes.alone()) {
        out.value = std::move(value);
        out.filled = 1;
        return out;
      }
    }
    text += piece.hole ? value.scalar_text() : piece.text;
  }
  out.value = Json(std::move(text));
  out.filled = 1;
  return out;
}

void Filler::merge(NodeNo number, Json& out, Outcome& sum) {
  Outcome part = node(number);
  sum.holes += part.holes;
  sum.filled += part.filled;
  if (!part.value || !part.value->is_object()) return;
  for (auto& [key, value] : part.value->as_object()) out.set(key, std::move(value));
}

void Filler::add_members(const Object& object, Json& out, Outcome& sum) {
  for (const auto& [key, number] : object.members) {
    Outcome member = node(number);
    sum.holes += member.holes;
    sum.filled += member.filled;
    if (member.value) out.set(key, std::move(*member.value));
  }
  for (const NodeNo number : as_ == As::push ? object.push : object.read) merge(number, out, sum);
  for (const Object::Branch& branch : object.one) {
    if (branch.condition && !holds(*branch.condition, frames_)) continue;
    merge(branch.node, out, sum);
    break;
  }
}

Filler::Outcome Filler::object(const Object& object) {
  Outcome sum;
  if (object.condition && !holds(*object.condition, frames_)) {
    sum.holes = 1;
    return sum;
  }
  Json out = Json::object();
  add_members(object, out, sum);
  if (sum.holes > 0 && sum.filled == 0) return sum;
  const Json* list = object.as_text ? out.find("$list") : nullptr;
  sum.value = list ? Json(list->dump()) : object.as_text ? Json(out.dump()) : std::move(out);
  return sum;
}

void Filler::loop(const List::Entry& entry, Json::Array& out, Outcome& sum) {
  const Path& path = entry.loop->list;
  ++sum.holes;
  if (!is_said(path.aspect, path.holder)) return;
  for (const Json* found : places_at(*frames_[path.frame], path.steps)) {
    if (!found->is_array()) continue;
    for (const Json& item : found->as_array()) {
      frames_.push_back(&item);
      Outcome one = node(entry.body);
      frames_.pop_back();
      if (!one.value) continue;
      out.push_back(std::move(*one.value));
      sum.holes += one.holes;
      sum.filled += std::max<std::size_t>(one.filled, 1);
    }
  }
}

Filler::Outcome Filler::list(const List& list) {
  Outcome sum;
  Json::Array out;
  for (const List::Entry& entry : list.entries) {
    if (entry.loop) {
      loop(entry, out, sum);
      continue;
    }
    Outcome one = node(entry.body);
    sum.holes += one.holes;
    sum.filled += one.filled;
    if (one.value) out.push_back(std::move(*one.value));
  }
  if (sum.holes > 0 && sum.filled == 0) return sum;
  sum.value = Json(std::move(out));
  return sum;
}

}  // namespace tally::mapping
