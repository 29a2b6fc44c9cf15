// Where a parcel is, and its number. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

/// In the order in which the later one of two that are told of the same moment counts more.
enum class ParcelState { unknown, picked_up, in_transit, forwarded, delivering, problem, refused, returning, returned, signed_ };

std::string_view name_of(ParcelState state);  ///< "in_transit", "signed"
std::optional<ParcelState> parcel_state_of(std::string_view word);
/// All but `unknown`, for mappings.
std::vector<std::string> parcel_states();

/// Nothing more is to be expected: signed for, or back with its sender.
constexpr bool is_over(ParcelState state) {
  return state == ParcelState::signed_ || state == ParcelState::returned;
}
/// It does not come to its buyer by itself.
constexpr bool needs_a_person(ParcelState state) {
  return state == ParcelState::problem || state == ParcelState::refused || state == ParcelState::returning ||
         state == ParcelState::returned;
}

/// A tracking number as carriers compare it: without spaces and dashes, in capitals.
std::string plain_tracking(std::string_view number);

/// The last four digits of a telephone number, without an extension; empty where it has fewer.
std::string phone_end(std::string_view phone);

}  // namespace tally
