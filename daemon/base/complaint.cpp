#include "base/complaint.hpp"

#include <algorithm>
#include <tuple>

namespace tally {
namespace {

/// Insertions, deletions, substitutions and swapped neighbours from one word to the other (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substitution, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string Place::text() const {
  std::string out = file;
  if (line > 0) out += ":" + std::to_string(line);
  if (line > 0 && column > 0) out += ":" + std::to_string(column);
  return out;
}

std::string Complaint::text() const {
  std::string out = place.text();
  if (!out.empty()) out += ": ";
  out += what;
  if (!hint.empty()) out += ", " + hint;
  return out;
}

void put_in_order(Complaints& complaints) {
  const auto key = [](const Complaint& complaint) {
    return std::tie(complaint.place.file, complaint.place.line, complaint.place.column, complaint.what, complaint.hint);
  };
  std::sort(complaints.begin(), complaints.end(), [&](const Complaint& a, const Complaint& b) { return key(a) < key(b); });
  const auto same = [&](const Complaint& a, const Complaint& b) { return key(a) == key(b); };
  complaints.erase(std::unique(complaints.begin(), complaints.end(), same), complaints.end());
}

std::string text_of(const Complaints& complaints) {
  constexpr std::size_t most = 100;  // nobody reads on after that many
  const std::size_t shown = std::min(complaints.size(), most);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += complaints[i].text() + "\n";
  if (complaints.size() > shown) out += "and " + std::to_string(complaints.size() - shown) + " more\n";
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 200;  // names are short; the distance costs the product of both lengths
  if (word.size() > longest) return {};
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string found = nearest(word, candidates);
  return found.empty() ? "" : "did you mean '" + found + "'?";
}

}  // namespace tally
