// YAML as people write it by hand, checked on the way in: one document, no aliases, no anchors, no merge keys, no duplicate keys, UTF-8, at
// most 1 MiB and 50 levels. Every node knows its place. YAML 1.2 core types: only true/false are booleans, 012 is text, no sexagesimals.
#pragma once

#include "base/complaint.hpp"
#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::yaml {

class Node {
 public:
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string scalar;   ///< the text of a scalar
  bool quoted = false;  ///< it was quoted: always text
  std::vector<Node> items;
  struct Member;
  std::vector<Member> members;  ///< in order of appearance, each key once
  Place place;
  bool torn = false;  ///< something in it was refused and is left out: what seems to be missing may have stood there

  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_null() const { return kind == Kind::null; }
  const Node* find(std::string_view key) const;  ///< of a map, else nothing
  std::vector<std::string> keys() const;
  /// Plain scalars by the core types (null, true, 12, 12.5, text), quoted ones as text.
  Json to_json() const;
};
struct Node::Member {
  std::string key;
  Place key_place;
  Node value;
};

/// The tree of `text`; `file` is only for the places. What is refused (an alias, a key that stands twice, …) is complained of and left out,
/// so that the caller can say what else is wrong; nothing only where the text cannot be read at all. Whoever goes on to use the tree looks
/// at the complaints first.
std::optional<Node> parse(std::string_view text, const std::string& file, Complaints& complaints);

/// Reads the members of one map, each at most once, and complains of what was not asked for: so an unknown key is never ignored.
/// All getters complain (with place and what was expected) and answer with nothing when the value is of the wrong kind; a missing key is
/// nothing without a complaint, unless `required` was called for it and the map is whole.
class Reader {
 public:
  Reader(const Node& map, std::string_view what, Complaints& complaints);
  ~Reader() = default;
  bool has(std::string_view key) const;
  const Node* node(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<Decimal> decimal(std::string_view key);
  std::optional<bool> boolean(std::string_view key);  ///< true, false, yes, no
  std::optional<Duration> duration(std::string_view key);
  /// One of `choices`, as its index; complains with "did you mean".
  std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& choices);
  std::vector<std::string> texts(std::string_view key);  ///< a list of texts, or one text
  void required(std::string_view key);
  void complain(std::string_view key, std::string what, std::string hint = {});  ///< at the key's value, or at the map
  /// Complains of every key nobody asked for, with the nearest known name. Call once, at the end.
  void finish();
  /// Every key that was asked for so far: what the map may have.
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  const Node& map_;
  std::string what_;
  Complaints& complaints_;
  std::vector<std::string> asked_;
};

}  // namespace tally::yaml
