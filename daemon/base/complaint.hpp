// What is wrong with a file a person wrote, and where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tally {

struct Place {
  std::string file;
  int line = 0;              ///< from 1; 0 = the file as a whole
  int column = 0;            ///< from 1, in characters
  std::string text() const;  ///< file:line:column
};

struct Complaint {
  Place place;
  std::string what;  ///< what is wrong
  std::string hint;  ///< "did you mean ...", or empty
  /// "file:line:column: what, hint"
  std::string text() const;
};

using Complaints = std::vector<Complaint>;

/// By file, line and column, each once.
void put_in_order(Complaints& complaints);

/// One a line; at most 100, then how many more there are.
std::string text_of(const Complaints& complaints);

/// The candidate nearest to `word` if it is near enough to be meant (edit distance at most a third of its length, at least 1), else empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "did you mean 'NEAREST'?" or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tally
