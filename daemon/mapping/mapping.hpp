// A platform's documents with our fields in their places (mappings/README.md). Compiled once from YAML;
// the same text fills documents and reads them.
#pragma once

#include "base/complaint.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "model/type.hpp"
#include "yaml/yaml.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::mapping {

/// What a channel adds to a mapping.
struct ChannelContext {
  Json settings = Json::object();  ///< what `${channel.x}` means: the channel's own settings (weight_unit, currency, locale, …)
  std::optional<yaml::Node>
      overlay;  ///< the channel file's own `mapping:` block or `tables:`, in the form of a mapping file that extends this one
  std::string currency = "EUR";  ///< of amounts that say none
};

/// Finds the text of the mapping `NAME` for `extends:`; nothing if there is none.
using FindText = std::function<std::optional<std::string>(std::string_view name)>;

enum class Say {
  everything,  ///< a thing that the channel does not have yet: price and stock too
  content,     ///< an update: price and stock holes are not said for what carries `@known: true`
};

struct Push {
  Json document;  ///< null: it comes to nothing, there is nothing to send
  bool empty() const { return document.is_null(); }
};

struct Read {
  Json tree;                        ///< the model's tree with remote ids: `known` with what the document says on top
  std::vector<std::string> doubts;  ///< values that a table does not know, amounts in another currency, …: path and value in words
  bool skipped = false;             ///< a literal outside lists differs: another kind of document
};

/// Immutable after compile; any thread.
class Mapping {
 public:
  /// Compiles `text` (and what it extends, and the overlay) and checks it whole against the model. Nothing if there were complaints.
  static std::shared_ptr<const Mapping> compile(std::string_view name, std::string_view text, const std::string& file,
                                                const ChannelContext& context, const FindText& find, Complaints& complaints);
  virtual ~Mapping() = default;

  virtual bool has(std::string_view document) const = 0;
  virtual std::vector<std::string> documents() const = 0;
  /// Fills `document` from the tree. `part` names a list inside it ("variations"): then an array of only those entries.
  virtual Result<Push> push(std::string_view document, const Json& fields, Say say) const = 0;
  /// Reads `json` on top of `known` (null: nothing is known).
  virtual Result<Read> read(std::string_view document, const Json& json, const Json& known) const = 0;
  /// The filled holes of the content aspect only, ids and `$push` parts left out: for comparing what we would say with what is shown.
  virtual Json spell(std::string_view document, const Json& fields) const = 0;
  /// Which list of `document` the part ("listing/variations") stands for, as a path in the model: "variants".
  /// Empty if there is no such part.
  virtual std::string list_of(std::string_view document, std::string_view part) const = 0;
  /// Our words that the table has a spelling for, sorted; none if there is no such table.
  virtual std::vector<std::string> words_of(std::string_view table) const = 0;

  /// Runs the file's own `tests:`. One complaint a failure.
  virtual Complaints run_tests() const = 0;
  /// Holes that can only be written, with the reason: for `check`.
  virtual std::vector<std::string> one_way_holes() const = 0;
};

/// Filters one value outside a document ("${since | time epoch}" in connector files). `spec` is the text behind the first '|', possibly
/// several filters.
Result<Json> apply_filters(std::string_view spec, const Json& value);

/// A small template with `${path | filter}` holes as in connector files: no `$` keys, no expressions. A map entry with an empty hole is
/// left out; a scalar that is one hole keeps its type; text around holes makes text.
class Template {
 public:
  /// Complains where a hole is malformed or names an unknown filter.
  static std::optional<Template> compile(const yaml::Node& node, Complaints& complaints);
  /// Looks `path`s up in `names` ("@id", "listing.@id", "since"). Nothing: the whole came to nothing (it has holes and none was filled).
  std::optional<Json> fill(const std::function<const Json*(std::string_view path)>& names) const;

 private:
  struct Piece;
  std::shared_ptr<const Piece> root_;
};

}  // namespace tally::mapping
