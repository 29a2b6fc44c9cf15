#include "catalogue/own_cells.hpp"

#include "base/complaint.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

bool is_known(std::string_view word, const std::vector<std::string>& known, const std::vector<std::string_view>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return word.size() > prefix.size() && word.starts_with(prefix); }) ||
         std::find(known.begin(), known.end(), word) != known.end();
}

Objection read_prices(const Table& table, const csv::Record& row, const Currency& currency, Variant& variant, Understood& how) {
  const auto named = cell(row, table.column("currency"));
  if (!named.empty() && !same_word(named, currency.code))
    return {"currency", "prices in " + std::string(named) + ", the catalogue is kept in " + currency.code};
  for (const auto& [name, amount] : {std::pair{"price", &variant.price}, {"compare_at", &variant.compare_at}, {"cost", &variant.cost}}) {
    bool rounded = std::exchange(how.rounded, false);
    const auto read = price_of(cell(row, table.column(name)), currency, how);
    if (!read) return objection(name, read.error());
    if (how.rounded) return {name, "'" + std::string(cell(row, table.column(name))) + "' has more digits than " + currency.code + " has"};
    how.rounded = rounded;
    *amount = *read;
  }
  return {};
}

}  // namespace

const std::vector<OwnColumn>& product_columns() {
  static const std::vector<OwnColumn> columns{{"description", "description"},
                                              {"brand", "brand"},
                                              {"category", "categories"},
                                              {"tags", "tags"},
                                              {"state", "state"},
                                              {"image", "images"}};
  return columns;
}

const std::vector<OwnColumn>& variant_columns() {
  static const std::vector<OwnColumn> columns{
      {"barcode", "barcode"},     {"compare_at", "compare_at"}, {"cost", "cost"},       {"weight", "weight"}, {"length", "length"},
      {"width", "width"},         {"height", "height"},         {"hs_code", "hs_code"}, {"origin", "origin"}, {"tax_class", "tax_class"},
      {"variant_state", "state"}, {"variant_image", "image"},   {"bundle", "bundle"}};
  return columns;
}

std::optional<SaleState> state_named(std::string_view text) {
  if (text.empty() || same_word(text, "live")) return SaleState::live;
  if (same_word(text, "paused")) return SaleState::paused;
  if (same_word(text, "ended")) return SaleState::ended;
  return {};
}

Objection read_variant_cells(const Table& table, const csv::Record& row, const Currency& currency, Variant& variant, Understood& how) {
  const auto at = [&](std::string_view name) { return cell(row, table.column(name)); };
  if (auto why = read_prices(table, row, currency, variant, how); !why.empty()) return why;
  for (auto [name, measure] :
       {std::pair{"weight", &variant.weight}, {"length", &variant.length}, {"width", &variant.width}, {"height", &variant.height}}) {
    auto value = measure_of(at(name), "");
    if (!value) return objection(name, value.error());
    *measure = *value;
  }
  const auto state = state_named(at("variant_state"));
  if (!state) return {"variant_state", "'" + std::string(at("variant_state")) + "': live, paused or ended"};
  variant.state = *state;
  auto barcode = barcode_of(at("barcode"));
  if (!barcode) return objection("barcode", barcode.error());
  variant.barcode = std::move(*barcode);
  variant.hs_code = at("hs_code");
  variant.origin = at("origin");
  variant.tax_class = at("tax_class");
  if (const auto url = at("variant_image"); !url.empty()) variant.image = Image{std::string(url), {}};
  return {};
}

Result<void> check_columns(const Table& table, const std::string& file, const std::vector<std::string>& known,
                           const std::vector<std::string_view>& prefixes) {
  std::string unknown, hints;
  for (std::size_t place = 0; place < table.header().size(); ++place) {
    const auto& name = table.header()[place];
    if (is_known(lower(name), known, prefixes) || (name.empty() && table.is_blank(Column{place}))) continue;
    unknown += (unknown.empty() ? "" : ", ") +
               (name.empty() ? "a column without a name (number " + std::to_string(place + 1) + ")" : "unknown column '" + name + "'");
    if (const auto hint = did_you_mean(lower(name), known); !hint.empty()) hints += "'" + name + "': " + hint + " ";
  }
  if (unknown.empty()) return {};
  if (hints.empty() && !prefixes.empty()) hints = "name it option:NAME or attribute:NAME, or take it out ";
  if (hints.empty()) hints = "take it out ";
  hints.pop_back();
  return error(Fault::invalid, unknown, file + ":" + std::to_string(table.header_line()), hints);
}

}  // namespace tally::catalogue
