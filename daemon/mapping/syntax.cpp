#include "mapping/syntax.hpp"

#include "base/time.hpp"

#include <algorithm>
#include <array>

namespace tally::mapping {
namespace {

using FK = Filter::Kind;

struct Known {
  std::string_view name;
  FK kind;
  int least, most;  ///< arguments
};
constexpr std::array<Known, 17> known_filters{{{"decimal", FK::decimal, 0, 1},
                                               {"text", FK::text, 0, 0},
                                               {"time", FK::time, 0, 1},
                                               {"join", FK::join, 1, 1},
                                               {"cut", FK::cut, 1, 1},
                                               {"plain", FK::plain, 0, 0},
                                               {"upper", FK::upper, 0, 0},
                                               {"number", FK::number, 0, 0},
                                               {"minor", FK::minor, 0, 0},
                                               {"integer", FK::integer, 0, 0},
                                               {"negate", FK::negate, 0, 0},
                                               {"unit", FK::unit, 1, 1},
                                               {"table", FK::table, 1, 1},
                                               {"locale", FK::locale, 1, 1},
                                               {"blank", FK::blank, 1, 1},
                                               {"default", FK::otherwise, 1, 1},
                                               {"required", FK::required, 0, 0}}};

/// Where a quoted text ends: the place behind the closing quote, two quotes are one. The size of the text if it never ends.
std::size_t behind_quote(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] != '\'') continue;
    if (i + 1 < text.size() && text[i + 1] == '\'') {
      ++i;
      continue;
    }
    return i + 1;
  }
  return text.size();
}

std::size_t find_outside_quotes(std::string_view text, char wanted, std::size_t from) {
  for (std::size_t i = from; i < text.size();) {
    if (text[i] == wanted) return i;
    i = text[i] == '\'' ? behind_quote(text, i) : i + 1;
  }
  return std::string_view::npos;
}

struct Word {
  std::string text;
  bool quoted = false;
};

/// Split at spaces, quotes taken off.
std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
    } else if (text[i] == '\'') {
      const std::size_t end = behind_quote(text, i);
      std::string inside(text.substr(i + 1, end > i + 1 ? end - i - 2 : 0));
      for (std::size_t at = 0; (at = inside.find("''", at)) != std::string::npos; ++at) inside.erase(at, 1);
      words.push_back({std::move(inside), true});
      i = end;
    } else {
      const std::size_t end = std::min(text.find(' ', i), text.size());
      words.push_back({std::string(text.substr(i, end - i)), false});
      i = end;
    }
  }
  return words;
}

Json scalar_of(const Word& word) {
  if (word.quoted) return Json(word.text);
  if (word.text == "null" || word.text == "~") return Json();
  if (word.text == "true" || word.text == "false") return Json(word.text == "true");
  if (auto number = Decimal::parse(word.text)) return Json(*number);
  return Json(word.text);
}

class FilterReader {
 public:
  FilterReader(std::string_view text, const FilterScope& scope, const Place& place, Complaints& complaints)
      : text_(trimmed(text)), words_(words_of(text_)), scope_(scope), place_(place), complaints_(complaints) {}

  std::optional<Filter> read() {
    if (words_.empty()) return refuse("an empty filter between two bars");
    const auto found =
        std::find_if(known_filters.begin(), known_filters.end(), [&](const Known& each) { return each.name == words_[0].text; });
    if (found == known_filters.end()) return unknown();
    const int arguments = static_cast<int>(words_.size()) - 1;
    if (arguments < found->least || arguments > found->most) {
      const std::string wanted = found->most == 0 ? "no argument" : found->least == 0 ? "at most one argument" : "one argument";
      return refuse("the filter '" + std::string(found->name) + "' takes " + wanted + "; text with spaces stands in 'quotes'");
    }
    filter_.kind = found->kind;
    return arguments == 0 ? without_argument() : with_argument(words_[1]);
  }

