// A courier's sentence without the people in it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tally {

/// Who must not be recognised, as far as they are known: empty ones count for nothing.
struct People {
  std::vector<std::string> names;   ///< and addresses: whatever is made of words
  std::vector<std::string> phones;  ///< however they are written
};

/// A sentence that a courier or a tracking service wrote, with stars in the place of: each word of the known names, every number of five
/// digits and more however it is grouped, shorter ones that stand in a known telephone number, and whoever is named behind the words that
/// couriers put before a person ("签收人", "派件员", "signed by", …). Capitals, accents, full-width forms and blanks make no difference. At
/// most 200 bytes; empty where hardly a word is left, or where it is longer than any courier writes. The name of a person whom nobody
/// knows, without such a word, cannot be told from a place and stays.
std::string without_people(std::string_view sentence, const People& people);

}  // namespace tally
