#include "model/without_people.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace tally {
namespace {

constexpr std::string_view stars = "***";
constexpr std::size_t longest_shown = 200;         // bytes
constexpr std::size_t most_characters = 2000;      // of what is looked through at all
constexpr char32_t first_without_blanks = 0x0E00;  // Thai, Chinese, kana, Hangul: a name is no word between blanks there

/// As characters compare: full-width and half-width, capitals or not, with accents or without are one. Nothing for one that is not seen.
void add_folded(std::u32string& points, utf8proc_int32_t point) {
  constexpr auto how =
      static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK);
  std::array<utf8proc_int32_t, 32> parts{};  // the longest that Unicode has is 18
  int boundary = 0;
  const auto count = utf8proc_decompose_char(point, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()), how, &boundary);
  for (utf8proc_ssize_t i = 0; i < std::min(count, static_cast<utf8proc_ssize_t>(parts.size())); ++i)
    points.push_back(static_cast<char32_t>(parts[static_cast<std::size_t>(i)]));
}

/// The bytes of the character at the beginning of `text`, which is not empty; a byte that is none counts as one.
std::size_t take(std::string_view text, utf8proc_int32_t& point) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto width = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &point);
  if (width > 0) return static_cast<std::size_t>(width);
  point = 0xFFFD;
  return 1;
}

std::u32string folded(std::string_view text) {
  std::u32string points;
  for (utf8proc_int32_t point = 0; !text.empty();) {
    text.remove_prefix(take(text, point));
    add_folded(points, point);
  }
  return points;
}

bool is_letter(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}
bool is_digit(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ND;
}
bool is_blank(char32_t c) {
  return c == U' ' || c == U'\t';
}
bool is_of_word(char32_t c) {
  return c < first_without_blanks && (is_letter(c) || is_digit(c));
}
/// Of a number, also one that is written in Chinese or has stars in it.
bool is_of_number(char32_t c) {
  return is_digit(c) || c == U'*' || std::u32string_view(U"〇零一二三四五六七八九幺").find(c) != std::u32string_view::npos;
}

/// A sentence as it is compared, character by character, and what of it is not shown.
class Text {
 public:
  explicit Text(std::string_view sentence) {
    for (utf8proc_int32_t point = 0; !sentence.empty() && characters_.size() <= most_characters;) {
      const std::size_t width = take(sentence, point);
      add_folded(points_, point);
      from_.resize(points_.size(), characters_.size());
      characters_.push_back(sentence.substr(0, width));
      sentence.remove_prefix(width);
    }
    hidden_.resize(characters_.size());
  }

  std::u32string_view points() const { return points_; }
  bool is_too_long() const { return characters_.size() > most_characters; }

  void hide(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin < end ? from_[begin] : 0; begin < end && i <= from_[end - 1]; ++i) hidden_[i] = true;
  }

  std::string shown() const {
    std::string out;
    for (std::size_t i = 0; i < characters_.size() && out.size() < longest_shown; ++i) {
      if (!hidden_[i])
        out += characters_[i];
      else if (i == 0 || !hidden_[i - 1])
        out += stars;
    }
    return out;
  }

  /// Less than a quarter of its letters is left: what they say is no more than the parcel's state.
  bool is_mostly_hidden() const {
    std::size_t all = 0, left = 0;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (!is_letter(points_[i])) continue;
      ++all;
      if (!hidden_[from_[i]]) ++left;
    }
    return left * 4 < all;
  }

 private:
  std::vector<std::string_view> characters_;
  std::vector<bool> hidden_;  ///< by character
  std::u32string points_;
  std::vector<std::size_t> from_;  ///< of which character a point is
};

/// Behind `word`, if it stands at `at`; else `at`. A blank stands for several, and between Chinese characters for none.
std::size_t behind(std::u32string_view text, std::size_t at, std::u32string_view word) {
  std::size_t next = at;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i > 0 && (word[i] >= first_without_blanks || word[i - 1] == U' ')) {
      while (next < text.size() && is_blank(text[next])) ++next;
    }
    if (next == text.size() || text[next] != word[i]) return at;
    ++next;
  }
  return next;
}

