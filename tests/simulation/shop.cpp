#include "simulation/shop.hpp"

#include <algorithm>

namespace tally::simulation {
namespace {

using channel::Capabilities;
using channel::GivesBack;
using channel::StockWrites;
using channel::Takes;

void set_strategy(Kind kind, memory::Terms& terms, Rng& rng) {
  auto& facts = terms.facts;
  switch (kind) {
    case Kind::absolute:
      facts.gives_back = {GivesBack::unpaid_cancel, GivesBack::paid_cancel};
      if (rng.chance(50)) facts.gives_back.insert(GivesBack::refund);
      facts.has_mark = true;
      return;
    case Kind::by_state:
      facts.takes = Takes::by_state;
      facts.takes_in = {{"pending", false}, {"processing", true}, {"completed", true}, {"cancelled", false}};
      facts.read_after_write = Duration(rng.between(0, 3) * 1000);
      terms.number_lag = Duration(rng.between(0, facts.read_after_write.count()));
      terms.whole_orders = false;
      return;
    case Kind::compare:
      facts.compare_and_set = true;
      facts.gives_back = {GivesBack::unpaid_cancel};
      return;
    case Kind::delta:
      facts.stock = StockWrites::delta;
      facts.takes = Takes::paid;
      facts.gives_back = {GivesBack::paid_cancel};
      return;
    case Kind::delta_with_key:
      facts.stock = StockWrites::both;
      facts.idempotency_key = true;
      facts.gives_back = {GivesBack::unpaid_cancel, GivesBack::paid_cancel};
      return;
    case Kind::shipped:
      facts.takes = Takes::shipped;
      facts.has_mark = true;
      return;
    case Kind::blind:
      facts.can_look = false;
      facts.gives_back = {GivesBack::unpaid_cancel, GivesBack::paid_cancel};
      return;
    case Kind::till:
      facts.can_look = false;
      facts.takes = Takes::never;
      facts.listings_by_id = false;
      terms.announces_listings = false;
      return;
  }
}

Product product(const std::string& code, const std::vector<std::string>& skus) {
  Product product;
  product.code = code;
  product.title = "Product " + code;
  if (skus.size() > 1) product.options.push_back({"Size", {}});
  for (const auto& sku : skus) {
    Variant variant;
    variant.sku = Sku(sku);
    variant.price = Money{1000, Currency{"EUR"}};
    if (skus.size() > 1) {
      product.options.front().values.push_back(sku);
      variant.option_values.push_back({"Size", sku});
    }
    product.variants.push_back(std::move(variant));
  }
  return product;
}

/// Most clocks tell whole seconds; some are wrong by up to a minute and set while the world runs; some orders do not say when they changed.
void set_clock(memory::Terms& terms, Rng& rng) {
  auto& facts = terms.facts;
  facts.clock_resolution = Duration(rng.chance(60) ? 1000 : 1);
  if (rng.chance(15)) {
    facts.clock_resolution = Duration(30000);
    terms.clock_skew = Duration(rng.between(-55000, 55000));
    facts.changed_at_trusted = false;  // a clock that is set back makes the newer document the older one
  } else if (rng.chance(12)) {
    facts.changed_at_trusted = false;
    terms.changed_at_stands = true;
  }
}

/// Enough for most minutes, and not for all of them. Drawn beside the world's own chances, which are the same with and without.
std::vector<channel::Budget> make_budgets(Rng rng, const channel::Capabilities& facts) {
  std::vector<channel::Budget> budgets;
  const auto add = [&](const char* name, std::set<std::string, std::less<>> operations, std::int64_t least, std::int64_t most) {
    channel::Budget budget;
    budget.name = name;
    budget.operations = std::move(operations);
    budget.most = rng.between(least, most);
    budget.every = Duration(rng.between(30, 60) * 1000);
    budget.keep = std::min(channel::usual_keep(budget.most) + rng.between(0, 3), budget.most / 2);
    budget.slack = facts.deadline;
    budgets.push_back(std::move(budget));
  };
  if (!rng.chance(40)) return budgets;
  if (rng.chance(60)) add("account", {}, 16, 40);
  if (rng.chance(40)) add("order list", {"read_orders", "read_order", "read_placed_orders"}, 6, 16);
  if (rng.chance(40)) {
    add("revisions of a listing", {"set_stock", "set_price"}, 4, 8);
    budgets.back().entity = "listing/@id";
  }
  return budgets;
}

}  // namespace

Result<void> Purse::take(const channel::Errand&) {
  ensure(!answers.empty(), "every request was counted when it left");
  auto answer = std::move(answers.front());
  answers.pop_front();
  return answer;
}

std::optional<Time> Purse::opens(std::string_view operation, bool urgent) const {
  auto opens = meter().opens(operation, urgent);
  if (opens && urgent) starved();
  return opens;
}

std::string Gate::count(Times& all, const channel::Errand& errand, bool urgent, Time now) const {
  std::string wrong;
  for (const auto& budget : budgets_) {
    if (!budget.concerns(errand.operation)) continue;
    const std::string entity = budget.entity.empty() ? "" : errand.id(budget.entity);
    if (!budget.entity.empty() && entity.empty()) continue;
    auto& times = all[{budget.name, entity}];
    while (!times.empty() && times.front() <= now - budget.every) times.pop_front();
    times.push_back(now);
    if (static_cast<std::int64_t>(times.size()) > (urgent ? budget.most : budget.most - budget.keep))
      wrong = errand.operation + " is the " + std::to_string(times.size()) + ". request of '" + budget.name + "' (" + budget.terms() +
              ", " + std::to_string(budget.keep) + " kept) " + entity;
  }
  return wrong;
}

std::string Gate::comes(const channel::Errand& errand, Time now) {
  return count(came_, errand, true, now);
}

std::string Gate::leaves(const channel::Errand& errand, Time now) {
  return count(left_, errand, errand.urgent, now);
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::absolute:
      return "absolute";
    case Kind::by_state:
      return "by-state";
    case Kind::compare:
      return "compare";
    case Kind::delta:
      return "delta";
    case Kind::delta_with_key:
      return "delta-with-key";
    case Kind::shipped:
      return "shipped";
    case Kind::blind:
      return "blind";
    case Kind::till:
      return "till";
  }
  return "absolute";
}

