// Which fields of an order are a person's, and how they are shown: masked, unless somebody asks for them by name.
#pragma once

#include "model/order.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace tally {

/// A text field of an order's tree that says who or where somebody is. City, region and country are none: routing and taxes need them.
struct PersonalPlace {
  std::string_view object;  ///< buyer, ship_to, or empty for the order itself
  std::string_view field;
};
inline constexpr std::array<PersonalPlace, 12> personal_places{{{"buyer", "name"},
                                                                {"buyer", "email"},
                                                                {"buyer", "phone"},
                                                                {"ship_to", "name"},
                                                                {"ship_to", "given_name"},
                                                                {"ship_to", "family_name"},
                                                                {"ship_to", "phone"},
                                                                {"ship_to", "line1"},
                                                                {"ship_to", "line2"},
                                                                {"ship_to", "district"},
                                                                {"ship_to", "postcode"},
                                                                {"", "note"}}};

/// The field's value in the tree, or nothing where there is no text.
Json* personal_value(Json& order, const PersonalPlace& place);
/// Takes every personal field out of the tree; an object in which nothing is left goes too. True if there was any.
bool strip_personal(Json& order);

/// By what a buyer is known again: the e-mail address in lower case, else the digits of the telephone number; empty: by nothing.
std::string buyer_identity(const Json& order);
/// The same of what a person typed who looks for a buyer.
std::string buyer_identity_of(std::string_view email_or_phone);

/// "M*** M***", "m***@***", "+44 ***12", "***".
std::string masked(const PersonalPlace& place, std::string_view value);
/// {buyer, ship_to, note} of an order's tree: the personal fields masked (or as they are where `clear`), the others of these objects as
/// they are.
Json person_of(const Json& order, bool clear);
/// A platform's own document of an order, for people: only moments (a day with its time), amounts, small numbers, `words`, and what the
/// order's tree says outside its personal fields are shown. What a platform says beyond that may be anybody's.
Json masked_document(const Json& document, const Json& order, const std::set<std::string>& words);
/// A sentence for people in which e-mail addresses and telephone numbers are masked, wherever they came from.
std::string masked_sentence(std::string_view text);

}  // namespace tally
