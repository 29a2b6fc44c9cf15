// Count files: what a person counted on the till's own shelf.
#include "base/id.hpp"
#include "connectors/file/reading.hpp"
#include "connectors/file/rows.hpp"

#include <algorithm>

namespace tally::file {

namespace {

constexpr std::int64_t most_units = 1'000'000;  // beyond it somebody read a barcode into the wrong column

Result<Json> level_of(const Rows& rows, const csv::Record& record, const Layout& layout) {
  if (const auto wrong = rows.misshapen(record); !wrong.empty()) return error(Fault::invalid, wrong);
  const auto sku = normal_sku(rows.cell(record, "sku"));
  if (sku.empty()) return error(Fault::invalid, "sku: blank");
  const auto text = rows.cell(record, "counted");
  if (text.empty()) return error(Fault::invalid, "counted: blank, and blank is not zero");
  const auto number = rows.number(text);
  const auto units = number ? number->whole() : Result<std::int64_t>(number.error());
  if (!units) return error(Fault::invalid, "counted: '" + std::string(text) + "' is not a whole number");
  if (*units < 0 || *units > most_units) return error(Fault::invalid, "counted: " + std::to_string(*units) + " cannot lie on a shelf");
  const auto at = time_of(rows.cell(record, "counted_at"), layout.zone);
  if (!at) return error(Fault::invalid, "counted_at: " + at.error().what);
  return Json::object({{"sku", sku.text}, {"counted", std::to_string(*units)}, {"counted_at", format_iso(*at)}});
}

}  // namespace

Reading read_counts(std::string_view bytes, const std::string& name, const Layout& layout) {
  Reading reading;
  const auto rows = Rows::read(bytes, layout.counts_columns, {"sku", "counted", "counted_at"}, layout);
  if (!rows) {
    reading.unusable = rows.error().text();
    return reading;
  }
  for (const auto& row : rows->unreadable()) reading.refused.push_back(rows->refused(row.guess, row.reason));
  for (const auto& record : rows->records()) {
    auto level = level_of(*rows, record, layout);
    if (!level) {
      reading.refused.push_back(rows->refused(record, level.error().what));
      continue;
    }
    level->set("file", name);
    reading.documents.push_back({.kind = "level", .body = level->dump(), .headers = {}});
  }
  std::ranges::stable_sort(reading.refused, {}, &RefusedRow::line);
  return reading;
}

}  // namespace tally::file