 private:
  std::optional<Filter> refuse(std::string what, std::string hint = {}) {
    complaints_.push_back({place_, std::move(what), std::move(hint)});
    return std::nullopt;
  }
  std::optional<Filter> unknown() {
    std::vector<std::string> names;
    for (const Known& each : known_filters) names.emplace_back(each.name);
    return refuse("there is no filter '" + words_[0].text + "'", did_you_mean(words_[0].text, names));
  }
  std::optional<Filter> without_argument() {
    if (filter_.kind == FK::time) filter_.word = "iso";
    return filter_;
  }
  std::optional<Filter> with_argument(const Word& word) {
    filter_.word = word.text;
    switch (filter_.kind) {
      case FK::decimal:
        return count(word, 0, 18);
      case FK::cut:
        return count(word, 1, 100'000);
      case FK::time:
        return time(word);
      case FK::unit:
        return unit(word);
      case FK::table:
        return table(word);
      case FK::blank:
      case FK::otherwise:
        filter_.value = scalar_of(word);
        return filter_;
      case FK::join:
        if (word.text.empty()) return refuse("join needs a separator, such as join ','");
        return filter_;
      case FK::locale:
        if (auto setting = setting_named(word)) filter_.word = *setting;
        return filter_;
      default:
        return filter_;
    }
  }
  std::optional<Filter> count(const Word& word, int least, int most) {
    const auto number = Decimal::parse(word.text);
    const auto whole = number ? number->whole() : Result<std::int64_t>(number.error());
    if (!whole || *whole < least || *whole > most) {
      return refuse("'" + text_ + "': a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is expected");
    }
    filter_.digits = static_cast<int>(*whole);
    return filter_;
  }
  std::optional<Filter> time(const Word& word) {
    static const std::vector<std::string> ways{"iso", "naive", "epoch", "epoch_ms", "http"};
    if (std::find(ways.begin(), ways.end(), word.text) != ways.end() || parse_iso("2026-01-01T00:00:00" + word.text)) return filter_;
    return refuse(
        "there is no way '" + word.text + "' of writing a time; iso, naive, epoch, epoch_ms, http and a zone such as +08:00 are known",
        did_you_mean(word.text, ways));
  }
  /// The value of `channel.NAME`: empty where the channel has no such setting; nothing where the word is none.
  std::optional<std::string> setting_named(const Word& word) {
    if (word.quoted || !word.text.starts_with("channel.") || !scope_.setting) return std::nullopt;
    const auto value = scope_.setting(word.text.substr(8));
    return value ? value->scalar_text() : std::string();
  }
  std::optional<Filter> unit(const Word& word) {
    if (auto setting = setting_named(word)) {
      filter_.word = *setting;
      if (setting->empty()) return filter_;
    }
    if (!factor_of_unit(filter_.word)) {
      return refuse("'" + filter_.word + "' is no unit" + (filter_.word == word.text ? "" : " (" + word.text + ")"),
                    "g, kg, oz, lb, mm, cm, m, in are known");
    }
    return filter_;
  }
  std::optional<Filter> table(const Word& word) {
    filter_.table = scope_.table ? scope_.table(word.text) : nullptr;
    if (filter_.table) return filter_;
    return refuse(scope_.table ? "there is no table '" + word.text + "'; add it under tables:" : "tables are known in mappings only");
  }

  std::string text_;
  std::vector<Word> words_;
  const FilterScope& scope_;
  const Place& place_;
  Complaints& complaints_;
  Filter filter_;
};

}  // namespace

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::vector<Part> split_scalar(std::string_view scalar, const Place& place, Complaints& complaints) {
  std::vector<Part> parts;
  std::string plain;
  const auto close_plain = [&] {
    if (!plain.empty()) parts.push_back({false, std::move(plain)});
    plain.clear();
  };
  for (std::size_t i = 0; i < scalar.size();) {
    if (scalar.substr(i, 2) == "$$") {
      plain += '$';
      i += 2;
    } else if (scalar.substr(i, 2) == "${") {
      const std::size_t end = find_outside_quotes(scalar, '}', i + 2);
      if (end == std::string_view::npos) {
        complaints.push_back(
            {place, "the hole '" + std::string(scalar.substr(i, 40)) + "' is not closed", "inside {} and [] a hole needs \"quotes\""});
        return {};
      }
      std::string inside = trimmed(scalar.substr(i + 2, end - i - 2));
      if (inside.empty()) complaints.push_back({place, "an empty hole", "write $${} for the text ${}"});
      close_plain();
      parts.push_back({true, std::move(inside)});
      i = end + 1;
    } else {
      plain += scalar[i++];
    }
  }
  close_plain();
  return parts;
}

bool has_hole(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.hole; });
}

HoleText split_hole(std::string_view hole) {
  HoleText text;
  std::size_t from = 0;
  for (bool first = true;; first = false) {
    const std::size_t bar = find_outside_quotes(hole, '|', from);
    std::string piece = trimmed(hole.substr(from, bar == std::string_view::npos ? bar : bar - from));
    if (first) {
      text.expression = std::move(piece);
    } else {
      text.filters.push_back(std::move(piece));
    }
    if (bar == std::string_view::npos) return text;
    from = bar + 1;
  }
}

std::optional<Filter> parse_filter(std::string_view text, const FilterScope& scope, const Place& place, Complaints& complaints) {
  return FilterReader(text, scope, place, complaints).read();
}

std::optional<Filters> parse_filters(const std::vector<std::string>& texts, const FilterScope& scope, const Place& place,
                                     Complaints& complaints) {
  Filters filters;
  bool whole = true;
  for (const std::string& text : texts) {
    auto filter = parse_filter(text, scope, place, complaints);
    whole = whole && filter.has_value();
    if (filter) filters.push_back(std::move(*filter));
  }
  if (filters.size() > most_filters) {
    complaints.push_back({place, "more than " + std::to_string(most_filters) + " filters on one hole", {}});
    whole = false;
  }
  return whole ? std::optional(std::move(filters)) : std::nullopt;
}

std::string_view name_of(Filter::Kind kind) {
  const auto found = std::find_if(known_filters.begin(), known_filters.end(), [&](const Known& each) { return each.kind == kind; });
  return found->name;
}

}  // namespace tally::mapping
