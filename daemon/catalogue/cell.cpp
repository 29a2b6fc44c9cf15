#include "catalogue/cell.hpp"

#include "base/units.hpp"

#include <algorithm>
#include <array>

namespace tally::catalogue {

namespace {

constexpr std::string_view blank_bytes = " \t\r\n\v\f";

char lower_of(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The digits stand in groups of three behind the first one: "1,234", "12.345.678".
bool is_grouped(std::string_view text, char sign) {
  auto from = text.find(sign);
  if (from == 0 || from > 3) return false;
  while (from != std::string_view::npos) {
    const auto to = std::min(text.find(sign, from + 1), text.size());
    if (to - from != 4) return false;
    from = to == text.size() ? std::string_view::npos : to;
  }
  return true;
}

/// The number as programs write it; empty where the commas and points can be read two ways, or none.
std::string plainly(std::string_view text) {
  const auto comma = text.rfind(','), point = text.rfind('.');
  if (comma == std::string_view::npos) return std::string(text);
  const bool both = point != std::string_view::npos;
  const char decimal = both && point > comma ? '.' : ',', group = decimal == '.' ? ',' : '.';
  const auto at = decimal == '.' ? point : comma;
  const auto whole = text.substr(0, at), part = text.substr(at + 1);
  if (whole.find(decimal) != std::string_view::npos || part.empty()) return {};
  if (both ? !is_grouped(whole, group) : part.size() > 2) return {};
  std::string plain(whole);
  std::erase(plain, group);
  return plain + "." + std::string(part);
}

Result<Decimal> number_of(std::string_view text) {
  const auto plain = plainly(text);
  if (plain.empty() && is_grouped(text, ','))
    return error(Fault::invalid, "'" + std::string(text) + "' can be read two ways: the comma may stand for thousands or for the point", {},
                 "write it like 1234.50");
  auto number = Decimal::parse(plain);
  if (!number || text.find_first_of("eE") != std::string_view::npos)  // an exponent: what a spreadsheet leaves of something else
    return error(Fault::invalid, "'" + std::string(text) + "' is not a number", {}, "write it like 1234.50");
  return number;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// How many bytes the control character at `at` has; 0 where there is none.
std::size_t control_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) return 1;
  const bool second = byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;  // U+0080 to U+009F
  return second ? 2 : 0;
}

}  // namespace

std::optional<std::string> control_in(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto size = control_at(text, i);
    if (size == 0) continue;
    const auto c = static_cast<unsigned char>(text[i + size - 1]);
    return std::string("U+00") + digits[c >> 4] + digits[c & 15u];
  }
  return {};
}

bool without_controls(std::string& text, bool lines) {
  if (!control_in(text)) return false;
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool blank = text[i] == '\n' || text[i] == '\r' || text[i] == '\t';
    const auto size = control_at(text, i);
    if (size == 0 || (blank && lines))
      clean += text[i];
    else if (blank && (clean.empty() || clean.back() != ' '))
      clean += ' ';
    else
      i += size - 1;
  }
  const bool changed = clean != text;
  text = std::move(clean);
  return changed;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blank_bytes);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank_bytes) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower_of);
  return result;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower_of(x) == lower_of(y); });
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  const auto take = [&] {
    std::string whole(trimmed(part));
    if (!whole.empty() && std::find(parts.begin(), parts.end(), whole) == parts.end()) parts.push_back(std::move(whole));
    part.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == separator) {
      part += text[++i];
    } else if (text[i] == separator) {
      take();
    } else {
      part += text[i];
    }
  }
  take();
  return parts;
}

std::vector<Category> categories_of(std::string_view text, char separator) {
  std::vector<Category> categories;
  for (const auto& path : split(text, separator)) {
    Category category;
    for (std::size_t from = 0; from <= path.size();) {  // not split(): "Sale > Sale" is a path of two
      const auto to = std::min(path.find('>', from), path.size());
      const auto step = trimmed(std::string_view(path).substr(from, to - from));
      if (!step.empty()) category.path.emplace_back(step);
      from = to + 1;
    }
    if (category.path.empty()) continue;
    category.name = category.path.back();
    if (std::find(categories.begin(), categories.end(), category) == categories.end()) categories.push_back(std::move(category));
  }
  return categories;
}

