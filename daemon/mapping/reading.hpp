// Reading a document on top of what is known.
#pragma once

#include "mapping/fill.hpp"

#include <set>
#include <string>
#include <vector>

namespace tally::mapping {

class Reading {
 public:
  Reading(const Program& program, const Document& document, const Json& known);
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  /// A whole document.
  void read(const Json& json);
  /// One list of the document, or a single entry of it; our entries that it does not have stay.
  void read_part(NodeNo list, const Json& json);
  /// Puts amounts and measures together. Call once, at the end.
  Read finish();

 private:
  enum class Looking {
    at_all,
    at_currency,  ///< only at the currency of the document, which amounts need to be read
    at_identity,  ///< only at the id and the key of a list's entry
  };

  void node(NodeNo number, const Json& shown);
  void literal(const Literal& literal, const Json& shown);
  void holes(const Holes& holes, const Json& shown);
  void object(const Object& object, const Json& shown);
  void members(const Object& object, const Json& shown);
  void branch(const Object& object, const Json& shown);
  void nothing(NodeNo number);

  void hole(const Hole& hole, const Json& shown);
  void set_currency(const Json& shown);
  void store(const Hole& hole, Understood understood, const Json& shown);
  void doubt(const Hole& hole, const std::string& what);

  struct Gathered;
  void list(const List& list, const Json& shown, bool partial);
  void plain_entries(const List& list, const Json::Array& shown, std::vector<bool>& claimed);
  void loop_entries(const List& list, const Json::Array& shown, std::vector<bool>& claimed, bool partial);
  void entry(const List::Entry& entry, const Json& shown, Gathered& gathered);
  void settle(const List::Loop& loop, Gathered& gathered, bool partial);

  const Program& program_;
  const Document& document_;
  Json tree_;
  std::vector<Json*> frames_;
  Frames view_;  ///< the same, for looking
  Currency currency_;
  Looking looking_ = Looking::at_all;
  int free_of_literals_ = 0;  ///< inside lists and branches, where a literal has done its work already
  std::vector<std::string> doubts_;
  bool skipped_ = false;
};

/// Whether a text with these literals and places speaks of `shown`.
bool claims(const Program& program, const Object& object, const Json& shown);

}  // namespace tally::mapping
