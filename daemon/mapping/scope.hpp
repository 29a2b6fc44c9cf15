// What names mean at one place of a mapping: the document's own fields, the entries of the loops around, the channel's settings.
#pragma once

#include "base/complaint.hpp"
#include "mapping/program.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::mapping {

class Scope {
 public:
  /// `document` outlives the scope. `aspects`: price and stock count as aspects here (only in `listing`).
  Scope(const Type& document, bool aspects);

  /// The path that `text` means, checked against the model. Complains (with the nearest field) and answers with nothing where there is
  /// none.
  std::optional<Path> resolve(std::string_view text, const Place& place, Complaints& complaints) const;

  /// Enters a loop over the list; answers with the number of its entries' frame.
  std::size_t enter(std::string name, const Path& list);
  void leave() { frames_.pop_back(); }
  std::size_t innermost() const { return frames_.size() - 1; }
  bool has_name(std::string_view name) const;

 private:
  struct Frame {
    std::string name;
    const Type* type = nullptr;
    std::string canonical;
    Aspect aspect = Aspect::content;
    std::optional<Holder> holder;
  };
  struct Walk;
  bool step(Walk& walk, const std::string& name) const;
  bool step_into_list(Walk& walk, const std::string& name) const;
  bool step_into_object(Walk& walk, const std::string& name) const;
  void finish(Walk& walk) const;

  const Type* product_ = nullptr;
  const Type* variant_ = nullptr;
  std::vector<Frame> frames_;
};

}  // namespace tally::mapping
