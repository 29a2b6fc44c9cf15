#include "connectors/sandbox/shopper.hpp"

#include <algorithm>

namespace tally::sandbox {

std::optional<Purchase> Shoppers::next(const std::vector<Shelf>& shelves) {
  std::vector<std::pair<const Shelf*, std::vector<const Shelf::Item*>>> open;
  for (const Shelf& shelf : shelves) {
    std::vector<const Shelf::Item*> items;
    for (const Shelf::Item& item : shelf.items) {
      if (item.quantity > 0) items.push_back(&item);
    }
    if (!items.empty()) open.emplace_back(&shelf, std::move(items));
  }
  if (open.empty()) return std::nullopt;
  const auto& [shelf, items] = open[rng_.below(open.size())];
  Purchase purchase{.platform = shelf->platform, .sku = {}};
  const Shelf::Item* chosen = items[rng_.below(items.size())];
  purchase.quantity = rng_.between(1, std::max<std::int64_t>(1, std::min(habits_.most_units, chosen->quantity)));
  if (rng_.chance(habits_.last_unit_percent)) {
    chosen = *std::min_element(items.begin(), items.end(), [](const auto* a, const auto* b) { return a->quantity < b->quantity; });
    purchase.quantity = std::min(habits_.most_units, chosen->quantity);
  }
  purchase.sku = chosen->sku;
  purchase.paid = !rng_.chance(habits_.unpaid_percent);
  purchase.cancels = rng_.chance(habits_.cancel_percent);
  return purchase;
}

Duration Shoppers::pause(Duration mean) {
  return mean.count() <= 0 ? Duration(0)
                           : Duration(static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(mean.count()) * 2 + 1)));
}

}  // namespace tally::sandbox