Result<std::optional<Money>> price_of(std::string_view text, const Currency& currency, Understood& how) {
  text = trimmed(text);
  if (text.empty()) return std::optional<Money>();
  auto number = number_of(text);
  if (!number) return number.error();
  if (number->is_negative() || number->is_zero()) return error(Fault::invalid, "'" + std::string(text) + "' is not above zero");
  auto money = Money::of(*number, currency);
  if (!money) return money.error();
  if (money->minor <= 0) return error(Fault::invalid, "'" + std::string(text) + "' is less than the smallest coin of " + currency.code);
  how.rounded = how.rounded || !(money->major() == *number);
  how.comma = how.comma || text.find(',') != std::string_view::npos;
  return std::optional<Money>(*money);
}

Result<std::optional<Quantity>> count_of(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::optional<Quantity>();
  const auto whole = whole_units(text);
  if (!whole) return whole.error();
  constexpr Quantity most = 1'000'000'000'000;  // beyond it somebody typed a barcode into the wrong column
  if (*whole > most || *whole < -most) return error(Fault::invalid, "'" + std::string(text) + "' is too many to be a count");
  return std::optional<Quantity>(*whole);
}

Result<std::optional<Quantity>> stock_of(std::string_view text) {
  auto count = count_of(text);
  if (count && *count && **count < 0) return error(Fault::invalid, "'" + std::string(trimmed(text)) + "' is below zero");
  return count;
}

bool is_shortened(std::string_view text) {
  text = trimmed(text);
  const auto e = text.find_first_of("eE");
  if (e == std::string_view::npos || text.substr(e + 1, 1) != "+" || !all_digits(text.substr(e + 2))) return false;
  const auto mark = text.find_first_of(".,");
  const auto whole = text.substr(0, std::min(mark, e));
  return whole.size() == 1 && all_digits(whole) && (mark == std::string_view::npos || all_digits(text.substr(mark + 1, e - mark - 1)));
}

Result<std::string> barcode_of(std::string_view text) {
  if (is_shortened(text))
    return error(Fault::invalid, "'" + std::string(text) + "' is a number that a spreadsheet has shortened, its last digits are lost", {},
                 "make the column text in the spreadsheet, fill it again, and save it as CSV");
  return std::string(text);
}

std::string unit_of(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> units{{{"g", "g"},
                                                                                        {"kg", "kg"},
                                                                                        {"kgs", "kg"},
                                                                                        {"oz", "oz"},
                                                                                        {"ozs", "oz"},
                                                                                        {"lb", "lb"},
                                                                                        {"lbs", "lb"},
                                                                                        {"mm", "mm"},
                                                                                        {"cm", "cm"},
                                                                                        {"m", "m"},
                                                                                        {"in", "in"},
                                                                                        {"inch", "in"},
                                                                                        {"inches", "in"},
                                                                                        {"克", "g"},
                                                                                        {"千克", "kg"},
                                                                                        {"厘米", "cm"}}};
  for (const auto& [spelt, ours] : units) {
    if (same_word(spelt, trimmed(text))) return std::string(ours);
  }
  return {};
}

Result<std::optional<Measure>> measure_of(std::string_view text, std::string_view unit) {
  text = trimmed(text);
  if (text.empty()) return std::optional<Measure>();
  const auto digits = std::min(text.find_first_not_of("0123456789.,+-"), text.size());
  const auto behind = trimmed(text.substr(digits));
  const std::string spelt = behind.empty() ? std::string(unit) : unit_of(behind);
  if (spelt.empty()) {
    if (behind.empty()) return error(Fault::invalid, "'" + std::string(text) + "' has no unit", {}, "write it like '350 g' or '20 cm'");
    return error(Fault::invalid, "'" + std::string(behind) + "' is not a unit", {}, "use g, kg, oz, lb, mm, cm, m or in");
  }
  auto number = number_of(trimmed(text.substr(0, digits)));
  if (!number) return number.error();
  if (number->is_negative()) return error(Fault::invalid, "'" + std::string(text) + "' is below zero");
  if (number->is_zero()) return std::optional<Measure>();
  return std::optional<Measure>(Measure{*number, spelt});
}

}  // namespace tally::catalogue
