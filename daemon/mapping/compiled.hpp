// The one implementation of Mapping, with what its tests look at.
#pragma once

#include "mapping/mapping.hpp"
#include "mapping/program.hpp"

#include <set>

namespace tally::mapping {

class Compiled final : public Mapping {
 public:
  /// `text` is the file's tree without the channel's overlay, for its own tests.
  Compiled(std::shared_ptr<const Program> program, yaml::Node text, ChannelContext context);

  bool has(std::string_view document) const override;
  std::vector<std::string> documents() const override;
  Result<Push> push(std::string_view document, const Json& fields, Say say) const override;
  Result<Read> read(std::string_view document, const Json& json, const Json& known) const override;
  Json spell(std::string_view document, const Json& fields) const override;
  std::string list_of(std::string_view document, std::string_view part) const override;
  std::vector<std::string> words_of(std::string_view table) const override;
  Complaints run_tests() const override;
  std::vector<std::string> one_way_holes() const override;

  /// The document as the platform would show it: `$read` in the place of `$push`. null: nothing.
  Json shown(std::string_view document, const Json& fields) const;

 private:
  /// "listing/variations": that list alone. "listing-variations": all but that list.
  struct Asked {
    const Document* document = nullptr;
    std::string part;  ///< empty: the whole
    std::set<NodeNo> without;
  };
  Result<Asked> asked(std::string_view name) const;

  std::shared_ptr<const Program> program_;
  yaml::Node text_;
  ChannelContext context_;
};

/// Complains of what a test of the file finds otherwise than it says. `overlay`: the tests of the channel's own part.
Complaints run_tests(const yaml::Node& text, const yaml::Node& tests, const ChannelContext& context);

}  // namespace tally::mapping
