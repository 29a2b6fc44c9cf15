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

constexpr std::string_view hidden = "***";
constexpr std::size_t longest_sentence = 200, longest_person = 60;  // bytes

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool is_letter(char c) {
  return upper(c) >= 'A' && upper(c) <= 'Z';
}

/// The bytes of the character of UTF-8 that begins at `at`.
std::size_t width_at(std::string_view text, std::size_t at) {
  std::size_t width = 1;
  while (at + width < text.size() && (static_cast<unsigned char>(text[at + width]) & 0xC0) == 0x80) ++width;
  return width;
}

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return upper(a) == upper(b); });
}

template <std::size_t N>
std::size_t length_of_first(const std::array<std::string_view, N>& list, std::string_view text) {
  const auto found = std::find_if(list.begin(), list.end(), [&](std::string_view word) { return begins_with(text, word); });
  return found == list.end() ? 0 : found->size();
}

/// A person stands behind them.
constexpr std::array<std::string_view, 32> before_a_person{
    "签收人",        "收件人",      "收货人",       "寄件人", "代收人",  "派件员",    "派送员",    "派件人",
    "派送人",        "快递员",      "业务员",       "配送员", "投递员",  "揽投员",    "揽收员",    "揽件员",
    "取件员",        "收派员",      "骑手",         "联系人", "经办人",  "交给",      "小哥",      "signed by",
    "signed for by", "received by", "delivered to", "driver", "courier", "recipient", "left with", "collected by"};
/// A person's name ends there.
constexpr std::array<std::string_view, 18> after_a_person{",", "，", "。", ";",  "；", ")", "）", "]",  "】",
                                                          "(", "（", "[",  "【", "|",  "!", "！", "\n", "、"};
/// What somebody did who was named before it, behind 由 or 的.
constexpr std::array<std::string_view, 9> deeds{"代签收", "签收", "代收", "派送", "派件", "揽收", "收取", "正在", "已"};

/// Where the person's name ends that begins at `at`: a Chinese one also at a blank or before a deed.
std::size_t end_of_person(std::string_view text, std::size_t at) {
  const std::size_t from = at;
  const bool latin = at < text.size() && is_letter(text[at]);
  while (at < text.size() && at - from < longest_person) {
    const std::string_view rest = text.substr(at);
    if (length_of_first(after_a_person, rest) > 0) break;
    if (!latin && (text[at] == ' ' || length_of_first(deeds, rest) > 0)) break;
    if (latin && text[at] == '.' && (rest.size() == 1 || rest[1] == ' ')) break;
    at += width_at(text, at);
  }
  return at;
}

/// Behind a word that a person follows: blanks and colons.
std::size_t behind_colon(std::string_view text, std::size_t at) {
  static constexpr std::array<std::string_view, 6> between{" ", ":", "：", "是", "为", "-"};
  for (std::size_t length = 1; length > 0; at += length) length = at < text.size() ? length_of_first(between, text.substr(at)) : 0;
  return at;
}

/// 由张三签收, 的张三(…)正在派件: where the name ends, if it is short and a deed or a bracket follows.
std::size_t end_of_doer(std::string_view text, std::size_t at) {
  constexpr std::size_t longest_name = 24;
  const std::size_t end = end_of_person(text, at);
  if (end == at || end - at > longest_name) return at;
  static constexpr std::array<std::string_view, 4> things{"快件", "包裹", "快递", "订单"};
  if (length_of_first(things, text.substr(at)) > 0) return at;
  const std::string_view rest = text.substr(end);
  static constexpr std::array<std::string_view, 2> brackets{"(", "（"};
  return length_of_first(deeds, rest) > 0 || length_of_first(brackets, rest) > 0 ? end : at;
}

/// A run of digits, stars and dashes between them.
std::size_t end_of_number(std::string_view text, std::size_t at) {
  const auto counts = [](char c) { return is_digit(c) || c == '*'; };
  while (at < text.size() && (counts(text[at]) || (text[at] == '-' && at + 1 < text.size() && counts(text[at + 1])))) ++at;
  return at;
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

std::string without_people(std::string_view sentence, const std::vector<std::string>& names) {
  constexpr std::size_t fewest_digits = 5, shortest_name = 4;
  std::string out;
  for (std::size_t at = 0; at < sentence.size() && out.size() < longest_sentence;) {
    const std::string_view rest = sentence.substr(at);
    const auto named = std::find_if(names.begin(), names.end(),
                                    [&](const std::string& name) { return name.size() >= shortest_name && begins_with(rest, name); });
    const std::size_t word = length_of_first(before_a_person, rest);
    std::size_t end = at;
    if (named != names.end()) {
      out += hidden;
      at += named->size();
    } else if (word > 0) {
      const std::size_t from = behind_colon(sentence, at + word);
      out += sentence.substr(at, from - at);
      at = end_of_person(sentence, from);
      if (at > from) out += hidden;
    } else if (begins_with(rest, "由") || begins_with(rest, "的")) {
      const std::size_t from = behind_colon(sentence, at + width_at(sentence, at));
      out += sentence.substr(at, from - at);
      at = end_of_doer(sentence, from);
      if (at > from) out += hidden;
    } else if (is_digit(rest.front()) && (end = end_of_number(sentence, at)) > at) {
      const std::string_view number = sentence.substr(at, end - at);
      const auto length = static_cast<std::size_t>(std::count_if(number.begin(), number.end(), [](char c) { return c != '-'; }));
      out += length >= fewest_digits ? hidden : number;
      at = end;
    } else {
      out += sentence.substr(at, width_at(sentence, at));
      at += width_at(sentence, at);
    }
  }
  return out;
}

}  // namespace tally
