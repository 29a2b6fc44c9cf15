#include "demo/judge.hpp"

#include <algorithm>
#include <set>

namespace tally::demo {
namespace {

constexpr std::size_t most_notes = 20;

bool is_over(const std::string& state) {
  return state == "cancelled" || state == "refunded";
}

/// Units a component at a time: a set is its parts.
void add_units(std::map<std::string, std::int64_t>& units, const Assortment& assortment, const std::string& sku, std::int64_t quantity) {
  const auto bundle = assortment.bundles.find(sku);
  if (bundle == assortment.bundles.end()) {
    units[sku] += quantity;
    return;
  }
  for (const auto& [part, each] : bundle->second) units[part] += each * quantity;
}

}  // namespace

void note(Json* notes, std::string text) {
  if (notes && (notes->is_null() || notes->as_array().size() < most_notes)) notes->push_back(std::move(text));
}

Result<There> ask_platforms(const Platforms& platforms, const Assortment& assortment, Time began) {
  There there;
  for (const auto& name : platforms.names()) {
    auto answer = platforms.get(name, "orders");
    if (!answer) return answer.error();
    auto& orders = there.orders[name] = answer->find("orders")->as_array();
    std::erase_if(orders, [&](const Json& order) { return order.integer_or("accepted_at") < to_ms(began); });
    for (const auto& order : orders) {
      if (is_over(order.text_or("state"))) continue;
      for (const auto& line : order.find("lines")->as_array())
        add_units(there.sold, assortment, line.text_or("sku"), line.integer_or("quantity"));
    }
  }
  return there;
}

Result<void> compare_orders(const There& there, const cli::Daemon& daemon, Verdict& verdict) {
  for (const auto& [platform, orders] : there.orders) {
    auto here = all_items(daemon, "orders", platform);
    if (!here) return here.error();
    std::map<std::string, int> counted;
    for (const auto& order : *here) ++counted[order.text_or("id")];
    for (const auto& [id, count] : counted) {
      if (count > 1)
        ++verdict.duplicated, note(&verdict.notes, "order " + id + " of " + platform + " is here " + std::to_string(count) + " times");
    }
    for (const auto& order : orders) {
      ++verdict.orders;
      const std::string id = order.text_or("id");
      if (counted.contains(id))
        ++verdict.imported;
      else
        ++verdict.lost, note(&verdict.notes, "order " + id + " of " + platform + " is not here");
    }
  }
  return {};
}

namespace {

/// Each SKU's stock here must be what lay there at the beginning less what was sold: less of it is an effect twice, more is one lost.
Result<void> compare_stock(const There& there, const cli::Daemon& daemon, const Assortment& assortment, Verdict& verdict) {
  auto products = all_items(daemon, "products", "");
  if (!products) return products.error();
  std::map<std::string, std::int64_t> available;
  for (const auto& product : *products) {
    for (const auto& row : product.find("stock")->as_array()) available[row.text_or("sku")] += row.integer_or("available");
  }
  for (const auto& [sku, supply] : assortment.supply) {
    const auto sold = there.sold.find(sku);
    const std::int64_t expected = supply - (sold == there.sold.end() ? 0 : sold->second), found = available[sku];
    if (found < expected) ++verdict.duplicated;
    if (found > expected) ++verdict.lost;
    if (found != expected)
      note(&verdict.notes, sku + ": " + std::to_string(found) + " available here, " + std::to_string(expected) + " by the sales");
  }
  return {};
}

Result<std::map<std::string, std::int64_t>> oversells_explained(const cli::Daemon& daemon) {
  auto status = daemon.get("status");
  if (!status) return status.error();
  std::map<std::string, std::int64_t> explained;
  for (const auto& record : status->find("oversold")->as_array()) {
    if (!record.text_or("order").empty() && !record.text_or("other_order").empty())
      explained[record.text_or("sku")] += record.integer_or("short");
  }
  return explained;
}

std::map<std::string, std::int64_t> sold_too_many(const There& there, const Assortment& assortment) {
  std::map<std::string, std::int64_t> over;
  for (const auto& [sku, supply] : assortment.supply) {
    const auto sold = there.sold.find(sku);
    if (sold != there.sold.end() && sold->second > supply) over[sku] = sold->second - supply;
  }
  return over;
}

}  // namespace

void compare_oversold(const std::map<std::string, std::int64_t>& over, std::map<std::string, std::int64_t> explained, Verdict& verdict) {
  for (const auto& [sku, units] : over) {
    verdict.oversold += units;
    const std::int64_t missing = std::max<std::int64_t>(0, units - explained[sku]);
    verdict.oversold_unexplained += missing;
    if (missing > 0)
      note(&verdict.notes,
           sku + " was oversold by " + std::to_string(units) + ", and the record explains " + std::to_string(explained[sku]));
  }
}

namespace {

struct Write {
  std::int64_t at = 0, quantity = 0;
};

}  // namespace

Result<void> measure(const Platforms& platforms, const There& there, const Assortment& assortment, Verdict& verdict) {
  std::map<std::string, std::map<std::string, std::vector<Write>>> writes;
  for (const auto& name : platforms.names()) {
    auto counters = platforms.get(name, "counters");
    if (!counters) return counters.error();
    verdict.over_limit += counters->integer_or("over_limit");
    for (const auto& move : counters->find("stock_history")->as_array()) {
      if (move.text_or("cause") == "write")
        writes[name][move.text_or("sku")].push_back({move.integer_or("at_ms"), move.integer_or("quantity")});
    }
  }
  std::vector<std::int64_t> delays;
  for (const auto& [platform, orders] : there.orders) {
    for (const auto& order : orders) {
      const std::int64_t accepted = order.integer_or("accepted_at");
      for (const auto& line : order.find("lines")->as_array()) {
        if (assortment.bundles.contains(line.text_or("sku"))) continue;
        for (const auto& sibling : platforms.names()) {
          if (sibling == platform) continue;
          const auto& list = writes[sibling][line.text_or("sku")];
          const auto next = std::find_if(list.begin(), list.end(), [&](const Write& write) { return write.at >= accepted; });
          const bool lower = next != list.end() && (next == list.begin() || next->quantity < std::prev(next)->quantity);
          if (lower) delays.push_back(next->at - accepted);
        }
      }
    }
  }
  if (delays.empty()) return {};
  std::sort(delays.begin(), delays.end());
  verdict.p50_ms = delays[delays.size() / 2];
  verdict.p99_ms = delays[std::min(delays.size() - 1, delays.size() * 99 / 100)];
  return {};
}

namespace {

/// "12.50 CNY/15.00 CNY" → "12.50"
std::string amount_of(const std::string& price) {
  return price.substr(0, price.find(' '));
}

bool same_amount(const std::string& a, const std::string& b) {
  const auto left = Decimal::parse(a), right = Decimal::parse(b);
  return left && right && *left == *right;
}

}  // namespace

Json Verdict::json() const {
  Json json = Json::object({{"orders", orders},
                            {"imported", imported},
                            {"lost", lost},
                            {"duplicated", duplicated},
                            {"drift", drift},
                            {"oversold", oversold},
                            {"oversold_unexplained", oversold_unexplained},
                            {"over_limit", over_limit},
                            {"propagation_ms", Json::object({{"p50", p50_ms}, {"p99", p99_ms}})}});
  if (!notes.empty()) json.set("notes", notes);
  return json;
}

std::vector<std::string> garbled_rows(const Json& status) {
  std::vector<std::string> rows;
  const Json* problems = status.find("problems");
  if (problems == nullptr || !problems->is_array()) return rows;
  for (const auto& problem : problems->as_array()) {
    const bool garbled = problem.text_or("reason").find("was refused: sku: blank") != std::string::npos;
    if (garbled && problem.text_or("aspect") == "inbox" && problem.text_or("channel") == "till") rows.push_back(problem.text_or("thing"));
  }
  return rows;
}

Result<Json::Array> all_items(const cli::Daemon& daemon, const std::string& path, const std::string& channel) {
  Json::Array items;
  std::string cursor;
  do {
    auto page = daemon.get(path, {{"channel", channel}, {"cursor", cursor}, {"limit", "500"}});
    if (!page) return page.error();
    for (auto& item : page->find("items")->as_array()) items.push_back(std::move(item));
    cursor = page->text_or("cursor");
  } while (!cursor.empty());
  return items;
}

Result<std::int64_t> count_drift(const Platforms& platforms, const cli::Daemon& daemon, const Assortment& assortment, Json* notes) {
  std::int64_t drift = 0;
  std::set<std::string> skus;
  for (const auto& [sku, supply] : assortment.supply) skus.insert(sku);
  for (const auto& [sku, parts] : assortment.bundles) skus.insert(sku);
  for (const auto& platform : platforms.names()) {
    auto offers = platforms.get(platform, "offers");
    auto ours = all_items(daemon, "offers", platform);
    if (!offers) return offers.error();
    if (!ours) return ours.error();
    std::map<std::string, const Json*> wanted;
    for (const auto& offer : *ours) wanted[offer.text_or("sku")] = &offer;
    std::map<std::string, int> seen;
    for (const auto& offer : offers->find("offers")->as_array()) {
      const std::string sku = offer.text_or("sku");
      if (!skus.contains(sku)) continue;
      if (++seen[sku] > 1) ++drift, note(notes, sku + " is listed twice on " + platform);
      const auto found = wanted.find(sku);
      if (found == wanted.end()) {
        ++drift;
        note(notes, sku + " is on " + platform + " and the daemon does not know it there");
        continue;
      }
      const std::int64_t desired = found->second->find("stock")->integer_or("desired"), shown = offer.integer_or("quantity");
      if (shown != desired)
        ++drift, note(notes, sku + " shows " + std::to_string(shown) + " on " + platform + ", it should be " + std::to_string(desired));
      const std::string price = amount_of(found->second->find("price")->text_or("desired"));
      if (!same_amount(offer.text_or("price"), price))
        ++drift, note(notes, sku + " costs " + offer.text_or("price") + " on " + platform + ", it should be " + price);
    }
    for (const auto& sku : skus) {
      if (!seen.contains(sku)) ++drift, note(notes, sku + " is not listed on " + platform);
    }
  }
  return drift;
}

Result<Verdict> judge(const Platforms& platforms, const cli::Daemon& daemon, const Assortment& assortment) {
  Verdict verdict;
  auto there = ask_platforms(platforms, assortment);
  if (!there) return there.error();
  if (auto done = compare_orders(*there, daemon, verdict); !done) return done.error();
  if (auto done = compare_stock(*there, daemon, assortment, verdict); !done) return done.error();
  auto explained = oversells_explained(daemon);
  if (!explained) return explained.error();
  compare_oversold(sold_too_many(*there, assortment), std::move(*explained), verdict);
  if (auto done = measure(platforms, *there, assortment, verdict); !done) return done.error();
  auto drift = count_drift(platforms, daemon, assortment, &verdict.notes);
  if (!drift) return drift.error();
  verdict.drift = *drift;
  return verdict;
}

}  // namespace tally::demo
