#include "mapping/filter.hpp"

#include "mapping/plain_text.hpp"
#include "mapping/syntax.hpp"

#include "base/time.hpp"

#include <algorithm>
#include <stdexcept>

namespace tally::mapping {
namespace {

using FK = Filter::Kind;

int digits_of(const Currency& currency) {
  return currency.empty() ? 2 : currency.digits();
}

Currency currency_in(const Json& value, const Currency& otherwise) {
  const std::string code = value.text_or("currency");
  return code.empty() ? otherwise : Currency{code};
}

/// The number of a number, of text that spells one, or of an amount.
std::optional<Decimal> number_of(const Json& value) {
  const Json* number = value.is_object() ? value.find("amount") : &value;
  if (number == nullptr) return std::nullopt;
  const auto decimal = number->decimal();
  return decimal ? std::optional(*decimal) : std::nullopt;
}

/// How far a zone such as +08:00 is ahead of UTC; nothing where the way of writing a time is none.
std::optional<Duration> ahead_of_utc(const std::string& way) {
  const auto there = parse_iso("1970-01-01T00:00:00" + way);
  return there ? std::optional(long_ago - *there) : std::nullopt;
}

Json written_time(const Json& value, const std::string& way) {
  const auto time = parse_iso(value.scalar_text());
  if (!time) return Json();
  if (const auto ahead = ahead_of_utc(way)) {
    std::string local = format_naive(*time + *ahead);
    std::replace(local.begin(), local.end(), 'T', ' ');
    return Json(local);
  }
  if (way == "naive") return Json(format_naive(*time));
  if (way == "epoch") return Json(to_ms(*time) / 1000);
  if (way == "epoch_ms") return Json(to_ms(*time));
  if (way == "http") return Json(format_http_date(*time));
  return Json(format_iso(*time));
}

Json in_unit(const Json& measure, const std::string& unit) {
  const Json* value = measure.find("value");
  const auto number = value == nullptr ? std::nullopt : number_of(*value);
  const auto from = factor_of_unit(measure.text_or("unit")), to = factor_of_unit(unit);
  if (!number || !from || !to || is_length(measure.text_or("unit")) != is_length(unit)) return Json();
  const auto converted = (*number * *from).divided_by(*to);
  return converted ? Json(*converted) : Json();
}

Json negated(const Json& value) {
  const auto number = number_of(value);
  if (!number) return Json();
  if (!value.is_object()) return Json(-*number);
  Json amount = value;
  amount.set("amount", Json(-*number));
  return amount;
}

Decimal power_of_ten(int digits) {
  Decimal power(1);
  for (int i = 0; i < digits; ++i) power = power * Decimal(10);
  return power;
}

/// null where the value is of a kind that the filter cannot spell; compile() has refused those that can be known.
Json applied(const Filter& filter, const Json& value, const Currency& currency) {
  const auto number = number_of(value);
  switch (filter.kind) {
    case FK::decimal:
      return number ? Json(number->text(filter.digits.value_or(digits_of(currency_in(value, currency))))) : Json();
    case FK::number:
      return number ? Json(*number) : Json();
    case FK::integer:
      return number ? Json(number->rounded(0)) : Json();
    case FK::minor: {
      if (!number) return Json();
      const Decimal minor = *number * power_of_ten(digits_of(currency_in(value, currency)));
      return Json(value.is_object() ? minor.rounded(0) : minor);
    }
    case FK::negate:
      return negated(value);
    case FK::unit:
      return in_unit(value, filter.word);
    case FK::text:
      return value.is_bool() ? Json(value.as_bool() ? "true" : "false") : Json(value.scalar_text());
    case FK::time:
      return written_time(value, filter.word);
    case FK::cut:
      return Json(first_characters(value.scalar_text(), static_cast<std::size_t>(*filter.digits)));
    case FK::plain:
      return Json(plain_text(value.scalar_text()));
    case FK::upper:
      return Json(upper_ascii(value.scalar_text()));
    default:
      return value;
  }
}

std::string ours_of(const Json& value) {
  return value.is_bool() ? (value.as_bool() ? "true" : "false") : value.scalar_text();
}

/// One entry through a table or any other filter; nothing, with the reason, where a table has no spelling.
std::optional<Json> entry_applied(const Filter& filter, const Json& value, const Currency& currency, std::string& problem) {
  if (filter.kind == FK::table) {
    const Json* spelling = filter.table->spelling(ours_of(value));
    if (spelling != nullptr) return *spelling;
    problem = "the table '" + filter.table->name + "' has no entry for '" + ours_of(value) + "'";
    return std::nullopt;
  }
  try {
    Json out = applied(filter, value, currency);
    return out.is_null() && !value.is_null() ? std::nullopt : std::optional(std::move(out));
  } catch (const std::overflow_error& overflow) {
    problem = overflow.what();
    return std::nullopt;
  }
}

std::optional<Json> each_applied(const Filter& filter, const Json& value, const Currency& currency, std::string& problem) {
  if (!value.is_array()) return entry_applied(filter, value, currency, problem);
  Json::Array out;
  for (const Json& entry : value.as_array()) {
    auto one = entry_applied(filter, entry, currency, problem);
    if (!one) return std::nullopt;
    out.push_back(std::move(*one));
  }
  return Json(std::move(out));
}

std::string joined(const Json& value, const std::string& separator) {
  if (!value.is_array()) return value.scalar_text();
  std::string text;
  bool first = true;
  for (const Json& entry : value.as_array()) {
    if (!first) text += separator;
    text += entry.scalar_text();
    first = false;
  }
  return text;
}

}  // namespace

Spelt apply(const Filters& filters, std::optional<Json> value, const Currency& currency) {
  Spelt out{std::move(value), {}};
  for (const Filter& filter : filters) {
    switch (filter.kind) {
      case FK::blank:
        if (!out.value && out.problem.empty()) out.value = filter.value;
        break;
      case FK::otherwise:
        if (!out.value) out = {filter.value, {}};
        break;
      case FK::required:
        if (!out.value && out.problem.empty()) out.problem = "it has no value, and this channel requires one";
        break;
      case FK::join:
        if (out.value) out.value = Json(joined(*out.value, filter.word));
        break;
      default:
        if (out.value) out.value = each_applied(filter, *out.value, currency, out.problem);
    }
  }
  return out;
}

namespace {

/// What was shown, for a doubt. Of an object or a list only that it is one: it may hold anything.
std::string in_quotes(const Json& shown) {
  return shown.is_object() ? "an object" : shown.is_array() ? "a list" : "'" + shown.scalar_text() + "'";
}

Understood not_a(const std::string& what, const Json& shown) {
  return Understood::unclear(in_quotes(shown) + " is no " + what);
}

Understood read_number(const Json& shown) {
  const auto number = shown.decimal();
  return number ? Understood::of(Json(*number)) : not_a("number", shown);
}

Understood read_minor(const Json& shown, const Currency& currency) {
  const auto number = shown.decimal();
  if (!number) return not_a("number", shown);
  const auto major = number->divided_by(power_of_ten(digits_of(currency)));
  return major ? Understood::of(Json(*major)) : not_a("amount", shown);
}

Understood read_time(const Json& shown, const std::string& way) {
  const std::string text = shown.scalar_text();
  if (way == "epoch" || way == "epoch_ms") {
    const auto number = shown.decimal();
    const auto whole = number ? (*number * Decimal(way == "epoch" ? 1000 : 1)).floored().whole() : Result<std::int64_t>(number.error());
    constexpr std::int64_t most = 253'402'300'799'999;  // the end of the year 9999
    if (!whole || *whole < -most || *whole > most) return not_a("time in seconds since 1970", shown);
    return Understood::of(Json(format_iso(from_ms(*whole))));
  }
  const bool in_zone = ahead_of_utc(way).has_value();
  const auto time = in_zone          ? parse_iso(text + way)
                    : way == "naive" ? parse_naive(text)
                    : way == "http"  ? parse_http_date(text)
                                     : parse_iso(text);
  return time ? Understood::of(Json(format_iso(*time))) : not_a(way == "naive" || in_zone ? "time without a zone" : "time", shown);
}

Understood read_table(const Hole& hole, const Filter& filter, const Json& shown) {
  if (const std::string* ours = filter.table->ours(shown)) return Understood::of(Json(*ours));
  for (const auto& table : hole.beside) {
    if (table->ours(shown) != nullptr) return Understood::none();
  }
  return Understood::unclear(in_quotes(shown) + " is not in the table '" + filter.table->name + "'");
}

Understood read_unit(const Json& shown, const std::string& unit) {
  if (unit.empty()) return Understood::unclear({});
  const auto number = shown.decimal();
  if (!number) return not_a("number", shown);
  return Understood::of(Json::object({{"value", Json(*number)}, {"unit", Json(our_unit(unit))}}));
}

Understood one_undone(const Hole& hole, const Filter& filter, const Json& shown, const Currency& currency) {
  switch (filter.kind) {
    case FK::decimal:
    case FK::number:
    case FK::integer:
      return read_number(shown);
    case FK::minor:
      return read_minor(shown, currency);
    case FK::negate: {
      const auto number = shown.decimal();
      return number ? Understood::of(Json(-*number)) : not_a("number", shown);
    }
    case FK::unit:
      return read_unit(shown, filter.word);
    case FK::time:
      return read_time(shown, filter.word);
    case FK::table:
      return read_table(hole, filter, shown);
    default:
      return Understood::of(shown);
  }
}

/// A number too large to calculate with is a value that we do not understand, not the end of the document.
Understood undone(const Hole& hole, const Filter& filter, const Json& shown, const Currency& currency) {
  try {
    return one_undone(hole, filter, shown, currency);
  } catch (const std::overflow_error&) {
    return not_a("number that can be calculated with", shown);
  }
}

Json split(const std::string& text, const std::string& separator) {
  Json::Array entries;
  for (std::size_t from = 0; entries.size() < most_entries_read;) {
    const std::size_t end = text.find(separator, from);
    entries.emplace_back(text.substr(from, end == std::string::npos ? end : end - from));
    if (end == std::string::npos) break;
    from = end + separator.size();
  }
  return Json(std::move(entries));
}

Understood each_undone(const Hole& hole, const Filter& filter, const Json& shown, const Currency& currency) {
  if (!shown.is_array()) return undone(hole, filter, shown, currency);
  Json::Array entries;
  for (const Json& entry : shown.as_array()) {
    Understood one = undone(hole, filter, entry, currency);
    if (one.is == Understood::Is::unclear) return one;
    if (one.is == Understood::Is::value) entries.push_back(std::move(one.value));
  }
  return entries.empty() ? Understood::none() : Understood::of(Json(std::move(entries)));
}

}  // namespace

Understood undo(const Hole& hole, const Json& shown, const Currency& currency) {
  Understood out = Understood::of(shown);
  for (auto filter = hole.filters.rbegin(); filter != hole.filters.rend(); ++filter) {
    if (filter->kind == FK::blank && same_scalar(out.value, filter->value)) return Understood::none();
    if (out.value.empty()) return Understood::none();
    if (filter->kind == FK::join) {
      out.value = split(out.value.scalar_text(), filter->word);
    } else {
      out = each_undone(hole, *filter, out.value, currency);
    }
    if (out.is != Understood::Is::value) return out;
  }
  return out.value.empty() ? Understood::none() : out;
}

bool is_lossy(const Filters& filters) {
  return std::any_of(filters.begin(), filters.end(),
                     [](const Filter& f) { return f.kind == FK::cut || f.kind == FK::plain || f.kind == FK::upper; });
}

}  // namespace tally::mapping
