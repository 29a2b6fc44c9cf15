// From the tree of a mapping file to its program, complaining of everything that is wrong with it at once.
#pragma once

#include "mapping/mapping.hpp"
#include "mapping/program.hpp"
#include "mapping/scope.hpp"
#include "mapping/syntax.hpp"

#include <memory>

namespace tally::mapping {

/// `root` is complete: what it extends and the channel's overlay are merged in already. The program is only fit for use if nothing was
/// complained of.
std::shared_ptr<const Program> compile_program(const yaml::Node& root, const Json& settings, const std::string& currency,
                                               Complaints& complaints);

class Compiler {
 public:
  Compiler(const yaml::Node& root, const Json& settings, Complaints& complaints)
      : root_(root), settings_(settings), complaints_(complaints) {}
  std::shared_ptr<Program> run(const std::string& currency);

 private:
  struct Around {
    bool push = false, read = false;  ///< inside $push, inside $read
    int lists = 0;
    std::vector<std::string> keys;       ///< from the document's root, while outside lists
    std::vector<std::string> list_keys;  ///< of the loops around, by which their entries pair
  };

  void tables();
  void table(const std::string& name, const yaml::Node& node);
  void document(const std::string& kind, const Place& key_place, const yaml::Node& node);

  NodeNo node(const yaml::Node& node);
  NodeNo scalar(const yaml::Node& node);
  NodeNo object(const yaml::Node& node, bool in_list);
  NodeNo branch_body(const yaml::Node& node);
  NodeNo list(const yaml::Node& node);
  NodeNo add(Node node);
  void member(Object& object, const yaml::Node::Member& member);
  void dollar(Object& object, const yaml::Node::Member& member, bool in_list);
  void one_way(std::vector<NodeNo>& out, const yaml::Node& node, bool push);
  void branches(Object& object, const yaml::Node& node);
  List::Entry loop_entry(const yaml::Node& node, const yaml::Node& loop);
  void know_tables_beside(const Object& object);

  /// A hole; or, where it speaks of the channel only, what it comes to.
  struct Settled {
    std::optional<HoleNo> hole;
    std::optional<Json> setting;
    bool failed = false;
  };
  Settled hole(const std::string& text, const Place& place);
  std::optional<Expression> expression(std::string_view text, const Place& place);
  std::optional<Expression> name_in_expression(std::string_view name, const Place& place);
  std::optional<Json> setting(std::string_view name) const;
  void mark(Hole& hole);
  void check_kinds(const Hole& hole);

  void check_document(Document& document, HoleNo first);
  void check_tables(const Document& document, const Hole& hole);
  void check_required(const Document& document, HoleNo first);
  void check_branches(const Object& object);
  void mark_comparable(HoleNo first);

  void complain(const Place& place, std::string what, std::string hint = {}) {
    complaints_.push_back({place, std::move(what), std::move(hint)});
  }

  const yaml::Node& root_;
  const Json& settings_;
  Complaints& complaints_;
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
  Document* document_ = nullptr;
  std::unique_ptr<Scope> scope_;
  Around around_;
  std::vector<std::string> read_lists_;  ///< canonical paths of the document's loops that can be read
};

/// What a text asks of an entry or a document before it claims it, or before a branch is taken.
struct Claim {
  std::vector<std::pair<std::string, Json>> literals;
  std::vector<std::string> places;
};
Claim claim_of(const Program& program, const Object& object);

}  // namespace tally::mapping
