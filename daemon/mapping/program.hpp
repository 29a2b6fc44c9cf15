// What the text of a mapping is compiled into: nodes in one vector that name each other by number, with every path resolved against the
// model.
#pragma once

#include "base/complaint.hpp"
#include "base/json.hpp"
#include "model/type.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace tally::mapping {

/// Limits of one mapping, and of one document that is written or read.
inline constexpr std::size_t most_nodes = 20'000;
inline constexpr std::size_t most_filters = 12;
inline constexpr std::size_t most_extends = 8;
inline constexpr std::size_t most_rows = 200'000;         ///< of one table
inline constexpr std::size_t most_written = 1'000'000;    ///< values in one document
inline constexpr std::size_t most_entries_read = 10'000;  ///< of one list: the model holds no more
inline constexpr std::size_t most_doubts = 100;           ///< of one document

/// One step of a path through the tree.
struct Step {
  enum class Kind : std::uint8_t {
    field,     ///< the member `name`, remote ids included
    each,      ///< every entry of a list: the value is a list from here on
    place,     ///< the entry at `place`, from 0
    named,     ///< the entry whose member `name` is `name`
    variant,   ///< the only variant of a product without options
    category,  ///< the first of `categories`
  };
  Kind kind = Kind::field;
  std::string name;
  std::size_t place = 0;
};
using Steps = std::vector<Step>;

/// The product or variant that a price or a quantity belongs to: where its `@known` is looked for.
struct Holder {
  std::size_t frame = 0;
  Steps steps;
};

/// A place in the model's tree. Frame 0 is the document's own thing, the others are the entries of the loops around, from the outermost.
struct Path {
  std::string text;       ///< as it stands in the file
  std::string canonical;  ///< from the document's thing, through the loops: "variants.sku"
  std::size_t frame = 0;
  Steps steps;
  tally::Kind kind = tally::Kind::text;  ///< of the value, or of each entry of a list
  const Type* type = nullptr;            ///< of the value as a whole; nothing for remote ids
  bool list = false;
  bool ordered = true;   ///< of a list: the order of its entries says something
  bool through = false;  ///< goes through a list
  bool remote = false;   ///< a remote id
  bool part = false;     ///< one of the two parts of an amount or a measure
  Aspect aspect = Aspect::content;
  std::optional<Holder> holder;
};

struct Expression {
  enum class Op : std::uint8_t {
    literal,
    path,
    coalesce,
    add,
    subtract,
    multiply,
    divide,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    conjunction,
    disjunction,
    negation
  };
  Op op = Op::literal;
  tally::Kind kind = tally::Kind::text;
  Json literal;  ///< null: a setting that the channel does not have, so never a value
  Path path;
  std::vector<Expression> parts;
};

/// A closed vocabulary: our word to the platform's spellings, of which the first is written and all are read.
class Table {
 public:
  struct Row {
    std::string ours;
    std::vector<Json> spellings;
    Place place;
  };
  Table(std::string name, Place place, bool of_channel) : name(std::move(name)), place(std::move(place)), of_channel(of_channel) {}
  void add(Row row);
  const Json* spelling(std::string_view ours) const;    ///< nothing: it has none
  const std::string* ours(const Json& spelling) const;  ///< the first row that has it; text and number alike
  const std::vector<Row>& rows() const { return rows_; }

  const std::string name;
  const Place place;
  const bool of_channel;  ///< to be filled by the channel's file

 private:
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::size_t> by_ours_;
  std::unordered_map<std::string, std::string> by_spelling_;
};
using Tables = std::map<std::string, std::shared_ptr<const Table>, std::less<>>;

struct Filter {
  enum class Kind : std::uint8_t {
    decimal,
    text,
    time,
    join,
    cut,
    plain,
    upper,
    number,
    minor,
    integer,
    negate,
    unit,
    table,
    locale,
    blank,
    otherwise,
    required
  };
  Kind kind = Kind::text;
  std::optional<int> digits;  ///< of decimal; characters of cut
  std::string word;           ///< the separator, the way of time, the unit, the locale; an empty unit: the channel's setting is missing
  Json value;                 ///< of blank and default
  std::shared_ptr<const Table> table;
};
using Filters = std::vector<Filter>;

struct Hole {
  std::string text;  ///< what stands between the braces
  Place place;
  Path path;                             ///< of a plain hole
  std::optional<Expression> expression;  ///< of any other: only written
  Filters filters;
  bool under_push = false;
  bool under_read = false;
  bool readable = true;
  bool comparable = true;                            ///< said when the thing is spelt for comparing
  bool identity = false;                             ///< the id or the key of the list entry that it stands in
  bool currency = false;                             ///< the currency of the whole document
  std::vector<std::shared_ptr<const Table>> beside;  ///< the tables by which other holes read the same place
  std::string one_way;                               ///< why it cannot (always) be read
};

using NodeNo = std::uint32_t;
using HoleNo = std::uint32_t;

struct Literal {
  Json value;
  bool setting = false;  ///< of the channel's file
  bool absent = false;   ///< a setting that the file does not have: neither written nor asked for
};

/// A scalar with holes: one alone keeps its type, with anything around it is text.
struct Holes {
  struct Piece {
    std::string text;
    std::optional<HoleNo> hole;
  };
  std::vector<Piece> pieces;
  bool alone() const { return pieces.size() == 1; }
};

struct Object {
  struct Member {
    std::string key;
    NodeNo node = 0;
  };
  struct Branch {
    std::optional<Expression> condition;
    std::vector<Path> denied;  ///< what the condition says is not there: so it is, when this branch has been read
    NodeNo node = 0;
    Place place;
  };
  std::optional<Expression> condition;
  bool as_text = false;  ///< $text: json
  std::vector<Member> members;
  std::vector<NodeNo> push;
  std::vector<NodeNo> read;
  std::vector<Branch> one;
};

struct List {
  struct Loop {
    Path list;
    std::size_t frame = 0;  ///< of its entries
    bool scalar = false;
    std::string key;  ///< by which its entries pair; empty: by @id only
  };
  struct Entry {
    std::optional<Loop> loop;
    NodeNo body = 0;
  };
  std::vector<Entry> entries;
};

struct Node {
  std::variant<Literal, Holes, Object, List> is;
  Place place;
};

struct Document {
  std::string kind;
  const Type* type = nullptr;
  NodeNo root = 0;
  Place place;
  bool pushed = false;                                            ///< this kind is written
  bool read = false;                                              ///< this kind is read
  bool has_aspects = false;                                       ///< price and stock holes are said only for what is new
  bool has_currency = false;                                      ///< it reads a currency for all its amounts
  std::map<std::string, std::vector<NodeNo>, std::less<>> parts;  ///< "variations", "order_detail/product_infos": every node of that place
};

struct Program {
  std::vector<Node> nodes;
  std::vector<Hole> holes;
  std::map<std::string, Document, std::less<>> documents;
  Tables tables;
  std::string currency;  ///< of amounts that say none
};

}  // namespace tally::mapping
