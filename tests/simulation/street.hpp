// Everybody who is not the engine: shoppers on every channel, the merchant's hand on the platforms,
// and the merchant's own goods coming and going.
#pragma once

#include "simulation/inspector.hpp"

#include <functional>

namespace tally::simulation {

class Street {
 public:
  Street(House& house, Inspector& inspector, std::vector<Shop>& shops, Agenda& agenda, const FakeClock& clock, Rng rng, Trace& trace,
         std::function<void()> touch);

  /// The merchant's opening stock, in the store before the first channel is.
  void open_books(const std::vector<Product>& products);
  /// What is on some of the platforms before we come.
  void list_some_by_hand(const std::vector<Product>& products);
  /// Something happens every now and then until `until`.
  void live(Time until);

 private:
  void act();
  void buy(Shop& shop, const std::string& sku, Quantity quantity);
  void race();
  void after_placing(Shop& shop, const std::string& order);
  void tell(const Shop& shop, const std::string& what, const std::string& order, const Result<void>& done);
  void cancel(Shop& shop, const std::string& order);
  void edit_an_order();
  void by_hand();
  void move_goods();
  Shop& some_shop();
  std::string some_sku();
  void later(std::int64_t from_ms, std::int64_t to_ms, std::function<void()> what);

  House& house_;
  Inspector& inspector_;
  std::vector<Shop>& shops_;
  Agenda& agenda_;
  const FakeClock& clock_;
  Rng rng_;
  Trace& trace_;
  std::function<void()> touch_;
  Time until_ = long_ago;
  std::vector<std::string> skus_, stocked_;
  std::int64_t next_cause_ = 1;
};

}  // namespace tally::simulation
