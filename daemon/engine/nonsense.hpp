// Orders that make no sense as they were told: made readable, with what is wrong with them in words. They are held for those words, and
// reserve what they clearly name.
#pragma once

#include "base/json.hpp"
#include "model/claim.hpp"
#include "model/order.hpp"

#include <set>
#include <string>
#include <vector>

namespace tally::engine {

using Doubts = std::vector<std::string>;

/// Takes out of an order's tree what no order can be read with, or is ambiguous: amounts in a currency that does not exist; a line's id
/// that another line has already becomes "ID (2)".
void make_readable(Json& order, Doubts& doubts);

/// The word that the order itself has for its currency where that is not the one of its amounts, by the doubts in its document: "ZZZ",
/// which nobody knows, or what it became; empty: it is theirs.
std::string own_currency(const Json& document);
/// The total in the order's own word for its currency.
Json total_as_said(const Json& document);

/// The doubts say that nobody knows how far the order is, and it would wait for its payment: it is held as one that is paid, for it may be,
/// and a platform's new word must not sell its goods twice.
void hold_unknown_state(Order& order, const Doubts& doubts);
/// Whether the state that is stored with these doubts is that guess of ours, and not the platform's word.
bool is_guessed(const std::string& state, const Json& document);
/// A value of it stands in no table of the mapping: another table may make another order of the same bytes.
bool asks_for_a_table(const Json& document);
/// Why an order of which only a part is paid waits; nothing for any other, and for one that has left or ended.
Doubts paid_in_part(const Order& order);
/// A person let it go although nobody knows its state, or only a part of it is paid (`order.holds` says so no more): it is released.
void release_guess(Order& order, const Doubts& doubts);
bool says_no_state(const Json& tree);
bool doubts_its_state(const Doubts& doubts);
std::string no_state();
struct Kept {
  Doubts doubts;
  std::set<std::string> lines;  ///< of which nobody knows what the platform has given back for them
};
/// What `tree` does not say any more stays as the platform `told` it before: the state, where it says no payment either; the lines; the
/// units of a line that sells the same under the same id, also where they are below 0. What has left stays gone, where a line is said to be
/// of 0 or is gone, and no other line is of the same goods. `done`: told, with what was done here.
Kept keep_known(Order& order, const Json& tree, const Order& told, const Order& done);

/// Moments far ahead of our clock become the one when the document came (`came`), so that no count, no later document and no number is
/// reckoned from them: what the order moves is never lost.
Doubts from_the_future(Order& order, Time came, Time now);

/// What contradicts the order as it was before under the same id: another currency, or not one line in common. These words stay (`stays`)
/// until a person releases the order: the next document contradicts nothing any more.
Doubts other_shape(const Order& before, const Order& now);
/// What of an order is the same as long as nobody edits it: what its lines sell and how many, in whatever order they come.
std::string shape_of(const Order& order);
/// The words for an order that keeps turning between shapes under one time of change; they stay, too.
std::string keeps_turning();
bool stays(const std::string& doubt);

/// A line of more units than anybody sells or gives back in one: a barcode in the column of quantities.
inline constexpr Quantity most_units_a_line = 10'000;
Doubts beyond_measure(const Order& order);
/// The lines that may reserve and move goods: those that the order's `holds` call beyond measure do as if nobody knew what they sell.
std::vector<ResolvedLine> lines_that_count(const Order& order, std::vector<ResolvedLine> lines);

/// What is wrong with an order whose lines were looked up, besides what complete() says.
Doubts odd_for(const Order& order, const std::string& currency_of_channel);

/// Lines of which nobody knows what is sold: nothing can be reserved for them before the SKU exists.
Doubts unknown_goods(const Order& order, const std::vector<ResolvedLine>& lines);
/// Whether this holds the order until it is mended: no person can let it go.
bool must_be_mended(const std::string& hold);
/// An order has so many reasons at most, as it is stored: the first, with those that more than words depend on, and "and N more".
inline constexpr std::size_t most_reasons = 100;
void shorten(Doubts& reasons);
/// "and N more": how many reasons that nobody shows it stands for; 0 for a reason.
std::size_t more_of(const std::string& reason);
/// The first reasons in a line of a few hundred bytes, and how many more there are.
std::string in_short(Doubts reasons);
/// What a person does with an order that is held for these words.
std::string way_out(const std::vector<std::string>& holds, const std::string& channel, const std::string& order);

}  // namespace tally::engine