bool is_whole_word(std::u32string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_of_word(text[begin - 1])) && (end == text.size() || !is_of_word(text[end]));
}

/// A person stands behind them.
constexpr std::array<std::u32string_view, 37> before_a_person{
    U"签收人",      U"收件人",    U"收货人",    U"寄件人",        U"代收人",      U"派件员",    U"派送员",       U"派件人",
    U"派送人",      U"快递员",    U"业务员",    U"配送员",        U"投递员",      U"揽投员",    U"揽收员",       U"揽件员",
    U"取件员",      U"收派员",    U"骑手",      U"联系人",        U"经办人",      U"交给",      U"小哥",         U"driver",
    U"courier",     U"recipient", U"signed by", U"signed for by", U"received by", U"handed to", U"delivered to", U"collected by",
    U"accepted by", U"left with", U"given to",  U"neighbour",     U"neighbor"};
/// What somebody did who was named before it.
constexpr std::array<std::u32string_view, 16> deeds{U"代签收", U"签收", U"代收", U"派送", U"派件", U"揽收", U"收取", U"正在",
                                                    U"已签",   U"已派", U"已取", U"已收", U"已代", U"已送", U"已投", U"已揽"};

template <std::size_t N>
std::size_t behind_any(const std::array<std::u32string_view, N>& words, std::u32string_view text, std::size_t at) {
  for (const auto word : words) {
    const std::size_t end = behind(text, at, word);
    if (end > at && (word.front() >= first_without_blanks || is_whole_word(text, at, end))) return end;
  }
  return at;
}

std::size_t behind_all_of(std::u32string_view these, std::u32string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(these, at);
  return next == std::u32string_view::npos ? text.size() : next;
}

/// Behind an abbreviation ("J.", "Mrs.") a name goes on.
bool ends_a_sentence(std::u32string_view text, std::size_t dot) {
  constexpr std::size_t longest_abbreviation = 4;
  if (dot + 1 < text.size() && !is_blank(text[dot + 1])) return false;
  std::size_t letters = 0;
  while (letters < dot && is_letter(text[dot - letters - 1])) ++letters;
  return letters > longest_abbreviation;
}

/// Where the person's name ends that begins at `at`: at a mark or before a deed; a Chinese one also at a blank with a deed, a number or
/// nothing behind it.
std::size_t end_of_person(std::u32string_view text, std::size_t at) {
  constexpr std::u32string_view marks = U",。;)](【】[|!\n、";
  const std::size_t from = at;
  const bool is_word = at < text.size() && text[at] < first_without_blanks;
  for (; at < text.size() && marks.find(text[at]) == std::u32string_view::npos; ++at) {
    if (behind_any(deeds, text, at) > at) break;
    if (is_word && text[at] == U'.' && ends_a_sentence(text, at)) break;
    if (is_word || !is_blank(text[at])) continue;
    const std::size_t next = behind_all_of(U" \t", text, at);
    if (next == text.size() || is_digit(text[next]) || behind_any(deeds, text, next) > next) break;
  }
  while (at > from && is_blank(text[at - 1])) --at;
  return at;
}

void hide_named_by_their_work(Text& text) {
  constexpr std::u32string_view between = U" \t:-([\"'“‘「是为";
  const auto points = text.points();
  for (std::size_t at = 0; at < points.size();) {
    const std::size_t end = behind_any(before_a_person, points, at);
    if (end == at) {
      ++at;
      continue;
    }
    const std::size_t from = behind_all_of(between, points, end);
    at = std::max(end, end_of_person(points, from));
    text.hide(from, at);
  }
}

