// Sales files: a row a line of a receipt.
#include "base/id.hpp"
#include "connectors/file/reading.hpp"
#include "connectors/file/rows.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace tally::file {

namespace {

constexpr std::size_t most_receipt_bytes = 100;
constexpr Quantity most_units = 1'000'000'000;

struct Line {
  std::string id, sku;
  Quantity quantity = 0;
  std::optional<Decimal> unit_price, discount, tax;
  Decimal total;
};

struct Receipt {
  std::string number, day, currency;
  Time sold_at = long_ago;
  std::vector<Line> lines;
  std::set<std::string> line_ids;
  std::vector<RefusedRow> refused;
};

/// What one row says, before it is known whether its receipt can take it.
struct Row {
  std::string receipt, day, currency;
  Time sold_at = long_ago;
  Line line;
};

Result<std::optional<Decimal>> amount_of(const Rows& rows, const csv::Record& record, std::string_view column) {
  const auto text = rows.cell(record, column);
  if (text.empty()) return std::optional<Decimal>();
  auto number = rows.number(text);
  if (!number) return error(Fault::invalid, std::string(column) + ": " + number.error().what);
  const Decimal most(1'000'000'000'000);  // beyond it somebody typed a barcode into the wrong column
  if (*number > most || -*number > most) return error(Fault::invalid, std::string(column) + ": '" + std::string(text) + "' is too much");
  return std::optional<Decimal>(*number);
}

Result<Row> row_of(const Rows& rows, const csv::Record& record, const Layout& layout) {
  const auto wrong = [](const std::string& what) { return error(Fault::invalid, what); };
  Row row;
  row.receipt = rows.cell(record, "receipt");
  if (row.receipt.empty()) return wrong("receipt: blank");
  if (row.receipt.size() > most_receipt_bytes) return wrong("receipt: longer than " + std::to_string(most_receipt_bytes) + " bytes");
  auto& line = row.line;
  line.id = rows.cell(record, "line");
  line.sku = normal_sku(rows.cell(record, "sku")).text;
  if (line.sku.empty()) return wrong("sku: blank");
  const auto quantity = rows.number(rows.cell(record, "quantity"));
  const auto units = quantity ? quantity->whole() : Result<std::int64_t>(quantity.error());
  if (!units) return wrong("quantity: '" + std::string(rows.cell(record, "quantity")) + "' is not a whole number");
  if (*units == 0 || *units > most_units || *units < -most_units)
    return wrong("quantity: " + std::to_string(*units) + " is not a number of units");
  line.quantity = *units;
  const auto sold_at = time_of(rows.cell(record, "sold_at"), layout.zone);
  if (!sold_at) return wrong("sold_at: " + sold_at.error().what);
  row.sold_at = *sold_at;
  row.day = day_of(rows.cell(record, "sold_at"), *sold_at, layout.zone);
  row.currency = rows.cell(record, "currency");
  if (row.currency.empty()) row.currency = layout.currency;
  if (!row.currency.empty() && !Currency::parse(row.currency)) return wrong("currency: '" + row.currency + "' is not one");
  std::optional<Decimal> total;
  for (auto [column, into] :
       {std::pair{"unit_price", &line.unit_price}, {"discount", &line.discount}, {"tax", &line.tax}, {"total", &total}}) {
    auto amount = amount_of(rows, record, column);
    if (!amount) return amount.error();
    *into = *amount;
  }
  if (!total && !line.unit_price) return wrong("total: blank, and so is unit_price");
  line.total = total ? *total : *line.unit_price * Decimal(line.quantity) - line.discount.value_or(Decimal());
  return row;
}

/// Whether the tax of this line stands on top of its price; nothing where the line does not show it.
std::optional<bool> tax_on_top(const Line& line) {
  if (!line.unit_price || !line.tax || line.tax->is_zero()) return {};
  const auto price = *line.unit_price * Decimal(line.quantity) - line.discount.value_or(Decimal());
  if (line.total == price) return false;
  if (line.total == price + *line.tax) return true;
  return {};
}

Json sold_line(const Line& line, bool on_top) {
  auto json = Json::object({{"line", line.id}, {"sku", line.sku}, {"quantity", std::to_string(line.quantity)}});
  if (line.unit_price) json.set("unit_price", line.unit_price->text());
  json.set("discount", line.discount.value_or(Decimal()).text());
  if (line.tax) json.set("tax", line.tax->text());
  json.set("total", line.total.text());
  json.set("discounted", (on_top ? line.total - line.tax.value_or(Decimal()) : line.total).text());
  return json;
}

/// A return stands among the lines too, with nothing sold, so that it has a SKU and what came back a line to point to.
Json returned_line(const Line& line) {
  return Json::object({{"line", line.id}, {"sku", line.sku}, {"quantity", "0"}, {"discount", "0"}, {"total", "0"}, {"discounted", "0"}});
}

Json document_of(const Receipt& receipt, const std::string& file) {
  const bool on_top = std::any_of(receipt.lines.begin(), receipt.lines.end(), [](const Line& line) { return tax_on_top(line) == true; }) &&
                      std::none_of(receipt.lines.begin(), receipt.lines.end(), [](const Line& line) { return tax_on_top(line) == false; });
  auto json = Json::object({{"receipt", receipt.number}, {"day", receipt.day}, {"sold_at", format_iso(receipt.sold_at)}});
  if (!receipt.currency.empty()) json.set("currency", receipt.currency);
  Decimal total, discount, tax, returned;
  bool taxed = false;
  Json lines = Json::array(), back = Json::array();
  for (const auto& line : receipt.lines) {
    if (line.quantity < 0) {
      const auto worth = line.total.is_negative() ? -line.total : line.total;
      returned = returned + worth;
      lines.push_back(returned_line(line));
      back.push_back(Json::object({{"line", line.id},
                                   {"sku", line.sku},
                                   {"quantity", std::to_string(-line.quantity)},
                                   {"total", worth.text()},
                                   {"restocked", "true"}}));
      continue;
    }
    total = total + line.total;
    discount = discount + line.discount.value_or(Decimal());
    tax = tax + line.tax.value_or(Decimal());
    taxed = taxed || line.tax;
    lines.push_back(sold_line(line, on_top));
  }
  json.set("total", total.text()).set("discount", discount.text());
  if (taxed) json.set("tax", tax.text());
  json.set("tax_included", on_top ? "false" : "true").set("status", "completed").set("file", file).set("lines", std::move(lines));
  if (!back.empty()) {
    Json returns = Json::array();
    returns.push_back(Json::object({{"id", receipt.number + "/returns"},
                                    {"at", format_iso(receipt.sold_at)},
                                    {"amount", returned.text()},
                                    {"lines", std::move(back)}}));
    json.set("returns", std::move(returns));
  }
  if (!receipt.refused.empty()) {
    Json refused = Json::array();
    for (const auto& row : receipt.refused)
      refused.push_back(Json::object({{"line", static_cast<std::int64_t>(row.line)}, {"reason", row.reason}}));
    json.set("refused", std::move(refused));
  }
  return json;
}

class Till {
 public:
  Till(const Rows& rows, const Layout& layout, Reading& reading) : rows_(rows), layout_(layout), reading_(reading) {}

