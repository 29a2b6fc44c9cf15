#include "mapping/compile.hpp"

#include <algorithm>
#include <set>

namespace tally::mapping {
namespace {

const std::set<std::string_view> pushed_kinds{"listing", "price",  "stock",    "shipment", "shipped",
                                              "cancel",  "refund", "category", "image",    "parcel"};
const std::set<std::string_view> read_kinds{"listing", "order", "level", "event", "parcel"};

}  // namespace

std::shared_ptr<const Program> compile_program(const yaml::Node& root, const Json& settings, const std::string& currency,
                                               Complaints& complaints) {
  return Compiler(root, settings, complaints).run(currency);
}

std::shared_ptr<Program> Compiler::run(const std::string& currency) {
  program_->currency = currency;
  if (!root_.is_map()) {
    complain(root_.place, "a mapping is a map of documents", "mapping: NAME, then tables: and the documents");
    return program_;
  }
  tables();
  static const std::vector<std::string> others{"mapping", "extends", "tables", "tests"};
  for (const auto& [key, key_place, value] : root_.members) {
    if (std::find(others.begin(), others.end(), key) != others.end()) continue;
    if (type_of_document(key) != nullptr) {
      document(key, key_place, value);
      continue;
    }
    std::vector<std::string> known = document_kinds();
    known.insert(known.end(), others.begin(), others.end());
    complain(key_place, "there is no kind of document '" + key + "'", did_you_mean(key, known));
  }
  return program_;
}

void Compiler::tables() {
  const yaml::Node* tables = root_.find("tables");
  if (tables == nullptr || tables->is_null()) return;
  if (!tables->is_map()) return complain(tables->place, "tables: is a map of tables");
  for (const auto& [name, key_place, value] : tables->members) {
    if (value.is_scalar() && value.scalar == "channel") {
      program_->tables.emplace(name, std::make_shared<Table>(name, value.place, true));
    } else if (value.is_map()) {
      table(name, value);
    } else {
      complain(value.place, "the table '" + name + "' is a map of our words to the platform's, or the word channel");
    }
  }
}

void Compiler::table(const std::string& name, const yaml::Node& node) {
  auto table = std::make_shared<Table>(name, node.place, false);
  if (node.members.size() > most_rows)
    complain(node.place, "the table '" + name + "' has more than " + std::to_string(most_rows) + " rows");
  for (const auto& [ours, key_place, value] : node.members) {
    Table::Row row{.ours = ours, .spellings = {}, .place = key_place};
    if (value.is_map()) {
      complain(value.place, "'" + ours + "' in the table '" + name + "': one spelling or a list of them is expected");
      continue;
    }
    if (value.is_list()) {
      for (const yaml::Node& each : value.items) row.spellings.push_back(each.to_json());
    } else {
      row.spellings.push_back(value.to_json());
    }
    if (row.spellings.empty()) complain(value.place, "'" + ours + "' in the table '" + name + "' has no spelling");
    table->add(std::move(row));
  }
  program_->tables.emplace(name, std::move(table));
}

void Compiler::document(const std::string& kind, const Place& key_place, const yaml::Node& node) {
  Document& made = program_->documents[kind];
  made.kind = kind;
  made.type = type_of_document(kind);
  made.place = key_place;
  made.pushed = pushed_kinds.contains(kind);
  made.read = read_kinds.contains(kind);
  made.has_aspects = kind == "listing";
  document_ = &made;
  scope_ = std::make_unique<Scope>(*made.type, made.has_aspects);
  around_ = {};
  read_lists_.clear();
  const auto first = static_cast<HoleNo>(program_->holes.size());
  if (!node.is_map()) {
    complain(node.place, "the document '" + kind + "' is a map, such as the platform's manual shows it");
    return;
  }
  made.root = object(node, false);
  check_document(made, first);
}

NodeNo Compiler::add(Node node) {
  if (program_->nodes.size() == most_nodes) complain(node.place, "the mapping has more than " + std::to_string(most_nodes) + " nodes");
  program_->nodes.push_back(std::move(node));
  return static_cast<NodeNo>(program_->nodes.size() - 1);
}

NodeNo Compiler::node(const yaml::Node& node) {
  if (node.is_map()) return object(node, false);
  if (node.is_list()) return list(node);
  return scalar(node);
}

NodeNo Compiler::object(const yaml::Node& node, bool in_list) {
  Object object;
  for (const auto& each : node.members) {
    if (each.key.starts_with("$$") || !each.key.starts_with('$')) {
      member(object, each);
    } else {
      dollar(object, each, in_list);
    }
  }
  const bool is_list =
      std::any_of(object.members.begin(), object.members.end(), [](const Object::Member& each) { return each.key == "$list"; });
  if (is_list && (!object.as_text || object.members.size() > 1 || !object.push.empty() || !object.read.empty() || !object.one.empty())) {
    complain(node.place, "$list: stands alone beside $text: json");
  }
  know_tables_beside(object);
  check_branches(object);
  return add({std::move(object), node.place});
}

void Compiler::member(Object& object, const yaml::Node::Member& member) {
  std::string key = member.key.starts_with("$$") ? member.key.substr(1) : member.key;
  if (key.find("${") != std::string::npos) complain(member.key_place, "a key cannot have holes");
  around_.keys.push_back(key);
  const NodeNo made = node(member.value);
  if (around_.lists == 0) {
    std::string part;
    for (const std::string& each : around_.keys) part += (part.empty() ? "" : "/") + each;
    document_->parts[part].push_back(made);
  }
  around_.keys.pop_back();
  object.members.push_back({std::move(key), made});
}

void Compiler::dollar(Object& object, const yaml::Node::Member& member, bool in_list) {
  const auto& [key, key_place, value] = member;
  if (key == "$push") {
    one_way(object.push, value, true);
  } else if (key == "$read") {
    one_way(object.read, value, false);
  } else if (key == "$one") {
    branches(object, value);
  } else if (key == "$if") {
    if (!value.is_scalar()) return complain(value.place, "$if: takes one condition");
    object.condition = expression(value.scalar, value.place);
  } else if (key == "$text") {
    if (!value.is_scalar() || value.scalar != "json") return complain(value.place, "$text: knows one form, json");
    object.as_text = true;
  } else if (key == "$list") {
    this->member(object, member);  // the text is this list, not an object
  } else if (key == "$for") {
    if (!in_list) complain(key_place, "$for stands in the entries of lists only", "write [ { $for: x in list, ... } ]");
  } else {
    static const std::vector<std::string> known{"$push", "$read", "$one", "$if", "$text", "$list", "$for"};
    std::string hint = did_you_mean(key, known);
    complain(key_place, "there is no '" + key + "'", hint.empty() ? "inside {} and [] a hole needs \"quotes\"; $$ is a dollar sign" : hint);
  }
}

void Compiler::one_way(std::vector<NodeNo>& out, const yaml::Node& node, bool push) {
  bool& side = push ? around_.push : around_.read;
  const bool before = side;
  side = true;
  if (node.is_map()) {
    out.push_back(object(node, false));
  } else if (node.is_list() && !push) {
    for (const yaml::Node& each : node.items) {
      if (each.is_map()) {
        out.push_back(object(each, false));
      } else {
        complain(each.place, "$read: is an object or a list of objects");
      }
    }
  } else {
    complain(node.place, push ? "$push: is an object" : "$read: is an object or a list of objects");
  }
  side = before;
}

namespace {

/// What must be absent for the condition to hold: x and y of "not x and not y".
void collect_denied(const Expression& condition, std::vector<Path>& out) {
  if (condition.op == Expression::Op::conjunction) {
    for (const Expression& part : condition.parts) collect_denied(part, out);
  } else if (condition.op == Expression::Op::negation && condition.parts[0].op == Expression::Op::path) {
    const Path& path = condition.parts[0].path;
    if (!path.through && !path.steps.empty()) out.push_back(path);
  }
}

}  // namespace

void Compiler::branches(Object& object, const yaml::Node& node) {
  if (!node.is_list() || node.items.empty()) return complain(node.place, "$one: is a list of objects, of which one is taken");
  for (const yaml::Node& each : node.items) {
    if (!each.is_map()) {
      complain(each.place, "a branch of $one: is an object");
      continue;
    }
    Object::Branch branch{.condition = std::nullopt, .denied = {}, .node = 0, .place = each.place};
    if (const yaml::Node* condition = each.find("$if"); condition != nullptr && condition->is_scalar()) {
      branch.condition = expression(condition->scalar, condition->place);
      if (branch.condition) collect_denied(*branch.condition, branch.denied);
    }
    branch.node = branch_body(each);
    object.one.push_back(std::move(branch));
  }
}

/// Without its $if, which belongs to the branch: reading does not ask it.
NodeNo Compiler::branch_body(const yaml::Node& node) {
  yaml::Node body = node;
  std::erase_if(body.members, [](const auto& member) { return member.key == "$if" && member.value.is_scalar(); });
  return object(body, false);
}

NodeNo Compiler::list(const yaml::Node& node) {
  List list;
  ++around_.lists;
  for (const yaml::Node& each : node.items) {
    if (each.is_list()) complain(each.place, "a list directly in a list is not known; write an object with a list");
    const yaml::Node* loop = each.find("$for");
    if (loop != nullptr) {
      list.entries.push_back(loop_entry(each, *loop));
    } else {
      list.entries.push_back({std::nullopt, each.is_map() ? object(each, true) : scalar(each)});
    }
  }
  --around_.lists;
  return add({std::move(list), node.place});
}

List::Entry Compiler::loop_entry(const yaml::Node& node, const yaml::Node& loop) {
  const auto in = loop.scalar.find(" in ");
  const std::string name = loop.is_scalar() ? trimmed(loop.scalar.substr(0, in)) : std::string();
  const bool plain = !name.empty() && name.find_first_of(" .@'${}|") == std::string::npos;
  List::Entry entry;
  if (!plain || in == std::string::npos) {
    complain(loop.place, "$for: reads like 'v in variants'");
    return entry;
  }
  auto path = scope_->resolve(trimmed(loop.scalar.substr(in + 4)), loop.place, complaints_);
  if (!path) return entry;
  if (!path->list || path->type == nullptr) {
    complain(loop.place, "'" + path->text + "' is no list");
    return entry;
  }
  const Type& item = path->through && path->type->kind != Kind::list ? *path->type : *path->type->item;
  List::Loop made{.list = *path, .frame = 0, .scalar = item.kind != Kind::object, .key = path->through ? std::string() : path->type->key};
  if (path->through && path->type->kind != Kind::list) {
    complain(loop.place, "a loop over '" + path->text + "', which is not one list, is not possible; loop over the outer list first");
    return entry;
  }
  if (!path->through && !around_.push) read_lists_.push_back(path->canonical);
  made.frame = scope_->enter(name, *path);
  around_.list_keys.push_back(made.key);
  entry.loop = std::move(made);
  entry.body = object(node, true);
  around_.list_keys.pop_back();
  scope_->leave();
  return entry;
}

/// One place read by several tables ($read): what one of them does not know, another may.
void Compiler::know_tables_beside(const Object& object) {
  std::map<std::string, std::vector<HoleNo>> readers;
  const auto collect = [&](const Object& each) {
    for (const auto& [key, node] : each.members) {
      const auto* holes = std::get_if<Holes>(&program_->nodes[node].is);
      if (holes != nullptr && holes->alone() && holes->pieces[0].hole) readers[key].push_back(*holes->pieces[0].hole);
    }
  };
  collect(object);
  for (const NodeNo node : object.read) collect(std::get<Object>(program_->nodes[node].is));
  for (const auto& [key, holes] : readers) {
    for (const HoleNo one : holes) {
      for (const HoleNo other : holes) {
        if (one == other) continue;
        for (const Filter& filter : program_->holes[other].filters) {
          if (filter.table) program_->holes[one].beside.push_back(filter.table);
        }
      }
    }
  }
}

}  // namespace tally::mapping