Weather make_weather(Rng& rng) {
  Weather weather;
  weather.clear = rng.chance(20);
  if (weather.clear) return weather;
  weather.garbled_webhooks = static_cast<unsigned>(rng.between(0, 2));
  weather.truncated_sweeps = static_cast<unsigned>(rng.between(0, 20));
  weather.lost_requests = static_cast<unsigned>(rng.between(0, 6));
  weather.lost_replies = static_cast<unsigned>(rng.between(0, 6));
  weather.late_landings = weather.twice = static_cast<unsigned>(rng.between(0, 4));
  weather.refused = static_cast<unsigned>(rng.between(0, 6));
  weather.throttled = static_cast<unsigned>(rng.between(0, 4));
  weather.lost_webhooks = rng.chance(15) ? 100 : static_cast<unsigned>(rng.between(0, 40));
  weather.doubled_webhooks = static_cast<unsigned>(rng.between(0, 50));
  weather.slow_webhooks = static_cast<unsigned>(rng.between(0, 30));
  return weather;
}

Shop make_shop(Kind kind, const std::string& name, Rng& rng, const Clock& clock) {
  memory::Terms terms;
  auto& facts = terms.facts;
  facts.settle = Duration(30000);
  facts.deadline = Duration(10000);
  facts.order_overlap = Duration(60000);
  facts.concurrency = static_cast<unsigned>(rng.between(1, 3));
  set_clock(terms, rng);
  facts.stock_batch = rng.chance(50) ? 1 : 5;
  // An older copy that does not say so cannot be told from a newer one: no platform with an untrusted clock lags here.
  if (facts.changed_at_trusted && rng.chance(30)) {
    facts.order_lag = Duration(rng.between(1, 8) * 1000);
    terms.order_lag = Duration(rng.between(0, facts.order_lag.count()));
  }
  terms.page = static_cast<std::size_t>(rng.between(2, 40));
  terms.whole_orders = rng.chance(70);
  set_strategy(kind, terms, rng);

  Shop shop;
  shop.kind = kind;
  shop.config.name = name;
  shop.config.connector = "memory";
  shop.config.currency = "EUR";
  shop.config.orders_every = Duration(rng.between(15, 40) * 1000);
  shop.config.sweep_every = Duration(rng.between(60, 120) * 1000);
  shop.config.reserve_for = Duration(rng.between(20, 150) * 1000);
  if (rng.chance(25)) shop.config.reserve = rng.chance(50) ? ReserveAt::paid : ReserveAt::placed;
  shop.weather = make_weather(rng);
  shop.platform = std::make_unique<memory::Platform>(name, terms, clock);
  auto budgets = make_budgets(rng, shop.facts());
  if (budgets.empty()) {
    shop.connector = std::make_shared<memory::MemoryConnector>(*shop.platform);
    return shop;
  }
  auto purse = std::make_unique<Purse>();
  shop.purse = purse.get();
  shop.gate = std::make_shared<Gate>(std::move(budgets));
  shop.connector = std::make_shared<memory::MemoryConnector>(*shop.platform, std::move(purse));
  return shop;
}

void Shop::change_rules(Rng& rng) {
  config.stock.buffer = rng.chance(70) ? 0 : rng.between(1, 2);
  config.stock.share = Decimal::of(rng.chance(60) ? 10 : rng.between(4, 9), 1);
  config.stock.cap = rng.chance(75) ? std::nullopt : std::optional<Quantity>(rng.between(3, 6));
  config.price.factor = Decimal::of(rng.chance(50) ? 10 : rng.between(8, 15), 1);
}

std::string Shop::rules() const {
  return std::to_string(config.stock.buffer) + " " + config.stock.share.text() + " " +
         (config.stock.cap ? std::to_string(*config.stock.cap) : "-") + " " + config.price.factor.text();
}

void Shop::lift_budgets() {
  connector = std::make_shared<memory::MemoryConnector>(*platform);
  gate.reset();
  purse = nullptr;
}

Product make_late_product() {
  return product("LATE", {"SKU-L"});
}

std::vector<Product> make_catalogue(Rng& rng) {
  const auto count = rng.between(1, 6);
  std::vector<std::string> skus;
  for (std::int64_t i = 0; i < (count >= 3 ? count - 1 : count); ++i) skus.push_back("SKU-" + std::string(1, static_cast<char>('A' + i)));
  std::vector<Product> products;
  for (std::size_t i = 0; i < skus.size();) {
    const std::size_t variants = i + 1 < skus.size() && rng.chance(40) ? 2 : 1;
    products.push_back(product("P" + std::to_string(products.size() + 1),
                               {skus.begin() + static_cast<long>(i), skus.begin() + static_cast<long>(i + variants)}));
    i += variants;
  }
  if (count >= 3) {
    products.push_back(product("BUNDLE", {"SKU-K"}));
    products.back().variants.front().bundle = {{Sku(skus[0]), 2}, {Sku(skus[1]), 1}};
  }
  return products;
}

}  // namespace tally::simulation