  void take(const csv::Record& record) {
    if (const auto wrong = rows_.misshapen(record); !wrong.empty()) return refuse(record, wrong);
    auto row = row_of(rows_, record, layout_);
    if (!row) return refuse(record, row.error().what);
    auto& receipt = receipts_[place_of(row->receipt, row->day)];
    if (receipt.lines.empty()) receipt.currency = row->currency;
    if (row->currency != receipt.currency) return refuse(record, "currency: " + row->currency + ", the receipt is in " + receipt.currency);
    if (row->line.id.empty()) row->line.id = std::to_string(receipt.lines.size() + 1);
    if (!receipt.line_ids.insert(row->line.id).second) return refuse(record, "line: " + row->line.id + " stands twice in the receipt");
    if (row->sold_at >= receipt.sold_at) receipt.day = row->day;
    receipt.sold_at = std::max(receipt.sold_at, row->sold_at);
    receipt.lines.push_back(std::move(row->line));
  }

  /// In the report, and in the receipt that the row names, if it names one.
  void refuse(const csv::Record& record, const std::string& reason) {
    reading_.refused.push_back(rows_.refused(record, reason));
    const auto written = rows_.cell(record, "sold_at");
    const auto sold_at = time_of(written, layout_.zone);
    refused_[std::string(rows_.cell(record, "receipt"))].push_back(
        {sold_at ? day_of(written, *sold_at, layout_.zone) : "", reading_.refused.back()});
  }

