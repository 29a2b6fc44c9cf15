// What a driver that replays an order book knows of the goods: what arrives when, who bought what where, what must be left.
#pragma once

#include "demo/order_book.hpp"

#include <optional>

namespace tally::demo {

using UnitsBySku = std::map<std::string, std::int64_t>;

/// A line of an order on a platform, as it can be taken back.
struct SoldLine {
  std::string platform, order;
  std::int64_t line = 0;  ///< by position on the platform, from 0
  std::int64_t units = 0;
};

/// One thread.
class Books {
 public:
  /// Goods arrive at the beginning of each week: 90 % of what the book sells in it, rounded down over all weeks together. Charges are no
  /// goods and never run short.
  explicit Books(const OrderBook& book);

  /// What arrives at the beginning of that week; of the first week it is the opening stock.
  const UnitsBySku& arrivals(std::int64_t week) const;
  /// Units that the book writes off: they lie on the till's shelf from the beginning.
  const UnitsBySku& shelf() const { return shelf_; }
  /// What must lie there by now, by all that was recorded; below 0 where too much was sold.
  std::int64_t left(const std::string& sku) const;
  const UnitsBySku& all_left() const { return left_; }
  /// Units sold too many that nothing has made good since.
  UnitsBySku sold_too_many() const;

  void arrived(const UnitsBySku& units);
  void sold(const std::string& customer, const std::string& sku, SoldLine line);
  /// The newest sales of this SKU to this customer that still have units, as far as they go. A sale to nobody known is never found again.
  std::vector<SoldLine> take_back(const std::string& customer, const std::string& sku, std::int64_t units);
  void came_back(const std::string& sku, std::int64_t units) { left_[sku] += units; }
  void written_off(const std::string& sku, std::int64_t units);

 private:
  std::map<std::int64_t, UnitsBySku> arrivals_;
  UnitsBySku shelf_, left_;
  UnitsBySku written_off_below_zero_;
  std::map<std::pair<std::string, std::string>, std::vector<SoldLine>> sales_;  ///< by customer and SKU, the oldest first
};

}  // namespace tally::demo