/// 由张三签收, 的张三(…)正在派件: a short name with a deed or a bracket behind it.
void hide_doers(Text& text) {
  constexpr std::size_t longest_name = 24;
  static constexpr std::array<std::u32string_view, 4> things{U"快件", U"包裹", U"快递", U"订单"};
  const auto points = text.points();
  for (std::size_t at = 0; at < points.size(); ++at) {
    if (points[at] != U'由' && points[at] != U'的') continue;
    const std::size_t from = behind_all_of(U" \t:-", points, at + 1), end = end_of_person(points, from);
    if (end - from > longest_name || behind_any(things, points, from) > from) continue;
    const std::size_t next = behind_all_of(U" \t", points, end);
    if (next < points.size() && (points[next] == U'(' || behind_any(deeds, points, next) > next)) text.hide(from, end);
  }
}

struct Word {
  std::u32string points;
  bool is_whole = false;  ///< found only where it is no part of another
};

/// Each word of a name, and how a person of that name is called else.
void add_words(std::u32string_view name, std::vector<Word>& words) {
  constexpr std::size_t found_in_others = 4;  // letters: shorter ones are parts of many words
  std::u32string joined;
  for (std::size_t at = 0; at < name.size();) {
    const auto is_chinese = [&](std::size_t i) { return name[i] >= first_without_blanks && is_letter(name[i]); };
    const bool chinese = is_chinese(at);
    std::size_t end = at;
    while (end < name.size() && (chinese ? is_chinese(end) : is_of_word(name[end]))) ++end;
    if (end == at) {
      ++at;
      continue;
    }
    const std::u32string word(name.substr(at, end - at));
    words.push_back({word, !chinese && word.size() < found_in_others});
    if (chinese && word.size() > 2) words.push_back({word.substr(1), false});
    if (chinese) {
      for (const auto* title : {U"先生", U"女士", U"小姐", U"太太", U"某"}) words.push_back({word.substr(0, 1) + title, false});
    } else {
      joined += word;
    }
    at = end;
  }
  if (joined.size() >= found_in_others) words.push_back({joined, false});
}

void hide_names(Text& text, const std::vector<std::string>& names) {
  std::vector<Word> words;
  for (const auto& name : names) add_words(folded(name), words);
  const auto points = text.points();
  for (std::size_t at = 0; at < points.size(); ++at) {
    for (const auto& word : words) {
      const std::size_t end = behind(points, at, word.points);
      if (end > at && (!word.is_whole || is_whole_word(points, at, end))) text.hide(at, end);
    }
  }
}

/// Numbers whose groups have a few marks between them and no letter are one.
void hide_numbers(Text& text, const std::vector<std::string>& phones) {
  constexpr std::size_t fewest_digits = 5, fewest_of_a_phone = 3, widest_gap = 3;
  std::vector<std::u32string> known;
  for (const auto& phone : phones) {
    known.push_back(folded(phone));
    std::erase_if(known.back(), [](char32_t c) { return !is_digit(c); });
  }
  const auto points = text.points();
  for (std::size_t at = 0; at < points.size();) {
    const std::size_t begin = at;
    std::size_t end = at;
    std::u32string number;
    for (; at < points.size() && (is_of_number(points[at]) || (!number.empty() && !is_letter(points[at]) && at - end < widest_gap)); ++at) {
      if (!is_of_number(points[at])) continue;
      number += points[at];
      end = at + 1;
    }
    at = std::max(end, begin + 1);
    const bool is_of_phone = number.size() >= fewest_of_a_phone && std::any_of(known.begin(), known.end(), [&](const auto& phone) {
                               return phone.find(number) != std::u32string::npos;
                             });
    if (number.size() >= fewest_digits || is_of_phone) text.hide(begin, end);
  }
}

}  // namespace

std::string without_people(std::string_view sentence, const People& people) {
  Text text(sentence);
  if (text.is_too_long()) return {};
  hide_named_by_their_work(text);
  hide_doers(text);
  hide_names(text, people.names);
  hide_numbers(text, people.phones);
  return text.is_mostly_hidden() ? std::string() : text.shown();
}

}  // namespace tally
