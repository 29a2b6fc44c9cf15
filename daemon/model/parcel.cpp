#include "model/parcel.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tally {
namespace {

constexpr std::array<std::pair<ParcelState, std::string_view>, 10> words{{{ParcelState::unknown, "unknown"},
                                                                          {ParcelState::picked_up, "picked_up"},
                                                                          {ParcelState::in_transit, "in_transit"},
                                                                          {ParcelState::forwarded, "forwarded"},
                                                                          {ParcelState::delivering, "delivering"},
                                                                          {ParcelState::problem, "problem"},
                                                                          {ParcelState::refused, "refused"},
                                                                          {ParcelState::returning, "returning"},
                                                                          {ParcelState::returned, "returned"},
                                                                          {ParcelState::signed_, "signed"}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string_view name_of(ParcelState state) {
  return words[static_cast<std::size_t>(state)].second;
}

std::optional<ParcelState> parcel_state_of(std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& each) { return each.second == word; });
  return found == words.end() ? std::nullopt : std::optional(found->first);
}

std::vector<std::string> parcel_states() {
  std::vector<std::string> states;
  for (const auto& [state, word] : words) {
    if (state != ParcelState::unknown) states.emplace_back(word);
  }
  return states;
}

std::string plain_tracking(std::string_view number) {
  std::string plain;
  for (const char c : number) {
    if (c != ' ' && c != '-') plain.push_back(upper(c));
  }
  return plain;
}

std::string phone_end(std::string_view phone) {
  constexpr std::size_t digits = 4;
  if (const auto extension = phone.find_first_of("x#,转"); extension != std::string_view::npos) phone = phone.substr(0, extension);
  std::string all;
  for (const char c : phone) {
    if (c == '*') all.clear();
    if (is_digit(c)) all.push_back(c);
  }
  return all.size() < digits ? "" : all.substr(all.size() - digits);
}

}  // namespace tally
