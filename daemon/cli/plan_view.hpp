// A plan as a person judges it: first what it does to the business, then its lines.
#pragma once

#include "cli/console.hpp"

#include <string>

namespace tally::cli {

/// At most `lines` lines; the last one says how many more there are.
std::string plan_text(const Console& console, const Json& plan, std::size_t lines);

/// "191 creates · 3 price changes, the largest 12 % · 2 offers to zero" for one channel's totals; "nothing to do" for none.
std::string effect_text(const Json& totals);

/// What became of a saved plan: how much was released, each line that was dropped and why, what is held now.
std::string applied_text(const Console& console, const Json& answer);
/// 3 when lines were dropped.
int code_of_applied(const Json& answer);

}  // namespace tally::cli
