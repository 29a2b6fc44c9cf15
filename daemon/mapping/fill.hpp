// Filling the holes of a document from the model's tree.
#pragma once

#include "mapping/filter.hpp"
#include "mapping/mapping.hpp"
#include "mapping/place.hpp"
#include "mapping/program.hpp"

#include <set>

namespace tally::mapping {

/// What the document is filled for.
enum class As {
  push,      ///< as it is sent
  shown,     ///< as the platform shows it: $read in the place of $push
  spelling,  ///< for comparing: content only, without ids, only what we can make so
};

/// A hole's value as it is spelt.
Spelt spell_hole(const Hole& hole, const Frames& frames, const Currency& currency);

/// The currency of the amounts in a tree: its own, else the channel's.
Currency currency_of(const Json& tree, const std::string& channel);

class Filler {
 public:
  /// `without`: nodes that are left out, with what stands in them.
  Filler(const Program& program, const Document& document, As as, Say say, std::set<NodeNo> without = {});

  /// Nothing: the document comes to nothing. An error (`rejected`): the channel needs a value that is not there.
  Result<std::optional<Json>> fill(const Json& fields);

 private:
  /// `holes` and `filled` decide whether an object is left out with its literals.
  struct Outcome {
    std::optional<Json> value;
    std::size_t holes = 0, filled = 0;
  };
  Outcome node(NodeNo number);
  Outcome holes(const Holes& holes);
  Outcome object(const Object& object);
  Outcome list(const List& list);
  void add_members(const Object& object, Json& out, Outcome& sum);
  void merge(NodeNo number, Json& out, Outcome& sum);
  void loop(const List::Entry& entry, Json::Array& out, Outcome& sum);

  enum class Said { no, none, yes };
  Said value_of(const Hole& hole, Json& out);
  bool is_said(Aspect aspect, const std::optional<Holder>& holder) const;
  void refuse(const Hole& hole, std::string what);

  const Program& program_;
  const Document& document_;
  const As as_;
  const Say say_;
  const std::set<NodeNo> without_;
  Frames frames_;
  Currency currency_;
  std::size_t written_ = 0;
  std::optional<Error> refusal_;
};

}  // namespace tally::mapping
