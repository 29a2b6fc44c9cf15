// A merchant's house among shoppers: what a platform tells comes when the test says so, and every number that we wrote there is remembered.
#pragma once

#include "long_day.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

namespace tally::engine {

class Market : public LongDay {
 protected:
  using Numbers = std::vector<Quantity>;

  /// Listed, looked at, and a minute old.
  void begin() {
    start();
    come_to_rest();
    live(Duration(60000));
  }
  std::string buy(memory::Platform& platform, const std::string& sku, Quantity units) {
    const auto order = platform.buy({{id(platform, sku), units}});
    EXPECT_TRUE(order.has_value()) << platform.name() << " sells no " << units << " of " << sku;
    return order ? *order : "";
  }
  /// The webhook about an order as it is now.
  static std::string word_of(const memory::Platform& platform, const std::string& order) {
    const Json delivery = Json::object({{"kind", "order"}, {"body", platform.order(order)->versions.back().tree.dump()}});
    return Json::object({{"deliveries", Json::Array{delivery}}}).dump();
  }
  void tell(const memory::Platform& platform, const std::string& order) { deliver(platform, word_of(platform, order)); }

  /// The numbers that we wrote there since it was listed, one behind the other.
  static Numbers written(const memory::Platform& platform, const std::string& sku) {
    Numbers numbers;
    for (const auto& change : platform.offer_of_sku(sku)->history) {
      if (change.why == memory::NumberChange::Why::write) numbers.push_back(change.after);
    }
    return numbers;
  }
  static Quantity most(const Numbers& numbers) { return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end()); }

  /// Its number there is looked at before anything else.
  void owe_a_look(const memory::Platform& platform, const std::string& sku) {
    auto row = offer(platform, sku);
    row.owed_look_at = clock.now();
    write([&](store::Session& session) { store::put_offer(session, row); });
  }

  store::OrderRow order_row(const memory::Platform& platform, const std::string& order) {
    std::optional<store::OrderRow> row;
    write([&](store::Session& session) { row = store::find_order(session, no(platform.name()), order); });
    EXPECT_TRUE(row.has_value()) << order;
    return row.value_or(store::OrderRow{});
  }
  Quantity reserved(const std::string& sku) {
    Quantity units = 0;
    write([&](store::Session& session) {
      for (const auto& row : store::stock_of(session, store::find_variant(session, Sku(sku))->no)) units += row.sum.reserved;
    });
    return units;
  }
  std::vector<store::ProblemRow> problems() {
    std::vector<store::ProblemRow> rows;
    write([&](store::Session& session) { rows = store::problems(session, 100); });
    return rows;
  }
  int told(const std::string& what) {
    int times = 0;
    write([&](store::Session& session) {
      for (const auto& entry : store::journal_after(session, 0, 10000)) times += entry.what == what ? 1 : 0;
    });
    return times;
  }
  /// The platforms answer, but for calls of this kind.
  Answer without(Call::Kind kind, const Error& error) {
    return
        [this, kind, error](const Call& call) { return call.kind == kind ? all_answered(call, error) : perform(call, connector_of(call)); };
  }
};

}  // namespace tally::engine