  void finish(const std::string& file) {
    std::ranges::stable_sort(reading_.refused, {}, &RefusedRow::line);
    for (auto& receipt : receipts_) {
      if (receipt.lines.empty()) continue;  // all its rows were refused: it is in the report
      for (const auto& refused : refused_[receipt.number]) {
        if (!layout_.numbers_restart || refused.day.empty() || refused.day == receipt.day) receipt.refused.push_back(refused.row);
      }
      reading_.documents.push_back({.kind = "order", .body = document_of(receipt, file).dump(), .headers = {}});
    }
  }

 private:
  /// What was refused of a receipt; the day is empty where the row does not tell it, and then every receipt of that number lacks it.
  struct Refused {
    std::string day;
    RefusedRow row;
  };

  std::size_t place_of(const std::string& number, const std::string& day) {
    const auto [found, fresh] = places_.emplace(std::pair(number, layout_.numbers_restart ? day : ""), receipts_.size());
    if (fresh) receipts_.push_back({.number = number, .day = day, .currency = {}, .lines = {}, .line_ids = {}, .refused = {}});
    return found->second;
  }

  const Rows& rows_;
  const Layout& layout_;
  Reading& reading_;
  std::vector<Receipt> receipts_;
  std::map<std::pair<std::string, std::string>, std::size_t> places_;  ///< by number and, where numbers restart, day
  std::map<std::string, std::vector<Refused>> refused_;                ///< by number
};

bool sells_any_of(const Json& receipt, const Json::Array& before) {
  const auto& lines = receipt.find("lines")->as_array();
  return std::any_of(lines.begin(), lines.end(), [&](const Json& line) {
    return std::any_of(before.begin(), before.end(),
                       [&](const Json& was) { return normal_sku(was.text_or("sku")).text == normal_sku(line.text_or("sku")).text; });
  });
}

}  // namespace

std::string id_of(const Json& receipt, const Layout& layout) {
  const auto number = receipt.text_or("receipt");
  return layout.numbers_restart ? number + "@" + receipt.text_or("day") : number;
}

Result<void> same_receipt(const Json& receipt, const Json& known, const Layout& layout) {
  const auto number = receipt.text_or("receipt");
  const auto before = parse_iso(known.text_or("placed_at")), now = parse_iso(receipt.text_or("sold_at"));
  if (!layout.numbers_restart && before && now && layout.zone.day_of(*before) != layout.zone.day_of(*now))
    return error(Fault::rejected,
                 "receipt " + number + " of " + layout.zone.day_of(*now) + " has the number of the one of " + layout.zone.day_of(*before) +
                     ", which stays as it was",
                 receipt.text_or("file"), "write `settings: { receipts: daily }` if numbers begin again each day, or correct the number");
  const auto* lines = known.find("lines");
  if (lines == nullptr || lines->empty() || sells_any_of(receipt, lines->as_array())) return {};
  return error(
      Fault::rejected,
      "receipt " + number + " of " + receipt.text_or("day") +
          " came again and names none of what it sold before: the one before stays as it was",
      receipt.text_or("file"),
      "if it is another sale, drop it under a number of its own; if it corrects the one before, let it also name what that one sold "
      "and, with a negative quantity, take it back");
}

Reading read_sales(std::string_view bytes, const std::string& name, const Layout& layout) {
  Reading reading;
  const auto rows = Rows::read(bytes, layout.sales_columns, {"receipt", "sku", "quantity", "sold_at"}, layout);
  if (!rows) {
    reading.unusable = rows.error().text();
    return reading;
  }
  Till till(*rows, layout, reading);
  for (const auto& row : rows->unreadable()) till.refuse(row.guess, row.reason);
  for (const auto& record : rows->records()) till.take(record);
  till.finish(name);
  return reading;
}

}  // namespace tally::file
