#include "mapping/program.hpp"

namespace tally::mapping {
namespace {

/// Platforms write the same code as number here and as text there.
std::string key_of(const Json& spelling) {
  return spelling.is_bool() ? (spelling.as_bool() ? "true" : "false") : spelling.scalar_text();
}

}  // namespace

void Table::add(Row row) {
  for (const Json& spelling : row.spellings) by_spelling_.emplace(key_of(spelling), row.ours);
  by_ours_.emplace(row.ours, rows_.size());
  rows_.push_back(std::move(row));
}

const Json* Table::spelling(std::string_view ours) const {
  const auto found = by_ours_.find(std::string(ours));
  return found == by_ours_.end() || rows_[found->second].spellings.empty() ? nullptr : &rows_[found->second].spellings.front();
}

const std::string* Table::ours(const Json& spelling) const {
  const auto found = by_spelling_.find(key_of(spelling));
  return found == by_spelling_.end() ? nullptr : &found->second;
}

}  // namespace tally::mapping
