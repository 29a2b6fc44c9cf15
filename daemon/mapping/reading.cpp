#include "mapping/reading.hpp"

#include "mapping/store.hpp"
#include "mapping/together.hpp"

#include <algorithm>

namespace tally::mapping {

Reading::Reading(const Program& program, const Document& document, const Json& known)
    : program_(program),
      document_(document),
      tree_(known.is_object() ? known : Json::object()),
      frames_{&tree_},
      view_{&tree_},
      currency_(currency_of(tree_, program.currency)) {}

void Reading::read(const Json& json) {
  if (document_.has_currency) {
    looking_ = Looking::at_currency;
    node(document_.root, json);
    looking_ = Looking::at_all;
  }
  node(document_.root, json);
}

void Reading::read_part(NodeNo number, const Json& json) {
  const auto* part = std::get_if<List>(&program_.nodes[number].is);
  if (part == nullptr) return node(number, json);
  Json::Array entries;
  if (!json.is_array()) entries.push_back(json);
  list(*part, json.is_array() ? json : Json(std::move(entries)), true);
}

void Reading::node(NodeNo number, const Json& shown) {
  const auto& is = program_.nodes[number].is;
  if (const auto* one = std::get_if<Literal>(&is)) return literal(*one, shown);
  if (const auto* text = std::get_if<Holes>(&is)) return holes(*text, shown);
  if (const auto* map = std::get_if<Object>(&is)) return object(*map, shown);
  if (shown.is_null() && looking_ == Looking::at_all) return nothing(number);
  if (!shown.is_array() && !shown.empty() && looking_ == Looking::at_all)
    doubts_.push_back(program_.nodes[number].place.text() + ": a list is expected here, and the document holds none");
  list(std::get<List>(is), shown, false);
}

/// In what is only read, another value means another kind of document.
void Reading::literal(const Literal& literal, const Json& shown) {
  if (document_.pushed || free_of_literals_ > 0 || literal.absent || looking_ != Looking::at_all) return;
  if (!same_scalar(literal.value, shown)) skipped_ = true;
}

void Reading::holes(const Holes& holes, const Json& shown) {
  const Hole* only = nullptr;
  std::string before, behind;
  for (const auto& piece : holes.pieces) {
    if (!piece.hole) {
      (only == nullptr ? before : behind) += piece.text;
    } else if (only != nullptr) {
      return;
    } else {
      only = &program_.holes[*piece.hole];
    }
  }
  if (holes.alone() || shown.is_null()) return hole(*only, shown);
  const std::string text = shown.scalar_text();
  if (text.size() < before.size() + behind.size() || !text.starts_with(before) || !text.ends_with(behind)) return;
  hole(*only, Json(text.substr(before.size(), text.size() - before.size() - behind.size())));
}

void Reading::object(const Object& object, const Json& shown) {
  if (object.as_text && shown.is_string()) {
    const auto inside = Json::parse(shown.as_string());
    if (inside && inside->is_array()) return members(object, Json::object({{"$list", *inside}}));
    if (inside) return members(object, *inside);
    if (looking_ == Looking::at_all)
      doubts_.push_back("the text '" + shown.as_string().substr(0, 40) + "…' is no JSON: " + inside.error().what);
    return;
  }
  members(object, shown);
}

void Reading::members(const Object& object, const Json& shown) {
  const bool none = shown.is_null() && looking_ == Looking::at_all;
  if (!shown.is_object() && !none) return;
  for (const auto& [key, number] : object.members) {
    if (none) {
      nothing(number);
    } else if (const Json* value = shown.find(key)) {
      node(number, *value);
    }
  }
  for (const NodeNo number : object.read) members(std::get<Object>(program_.nodes[number].is), shown);
  if (!none) branch(object, shown);
}

void Reading::branch(const Object& object, const Json& shown) {
  for (const Object::Branch& each : object.one) {
    const auto& body = std::get<Object>(program_.nodes[each.node].is);
    if (!claims(program_, body, shown)) continue;
    ++free_of_literals_;
    members(body, shown);
    --free_of_literals_;
    if (looking_ != Looking::at_all) return;
    for (const Path& path : each.denied) {
      if (path.frame < frames_.size()) erase_at(*frames_[path.frame], path);
    }
    return;
  }
}

/// The platform says that here is nothing.
void Reading::nothing(NodeNo number) {
  const auto& is = program_.nodes[number].is;
  if (const auto* text = std::get_if<Holes>(&is)) {
    for (const auto& piece : text->pieces) {
      if (piece.hole) hole(program_.holes[*piece.hole], Json());
    }
  } else if (const auto* map = std::get_if<Object>(&is)) {
    members(*map, Json());
  } else if (const auto* entries = std::get_if<List>(&is)) {
    for (const List::Entry& each : entries->entries) {
      if (!each.loop) {
        nothing(each.body);
      } else if (!each.loop->list.through) {
        erase_at(*frames_[each.loop->list.frame], each.loop->list);
      }
    }
  }
}

void Reading::hole(const Hole& hole, const Json& shown) {
  if (!hole.readable) return;
  if (looking_ == Looking::at_currency) {
    if (hole.currency) set_currency(shown);
    return;
  }
  if (looking_ == Looking::at_identity && !hole.identity) return;
  if (looking_ == Looking::at_all) {
    const Spelt ours = spell_hole(hole, view_, currency_);
    if (ours.value && !shown.is_null() && same(hole, *ours.value, shown)) return;
    if (hole.currency && !shown.empty() && tree_.find("currency") == nullptr)
      return doubt(hole, "'" + shown.scalar_text() + "' is no currency");
    if (hole.currency && !shown.empty()) {
      return doubt(hole, "'" + shown.scalar_text() + "' is another currency than " + currency_.code + "; amounts are never converted");
    }
  }
  store(hole, undo(hole, shown, currency_), shown);
}

/// Before anything else is read; the first one counts, the others are compared with it.
void Reading::set_currency(const Json& shown) {
  if (tree_.find("currency") != nullptr || !shown.is_string()) return;
  if (auto currency = Currency::parse(shown.as_string())) {
    currency_ = *currency;
    tree_.set("currency", Json(currency->code));
  }
}

void Reading::store(const Hole& hole, Understood understood, const Json& shown) {
  const Path& path = hole.path;
  if (understood.is == Understood::Is::value && is_lossy(hole.filters)) {
    const Spelt again = apply(hole.filters, understood.value, currency_);
    if (!again.value || !same(hole, *again.value, shown)) return;
  }
  if (understood.is == Understood::Is::value) understood = fitted(path, std::move(understood.value));
  switch (understood.is) {
    case Understood::Is::none:
      erase_at(*frames_[path.frame], path);
      return;
    case Understood::Is::value:
      store_at(*frames_[path.frame], path, std::move(understood.value));
      return;
    case Understood::Is::unclear:
      if (!understood.problem.empty() && looking_ == Looking::at_all) doubt(hole, understood.problem);
  }
}

Read Reading::finish() {
  put_together(tree_, currency_of(tree_, program_.currency), doubts_);
  if (doubts_.size() > most_doubts) doubts_.resize(most_doubts);
  if (document_.kind == "order" && tree_.find("currency") == nullptr && !program_.currency.empty())
    tree_.set("currency", Json(program_.currency));
  return {.tree = std::move(tree_), .doubts = std::move(doubts_), .skipped = skipped_};
}

void Reading::doubt(const Hole& hole, const std::string& what) {
  if (doubts_.size() < most_doubts) doubts_.push_back(hole.path.canonical + ": " + what);
}

bool claims(const Program& program, const Object& object, const Json& shown) {
  if (!shown.is_object()) return false;
  bool hit = false, any = false;
  const auto agree = [&](const Object& each, const auto& again) -> bool {
    for (const auto& [key, number] : each.members) {
      const Json* there = shown.find(key);
      const auto* literal = std::get_if<Literal>(&program.nodes[number].is);
      if (literal != nullptr && !literal->setting) {
        if (there == nullptr || !same_scalar(literal->value, *there)) return false;
        continue;
      }
      any = true;
      hit = hit || there != nullptr;
      if (literal != nullptr && !literal->absent && there != nullptr && !same_scalar(literal->value, *there)) return false;
    }
    for (const NodeNo number : each.read) {
      if (!again(std::get<Object>(program.nodes[number].is), again)) return false;
    }
    return true;
  };
  return agree(object, agree) && (hit || !any);
}

}  // namespace tally::mapping
