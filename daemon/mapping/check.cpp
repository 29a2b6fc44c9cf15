// What is checked of a document beyond its grammar: kinds of values, tables, branches, and what it must read.
#include "mapping/compile.hpp"

#include <algorithm>
#include <set>

namespace tally::mapping {
namespace {

using FK = Filter::Kind;

bool is_number(Kind kind) {
  return kind == Kind::integer || kind == Kind::decimal;
}

/// Whether a filter can be given such a value, and what it makes of it.
struct Passage {
  bool accepts;
  Kind makes;
  std::string_view wants;
};
Passage passage(FK filter, Kind kind) {
  switch (filter) {
    case FK::decimal:
      return {is_number(kind) || kind == Kind::money, Kind::text, "a number or an amount"};
    case FK::number:
      return {is_number(kind) || kind == Kind::money || kind == Kind::text, Kind::decimal, "a number or an amount"};
    case FK::integer:
      return {is_number(kind), Kind::integer, "a number"};
    case FK::negate:
      return {is_number(kind) || kind == Kind::money, kind, "a number or an amount"};
    case FK::minor:
      return {is_number(kind) || kind == Kind::money, Kind::integer, "an amount"};
    case FK::text:
      return {is_number(kind) || kind == Kind::text || kind == Kind::boolean || kind == Kind::choice, Kind::text,
              "text, a number or a boolean"};
    case FK::time:
      return {kind == Kind::time, Kind::text, "a time"};
    case FK::join:
      return {is_number(kind) || kind == Kind::text || kind == Kind::choice, Kind::text, "a list of texts"};
    case FK::cut:
    case FK::plain:
    case FK::upper:
    case FK::locale:
      return {kind == Kind::text, Kind::text, "text"};
    case FK::unit:
      return {kind == Kind::measure, Kind::decimal, "a measure"};
    case FK::table:
      return {is_number(kind) || kind == Kind::text || kind == Kind::boolean || kind == Kind::choice, Kind::text, "a word"};
    case FK::blank:
    case FK::otherwise:
    case FK::required:
      return {true, kind, {}};
  }
  return {true, kind, {}};
}

std::string_view way_to_spell(Kind kind) {
  switch (kind) {
    case Kind::money:
      return "an amount is spelt by `decimal`, `minor` or `number`";
    case Kind::time:
      return "a time is spelt by `time iso`, `time naive`, `time epoch`, `time epoch_ms`, `time http` or `time +08:00`";
    case Kind::measure:
      return "a measure is spelt by `unit`, or by its .value and .unit";
    case Kind::object:
      return "it is a thing with parts: name one of them, or loop over it with $for";
    default:
      return {};
  }
}

}  // namespace

void Compiler::check_kinds(const Hole& hole) {
  Kind kind = hole.path.kind;
  bool list = hole.path.list;
  for (const Filter& filter : hole.filters) {
    const Passage through = passage(filter.kind, kind);
    const std::string name = "'" + hole.text + "': `" + std::string(name_of(filter.kind)) + "`";
    if (!through.accepts || (filter.kind == FK::join && !list)) {
      const std::string given = (list ? "a list of " : "") + std::string(tally::name_of(kind));
      return complain(hole.place, name + " needs " + std::string(through.wants) + ", and is given " + given);
    }
    if (filter.kind == FK::blank && !hole.path.steps.empty() && !hole.expression) {
      const std::string& field = hole.path.steps.back().name;
      if (field == "available" || field == "quantity" || field == "price") {
        return complain(hole.place, name + " is refused on quantities and selling prices: no value is never zero");
      }
    }
    kind = through.makes;
    if (filter.kind == FK::join) list = false;
  }
  if (const std::string_view way = way_to_spell(kind); !way.empty())
    complain(hole.place, "'" + hole.text + "' cannot be written as it is", std::string(way));
}

void Compiler::check_tables(const Document& document, const Hole& hole) {
  if (hole.path.kind != Kind::choice || hole.path.type == nullptr || hole.expression) return;
  const Type& choice = hole.path.type->kind == Kind::list ? *hole.path.type->item : *hole.path.type;
  for (std::size_t i = 0; i < hole.filters.size(); ++i) {
    if (!hole.filters[i].table) continue;
    const Table& table = *hole.filters[i].table;
    const bool caught = std::any_of(hole.filters.begin() + static_cast<std::ptrdiff_t>(i), hole.filters.end(),
                                    [](const Filter& f) { return f.kind == FK::otherwise; });
    const std::string where = "table '" + table.name + "', for '" + hole.path.text + "': ";
    for (const std::string& word : choice.choices) {
      if (!document.pushed || hole.under_read || caught || table.spelling(word) != nullptr) continue;
      complain(table.place, where + "'" + word + "' is written and has no spelling",
               table.of_channel ? "the channel's file gives it, under tables:" : "");
    }
    for (const Table::Row& row : table.rows()) {
      if (std::find(choice.choices.begin(), choice.choices.end(), row.ours) != choice.choices.end()) continue;
      complain(row.place, where + "'" + row.ours + "' is no word of ours", did_you_mean(row.ours, choice.choices));
    }
  }
}

void Compiler::check_required(const Document& document, HoleNo first) {
  std::set<std::string> read(read_lists_.begin(), read_lists_.end());
  for (HoleNo i = first; i < program_->holes.size(); ++i) {
    if (program_->holes[i].readable) read.insert(program_->holes[i].path.canonical);
  }
  const auto need = [&](const std::string& field, std::string why) {
    if (!read.contains(field)) complain(document.place, "the document '" + document.kind + "' does not read " + field, std::move(why));
  };
  if (document.kind == "order") {
    need("@id", "an order is known by the platform's id");
    need("changed_at", "without it the newer of two readings cannot be told");
    need("lines", {});
    need("total", "the amounts of an order are checked against it");
    if (program_->currency.empty()) need("currency", "or the channel's file says `currency:`");
  } else if (document.kind == "listing" && !read.contains("variants.sku")) {
    need("@id", "or the variants' sku, where the platform has no id of its own");
  }
}

Claim claim_of(const Program& program, const Object& object) {
  Claim claim;
  const auto add = [&](const Object& each) {
    for (const auto& [key, node] : each.members) {
      const auto* literal = std::get_if<Literal>(&program.nodes[node].is);
      if (literal == nullptr || literal->setting) {
        claim.places.push_back(key);
      } else {
        claim.literals.emplace_back(key, literal->value);
      }
    }
  };
  add(object);
  for (const NodeNo node : object.read) add(std::get<Object>(program.nodes[node].is));
  return claim;
}

namespace {

/// Whether `earlier` is read wherever `later` could be.
bool shadows(const Claim& earlier, const Claim& later) {
  for (const auto& literal : earlier.literals) {
    if (std::find(later.literals.begin(), later.literals.end(), literal) == later.literals.end()) return false;
  }
  if (earlier.places.empty()) return true;
  if (later.places.empty()) return false;
  return std::all_of(later.places.begin(), later.places.end(), [&](const std::string& place) {
    return std::find(earlier.places.begin(), earlier.places.end(), place) != earlier.places.end();
  });
}

}  // namespace

void Compiler::check_branches(const Object& object) {
  const bool pushed = document_->pushed && !around_.read, read = document_->read && !around_.push;
  std::vector<Claim> claims;
  for (std::size_t i = 0; i < object.one.size(); ++i) {
    const Place& place = object.one[i].place;
    if (pushed && i > 0 && !object.one[i - 1].condition) {
      complain(place, "this branch is never written: the one before it has no $if");
    }
    claims.push_back(claim_of(*program_, std::get<Object>(program_->nodes[object.one[i].node].is)));
    if (!read) continue;
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (!shadows(claims[earlier], claims[i])) continue;
      complain(place, "this branch is never read: branch " + std::to_string(earlier + 1) + " matches whatever it would",
               "give that one a literal of its own");
      break;
    }
  }
}

/// What is only read cannot be made equal by writing; comparing it would show a difference for ever.
void Compiler::mark_comparable(HoleNo first) {
  std::set<std::string> written;
  const auto above = [](const std::string& canonical) { return canonical.substr(0, canonical.rfind('.')); };
  for (HoleNo i = first; i < program_->holes.size(); ++i) {
    if (!program_->holes[i].under_read) written.insert(program_->holes[i].path.canonical);
  }
  for (HoleNo i = first; i < program_->holes.size(); ++i) {
    Hole& hole = program_->holes[i];
    const std::string& canonical = hole.path.canonical;
    if (!hole.under_read || written.contains(canonical)) continue;
    const std::string thing = above(canonical);
    const bool reference = thing != canonical && thing != "variants" && written.contains(thing + ".@id");
    hole.comparable = reference;
  }
}

void Compiler::check_document(Document& document, HoleNo first) {
  for (HoleNo i = first; i < program_->holes.size(); ++i) check_tables(document, program_->holes[i]);
  check_required(document, first);
  mark_comparable(first);
  if (document.read) return;
  for (HoleNo i = first; i < program_->holes.size(); ++i) program_->holes[i].one_way.clear();  // nobody reads it
}

}  // namespace tally::mapping
