// What follows from a buyer's after-sales for the order's refunds.
#include "model/order.hpp"

#include <algorithm>

namespace tally {
namespace {

constexpr Quantity most_units = 1'000'000'000;

bool is_settled(const AfterSale& sale) {
  return sale.state == AfterSaleState::done && sale.kind != AfterSaleKind::other;
}

/// Of money alone no goods are on the shelf again; of a cancellation they never left it.
Refund refund_of(const AfterSale& sale) {
  Refund refund{sale.id, sale.reason, sale.amount, sale.lines, sale.at};
  for (LineRef& line : refund.lines) line.restocked = sale.kind != AfterSaleKind::refund;
  return refund;
}

}  // namespace

void settle_after_sales(Order& order) {
  for (const AfterSale& sale : order.after_sales) {
    if (sale.id.empty()) continue;
    const auto there = std::find_if(order.refunds.begin(), order.refunds.end(), [&](const Refund& refund) { return refund.id == sale.id; });
    if (!is_settled(sale)) {
      if (there != order.refunds.end()) order.refunds.erase(there);
    } else if (there == order.refunds.end()) {
      order.refunds.push_back(refund_of(sale));
    } else {
      *there = refund_of(sale);
    }
  }
}

Quantity settled_units(const Order& order, const std::string& line, AfterSaleKind kind) {
  Quantity units = 0;
  for (const AfterSale& sale : order.after_sales) {
    if (sale.kind != kind || !is_settled(sale)) continue;
    for (const LineRef& ref : sale.lines) {
      if (ref.line == line) units = std::min(units + std::clamp<Quantity>(ref.quantity, 0, most_units), most_units);
    }
  }
  return units;
}

}  // namespace tally
