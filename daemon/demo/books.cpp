#include "demo/books.hpp"

#include <algorithm>

namespace tally::demo {
namespace {

constexpr std::int64_t percent_that_arrives = 90;
constexpr std::int64_t charges_that_never_run_out = 1'000'000;

}  // namespace

Books::Books(const OrderBook& book) {
  std::map<std::int64_t, UnitsBySku> sold;
  for (const Invoice& invoice : book.invoices) {
    auto& week = sold[invoice.week];
    for (const auto& line : invoice.lines) {
      if (invoice.kind == Invoice::Kind::sale) week[line.sku] += line.quantity;
      if (invoice.kind == Invoice::Kind::adjustment) shelf_[line.sku] -= line.quantity;
    }
  }
  UnitsBySku so_far;
  for (const auto& [week, units] : sold) {
    auto& arrives = arrivals_[week];
    for (const auto& [sku, count] : units) {
      const std::int64_t before = so_far[sku] * percent_that_arrives / 100;
      so_far[sku] += count;
      const std::int64_t more = so_far[sku] * percent_that_arrives / 100 - before;
      if (is_goods(sku) && more > 0) arrives[sku] = more;
    }
  }
  for (const auto& [sku, article] : book.articles) {
    left_[sku] = 0;
    if (!article.goods && !sold.empty()) arrivals_.begin()->second[sku] = charges_that_never_run_out;
  }
  for (const auto& [sku, units] : shelf_) left_[sku] += units;
}

const UnitsBySku& Books::arrivals(std::int64_t week) const {
  static const UnitsBySku nothing;
  const auto found = arrivals_.find(week);
  return found == arrivals_.end() ? nothing : found->second;
}

std::int64_t Books::left(const std::string& sku) const {
  const auto found = left_.find(sku);
  return found == left_.end() ? 0 : found->second;
}

UnitsBySku Books::sold_too_many() const {
  UnitsBySku over;
  for (const auto& [sku, units] : left_) {
    const auto excused = written_off_below_zero_.find(sku);
    const std::int64_t missing = -units - (excused == written_off_below_zero_.end() ? 0 : excused->second);
    if (missing > 0) over[sku] = missing;
  }
  return over;
}

void Books::arrived(const UnitsBySku& units) {
  for (const auto& [sku, count] : units) left_[sku] += count;
}

void Books::sold(const std::string& customer, const std::string& sku, SoldLine line) {
  left_[sku] -= line.units;
  if (!customer.empty()) sales_[{customer, sku}].push_back(std::move(line));
}

std::vector<SoldLine> Books::take_back(const std::string& customer, const std::string& sku, std::int64_t units) {
  std::vector<SoldLine> parts;
  const auto found = sales_.find({customer, sku});
  if (found == sales_.end()) return parts;
  for (auto sale = found->second.rbegin(); sale != found->second.rend() && units > 0; ++sale) {
    SoldLine part = *sale;
    part.units = std::min(units, sale->units);
    if (part.units == 0) continue;
    sale->units -= part.units;
    units -= part.units;
    parts.push_back(std::move(part));
  }
  return parts;
}

/// What is written off while too much of it was sold is missing because of the writing off, not because of an order.
void Books::written_off(const std::string& sku, std::int64_t units) {
  left_[sku] -= units;
  if (left_[sku] < 0) written_off_below_zero_[sku] += std::min(units, -left_[sku]);
}

}  // namespace tally::demo
